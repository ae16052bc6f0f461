package dev.roster.platform.http;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the media types that clients send (RFC 9110, sections 8.3 and 12.5.1). */
public final class MediaTypes {

    /** Far longer than any real one; a boundary has at most 70 characters. */
    private static final int MAX_LENGTH = 512;

    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]++";
    private static final Pattern NAME =
            Pattern.compile("\\s*+(" + TOKEN + ")/(" + TOKEN + ")\\s*+");
    private static final Pattern PARAMETER =
            Pattern.compile(
                    ";\\s*+(?:("
                            + TOKEN
                            + ")=(?:("
                            + TOKEN
                            + ")|\"((?:[^\"\\\\]|\\\\.)++)\")\\s*+)?+");

    private static final Pattern WEIGHT = Pattern.compile("[01](\\.\\d{0,3})?");

    private MediaTypes() {}

    /**
     * Reads a {@code Content-Type}. Type, subtype, names of parameters and the charset are in lower
     * case, values without quotes.
     *
     * @return empty where there is none, or it is not well-formed
     */
    public static Optional<MediaType> parse(String header) {
        if (header == null || header.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        Matcher name = NAME.matcher(header);
        if (!name.lookingAt()) {
            return Optional.empty();
        }
        Map<String, String> parameters = new LinkedHashMap<>();
        Matcher parameter = PARAMETER.matcher(header);
        int end = name.end();
        while (end < header.length()) {
            parameter.region(end, header.length());
            if (!parameter.lookingAt()) {
                return Optional.empty();
            }
            end = parameter.end();
            if (parameter.group(1) != null
                    && parameters.putIfAbsent(lower(parameter.group(1)), value(parameter))
                            != null) {
                return Optional.empty();
            }
        }
        parameters.computeIfPresent(MediaType.CHARSET_PARAMETER, (key, charset) -> lower(charset));
        return Optional.of(new MediaType(lower(name.group(1)), lower(name.group(2)), parameters));
    }

    /** Type and subtype alone, such as {@code text/csv}. */
    public static String name(MediaType type) {
        return type.getType() + "/" + type.getSubtype();
    }

    /**
     * Reads the media ranges of an {@code Accept} header; those that are not well-formed are left
     * out.
     */
    public static List<MediaType> ranges(String header) {
        return Arrays.stream(header.split(","))
                .map(MediaTypes::parse)
                .flatMap(Optional::stream)
                .toList();
    }

    /**
     * The type that the client prefers among those that an endpoint produces; the first of them
     * where it prefers none.
     *
     * @param produced media types in the order of the server's preference
     */
    public static String preferred(HttpHeaders headers, List<String> produced) {
        List<MediaType> ranges =
                ranges(String.join(",", headers.getRequestHeader(HttpHeaders.ACCEPT)));
        List<String> refused =
                ranges.stream().filter(range -> quality(range) <= 0).map(MediaTypes::name).toList();
        return ranges.stream()
                .filter(range -> quality(range) > 0)
                .sorted(Comparator.comparingDouble(MediaTypes::quality).reversed())
                .flatMap(range -> produced.stream().filter(type -> matches(range, type)))
                .filter(type -> !refused.contains(type))
                .findFirst()
                .orElse(produced.get(0));
    }

    private static boolean matches(MediaType range, String type) {
        return range.isCompatible(MediaType.valueOf(type));
    }

    /** The weight of a media range: 1 without a {@code q} that is a number. */
    private static double quality(MediaType range) {
        String weight = range.getParameters().getOrDefault("q", "1");
        return WEIGHT.matcher(weight).matches() ? Double.parseDouble(weight) : 1;
    }

    private static String value(Matcher parameter) {
        return parameter.group(2) != null
                ? parameter.group(2)
                : parameter.group(3).replaceAll("\\\\(.)", "$1");
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
