package dev.roster.directory.betterauth;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * One table of the source and what becomes of its rows.
 *
 * @param table its name there
 * @param needs the columns that it must have
 * @param references the columns that name a row of one of our tables, and that table
 * @param mapping from a row there to one here
 * @param sql writes a batch: its parameter is a JSON array of mapped rows; it answers each with its
 *     {@code ref} and a {@code reason}: null for written, {@link #PRESENT}, or why it was refused.
 *     Running it again changes nothing.
 */
record Step(
        String table,
        Set<String> needs,
        Map<String, String> references,
        Mapping mapping,
        String sql) {

    /** The reason of a row that an earlier, interrupted run has written. */
    static final String PRESENT = "present";

    private static final Set<String> CORE = Set.of("user", "account", "session", "verification");

    /** Whether a source without it is complete all the same. */
    boolean isPlugin() {
        return !CORE.contains(table);
    }

    /** The id of the user whom a row is about, as the source has it. */
    Optional<String> userOf(ObjectNode row) {
        if (table.equals("user")) {
            return Optional.of(row.path("id").asText());
        }
        return references.entrySet().stream()
                .filter(reference -> reference.getValue().equals("users"))
                .map(reference -> row.path(reference.getKey()).asText(""))
                .filter(id -> !id.isEmpty())
                .findFirst();
    }

    /** Turns a row into one of ours. */
    interface Mapping {

        /**
         * @param to filled with what the step's SQL reads; has {@code ref} already
         */
        Verdict map(ObjectNode from, ObjectNode to, References references);
    }

    /** Our ids of what the rows of a batch refer to. */
    interface References {

        /** Empty where it was not taken over. */
        Optional<UUID> find(String table, String publicId);
    }

    /** What becomes of a row before the database is asked. */
    record Verdict(Kind kind, String reason) {

        enum Kind {
            TAKEN,
            /** Cannot be kept; the report names it. */
            REFUSED,
            /** Would be of no use any more; counted alone. */
            LEFT_OUT
        }

        static final Verdict TAKEN = new Verdict(Kind.TAKEN, null);

        static Verdict refused(String reason) {
            return new Verdict(Kind.REFUSED, reason);
        }

        static Verdict leftOut(String reason) {
            return new Verdict(Kind.LEFT_OUT, reason);
        }
    }
}
