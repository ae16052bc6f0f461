package dev.roster.accounts.verification;

import dev.roster.platform.jobs.PurgeTask;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;

/** One-time tokens that nobody used in time. */
@ApplicationScoped
class ExpiredVerifications implements PurgeTask {

    @Override
    public String name() {
        return "expired-verifications";
    }

    @Override
    public int purge(Instant now, int limit) {
        return Verification.getEntityManager()
                .createNativeQuery(
                        "DELETE FROM verifications WHERE id IN (SELECT id FROM verifications WHERE"
                                + " expires_at <= :now ORDER BY expires_at LIMIT :limit FOR UPDATE"
                                + " SKIP LOCKED)")
                .setParameter("now", now)
                .setParameter("limit", limit)
                .executeUpdate();
    }
}
