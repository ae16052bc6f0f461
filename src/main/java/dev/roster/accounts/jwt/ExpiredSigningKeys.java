package dev.roster.accounts.jwt;

import dev.roster.platform.jobs.PurgeTask;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;

/** Keys by whose tokens nobody is known any more. */
@ApplicationScoped
class ExpiredSigningKeys implements PurgeTask {

    private final JwtConfig config;

    ExpiredSigningKeys(JwtConfig config) {
        this.config = config;
    }

    @Override
    public String name() {
        return "expired-signing-keys";
    }

    @Override
    public int purge(Instant now, int limit) {
        return SigningKey.getEntityManager()
                .createNativeQuery(
                        "DELETE FROM signing_keys WHERE id IN (SELECT id FROM signing_keys WHERE"
                                + " expires_at <= :end ORDER BY expires_at LIMIT :limit FOR UPDATE"
                                + " SKIP LOCKED)")
                .setParameter("end", now.minus(config.grace()))
                .setParameter("limit", limit)
                .executeUpdate();
    }
}
