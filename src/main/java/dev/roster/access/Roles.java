package dev.roster.access;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.roster.audit.AuditAction;
import dev.roster.audit.AuditLog;
import dev.roster.users.User;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.util.UUID;

/** Changes who has which role. */
@ApplicationScoped
public class Roles {

    private final AuditLog audit;
    private final ObjectMapper json;
    private final Clock clock;

    Roles(AuditLog audit, ObjectMapper json, Clock clock) {
        this.audit = audit;
        this.json = json;
        this.clock = clock;
    }

    /**
     * Gives a role to a user who does not have it yet.
     *
     * @param grantedBy the acting user, or null for the service itself
     * @throws IllegalArgumentException when there is no such role
     */
    @Transactional
    public void grant(User user, String roleName, UUID grantedBy) {
        Role role =
                Role.findByName(roleName)
                        .orElseThrow(() -> new IllegalArgumentException("No role " + roleName));
        RoleGrant.of(user, role, grantedBy, clock.instant()).persist();
        audit.record(
                AuditAction.ROLE_GRANTED,
                grantedBy,
                "user",
                user.id,
                null,
                json.createObjectNode().put("role", roleName));
    }
}
