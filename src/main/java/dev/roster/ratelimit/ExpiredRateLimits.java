package dev.roster.ratelimit;

import dev.roster.platform.jobs.PurgeTask;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.time.Instant;

/** Buckets whose window is over. */
@ApplicationScoped
class ExpiredRateLimits implements PurgeTask {

    private final EntityManager entityManager;

    ExpiredRateLimits(EntityManager entityManager) {
        this.entityManager = entityManager;
    }

    @Override
    public String name() {
        return "expired-rate-limits";
    }

    /** By the database's clock too, which is the one that set the times. */
    @Override
    public int purge(Instant now, int limit) {
        return entityManager
                .createNativeQuery(
                        "DELETE FROM rate_limits WHERE key IN (SELECT key FROM rate_limits WHERE"
                                + " expires_at <= least(CAST(:now AS timestamptz),"
                                + " statement_timestamp()) ORDER BY expires_at LIMIT :limit FOR"
                                + " UPDATE SKIP LOCKED)")
                .setParameter("now", now)
                .setParameter("limit", limit)
                .executeUpdate();
    }
}
