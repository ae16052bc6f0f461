package dev.roster.groups;

import dev.roster.platform.jobs.PurgeTask;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;

/** Invitations that nobody can accept any more, after the time for which they are kept. */
@ApplicationScoped
class ExpiredInvitations implements PurgeTask {

    private final OrganizationConfig config;

    ExpiredInvitations(OrganizationConfig config) {
        this.config = config;
    }

    @Override
    public String name() {
        return "expired-invitations";
    }

    @Override
    public int purge(Instant now, int limit) {
        return Invitation.getEntityManager()
                .createNativeQuery(
                        "DELETE FROM invitations WHERE id IN (SELECT id FROM invitations WHERE"
                                + " expires_at <= :then ORDER BY expires_at LIMIT :limit FOR UPDATE"
                                + " SKIP LOCKED)")
                .setParameter("then", now.minus(config.invitationKeptFor()))
                .setParameter("limit", limit)
                .executeUpdate();
    }
}
