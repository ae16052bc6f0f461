package dev.roster.jobs;

import java.util.UUID;

/** What jobs of one kind do; each bean is one. */
public interface JobKind {

    /** What {@code jobs.kind} holds, such as {@code users.import}. */
    String name();

    /**
     * Goes on with the job step by step, until {@link JobRun#step} says that it is over. What it
     * throws fails the job, unless the database is away: then the job is taken up again.
     */
    void run(JobRun run) throws Exception;

    /** Removes what was kept for the work alone; the job has ended, well or not. */
    void clear(UUID jobId);
}
