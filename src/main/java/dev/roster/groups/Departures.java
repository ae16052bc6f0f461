package dev.roster.groups;

import dev.roster.audit.AuditAction;
import dev.roster.audit.AuditLog;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.Collection;
import java.util.UUID;

/** Takes users out of every group, many at once. */
@ApplicationScoped
public class Departures {

    private final AuditLog audit;

    Departures(AuditLog audit) {
        this.audit = audit;
    }

    /**
     * Ends every membership of these users, be it of the only owner of a group; two statements.
     *
     * @param actor who does it, or null for the service itself
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public void leaveAll(Collection<UUID> userIds, UUID actor) {
        audit.recordAll(
                AuditAction.MEMBER_REMOVED, actor, "member", Membership.endAll(userIds), null);
    }
}
