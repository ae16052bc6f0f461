package dev.roster.directory.transfer;

import dev.roster.platform.jobs.PurgeTask;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.time.Instant;
import java.util.UUID;

/** Staged rows of jobs that ended without clearing them: cancelled before they began, or killed. */
@ApplicationScoped
class StagedRows implements PurgeTask {

    private final EntityManager entityManager;

    StagedRows(EntityManager entityManager) {
        this.entityManager = entityManager;
    }

    @Override
    public String name() {
        return "staged-rows";
    }

    @Override
    public int purge(Instant now, int limit) {
        return entityManager
                .createNativeQuery(
                        """
                        DELETE FROM import_rows WHERE (job_id, line) IN (
                            SELECT r.job_id, r.line FROM jobs j CROSS JOIN LATERAL (
                                SELECT job_id, line FROM import_rows WHERE job_id = j.id LIMIT :limit
                            ) AS r WHERE j.finished_at IS NOT NULL LIMIT :limit)
                        """)
                .setParameter("limit", limit)
                .executeUpdate();
    }

    /** Deletes at most so many rows of one job. */
    static int delete(EntityManager entityManager, UUID jobId, int limit) {
        return entityManager
                .createNativeQuery(
                        "DELETE FROM import_rows WHERE job_id = :job AND line IN (SELECT line FROM"
                                + " import_rows WHERE job_id = :job ORDER BY line LIMIT :limit)")
                .setParameter("job", jobId)
                .setParameter("limit", limit)
                .executeUpdate();
    }
}
