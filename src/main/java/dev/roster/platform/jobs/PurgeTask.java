package dev.roster.platform.jobs;

import java.time.Instant;

/** Rows that a feature wants deleted once their time is over; {@code retention} runs each bean. */
public interface PurgeTask {

    /** Names the task in logs and metrics, such as {@code expired-sessions}. */
    String name();

    /**
     * Deletes at most {@code limit} rows whose time was over at {@code now}, in the caller's
     * transaction, skipping rows that others have locked.
     *
     * @return how many it deleted; fewer than {@code limit} means there are no more
     */
    int purge(Instant now, int limit);
}
