package dev.roster.groups;

import dev.roster.platform.persistence.ImportableEntity;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.LockModeType;
import jakarta.persistence.Table;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** Users who work together; an organization in the words of the Better Auth dialect. */
@Entity
@Table(name = "groups")
public class Group extends ImportableEntity {

    @Column(nullable = false)
    public String name;

    /** Unique; compared as it is. */
    @Column(nullable = false)
    public String slug;

    public String logo;

    /** What applications keep with the group: a JSON object, or null. */
    @JdbcTypeCode(SqlTypes.JSON)
    public String metadata;

    /** The group that this one is nested in; null for none. */
    @Column(name = "parent_id")
    public UUID parentId;

    /** A group, and the membership by which a user sees it; null where it does not. */
    record Seen(Group group, Membership membership) {}

    static Optional<Seen> seenByPublicId(String publicId, UUID userId) {
        PublicId id = PublicId.of(publicId);
        return seen(id.attribute(), id.value(), userId);
    }

    static Optional<Seen> seenBySlug(String slug, UUID userId) {
        return seen("slug", slug, userId);
    }

    private static Optional<Seen> seen(String attribute, Object value, UUID userId) {
        return getEntityManager()
                .createQuery(
                        "select g, m from Group g left join Membership m on m.group = g and"
                                + " m.user.id = :user where g."
                                + attribute
                                + " = :value",
                        Object[].class)
                .setParameter("user", userId)
                .setParameter("value", value)
                .getResultStream()
                .findFirst()
                .map(row -> new Seen((Group) row[0], (Membership) row[1]));
    }

    public static Optional<Group> findBySlug(String slug) {
        return find("slug", slug).firstResultOptional();
    }

    /** The groups that a user is in, in order of joining. */
    public static List<Group> listOf(UUID userId) {
        return find(
                        "select m.group from Membership m where m.user.id = ?1 order by"
                                + " m.createdAt, m.id",
                        userId)
                .list();
    }

    /**
     * Holds the group to the end of the transaction, so that what counts its members, owners,
     * invitations or teams is still true when it is acted on.
     *
     * @return false where it is gone
     */
    static boolean lock(UUID id) {
        return find("id", id).withLock(LockModeType.PESSIMISTIC_WRITE).firstResult() != null;
    }
}
