package dev.roster.groups;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.hibernate.Session;
import org.hibernate.query.NativeQuery;

/**
 * What nested groups mean: who is in a group counts as in every group above it. It gives no role
 * there. One statement answers each question.
 */
public final class Nesting {

    /** Levels of groups; also what keeps each of these statements finite. */
    public static final int MAX_DEPTH = 10;

    /** Of {@code pg_advisory_xact_lock}: "groups". */
    private static final long ADVISORY_LOCK = 0x67726f757073L;

    /** The groups from one upwards, itself included; by their level, 1 for itself. */
    private static final String ABOVE =
            "WITH RECURSIVE above (id, parent_id, level) AS (SELECT id, parent_id, 1 FROM groups"
                    + " WHERE id = :id UNION ALL SELECT g.id, g.parent_id, a.level + 1 FROM groups"
                    + " g JOIN above a ON g.id = a.parent_id WHERE a.level <= :most) ";

    /** The groups from one downwards, itself included, each with the way to it. */
    private static final String BELOW =
            "WITH RECURSIVE below (id, ids, slugs, names) AS (SELECT id, ARRAY[id], ARRAY[slug],"
                    + " ARRAY[name] FROM groups WHERE id = :id UNION ALL SELECT g.id, b.ids ||"
                    + " g.id, b.slugs || g.slug, b.names || g.name FROM groups g JOIN below b ON"
                    + " g.parent_id = b.id WHERE cardinality(b.ids) < :most) ";

    private Nesting() {}

    /** A group on the way from one to another. */
    public record Step(UUID id, String slug, String name) {}

    /**
     * A member of a group, or of one nested in it.
     *
     * @param path from the group to the one whose member the user is, both included; of several the
     *     shortest
     */
    public record Member(
            UUID userId,
            String userName,
            String username,
            String displayUsername,
            String image,
            List<String> roles,
            Instant since,
            List<Step> path) {}

    /**
     * A group that a user counts as in.
     *
     * @param roles none where the user is in nested groups alone
     * @param path from the group to the one whose member the user is, both included; of several the
     *     shortest
     */
    public record Effective(List<String> roles, List<Step> path) {}

    /** Holds the whole hierarchy to the end of the transaction, for whoever changes it. */
    static void lock() {
        query("SELECT CAST(pg_advisory_xact_lock(:key) AS text)", Object.class)
                .setParameter("key", ADVISORY_LOCK)
                .getSingleResult();
    }

    /** Whether a group is another one, or nested in it at any level. */
    static boolean isWithin(UUID id, UUID other) {
        return query(ABOVE + "SELECT EXISTS (SELECT FROM above WHERE id = :other)", Boolean.class)
                .setParameter("id", id)
                .setParameter("other", other)
                .setParameter("most", MAX_DEPTH)
                .getSingleResult();
    }

    /** On which level a group is: 1 where it is nested in none. */
    static int depth(UUID id) {
        return query(ABOVE + "SELECT max(level) FROM above", Integer.class)
                .setParameter("id", id)
                .setParameter("most", MAX_DEPTH)
                .getSingleResult();
    }

    /** How many levels of groups there are from a group downwards: 1 where none is nested in it. */
    static int height(UUID id) {
        return query(BELOW + "SELECT max(cardinality(ids)) FROM below", Integer.class)
                .setParameter("id", id)
                .setParameter("most", MAX_DEPTH)
                .getSingleResult();
    }

    /**
     * Members of a group by their ids, each once.
     *
     * @param after the id behind which to begin; null for the first ones
     * @param nested whether those of nested groups are members too
     */
    public static List<Member> members(UUID groupId, boolean nested, UUID after, int limit) {
        // of each group no more than the page holds: what is cheap is to begin at an id, in order
        return query(
                        BELOW
                                + ", page AS (SELECT DISTINCT ON (m.user_id) m.user_id, m.roles,"
                                + " m.created_at, b.ids, b.slugs, b.names FROM below b CROSS JOIN"
                                + " LATERAL (SELECT n.user_id, n.roles, n.created_at FROM"
                                + " memberships n JOIN users v ON v.id = n.user_id AND v.deleted_at"
                                + " IS NULL WHERE n.group_id = b.id AND n.user_id > :after ORDER BY"
                                + " n.user_id LIMIT :limit) m ORDER BY m.user_id,"
                                + " cardinality(b.ids), b.ids LIMIT :limit) SELECT p.user_id,"
                                + " u.name, u.username, u.display_username, u.image, p.roles,"
                                + " p.created_at, p.ids, p.slugs, p.names FROM page p JOIN users u"
                                + " ON u.id = p.user_id ORDER BY p.user_id",
                        Object[].class)
                .addScalar("user_id", UUID.class)
                .addScalar("name", String.class)
                .addScalar("username", String.class)
                .addScalar("display_username", String.class)
                .addScalar("image", String.class)
                .addScalar("roles", String[].class)
                .addScalar("created_at", Instant.class)
                .addScalar("ids", UUID[].class)
                .addScalar("slugs", String[].class)
                .addScalar("names", String[].class)
                .setParameter("id", groupId)
                .setParameter("most", nested ? MAX_DEPTH : 1)
                .setParameter("after", after == null ? new UUID(0, 0) : after)
                .setParameter("limit", limit)
                .getResultList()
                .stream()
                .map(
                        row ->
                                new Member(
                                        (UUID) row[0],
                                        (String) row[1],
                                        (String) row[2],
                                        (String) row[3],
                                        (String) row[4],
                                        List.of((String[]) row[5]),
                                        (Instant) row[6],
                                        path(row[7], row[8], row[9])))
                .toList();
    }

    /**
     * The groups that a user counts as in by their slugs, each once.
     *
     * @param after the slug behind which to begin; empty for the first ones
     */
    public static List<Effective> groupsOf(UUID userId, String after, int limit) {
        return query(
                        "WITH RECURSIVE up (parent_id, ids, slugs, names, roles) AS (SELECT"
                                + " g.parent_id, ARRAY[g.id], ARRAY[g.slug], ARRAY[g.name], m.roles"
                                + " FROM memberships m JOIN groups g ON g.id = m.group_id WHERE"
                                + " m.user_id = :user UNION ALL SELECT g.parent_id, g.id || u.ids,"
                                + " g.slug || u.slugs, g.name || u.names, CAST('{}' AS text[]) FROM"
                                + " up u JOIN groups g ON g.id = u.parent_id WHERE"
                                + " cardinality(u.ids) < :most) SELECT DISTINCT ON (slugs[1]) roles,"
                                + " ids, slugs, names FROM up WHERE slugs[1] > :after ORDER BY"
                                + " slugs[1], cardinality(ids), ids LIMIT :limit",
                        Object[].class)
                .addScalar("roles", String[].class)
                .addScalar("ids", UUID[].class)
                .addScalar("slugs", String[].class)
                .addScalar("names", String[].class)
                .setParameter("user", userId)
                .setParameter("most", MAX_DEPTH)
                .setParameter("after", after)
                .setParameter("limit", limit)
                .getResultList()
                .stream()
                .map(row -> new Effective(List.of((String[]) row[0]), path(row[1], row[2], row[3])))
                .toList();
    }

    private static List<Step> path(Object ids, Object slugs, Object names) {
        UUID[] id = (UUID[]) ids;
        String[] slug = (String[]) slugs;
        String[] name = (String[]) names;
        return IntStream.range(0, id.length)
                .mapToObj(i -> new Step(id[i], slug[i], name[i]))
                .toList();
    }

    private static <T> NativeQuery<T> query(String sql, Class<T> type) {
        return Group.getEntityManager().unwrap(Session.class).createNativeQuery(sql, type);
    }
}
