package dev.roster.accounts.apikey;

import dev.roster.platform.jobs.PurgeTask;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;

/** API keys that have expired; they open nothing, and their owners do not see them any more. */
@ApplicationScoped
class ExpiredApiKeys implements PurgeTask {

    @Override
    public String name() {
        return "expired-api-keys";
    }

    @Override
    public int purge(Instant now, int limit) {
        return ApiKey.getEntityManager()
                .createNativeQuery(
                        "DELETE FROM api_keys WHERE id IN (SELECT id FROM api_keys WHERE expires_at"
                                + " <= :now ORDER BY expires_at LIMIT :limit FOR UPDATE SKIP"
                                + " LOCKED)")
                .setParameter("now", now)
                .setParameter("limit", limit)
                .executeUpdate();
    }
}
