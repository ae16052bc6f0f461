package dev.roster.platform.json;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;

/** JSON numbers keep the value that was written, to the last digit. */
public final class Numbers {

    /**
     * Digits of a number that is written without an exponent: more than any {@code double} needs,
     * and few enough that PostgreSQL, which writes numbers in that way, does not make megabytes of
     * some bytes.
     */
    private static final int MAX_DIGITS = 330;

    static final String TOO_LONG =
            "must be a number of at most " + MAX_DIGITS + " digits, written without an exponent";

    private Numbers() {}

    /** Has a mapper read numbers as they are written, not as the nearest {@code double}. */
    public static <M extends ObjectMapper> M exact(M mapper) {
        mapper.enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
        mapper.configure(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES, false);
        return mapper;
    }

    static boolean isStorable(JsonNode number) {
        return digits(number.decimalValue()) <= MAX_DIGITS;
    }

    /**
     * Bytes of JSON without white space and with its numbers written in full, as the database holds
     * and sends them.
     *
     * @param value of storable numbers
     */
    public static long bytes(JsonNode value) {
        return value.toString().getBytes(StandardCharsets.UTF_8).length + growth(value);
    }

    private static long growth(JsonNode value) {
        if (value.isNumber()) {
            BigDecimal number = value.decimalValue();
            return Math.max(0, digits(number) - number.toString().length());
        }
        long growth = 0;
        for (JsonNode element : value) {
            growth += growth(element);
        }
        return growth;
    }

    private static long digits(BigDecimal number) {
        return number.scale() <= 0
                ? (long) number.precision() - number.scale()
                : Math.max(number.precision(), number.scale() + 1L);
    }
}
