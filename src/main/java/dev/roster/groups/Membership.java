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
import java.util.List;
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
                .getResultStream()
                .findFirst()
                .map(row -> new Candidate((UUID) row[0], row[1] != null));
    }

    static boolean exists(UUID groupId, UUID userId) {
        return count("group.id = ?1 and user.id = ?2", groupId, userId) > 0;
    }

    static long countIn(UUID groupId) {
        return count("group.id", groupId);
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

    /** Ends every membership of these users; their places in teams go with them. */
    static List<UUID> endAll(Collection<UUID> userIds) {
        return getEntityManager()
                .unwrap(Session.class)
                .createNativeQuery(
                        "DELETE FROM memberships WHERE user_id = ANY (:users) RETURNING id",
                        UUID.class)
                .setParameter("users", userIds.toArray(UUID[]::new))
                .getResultList();
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
        return JsonNodeFactory.instance
                .objectNode()
                .put("group", group.id.toString())
                .put("user", user.id.toString())
                .put("role", role());
    }

    /** The roles joined by commas, as the dialect's wire has them. */
    String role() {
        return String.join(",", roles);
    }
}
