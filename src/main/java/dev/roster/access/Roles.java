package dev.roster.access;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.roster.audit.AuditAction;
import dev.roster.audit.AuditLog;
import dev.roster.platform.security.Permission;
import dev.roster.users.User;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/** Changes who has which role. */
@ApplicationScoped
public class Roles {

    private static final UUID NOBODY = new UUID(0, 0);

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

    /**
     * Replaces the roles of a user.
     *
     * @param names of roles that there are, in the order in which they are shown; {@code user}
     *     alone for none but what everybody is
     * @param actor who does it, or null for the service itself
     */
    @Transactional
    public void replace(User user, List<String> names, UUID actor) {
        String before = user.role();
        List<String> granted = names.equals(List.of(User.DEFAULT_ROLE)) ? List.of() : names;
        RoleGrant.replace(user.id, granted, actor, clock.instant());
        RoleGrant.flush();
        RoleGrant.getEntityManager().refresh(user);
        audit.record(
                AuditAction.ROLES_CHANGED,
                actor,
                "user",
                user.id,
                json.createObjectNode().put("role", before),
                json.createObjectNode().put("role", user.role()));
    }

    /**
     * Whether the user is the only one left who may do everything. Where it is not, another one
     * stays such to the end of the transaction.
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public boolean isLastAdministrator(UUID userId) {
        boolean administrator =
                RoleGrant.rolesOf(userId).stream()
                        .anyMatch(role -> role.permissions.contains(Permission.ALL));
        return administrator && !RoleGrant.isAdministeredWithout(userId, clock.instant());
    }

    /**
     * Replaces the roles of many users, by a fixed number of statements; the caller has locked them
     * ({@link Authority#overMany}).
     *
     * @param names as {@link #replace} takes them
     * @return those whose roles were others
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public List<UUID> replaceAll(Collection<UUID> userIds, List<String> names, UUID actor) {
        List<String> granted = names.equals(List.of(User.DEFAULT_ROLE)) ? List.of() : names;
        List<UUID> changed = RoleGrant.replaceAll(userIds, granted, actor, clock.instant());
        audit.recordAll(
                AuditAction.ROLES_CHANGED,
                actor,
                "user",
                changed,
                json.createObjectNode().put("role", String.join(",", names)));
        return changed;
    }

    /**
     * Whether somebody is left who may do everything, after a change of many; it stays so to the end
     * of the transaction.
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public boolean isAdministered() {
        return RoleGrant.isAdministeredWithout(NOBODY, clock.instant());
    }
}
