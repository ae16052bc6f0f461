package dev.roster.jobs;

import dev.roster.platform.jobs.PurgeTask;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;

/** Jobs that ended long ago, their reports first: one report can be longer than a batch. */
@ApplicationScoped
class FinishedJobs implements PurgeTask {

    private final JobsConfig config;

    FinishedJobs(JobsConfig config) {
        this.config = config;
    }

    @Override
    public String name() {
        return "finished-jobs";
    }

    @Override
    public int purge(Instant now, int limit) {
        Instant before = now.minus(config.keep());
        int refusals =
                delete(
                        """
                        DELETE FROM job_refusals WHERE (job_id, line, field) IN (
                            SELECT r.job_id, r.line, r.field FROM jobs j JOIN job_refusals r ON r.job_id = j.id
                            WHERE j.finished_at <= :before LIMIT :limit FOR UPDATE OF r SKIP LOCKED)
                        """,
                        before,
                        limit);
        return refusals == limit
                ? limit
                : refusals
                        + delete(
                                """
                                DELETE FROM jobs WHERE id IN (
                                    SELECT id FROM jobs j WHERE finished_at <= :before
                                        AND NOT EXISTS (SELECT FROM job_refusals r WHERE r.job_id = j.id)
                                    ORDER BY finished_at LIMIT :limit FOR UPDATE SKIP LOCKED)
                                """,
                                before,
                                limit - refusals);
    }

    private static int delete(String sql, Instant before, int limit) {
        return Job.getEntityManager()
                .createNativeQuery(sql)
                .setParameter("before", before)
                .setParameter("limit", limit)
                .executeUpdate();
    }
}
