package dev.roster.accounts.session;

import dev.roster.platform.jobs.PurgeTask;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;

/** Sessions that have ended by time. */
@ApplicationScoped
class ExpiredSessions implements PurgeTask {

    @Override
    public String name() {
        return "expired-sessions";
    }

    @Override
    public int purge(Instant now, int limit) {
        return Session.getEntityManager()
                .createNativeQuery(
                        "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE"
                                + " expires_at <= :now ORDER BY expires_at LIMIT :limit FOR UPDATE"
                                + " SKIP LOCKED)")
                .setParameter("now", now)
                .setParameter("limit", limit)
                .executeUpdate();
    }
}
