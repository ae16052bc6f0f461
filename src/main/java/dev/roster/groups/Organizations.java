package dev.roster.groups;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.accounts.betterauth.AuthError;
import dev.roster.accounts.betterauth.AuthException;
import dev.roster.accounts.session.ActiveSession;
import dev.roster.accounts.session.Sessions;
import dev.roster.audit.AuditAction;
import dev.roster.audit.AuditLog;
import dev.roster.platform.persistence.DatabaseFailure;
import dev.roster.users.User;
import dev.roster.users.UserDeleted;
import dev.roster.users.UserRestored;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.persistence.PersistenceException;
import jakarta.transaction.Transactional;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;

/** Makes, changes and deletes organizations: check, change and audit event in one transaction. */
@ApplicationScoped
class Organizations {

    private final OrganizationConfig config;
    private final Sessions sessions;
    private final AuditLog audit;
    private final ObjectMapper json;

    Organizations(OrganizationConfig config, Sessions sessions, AuditLog audit, ObjectMapper json) {
        this.config = config;
        this.sessions = sessions;
        this.audit = audit;
        this.json = json;
    }

    /** What an organization is made with. */
    record NewOrganization(String name, String slug, String logo, String metadata) {}

    /** What is changed of one; empty for what stays, an empty value for none. */
    record OrganizationPatch(
            Optional<String> name,
            Optional<String> slug,
            Optional<Optional<String>> logo,
            Optional<String> metadata) {}

    /**
     * Makes an organization, whose owner the caller is, and its first team.
     *
     * @param activate whether both become the session's active ones
     * @throws AuthException 400 ORGANIZATION_ALREADY_EXISTS where the slug is taken; 401 for who is
     *     deleted meanwhile; 403 YOU_ARE_NOT_ALLOWED_TO_CREATE_A_NEW_ORGANIZATION,
     *     YOU_HAVE_REACHED_THE_MAXIMUM_NUMBER_OF_ORGANIZATIONS
     */
    @Transactional
    Membership create(ActiveSession active, NewOrganization made, boolean activate) {
        if (!config.allowCreation()) {
            throw OrganizationError.YOU_ARE_NOT_ALLOWED_TO_CREATE_A_NEW_ORGANIZATION.exception();
        }
        User user = active.user();
        // a deletion that is under way leaves no owner behind, and of several at once the second
        // counts what the first has made
        User.lock(user.id).orElseThrow(AuthError.UNAUTHORIZED::exception);
        if (config.limit().isPresent()
                && Membership.countOf(user.id) >= config.limit().getAsInt()) {
            throw OrganizationError.YOU_HAVE_REACHED_THE_MAXIMUM_NUMBER_OF_ORGANIZATIONS
                    .exception();
        }
        Group group = new Group();
        group.name = made.name();
        group.slug = made.slug();
        group.logo = made.logo();
        group.metadata = made.metadata();
        Made organization =
                make(
                        group,
                        user,
                        user.id,
                        OrganizationError.ORGANIZATION_ALREADY_EXISTS::exception);
        if (activate) {
            Team team = organization.team();
            sessions.activate(active, group.publicId(), team == null ? null : team.publicId());
        }
        return organization.owner();
    }

    /** What comes with a new organization; null for what does not. */
    record Made(Membership owner, Team team) {}

    /**
     * Stores a new organization with its owner and its first team.
     *
     * @param owner null for none
     * @param taken the error where another one has the slug
     */
    Made make(Group group, User owner, UUID actor, Supplier<RuntimeException> taken) {
        store(group, taken);
        audit.record(
                AuditAction.ORGANIZATION_CREATED,
                actor,
                "organization",
                group.id,
                null,
                trail(group));
        Membership membership = null;
        if (owner != null) {
            membership = Membership.of(group, owner, List.of(MemberRole.OWNER.key()));
            membership.persist();
            audit.record(
                    AuditAction.MEMBER_ADDED,
                    actor,
                    "member",
                    membership.id,
                    null,
                    membership.trail());
        }
        if (!config.teams().enabled() || !config.teams().defaultTeam()) {
            return new Made(membership, null);
        }
        Team team = Team.of(group, group.name);
        team.persist();
        if (membership != null) {
            TeamMembership.of(team, membership).persist();
        }
        audit.record(AuditAction.TEAM_CREATED, actor, "team", team.id, null, team.trail());
        return new Made(membership, team);
    }

    /**
     * Changes an organization.
     *
     * @param patch of the organization as it is stored; it may refuse
     * @throws AuthException 400 USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION,
     *     ORGANIZATION_SLUG_ALREADY_TAKEN; 403 YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_ORGANIZATION
     */
    @Transactional
    Group update(User caller, String publicId, Function<Group, OrganizationPatch> patch) {
        Membership member =
                Membership.findByGroupLocked(publicId, caller.id)
                        .orElseThrow(
                                OrganizationError.USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION
                                        ::exception);
        if (!member.may(GroupPermission.ORGANIZATION_UPDATE)) {
            throw OrganizationError.YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_ORGANIZATION.exception();
        }
        Group group = member.group;
        change(
                group,
                caller.id,
                OrganizationError.ORGANIZATION_SLUG_ALREADY_TAKEN::exception,
                () -> apply(group, patch.apply(group)));
        return group;
    }

    private static void apply(Group group, OrganizationPatch patch) {
        group.name = patch.name().orElse(group.name);
        group.slug = patch.slug().orElse(group.slug);
        if (patch.logo().isPresent()) {
            group.logo = patch.logo().get().orElse(null);
        }
        group.metadata = patch.metadata().orElse(group.metadata);
    }

    /**
     * Changes an organization that is held.
     *
     * @param taken the error where another one has the slug
     */
    void change(Group group, UUID actor, Supplier<RuntimeException> taken, Runnable change) {
        ObjectNode before = trail(group);
        change.run();
        store(group, taken);
        ObjectNode after = trail(group);
        if (!before.equals(after)) {
            audit.record(
                    AuditAction.ORGANIZATION_UPDATED,
                    actor,
                    "organization",
                    group.id,
                    before,
                    after);
        }
    }

    /**
     * Deletes an organization with its members, invitations and teams.
     *
     * @throws AuthException 400 USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION; 403
     *     YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_ORGANIZATION; 404 ORGANIZATION_DELETION_DISABLED
     */
    @Transactional
    Group delete(ActiveSession active, String publicId) {
        UUID caller = active.user().id;
        Membership member =
                Membership.findByGroupLocked(publicId, caller)
                        .orElseThrow(
                                OrganizationError.USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION
                                        ::exception);
        if (!member.may(GroupPermission.ORGANIZATION_DELETE)) {
            throw OrganizationError.YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_ORGANIZATION.exception();
        }
        Group group = member.group;
        delete(group, caller);
        if (group.publicId().equals(active.session().activeOrganizationId)) {
            sessions.activate(active, null, null);
        }
        return group;
    }

    /** Deletes an organization that is held; the database deletes what is of it. */
    void delete(Group group, UUID actor) {
        audit.record(
                AuditAction.ORGANIZATION_DELETED,
                actor,
                "organization",
                group.id,
                trail(group),
                null);
        Group.delete("id", group.id);
    }

    /** Who is deleted is in no group any more, be it the only owner of one. */
    void leaveAll(@Observes UserDeleted deleted) {
        Map<UUID, ObjectNode> ended = Membership.endAll(deleted.userIds());
        if (deleted.forGood()) {
            // the trail is not to lead to who is gone
            audit.recordAll(
                    AuditAction.MEMBER_REMOVED, deleted.actor(), "member", ended.keySet(), null);
            return;
        }
        audit.recordEach(
                AuditAction.MEMBER_REMOVED,
                deleted.actor(),
                "member",
                changes(ended, trail -> new AuditLog.Change(trail, null)));
    }

    /**
     * Who is restored is in its groups and teams again, but those that are gone. No limit of {@link
     * OrganizationConfig} keeps it out: it had its places before.
     */
    void joinAgain(@Observes UserRestored restored) {
        audit.recordEach(
                AuditAction.MEMBER_ADDED,
                restored.actor(),
                "member",
                changes(
                        Membership.restoreAll(restored.userId()),
                        trail -> new AuditLog.Change(null, trail)));
    }

    private static Map<UUID, AuditLog.Change> changes(
            Map<UUID, ObjectNode> trails, Function<ObjectNode, AuditLog.Change> change) {
        Map<UUID, AuditLog.Change> changes = new LinkedHashMap<>();
        trails.forEach((id, trail) -> changes.put(id, change.apply(trail)));
        return changes;
    }

    /** That a slug is free is for the database to say: of several at once one wins. */
    private static void store(Group group, Supplier<RuntimeException> taken) {
        try {
            group.persistAndFlush();
        } catch (PersistenceException e) {
            if (DatabaseFailure.violatedConstraint(e).filter("groups_slug_key"::equals).isEmpty()) {
                throw e;
            }
            throw taken.get();
        }
    }

    private ObjectNode trail(Group group) {
        ObjectNode trail = json.createObjectNode();
        trail.put("name", group.name).put("slug", group.slug).put("logo", group.logo);
        trail.put("parentId", group.parentId == null ? null : group.parentId.toString());
        try {
            trail.set("metadata", group.metadata == null ? null : json.readTree(group.metadata));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("What is stored was written as JSON", e);
        }
        return trail;
    }
}
