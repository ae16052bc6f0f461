package dev.roster.access;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.audit.AuditAction;
import dev.roster.audit.AuditLog;
import dev.roster.platform.etag.EntityTags;
import dev.roster.platform.json.Documents;
import dev.roster.platform.persistence.DatabaseFailure;
import dev.roster.platform.problem.ProblemCode;
import dev.roster.platform.problem.ProblemException;
import dev.roster.platform.problem.Violation;
import dev.roster.platform.security.CurrentUser;
import dev.roster.platform.security.Permission;
import dev.roster.users.User;
import dev.roster.users.Users;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.persistence.PersistenceException;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Changes roles, and who has which: check, change and audit event in one transaction. */
@ApplicationScoped
public class Roles {

    private final Authority authority;
    private final AuditLog audit;
    private final Documents documents;
    private final Event<RolesChanged> changes;
    private final ObjectMapper json;
    private final Clock clock;

    Roles(
            Authority authority,
            AuditLog audit,
            Documents documents,
            Event<RolesChanged> changes,
            ObjectMapper json,
            Clock clock) {
        this.authority = authority;
        this.audit = audit;
        this.documents = documents;
        this.changes = changes;
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
     * Makes a role.
     *
     * @throws ProblemException 400 for a permission there is not, 403 for one that the actor lacks,
     *     409 where the name is taken
     */
    @Transactional
    public Role create(String name, RoleDocument document, CurrentUser caller) {
        UUID actor = caller.id();
        Authority.Actor by = authority.require(actor, Permission.ROLES_UPDATE);
        requireKnown(document, List.of());
        Role role = new Role();
        role.name = name;
        role.apply(document);
        requireWithin(role, by, caller);
        try {
            role.persistAndFlush();
        } catch (PersistenceException e) {
            if (DatabaseFailure.violatedConstraint(e).filter("roles_name_key"::equals).isEmpty()) {
                throw e;
            }
            throw new ProblemException(ProblemCode.CONFLICT, "There is a role of this name");
        }
        audit.record(AuditAction.ROLE_CREATED, actor, "role", role.id, null, trail(role));
        return role;
    }

    /**
     * Changes a role. Whoever has it may do more or less from its next request on.
     *
     * @throws ProblemException 400, 403, 404, 412 and 428; 409 where nobody would be left to
     *     administer
     */
    @Transactional
    public Role patch(String name, String ifMatch, ObjectNode patch, CurrentUser caller) {
        UUID actor = caller.id();
        Authority.Actor by = authority.require(actor, Permission.ROLES_UPDATE);
        Role role = lock(name, by, caller, ifMatch);
        boolean administrators = role.isAdministrators();
        RoleDocument document = documents.patch(RoleDocument.of(role), patch, RoleDocument.class);
        requireKnown(document, role.permissions);
        if (name.equals(User.DEFAULT_ROLE) && !document.permissions().isEmpty()) {
            throw new ProblemException(
                    ProblemCode.CONFLICT,
                    "Everybody is a user who was granted nothing: the role gives no permissions");
        }
        ObjectNode before = trail(role);
        role.apply(document);
        // by what was held before the change, which may be to a role of the actor's own
        requireWithin(role, by, caller);
        Role.flush();
        if (administrators && !role.isAdministrators()) {
            requireAdministered();
        }
        ObjectNode after = trail(role);
        if (!before.equals(after)) {
            audit.record(AuditAction.ROLE_UPDATED, actor, "role", role.id, before, after);
            changes.fire(new RolesChanged());
        }
        return role;
    }

    /**
     * Deletes a role that nobody has.
     *
     * @throws ProblemException 403, 404, 412 and 428; 409 for a built-in one, and one that somebody
     *     has
     */
    @Transactional
    public void delete(String name, String ifMatch, CurrentUser caller) {
        UUID actor = caller.id();
        Authority.Actor by = authority.require(actor, Permission.ROLES_UPDATE);
        Role role = lock(name, by, caller, ifMatch);
        if (role.isBuiltIn()) {
            throw new ProblemException(ProblemCode.CONFLICT, "The service needs this role");
        }
        role.lockForDeletion();
        // nobody loses a permission without an event of its own
        if (RoleGrant.isGranted(role)) {
            throw new ProblemException(
                    ProblemCode.CONFLICT,
                    "There are users with this role, deleted ones counted: take it from them first");
        }
        audit.record(AuditAction.ROLE_DELETED, actor, "role", role.id, trail(role), null);
        role.delete();
    }

    /** The role for who may change it: whoever may itself do all that it allows. */
    private static Role lock(String name, Authority.Actor by, CurrentUser caller, String ifMatch) {
        // in the order in which everybody locks them
        RoleGrant.lockAdministrators();
        Role role = Role.lock(name).orElseThrow(ProblemException::notFound);
        // one of the caller's own has been read before it was locked
        RoleGrant.getEntityManager().refresh(role);
        requireWithin(role, by, caller);
        EntityTags.requireMatch(ifMatch, EntityTags.of(role.version));
        return role;
    }

    /**
     * Has a user have these roles and no others. One that it has already stays as it was granted.
     *
     * @param ifMatch the tag of the user, see {@link Users#tag}
     * @throws ProblemException 400 for a role there is not; 403 for a role, or a user, that may do
     *     what the actor may not; 404, 412 and 428; 409 for the last administrator
     */
    @Transactional
    public RoleGrant.Granted assign(
            UUID userId, String ifMatch, List<String> names, CurrentUser caller) {
        UUID actor = caller.id();
        Authority.Acting acting = authority.over(actor, userId, Permission.USERS_SET_ROLE);
        User user = acting.user();
        EntityTags.requireMatch(ifMatch, Users.tag(user));
        List<Role> wanted = wanted(names);
        wanted.forEach(role -> requireWithin(role, acting.actor(), caller));
        if (wanted.stream().noneMatch(Role::isAdministrators) && isLastAdministrator(userId)) {
            throw new ProblemException(ProblemCode.LAST_ADMINISTRATOR, null);
        }
        ObjectNode before = json.createObjectNode().put("role", user.role());
        RoleGrant.assign(
                userId, wanted.stream().map(role -> role.id).toList(), actor, clock.instant());
        User.getEntityManager().refresh(user);
        ObjectNode after = json.createObjectNode().put("role", user.role());
        if (!before.equals(after)) {
            audit.record(AuditAction.ROLES_CHANGED, actor, "user", userId, before, after);
            changes.fire(new RolesChanged());
        }
        return new RoleGrant.Granted(user, RoleGrant.listOf(userId));
    }

    private static List<Role> wanted(List<String> names) {
        if (names.equals(List.of(User.DEFAULT_ROLE))) {
            return List.of();
        }
        Map<String, Role> found =
                Role.listByName(names).stream()
                        .collect(Collectors.toMap(role -> role.name, role -> role));
        List<Violation> violations =
                IntStream.range(0, names.size())
                        .filter(i -> !found.containsKey(names.get(i)))
                        .mapToObj(i -> Violation.body("roles." + i, "is no role"))
                        .toList();
        if (!violations.isEmpty()) {
            throw new ProblemException(ProblemCode.VALIDATION_FAILED, null, violations);
        }
        return names.stream().distinct().map(found::get).toList();
    }

    /**
     * Nobody makes another, or itself, more than it is, nor takes away what it has not; nor does an
     * API key that may less than who it is of.
     */
    private static void requireWithin(Role role, Authority.Actor by, CurrentUser caller) {
        if (!by.covers(List.of(role)) || !role.isWithin(caller.permissions())) {
            throw new ProblemException(
                    ProblemCode.FORBIDDEN,
                    "The role " + role.name + " allows what you may not do yourself");
        }
    }

    private void requireAdministered() {
        if (!RoleGrant.isAdministered(Set.of(), clock.instant())) {
            throw new ProblemException(ProblemCode.LAST_ADMINISTRATOR, null);
        }
    }

    /** A misspelt permission would be refused nowhere and give nothing. */
    private static void requireKnown(RoleDocument document, List<String> kept) {
        List<String> names = document.permissions();
        List<Violation> violations =
                IntStream.range(0, names.size())
                        .filter(i -> !names.get(i).equals(Permission.ALL))
                        .filter(i -> Permission.of(names.get(i)).isEmpty())
                        // one that an application has given a meaning of its own
                        .filter(i -> !kept.contains(names.get(i)))
                        .mapToObj(i -> Violation.body("permissions." + i, "is no permission"))
                        .toList();
        if (!violations.isEmpty()) {
            throw new ProblemException(ProblemCode.VALIDATION_FAILED, null, violations);
        }
    }

    private ObjectNode trail(Role role) {
        ObjectNode trail = documents.tree(RoleDocument.of(role));
        return trail.put("name", role.name);
    }

    /**
     * Whether the user is the only one left who may do everything. Where it is not, another one
     * stays such to the end of the transaction.
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public boolean isLastAdministrator(UUID userId) {
        boolean administrator = RoleGrant.rolesOf(userId).stream().anyMatch(Role::isAdministrators);
        return administrator && !RoleGrant.isAdministeredWithout(Set.of(userId), clock.instant());
    }

    /**
     * Replaces the roles of many users, by a fixed number of statements; the caller has locked them
     * ({@link Authority#overMany}).
     *
     * @param names as {@link #replace} takes them
     * @return those whose roles were others
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public Set<UUID> replaceAll(Collection<UUID> userIds, List<String> names, UUID actor) {
        List<String> granted = names.equals(List.of(User.DEFAULT_ROLE)) ? List.of() : names;
        Map<UUID, String> changed = RoleGrant.replaceAll(userIds, granted, actor, clock.instant());
        ObjectNode after = trail(String.join(",", names));
        audit.recordEach(
                AuditAction.ROLES_CHANGED,
                actor,
                "user",
                changed.entrySet().stream()
                        .collect(
                                Collectors.toMap(
                                        Map.Entry::getKey,
                                        it -> new AuditLog.Change(trail(it.getValue()), after))));
        if (!changed.isEmpty()) {
            changes.fire(new RolesChanged());
        }
        return changed.keySet();
    }

    private ObjectNode trail(String names) {
        return json.createObjectNode().put("role", names.isEmpty() ? User.DEFAULT_ROLE : names);
    }

    /**
     * Whether somebody but these is left who may do everything; it stays so to the end of the
     * transaction.
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public boolean isAdministeredWithout(Collection<UUID> userIds) {
        return RoleGrant.isAdministeredWithout(userIds, clock.instant());
    }
}
