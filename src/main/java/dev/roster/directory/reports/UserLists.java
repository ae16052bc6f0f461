package dev.roster.directory.reports;

import dev.roster.platform.paging.Cursors;
import dev.roster.platform.paging.Slice;
import dev.roster.platform.problem.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/**
 * Lists of users by what they did. Each request looks at a bounded number of rows, in the order of
 * an index: where few users match, a slice can be short, or empty, and yet go on.
 */
@ApplicationScoped
class UserLists {

    /** Entries of an index that one request looks at. */
    private static final int SESSIONS_WINDOW = 5000;

    /** Fewer, since each is looked up among the users. */
    private static final int ACTIVITY_WINDOW = 500;

    private static final String NEVER = "-infinity";
    private static final UUID FIRST = new UUID(0, 0);

    /** The last user's sessions may be cut off by the window, so they are counted by themselves. */
    static final String BY_SESSIONS =
            """
            WITH seen AS MATERIALIZED (
                SELECT user_id, created_at, impersonated_by FROM sessions WHERE user_id > :after
                ORDER BY user_id, created_at LIMIT :window),
            edge AS (
                SELECT count(*) = :window AS cut, (SELECT user_id FROM seen ORDER BY user_id DESC LIMIT 1) AS last FROM seen),
            counted AS (
                SELECT s.user_id, CASE WHEN e.cut AND s.user_id = e.last
                    THEN (SELECT count(*) FROM sessions x
                        WHERE x.user_id = e.last AND x.created_at >= :since AND x.impersonated_by IS NULL)
                    ELSE count(*) FILTER (WHERE s.created_at >= :since AND s.impersonated_by IS NULL) END AS sessions
                FROM seen s CROSS JOIN edge e GROUP BY s.user_id, e.cut, e.last),
            found AS (
                SELECT c.user_id, c.sessions, u.name FROM counted c JOIN users u ON u.id = c.user_id
                WHERE c.sessions > :more AND u.deleted_at IS NULL ORDER BY c.user_id LIMIT :limit)
            SELECT e.cut, e.last, f.user_id, f.sessions, f.name FROM edge e LEFT JOIN found f ON true ORDER BY f.user_id
            """;

    static final String BY_LAST_SEEN =
            """
            WITH seen AS MATERIALIZED (
                SELECT user_id, last_seen_at FROM user_activity
                WHERE last_seen_at < :since AND (last_seen_at, user_id) > (CAST(:seen AS timestamptz), :after)
                ORDER BY last_seen_at, user_id LIMIT :window),
            edge AS (
                SELECT count(*) = :window AS cut FROM seen),
            last AS (
                SELECT user_id, last_seen_at FROM seen ORDER BY last_seen_at DESC, user_id DESC LIMIT 1),
            found AS (
                SELECT s.user_id, s.last_seen_at, u.name, u.created_at FROM seen s JOIN users u ON u.id = s.user_id
                WHERE u.deleted_at IS NULL AND NOT u.anonymous AND u.created_at < :since
                ORDER BY s.last_seen_at, s.user_id LIMIT :limit)
            SELECT e.cut, l.user_id AS last_id, nullif(l.last_seen_at, '-infinity') AS last_seen, f.user_id,
                nullif(f.last_seen_at, '-infinity') AS seen_at, f.name, f.created_at
            FROM edge e LEFT JOIN last l ON true LEFT JOIN found f ON true ORDER BY f.last_seen_at, f.user_id
            """;

    private final EntityManager entityManager;
    private final Cursors cursors;

    UserLists(EntityManager entityManager, Cursors cursors) {
        this.entityManager = entityManager;
        this.cursors = cursors;
    }

    /** Users with more sessions, of those still held, that began since a time; by id. */
    Slice<SessionCountView> bySessions(Instant since, int moreThan, String cursor, int size) {
        String list = "sessions|" + since + "|" + moreThan;
        UUID after = cursor == null ? FIRST : id(cursors.decode(list, cursor, 1).get(0));
        List<Object[]> rows =
                rows(
                        entityManager
                                .createNativeQuery(BY_SESSIONS, Object[].class)
                                .setParameter("after", after)
                                .setParameter("window", SESSIONS_WINDOW)
                                .setParameter("since", since)
                                .setParameter("more", moreThan)
                                .setParameter("limit", size + 1)
                                .getResultList());
        List<SessionCountView> found = new ArrayList<>();
        for (Object[] row : rows) {
            if (row[2] != null) {
                found.add(
                        new SessionCountView(
                                (UUID) row[2], (String) row[4], ((Number) row[3]).longValue()));
            }
        }
        Object[] edge = rows.get(0);
        return slice(
                found,
                size,
                last -> cursors.encode(list, List.of(last.userId().toString())),
                (Boolean) edge[0] ? cursors.encode(list, List.of(edge[1].toString())) : null);
    }

    /** Users who were not seen since a time, longest ago first, those who never were before all. */
    Slice<InactiveUserView> byLastSeen(Instant since, String cursor, int size) {
        String list = "inactive|" + since;
        List<String> keys =
                cursor == null ? List.of(NEVER, FIRST.toString()) : cursors.decode(list, cursor, 2);
        List<Object[]> rows =
                rows(
                        entityManager
                                .createNativeQuery(BY_LAST_SEEN, Object[].class)
                                .setParameter("since", since)
                                .setParameter("seen", time(keys.get(0)))
                                .setParameter("after", id(keys.get(1)))
                                .setParameter("window", ACTIVITY_WINDOW)
                                .setParameter("limit", size + 1)
                                .getResultList());
        List<InactiveUserView> found = new ArrayList<>();
        for (Object[] row : rows) {
            if (row[3] != null) {
                found.add(
                        new InactiveUserView(
                                (UUID) row[3],
                                (String) row[5],
                                (Instant) row[4],
                                (Instant) row[6]));
            }
        }
        Object[] edge = rows.get(0);
        return slice(
                found,
                size,
                last -> cursor(list, last.lastSeenAt(), last.userId()),
                (Boolean) edge[0] ? cursor(list, (Instant) edge[2], (UUID) edge[1]) : null);
    }

    private String cursor(String list, Instant lastSeenAt, UUID userId) {
        return cursors.encode(
                list,
                List.of(lastSeenAt == null ? NEVER : lastSeenAt.toString(), userId.toString()));
    }

    /**
     * @param end where the window ended; null where the list did
     */
    private static <T> Slice<T> slice(
            List<T> found, int size, Function<T, String> cursor, String end) {
        if (found.size() <= size) {
            return new Slice<>(found, end);
        }
        List<T> items = List.copyOf(found.subList(0, size));
        return new Slice<>(items, cursor.apply(items.get(size - 1)));
    }

    private static List<Object[]> rows(List<?> rows) {
        return rows.stream().map(Object[].class::cast).toList();
    }

    private static UUID id(String key) {
        try {
            return UUID.fromString(key);
        } catch (IllegalArgumentException | NullPointerException e) {
            throw ProblemException.invalidParameter("cursor", "is no cursor of ours");
        }
    }

    private static String time(String key) {
        if (NEVER.equals(key)) {
            return key;
        }
        try {
            int year = OffsetDateTime.parse(key).getYear();
            if (year > 0 && year < 10_000) {
                return key;
            }
        } catch (DateTimeParseException | NullPointerException e) {
            // the same answer as for another year
        }
        throw ProblemException.invalidParameter("cursor", "is no cursor of ours");
    }
}
