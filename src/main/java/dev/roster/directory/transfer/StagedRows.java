package dev.roster.directory.transfer;

import dev.roster.platform.jobs.PurgeTask;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.time.Instant;
import java.util.List;
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
        List<?> jobs =
                entityManager
                        .createNativeQuery(
                                """
                                SELECT id FROM jobs j WHERE finished_at IS NOT NULL
                                    AND EXISTS (SELECT FROM import_rows r WHERE r.job_id = j.id)
                                LIMIT 1
                                """,
                                UUID.class)
                        .getResultList();
        return jobs.isEmpty() ? 0 : delete(entityManager, (UUID) jobs.get(0), limit);
    }

    /** Deletes at most so many rows of one job. */
    static int delete(EntityManager entityManager, UUID jobId, int limit) {
        return entityManager
                .createNativeQuery(
                        "DELETE FROM import_rows WHERE job_id = :job AND number < :limit + (SELECT"
                                + " min(number) FROM import_rows WHERE job_id = :job)")
                .setParameter("job", jobId)
                .setParameter("limit", limit)
                .executeUpdate();
    }
}
