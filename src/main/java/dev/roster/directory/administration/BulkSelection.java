package dev.roster.directory.administration;

import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Whom a request for many means: users by their ids, or whomever a filter matches. */
interface BulkSelection {

    int MAX_IDS = 10_000;

    /**
     * The most that a filter may match: what one transaction changes without others waiting long.
     */
    int MAX_MATCHES = 100_000;

    /** Null where there is a filter. */
    List<UUID> ids();

    /** The parameters of the list by their names; null where there are ids. */
    Map<String, String> filter();

    Boolean dryRun();

    default boolean isDryRun() {
        return dryRun() != null && dryRun();
    }
}
