package dev.roster.groups;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.access.Authority;
import dev.roster.audit.AuditAction;
import dev.roster.audit.AuditLog;
import dev.roster.platform.etag.EntityTags;
import dev.roster.platform.json.Documents;
import dev.roster.platform.problem.ProblemCode;
import dev.roster.platform.problem.ProblemException;
import dev.roster.platform.problem.Violation;
import dev.roster.platform.security.Permission;
import dev.roster.users.User;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.ws.rs.core.EntityTag;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * What the REST dialect changes of groups, on behalf of who may change every group: that it may,
 * precondition, change and audit event in one transaction; 403 to whom that was taken meanwhile. A
 * group's members are limited as in the Better Auth API; how many groups somebody makes is not.
 */
@ApplicationScoped
public class Groups {

    private final Authority authority;
    private final Organizations organizations;
    private final OrganizationConfig config;
    private final Documents documents;
    private final AuditLog audit;
    private final ObjectMapper json;

    Groups(
            Authority authority,
            Organizations organizations,
            OrganizationConfig config,
            Documents documents,
            AuditLog audit,
            ObjectMapper json) {
        this.authority = authority;
        this.organizations = organizations;
        this.config = config;
        this.documents = documents;
        this.audit = audit;
        this.json = json;
    }

    /** The tag of a group. */
    public static EntityTag tag(Group group) {
        return EntityTags.of(group.version);
    }

    /** The tag of a membership. */
    public static EntityTag tag(Membership membership) {
        return EntityTags.of(membership.version);
    }

    /**
     * Makes a group, with its owner where there shall be one.
     *
     * @throws ProblemException 400 for a parent or an owner there is not, 409 where the slug is
     *     taken or groups would be nested too deep
     */
    @Transactional
    public Group create(NewGroup made, UUID actor) {
        User owner = null;
        if (made.ownerId() == null) {
            authority.require(actor, Permission.GROUPS_UPDATE);
        } else {
            owner =
                    authority
                            .requireWith(actor, made.ownerId(), Permission.GROUPS_UPDATE)
                            .orElseThrow(() -> ProblemException.invalid("ownerId", "is no user"));
        }
        Group group = new Group();
        apply(group, made.document());
        if (made.parentId() != null) {
            Nesting.lock();
            requireParent(made.parentId());
            requireDepth(Nesting.depth(made.parentId()) + 1);
            group.parentId = made.parentId();
        }
        organizations.make(group, owner, actor, Groups::slugTaken);
        return group;
    }

    /**
     * Changes a group by a merge patch.
     *
     * @throws ProblemException 404, 412 and 428; 409 where the slug is taken
     */
    @Transactional
    public Group patch(UUID id, String ifMatch, ObjectNode patch, UUID actor) {
        authority.require(actor, Permission.GROUPS_UPDATE);
        Group group = lock(id, ifMatch);
        GroupDocument document = documents.patch(document(group), patch, GroupDocument.class);
        organizations.change(
                group,
                actor,
                Groups::slugTaken,
                () -> {
                    String kept = group.metadata;
                    apply(group, document);
                    if (!patch.has("metadata")) {
                        // what was taken over may be no object
                        group.metadata = kept;
                    }
                });
        return group;
    }

    /**
     * Nests a group in another one, or in none.
     *
     * @param parentId null for none
     * @throws ProblemException 400 for a parent there is not; 404, 412 and 428; 409 where it would
     *     be nested in itself, or groups too deep
     */
    @Transactional
    public Group move(UUID id, String ifMatch, UUID parentId, UUID actor) {
        authority.require(actor, Permission.GROUPS_UPDATE);
        // of two moves at once the second sees what the first has made
        Nesting.lock();
        Group group = lock(id, ifMatch);
        if (parentId != null) {
            requireParent(parentId);
            if (Nesting.isWithin(parentId, id)) {
                throw new ProblemException(
                        ProblemCode.CONFLICT, "The group would be nested in itself");
            }
            requireDepth(Nesting.depth(parentId) + Nesting.height(id));
        }
        organizations.change(group, actor, Groups::slugTaken, () -> group.parentId = parentId);
        return group;
    }

    /**
     * Deletes a group with its members, invitations and teams.
     *
     * @throws ProblemException 404, 412 and 428; 409 where groups are nested in it
     */
    @Transactional
    public void delete(UUID id, String ifMatch, UUID actor) {
        authority.require(actor, Permission.GROUPS_UPDATE);
        // none comes to be nested in it meanwhile
        Nesting.lock();
        Group group = lock(id, ifMatch);
        // whoever is in those would silently count no longer as in the groups above
        if (Group.hasNested(id)) {
            throw new ProblemException(
                    ProblemCode.CONFLICT, "There are groups nested in it: move them first");
        }
        organizations.delete(group, actor);
    }

    /** A membership as stored, and whether there was none before. */
    public record Stored(Membership membership, boolean created) {}

    /**
     * Has a user be in a group, as these.
     *
     * @param ifMatch null where the user is no member yet
     * @throws ProblemException 400 for a role there is not; 404 for no such group or user; 412 and
     *     428; 409 for the last owner, and for a new member of a group that is full
     */
    @Transactional
    public Stored putMember(
            UUID groupId, UUID userId, String ifMatch, List<String> roles, UUID actor) {
        // before the group: a deletion that is under way does not leave a member behind
        Optional<User> active = authority.requireWith(actor, userId, Permission.GROUPS_UPDATE);
        requireKnown(roles);
        Group group = lock(groupId);
        User user = active.orElseThrow(ProblemException::notFound);
        Optional<Membership> found = Membership.find(groupId, userId);
        if (ifMatch != null || found.isPresent()) {
            EntityTags.requireMatch(ifMatch, found.map(Groups::tag).orElse(null));
        }
        List<String> distinct = roles.stream().distinct().toList();
        if (found.isEmpty()) {
            if (Membership.isFull(groupId, config)) {
                throw new ProblemException(
                        ProblemCode.CONFLICT,
                        "The group has the " + config.membershipLimit() + " members it may have");
            }
            Membership made = Membership.of(group, user, distinct);
            made.persistAndFlush();
            audit.record(AuditAction.MEMBER_ADDED, actor, "member", made.id, null, made.trail());
            return new Stored(made, true);
        }
        Membership member = found.get();
        if (!MemberRole.isOwner(distinct) && Members.isLastOwner(member)) {
            throw lastOwner();
        }
        if (!member.roles.equals(distinct)) {
            ObjectNode before = member.trail();
            member.roles = distinct;
            Membership.flush();
            audit.record(
                    AuditAction.MEMBER_UPDATED, actor, "member", member.id, before, member.trail());
        }
        return new Stored(member, false);
    }

    /**
     * Ends a membership.
     *
     * @throws ProblemException 404, 412 and 428; 409 for the last owner
     */
    @Transactional
    public void removeMember(UUID groupId, UUID userId, String ifMatch, UUID actor) {
        authority.require(actor, Permission.GROUPS_UPDATE);
        lock(groupId);
        Membership member =
                Membership.find(groupId, userId).orElseThrow(ProblemException::notFound);
        EntityTags.requireMatch(ifMatch, tag(member));
        if (Members.isLastOwner(member)) {
            throw lastOwner();
        }
        audit.record(AuditAction.MEMBER_REMOVED, actor, "member", member.id, member.trail(), null);
        Membership.delete("id", member.id);
    }

    private static Group lock(UUID id, String ifMatch) {
        Group group = lock(id);
        EntityTags.requireMatch(ifMatch, tag(group));
        return group;
    }

    private static Group lock(UUID id) {
        if (!Group.lock(id)) {
            throw ProblemException.notFound();
        }
        return Group.findById(id);
    }

    private static void requireParent(UUID parentId) {
        if (Group.findById(parentId) == null) {
            throw ProblemException.invalid("parentId", "is no group");
        }
    }

    private static void requireDepth(int levels) {
        if (levels > Nesting.MAX_DEPTH) {
            throw new ProblemException(
                    ProblemCode.CONFLICT,
                    "Groups can be nested " + Nesting.MAX_DEPTH + " levels deep");
        }
    }

    private static void requireKnown(List<String> roles) {
        List<Violation> violations =
                IntStream.range(0, roles.size())
                        .filter(i -> !MemberRole.unknown(List.of(roles.get(i))).isEmpty())
                        .mapToObj(
                                i -> Violation.body("roles." + i, "must be owner, admin or member"))
                        .toList();
        if (!violations.isEmpty()) {
            throw new ProblemException(ProblemCode.VALIDATION_FAILED, null, violations);
        }
    }

    private static ProblemException slugTaken() {
        return new ProblemException(ProblemCode.CONFLICT, "Another group has this slug");
    }

    private static ProblemException lastOwner() {
        return new ProblemException(ProblemCode.CONFLICT, "The last owner of a group stays one");
    }

    private GroupDocument document(Group group) {
        try {
            JsonNode metadata = group.metadata == null ? null : json.readTree(group.metadata);
            return new GroupDocument(
                    group.name,
                    group.slug,
                    group.logo,
                    metadata instanceof ObjectNode object ? object : null);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The database keeps JSON alone", e);
        }
    }

    private static void apply(Group group, GroupDocument document) {
        group.name = document.name();
        group.slug = document.slug();
        group.logo = document.logo();
        group.metadata = document.metadata() == null ? null : document.metadata().toString();
    }
}
