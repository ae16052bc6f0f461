package dev.roster.platform.json;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/** Points in time as the query writes them. */
public final class Times {

    private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999999Z");

    private Times() {}

    /**
     * An ISO 8601 time with its zone, or a date, which is its midnight in UTC.
     *
     * @throws DateTimeException for what is neither
     */
    public static Instant parse(String text) {
        return storable(
                text.indexOf('T') < 0
                        ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                        : OffsetDateTime.parse(text).toInstant());
    }

    /**
     * @throws DateTimeException for one that the database does not know
     */
    public static Instant storable(Instant instant) {
        if (!isStorable(instant)) {
            throw new DateTimeException("out of range");
        }
        return instant;
    }

    public static boolean isStorable(Instant instant) {
        return !instant.isBefore(FIRST) && !instant.isAfter(LAST);
    }

    public static LocalDate storable(LocalDate date) {
        storable(date.atStartOfDay(ZoneOffset.UTC).toInstant());
        return date;
    }
}
