package dev.roster.groups;

import dev.roster.platform.persistence.ImportableEntity;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.LockModeType;
import jakarta.persistence.Table;
import jakarta.persistence.TypedQuery;
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
    public record Seen(Group group, Membership membership) {}

    /** The same by the id of our own. */
    public static Optional<Seen> seenById(UUID id, UUID userId) {
        return seen("id", id, userId);
    }

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
                .getResultList()
                .stream()
                .findFirst()
                .map(row -> new Seen((Group) row[0], (Membership) row[1]));
    }

    /**
     * Groups by slug.
     *
     * @param after the slug behind which to begin
     * @param text what name or slug must hold, folded by {@code search_fold}; null for anything
     * @param parentId null within for those that are nested in none
     */
    public static List<Group> list(
            String after, String text, Optional<Optional<UUID>> parentId, int limit) {
        String nested =
                parentId.map(
                                parent ->
                                        parent.isPresent()
                                                ? " and parentId = :parent"
                                                : " and parentId is null")
                        .orElse("");
        String like =
                text == null
                        ? ""
                        : " and function(search_matches as Boolean, function(search_fold as String,"
                                + " name || '\n' || slug), function(search_fold as String, :text))";
        TypedQuery<Group> query =
                getEntityManager()
                        .createQuery(
                                "from Group where slug > :after" + nested + like + " order by slug",
                                Group.class)
                        .setParameter("after", after)
                        .setMaxResults(limit);
        parentId.flatMap(parent -> parent).ifPresent(id -> query.setParameter("parent", id));
        if (text != null) {
            query.setParameter("text", text);
        }
        return query.getResultList();
    }

    static boolean hasNested(UUID id) {
        return count("parentId", id) > 0;
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
