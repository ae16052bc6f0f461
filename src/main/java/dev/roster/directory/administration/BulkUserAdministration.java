package dev.roster.directory.administration;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.access.Authority;
import dev.roster.access.Authority.ActingOnMany;
import dev.roster.access.Authority.Actor;
import dev.roster.access.Role;
import dev.roster.access.Roles;
import dev.roster.accounts.session.Sessions;
import dev.roster.accounts.verification.Verification;
import dev.roster.audit.AuditAction;
import dev.roster.audit.AuditLog;
import dev.roster.directory.administration.UserStatements.Assignment;
import dev.roster.directory.search.Sql;
import dev.roster.directory.search.UserFilter;
import dev.roster.directory.search.UserSearch;
import dev.roster.platform.json.Documents;
import dev.roster.platform.problem.ProblemCode;
import dev.roster.platform.problem.ProblemException;
import dev.roster.platform.problem.Violation;
import dev.roster.platform.problem.Violations;
import dev.roster.platform.security.Permission;
import dev.roster.users.User;
import dev.roster.users.Users;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * Changes and deletes many users in one transaction, by a number of statements that does not depend
 * on theirs. Nobody above the actor is touched, and somebody stays who may do everything.
 */
@ApplicationScoped
class BulkUserAdministration {

    private static final int SAMPLE = 10;

    /** A problem names no more than a person reads. */
    private static final int SHOWN = 100;

    private final Authority authority;
    private final Users users;
    private final Roles roles;
    private final Sessions sessions;
    private final UserStatements statements;
    private final UserSearch search;
    private final Documents documents;
    private final AuditLog audit;

    BulkUserAdministration(
            Authority authority,
            Users users,
            Roles roles,
            Sessions sessions,
            UserStatements statements,
            UserSearch search,
            Documents documents,
            AuditLog audit) {
        this.authority = authority;
        this.users = users;
        this.roles = roles;
        this.sessions = sessions;
        this.statements = statements;
        this.search = search;
        this.documents = documents;
        this.audit = audit;
    }

    /** Whom the actor may act on, and how many a filter matched besides. */
    private record Targets(ActingOnMany acting, Set<UUID> ids, int leftOut) {}

    /**
     * Deletes users, each of whom can be restored.
     *
     * @throws ProblemException 400 for who is nobody, 403 for who is above the actor, 409 for the
     *     actor itself and the last administrator
     */
    @Transactional
    BulkChangeView delete(UUID actor, BulkDeletion request) {
        Targets targets = targets(actor, request, Permission.USERS_DELETE, false);
        requireAdministrator(targets);
        if (request.isDryRun()) {
            return answer(request, targets, 0);
        }
        BulkChangeView answer = answer(request, targets, targets.ids().size());
        users.deleteAll(targets.ids(), actor);
        Verification.voidAll(targets.ids());
        endSessions(targets.ids(), actor);
        return answer;
    }

    /**
     * Changes users alike.
     *
     * @throws ProblemException as {@link #delete}
     */
    @Transactional
    BulkChangeView change(UUID actorId, BulkPatch request) {
        ObjectNode patch = request.patch();
        SharedUserDocument document =
                Violations.within("patch", () -> documents.read(patch, SharedUserDocument.class));
        if (patch.isEmpty()) {
            throw ProblemException.invalid("patch", "must change something");
        }
        requireValues(patch, "name", "emailVerified", "status");
        boolean ban = patch.has("ban");
        boolean banned = document.ban() != null;
        Targets targets = targets(actorId, request, Permission.USERS_UPDATE, !banned);
        Actor actor = targets.acting().actor();
        if (patch.has("emailVerified")) {
            actor.require(Permission.USERS_SET_EMAIL);
        }
        if (ban) {
            actor.require(Permission.USERS_BAN);
        }
        List<String> names = patch.has("roles") ? roles(actor, document) : null;
        if (banned || names != null && !keepsAdministrators(names)) {
            requireAdministrator(targets);
        }
        if (request.isDryRun()) {
            return answer(request, targets, 0);
        }
        Set<UUID> changed = new HashSet<>();
        List<Assignment> fields = fields(patch, document);
        if (!fields.isEmpty()) {
            Map<UUID, AuditLog.Change> updated = statements.update(targets.ids(), fields);
            audit.recordEach(AuditAction.USER_UPDATED, actorId, "user", updated);
            changed.addAll(updated.keySet());
        }
        if (ban) {
            Map<UUID, AuditLog.Change> updated =
                    statements.update(targets.ids(), ban(document.ban()));
            changed.addAll(updated.keySet());
            Map<UUID, AuditLog.Change> renewed = new HashMap<>(updated);
            renewed.values().removeIf(it -> isBanned(it.before()) != isBanned(it.after()));
            updated.keySet().removeAll(renewed.keySet());
            audit.recordEach(AuditAction.USER_UPDATED, actorId, "user", renewed);
            audit.recordEach(
                    banned ? AuditAction.USER_BANNED : AuditAction.USER_UNBANNED,
                    actorId,
                    "user",
                    updated);
        }
        if (banned) {
            endSessions(targets.ids(), actorId);
        }
        if (names != null) {
            changed.addAll(roles.replaceAll(targets.ids(), names, actorId));
        }
        return answer(request, targets, changed.size());
    }

    private static boolean isBanned(ObjectNode trail) {
        return trail.get("banned").asBoolean();
    }

    private static boolean keepsAdministrators(List<String> names) {
        return Role.listByName(names).stream().anyMatch(Role::isAdministrators);
    }

    private static void requireValues(ObjectNode patch, String... members) {
        for (String member : members) {
            if (patch.has(member) && patch.get(member).isNull()) {
                throw ProblemException.invalid("patch." + member, "must not be null");
            }
        }
    }

    private static List<String> roles(Actor actor, SharedUserDocument document) {
        actor.require(Permission.USERS_SET_ROLE);
        List<String> names =
                document.roles() == null || document.roles().isEmpty()
                        ? List.of(User.DEFAULT_ROLE)
                        : document.roles().stream().distinct().toList();
        List<Role> wanted = Role.listByName(names);
        if (wanted.size() != names.size()) {
            throw ProblemException.invalid("patch.roles", "names a role that does not exist");
        }
        if (!actor.covers(wanted)) {
            throw new ProblemException(
                    ProblemCode.FORBIDDEN,
                    "Nobody gives a role that allows more than it may itself");
        }
        return names;
    }

    private static List<Assignment> fields(ObjectNode patch, SharedUserDocument document) {
        List<Assignment> fields = new ArrayList<>();
        if (patch.has("name")) {
            fields.add(new Assignment("name", "text", document.name()));
        }
        if (patch.has("image")) {
            fields.add(new Assignment("image", "text", document.image()));
        }
        if (patch.has("emailVerified")) {
            String verified = document.emailVerified().toString();
            fields.add(new Assignment("email_verified", "boolean", verified));
        }
        if (patch.has("status")) {
            fields.add(new Assignment("status", "text", document.status()));
        }
        return fields;
    }

    private static List<Assignment> ban(BanRequest ban) {
        boolean banned = ban != null;
        String until = banned && ban.until() != null ? ban.until().toString() : null;
        return List.of(
                new Assignment("banned", "boolean", Boolean.toString(banned)),
                new Assignment("ban_reason", "text", banned ? ban.reason() : null),
                new Assignment("ban_expires", "timestamptz", until));
    }

    /**
     * Locks whom the request means.
     *
     * @param itself whether the actor may be among them
     */
    private Targets targets(
            UUID actor, BulkSelection selection, Permission needed, boolean itself) {
        if ((selection.ids() == null) == (selection.filter() == null)) {
            throw ProblemException.invalid("ids", "must be given, or filter, but not both");
        }
        return selection.ids() == null
                ? ofFilter(actor, selection.filter(), needed, itself)
                : ofIds(actor, selection.ids(), needed, itself);
    }

    /** Whom the filter matches before they are locked; those above the actor are left out. */
    private Targets ofFilter(
            UUID actor, Map<String, String> filter, Permission needed, boolean itself) {
        Sql search = filter(filter, authority.require(actor, Permission.USERS_LIST));
        List<UUID> matching = statements.matching(search, BulkSelection.MAX_MATCHES + 1);
        if (matching.size() > BulkSelection.MAX_MATCHES) {
            throw ProblemException.invalid(
                    "filter", "matches more than " + BulkSelection.MAX_MATCHES + " users");
        }
        ActingOnMany acting = authority.overMany(actor, matching, needed);
        // somebody may have changed one of them until it was locked
        Set<UUID> still = statements.matching(search, acting.users());
        Set<UUID> ids = new HashSet<>(still);
        ids.removeAll(acting.above());
        if (!itself) {
            ids.remove(actor);
        }
        return new Targets(acting, ids, still.size() - ids.size());
    }

    private Sql filter(Map<String, String> parameters, Actor actor) {
        for (String name : parameters.keySet()) {
            // who is deleted is neither changed nor deleted again
            if (!UserFilter.isParameter(name) || name.equals("deleted")) {
                throw ProblemException.invalid("filter." + name, "is unknown");
            }
        }
        UserFilter filter = Violations.within("filter", () -> UserFilter.of(parameters));
        search.requireVisible(filter, actor::may);
        return Violations.within("filter", () -> search.ids(filter));
    }

    private Targets ofIds(UUID actor, List<UUID> ids, Permission needed, boolean itself) {
        ActingOnMany acting = authority.overMany(actor, ids, needed);
        refuse(
                ids,
                id -> !acting.users().contains(id),
                ProblemCode.VALIDATION_FAILED,
                "is no user's");
        refuse(
                ids,
                acting.above()::contains,
                ProblemCode.FORBIDDEN,
                "is of a user who may do what you may not");
        refuse(ids, id -> !itself && id.equals(actor), ProblemCode.CONFLICT, "is your own");
        return new Targets(acting, acting.users(), 0);
    }

    private static void refuse(
            List<UUID> ids, Predicate<UUID> bad, ProblemCode code, String message) {
        List<Violation> violations = new ArrayList<>();
        for (int i = 0; i < ids.size() && violations.size() < SHOWN; i++) {
            if (bad.test(ids.get(i))) {
                violations.add(Violation.body("ids." + i, message));
            }
        }
        if (!violations.isEmpty()) {
            throw new ProblemException(code, "Nobody was changed", violations);
        }
    }

    private void endSessions(Collection<UUID> ids, UUID actor) {
        sessions.revokeAll(ids, actor);
        sessions.endImpersonationsBy(ids);
    }

    private void requireAdministrator(Targets targets) {
        if (targets.acting().onAdministrators() && !roles.isAdministeredWithout(targets.ids())) {
            throw new ProblemException(ProblemCode.LAST_ADMINISTRATOR, null);
        }
    }

    private BulkChangeView answer(BulkSelection request, Targets targets, int changed) {
        return new BulkChangeView(
                targets.ids().size(),
                changed,
                targets.leftOut(),
                request.isDryRun(),
                statements.sample(
                        targets.ids(),
                        SAMPLE,
                        targets.acting().actor().may(Permission.USERS_READ)));
    }
}
