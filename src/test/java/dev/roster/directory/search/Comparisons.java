package dev.roster.directory.search;

import com.fasterxml.jackson.databind.JsonNode;
import java.text.Normalizer;
import java.time.Instant;
import java.util.Comparator;
import java.util.Locale;
import java.util.UUID;

/** The order of a list, worked out once more; as the tests' PostgreSQL compares, by code point. */
final class Comparisons {

    private Comparisons() {}

    static Comparator<JsonNode> of(String sort) {
        Comparator<JsonNode> order = (a, b) -> 0;
        boolean descending = false;
        for (String part : sort.split(",")) {
            descending = part.startsWith("-");
            order = order.thenComparing(directed(column(part.replace("-", "")), descending));
        }
        return order.thenComparing(directed(column("id"), descending));
    }

    private static Comparator<JsonNode> directed(
            Comparator<JsonNode> comparator, boolean descending) {
        return descending ? comparator.reversed() : comparator;
    }

    private static Comparator<JsonNode> column(String name) {
        return switch (name) {
            // not UUID's own order, which takes its halves for signed numbers
            case "id" ->
                    Comparator.comparing(
                            user -> UUID.fromString(user.get(name).asText()).toString());
            case "createdAt", "updatedAt", "lastSeenAt" ->
                    Comparator.comparing(
                            user ->
                                    user.get(name).isNull()
                                            ? Instant.MIN
                                            : Instant.parse(user.get(name).asText()));
            default ->
                    Comparator.comparing(
                            user -> user.get(name).isNull() ? "" : folded(user.get(name).asText()));
        };
    }

    /** Without accents and letter case, as names are listed; no other value here has accents. */
    private static String folded(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFD)
                .replaceAll("\\p{Mn}", "")
                .toLowerCase(Locale.ROOT);
    }
}
