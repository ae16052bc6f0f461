package dev.roster.groups;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.platform.persistence.ImportableEntity;
import dev.roster.users.User;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.Session;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.OnDelete;
import org.hibernate.annotations.OnDeleteAction;
import org.hibernate.type.SqlTypes;

/** The n-n between groups and users: who is in which group, as what. */
@Entity
@Table(name = "memberships")
public class Membership extends ImportableEntity {

    @ManyToOne(fetch = FetchType.LAZY, optional = false)
    @JoinColumn(name = "group_id")
    @OnDelete(action = OnDeleteAction.CASCADE)
    public Group group;

    @ManyToOne(fetch = FetchType.LAZY, optional = false)
    @JoinColumn(name = "user_id")
    @OnDelete(action = OnDeleteAction.CASCADE)
    public User user;

    /** Keys of {@link MemberRole}s, one at least; imported ones may be others. */
    @JdbcTypeCode(SqlTypes.ARRAY)
    @Column(nullable = false)
    public List<String> roles;

    static Membership of(Group group, User user, List<String> roles) {
        Membership membership = new Membership();
        membership.group = group;
        membership.user = user;
        membership.roles = roles;
        return membership;
    }

    /** A user's membership of a group, with both of them. */
    static Optional<Membership> findByGroup(String groupPublicId, UUID userId) {
        PublicId group = PublicId.of(groupPublicId);
        return find(
                        "from Membership m join fetch m.group g join fetch m.user where"
                                + " m.user.id = ?1 and g."
                                + group.attribute()
                                + " = ?2",
                        userId,
                        group.value())
                .firstResultOptional();
    }

    /**
     * The same, holding the group to the end of the transaction first: what is read then of its
     * members stays true.
     */
    static Optional<Membership> findByGroupLocked(String groupPublicId, UUID userId) {
        PublicId group = PublicId.of(groupPublicId);
        return find(
                        "select m.group.id from Membership m where m.user.id = ?1 and m.group."
                                + group.attribute()
                                + " = ?2",
                        userId,
                        group.value())
                .project(UUID.class)
                .firstResultOptional()
                .filter(Group::lock)
                .flatMap(locked -> findByGroup(groupPublicId, userId));
    }

    /** A user's membership of a group by ids of our own, with the user. */
    public static Optional<Membership> find(UUID groupId, UUID userId) {
        return find(
                        "from Membership m join fetch m.user where m.group.id = ?1 and m.user.id ="
                                + " ?2",
                        groupId,
                        userId)
                .firstResultOptional();
    }

    /** The same by the public id of the user. */
    static Optional<Membership> findByUser(UUID groupId, String userPublicId) {
        PublicId user = PublicId.of(userPublicId);
        return find(
                        "from Membership m join fetch m.group join fetch m.user u where m.group.id"
                                + " = ?1 and u."
                                + user.attribute()
                                + " = ?2",
                        groupId,
                        user.value())
                .firstResultOptional();
    }

    /** A membership of this group by its own public id. */
    static Optional<Membership> findInGroup(UUID groupId, String publicId) {
        PublicId id = PublicId.of(publicId);
        return find(
                        "from Membership m join fetch m.group join fetch m.user where m.group.id ="
                                + " ?1 and m."
                                + id.attribute()
                                + " = ?2",
                        groupId,
                        id.value())
                .firstResultOptional();
    }

    /**
     * The membership of the user with this address.
     *
     * @param emailKey as {@code users.email_key} has it
     */
    static Optional<Membership> findByEmail(UUID groupId, String emailKey) {
        return find(
                        "from Membership m join fetch m.group join fetch m.user u where m.group.id"
                                + " = ?1 and u.emailKey = ?2 and u.deletedAt is null",
                        groupId,
                        emailKey)
                .firstResultOptional();
    }

    /** A user who may be invited, and whether it is a member already. */
    record Candidate(UUID userId, boolean member) {}

    /** The user with this address, if there is one. */
    static Optional<Candidate> candidate(UUID groupId, String emailKey) {
        return getEntityManager()
                .createQuery(
                        "select u.id, m.id from User u left join Membership m on m.user = u and"
                                + " m.group.id = :group where u.emailKey = :email and u.deletedAt"
                                + " is null",
                        Object[].class)
                .setParameter("group", groupId)
                .setParameter("email", emailKey)
                .getResultList()
                .stream()
                .findFirst()
                .map(row -> new Candidate((UUID) row[0], row[1] != null));
    }

    static boolean exists(UUID groupId, UUID userId) {
        return count("group.id = ?1 and user.id = ?2", groupId, userId) > 0;
    }

    /**
     * Whether a group, which is locked, takes no further member, whichever way one would come to
     * it.
     */
    static boolean isFull(UUID groupId, OrganizationConfig config) {
        return count("group.id", groupId) >= config.membershipLimit();
    }

    static long countOf(UUID userId) {
        return count("user.id", userId);
    }

    /** By SQL: Hibernate's own array functions compare varchar[] with text[], which fails. */
    static long countOwners(UUID groupId) {
        return (Long)
                getEntityManager()
                        .createNativeQuery(
                                "SELECT count(*) FROM memberships WHERE group_id = :group AND"
                                        + " :owner = ANY (roles)",
                                Long.class)
                        .setParameter("group", groupId)
                        .setParameter("owner", MemberRole.OWNER.key())
                        .getSingleResult();
    }

    /** The first members of a group, with their users, in order of joining. */
    static List<Membership> first(UUID groupId, int limit) {
        return find(
                        "from Membership m join fetch m.user where m.group.id = ?1 order by"
                                + " m.createdAt, m.id",
                        groupId)
                .page(0, limit)
                .list();
    }

    /** By id, what the trail tells of each. */
    private static final String TRAIL = "SELECT id, group_id, user_id, array_to_string(roles, ',')";

    private static final String END =
            """
            WITH gone AS (DELETE FROM memberships WHERE user_id = ANY (:users) RETURNING *),
            kept AS (
                INSERT INTO deleted_memberships (id, external_id, group_id, user_id, roles, created_at, updated_at, version)
                SELECT id, external_id, group_id, user_id, roles, created_at, updated_at, version FROM gone),
            places AS (
                INSERT INTO deleted_team_memberships (id, external_id, team_id, membership_id, created_at, updated_at, version)
                SELECT t.id, t.external_id, t.team_id, t.membership_id, t.created_at, t.updated_at, t.version
                FROM team_memberships t JOIN gone ON gone.id = t.membership_id)
            """
                    + TRAIL
                    + " FROM gone";

    private static final String RESTORE =
            """
            WITH kept AS (DELETE FROM deleted_memberships WHERE user_id = ANY (:users) RETURNING *),
            back AS (
                INSERT INTO memberships (id, external_id, group_id, user_id, roles, created_at, updated_at, version)
                SELECT id, external_id, group_id, user_id, roles, created_at, updated_at, version FROM kept
                ON CONFLICT DO NOTHING RETURNING *),
            places AS (
                INSERT INTO team_memberships (id, external_id, team_id, membership_id, created_at, updated_at, version)
                SELECT t.id, t.external_id, t.team_id, t.membership_id, t.created_at, t.updated_at, t.version
                FROM deleted_team_memberships t JOIN back ON back.id = t.membership_id
                ON CONFLICT DO NOTHING)
            """
                    + TRAIL
                    + " FROM back";

    /**
     * Ends every membership of these users, who are locked, and keeps them with their places in
     * teams for {@link #restoreAll}, until user, group or team are gone for good.
     *
     * @return by id, what the trail tells of each
     */
    static Map<UUID, ObjectNode> endAll(Collection<UUID> userIds) {
        return move(END, "memberships", userIds);
    }

    /** Gives a user, who is locked, back what {@link #endAll} has kept, where it is none by now. */
    static Map<UUID, ObjectNode> restoreAll(UUID userId) {
        return move(RESTORE, "deleted_memberships", List.of(userId));
    }

    /**
     * Holds the groups first, each of which may be about to go with what is moved, or to lose a
     * team: then one would wait for the other in a circle.
     */
    private static Map<UUID, ObjectNode> move(String sql, String from, Collection<UUID> userIds) {
        UUID[] users = userIds.toArray(UUID[]::new);
        Map<UUID, ObjectNode> trails = new LinkedHashMap<>();
        boolean any =
                !getEntityManager()
                        .createNativeQuery(
                                "SELECT id FROM groups WHERE id IN (SELECT group_id FROM "
                                        + from
                                        + " WHERE user_id = ANY (:users)) ORDER BY id FOR NO KEY"
                                        + " UPDATE")
                        .setParameter("users", users)
                        .getResultList()
                        .isEmpty();
        if (any) {
            getEntityManager()
                    .unwrap(Session.class)
                    .createNativeQuery(sql, Object[].class)
                    .setParameter("users", users)
                    .getResultList()
                    .forEach(
                            row ->
                                    trails.put(
                                            (UUID) row[0],
                                            trail((UUID) row[1], (UUID) row[2], (String) row[3])));
        }
        return trails;
    }

    boolean isOwner() {
        return MemberRole.isOwner(roles);
    }

    boolean may(GroupPermission permission) {
        return MemberRole.anyPermits(roles, permission);
    }

    /** Whether an invitation may be shown: one that makes an owner is for owners alone. */
    boolean maySee(Invitation invitation) {
        return isOwner() || !MemberRole.isOwner(invitation.roles);
    }

    /** What the audit trail tells of it. */
    ObjectNode trail() {
        return trail(group.id, user.id, role());
    }

    private static ObjectNode trail(UUID groupId, UUID userId, String role) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("group", groupId.toString())
                .put("user", userId.toString())
                .put("role", role);
    }

    /** The roles joined by commas, as the dialect's wire has them. */
    String role() {
        return String.join(",", roles);
    }
}
