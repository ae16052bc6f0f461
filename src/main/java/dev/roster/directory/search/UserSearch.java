package dev.roster.directory.search;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.roster.platform.persistence.ImportableEntity;
import dev.roster.platform.problem.ProblemCode;
import dev.roster.platform.problem.ProblemException;
import dev.roster.platform.security.Permission;
import dev.roster.users.AttributeCircle;
import dev.roster.users.Attributes;
import dev.roster.users.EmailAddress;
import dev.roster.users.User;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Finds users, one statement for each part of a list. Plain JDBC: what is planned is the very
 * statement with its values (see {@link Sql#prepare}).
 */
@ApplicationScoped
public class UserSearch {

    private static final String COLUMNS =
            """
            SELECT u.id, u.name, u.email, u.email_verified, u.username, u.display_username, u.image,
                (SELECT string_agg(r.name, ',' ORDER BY g.granted_at, r.name)
                    FROM role_grants g JOIN roles r ON r.id = g.role_id WHERE g.user_id = u.id) AS roles,
                u.status, u.banned, u.ban_reason, u.ban_expires, u.created_at, u.updated_at, u.deleted_at,
                (SELECT nullif(l.last_seen_at, '-infinity') FROM user_activity l WHERE l.user_id = u.id) AS last_seen_at\
            """;

    /** Roles and groups by what the filter calls them, with the groups nested in those. */
    private static final String NAMES =
            """
            WITH RECURSIVE named (name, id) AS (
                SELECT slug, id FROM groups WHERE slug = ANY (?)
                UNION ALL SELECT external_id, id FROM groups WHERE external_id = ANY (?)
                UNION ALL SELECT id::text, id FROM groups WHERE id = ANY (?)
            ), within (name, id) AS (
                SELECT name, id FROM named
                UNION SELECT w.name, g.id FROM within w JOIN groups g ON g.parent_id = w.id
            )
            SELECT 'group' AS kind, name, id FROM within
            UNION ALL SELECT 'role', name, id FROM roles WHERE name = ANY (?)
            """;

    /** The words nearest to each by trigrams; which of them it can be a slip of is seen then. */
    private static final String NEAR_WORDS =
            """
            SELECT typed.nr, typed.word AS typed, near.word
            FROM (SELECT search_fold(t.word), t.nr FROM unnest(CAST(? AS text[])) WITH ORDINALITY t (word, nr)) typed (word, nr),
                LATERAL (SELECT w.word FROM search_words w ORDER BY search_distance(w.word, typed.word) LIMIT 100) near
            ORDER BY typed.nr
            """;

    /** More are slips of nearly every word. */
    private static final int MAX_SPELLINGS = 8;

    /** Each of which shows attributes of every circle. */
    private static final List<Permission> SEE_ATTRIBUTES =
            List.of(Permission.USERS_READ, Permission.USERS_UPDATE, Permission.USERS_EXPORT);

    /**
     * Rows of the list by name: to look for words in so many takes what sorting some thousand does.
     */
    private static final int NEAR = 30_000;

    /** Where so many times the users that are asked for can be among those rows they are read. */
    private static final long MANY = 8;

    private final ReadDatabase database;
    private final Attributes attributes;
    private final ObjectMapper json;
    private final Clock clock;

    UserSearch(ReadDatabase database, Attributes attributes, ObjectMapper json, Clock clock) {
        this.database = database;
        this.attributes = attributes;
        this.json = json;
        this.clock = clock;
    }

    /**
     * Lets a filter pass whose answer shows nothing that the caller may not see.
     *
     * @param may what the caller may
     * @throws ProblemException 403 where it asks for the deleted and the caller may not delete, or
     *     for attributes that the caller does not see of others
     */
    public void requireVisible(UserFilter filter, Predicate<Permission> may) {
        if (filter.deleted() && !may.test(Permission.USERS_DELETE)) {
            throw new ProblemException(
                    ProblemCode.FORBIDDEN, "Only who may delete users may see the deleted");
        }
        if (SEE_ATTRIBUTES.stream().noneMatch(may)
                && !attributes
                        .names(Set.of(AttributeCircle.PUBLIC))
                        .containsAll(filter.attributes().keySet())) {
            throw new ProblemException(
                    ProblemCode.FORBIDDEN,
                    "Only who may read users may look for attributes that are not public");
        }
    }

    /** A part of a list, with the sort keys of each user. */
    record Found(List<FoundUser> users, List<List<String>> keys) {}

    /**
     * How many they are.
     *
     * @param estimated by the planner, since there are too many to count them
     */
    record Total(long users, boolean estimated) {}

    /**
     * The statement that selects the ids of the users, for others to use as a part of theirs. What
     * the filter names is looked up where it is used, in the main database: by what a replica still
     * has, others would be changed than are meant.
     *
     * @throws ProblemException 400 where the filter names a role or group that there is not
     */
    public Sql ids(UserFilter filter) {
        return select(filter, database::openMain).ids();
    }

    /** The filter with what it names looked up: one statement at most. */
    Selection select(UserFilter filter) {
        return select(filter, database::open);
    }

    private Selection select(UserFilter filter, Source source) {
        boolean everybody = filter.roles().contains(User.DEFAULT_ROLE);
        List<List<String>> words = filter.words().stream().map(UserSearch::forms).toList();
        if (filter.roles().isEmpty() && filter.groups().isEmpty()) {
            return new Selection(filter, words, Set.of(), false, Set.of(), clock.instant());
        }
        Set<String> unknownRoles = new TreeSet<>(filter.roles());
        unknownRoles.remove(User.DEFAULT_ROLE);
        Set<String> unknownGroups = new TreeSet<>(filter.groups());
        Set<UUID> roles = new LinkedHashSet<>();
        Set<UUID> groups = new LinkedHashSet<>();
        String[] names = filter.groups().toArray(String[]::new);
        UUID[] ids =
                filter.groups().stream()
                        .map(ImportableEntity::ownId)
                        .flatMap(Optional::stream)
                        .toArray(UUID[]::new);
        Sql sql = Sql.of(NAMES, names, names, ids, filter.roles().toArray(String[]::new));
        query(
                source,
                sql,
                row -> {
                    boolean role = row.getString("kind").equals("role");
                    (role ? unknownRoles : unknownGroups).remove(row.getString("name"));
                    (role ? roles : groups).add(row.getObject("id", UUID.class));
                });
        requireKnown("role", unknownRoles);
        requireKnown("group", unknownGroups);
        return new Selection(filter, words, roles, everybody, groups, clock.instant());
    }

    /** What may be an address or a domain is looked for in the form it is stored in, too. */
    private static List<String> forms(String word) {
        String key = EmailAddress.key(word);
        boolean ascii = word.chars().allMatch(c -> c < 0x80);
        return ascii || word.indexOf('@') < 0 && word.indexOf('.') < 0
                ? List.of(word)
                : List.of(word, key);
    }

    private static void requireKnown(String parameter, Set<String> unknown) {
        if (!unknown.isEmpty()) {
            throw ProblemException.invalidParameter(
                    parameter, "names what there is not: " + String.join(", ", unknown));
        }
    }

    /**
     * The same with each word also as what it may be a slip of; in one statement. Empty where there
     * is nothing else to look for.
     */
    Optional<Selection> respelt(Selection selection) {
        List<String> typed = selection.filter().words();
        List<Set<String>> spellings =
                typed.stream()
                        .<Set<String>>map(word -> new LinkedHashSet<>(List.of(word)))
                        .toList();
        query(
                Sql.of(NEAR_WORDS, (Object) typed.toArray(String[]::new)),
                row -> {
                    int i = row.getInt("nr") - 1;
                    String word = row.getString("word");
                    if (spellings.get(i).size() < MAX_SPELLINGS
                            && Spelling.isNear(row.getString("typed"), word)) {
                        spellings.get(i).add(word);
                    }
                });
        if (spellings.stream().allMatch(each -> each.size() == 1)) {
            return Optional.empty();
        }
        return Optional.of(
                new Selection(
                        selection.filter(),
                        spellings.stream().map(List::copyOf).toList(),
                        selection.roles(),
                        selection.everybody(),
                        selection.groups(),
                        selection.now()));
    }

    /**
     * The users behind a position, or after so many from the beginning; in one statement, but for
     * those searched by words in the order of the name.
     *
     * <p>There either all whom the words mean are sorted, which is quick where they are few, or the
     * list is read until enough of them have come, which is where they are many. The planner would
     * take them to be spread evenly over the list, where all with one name are in one place; so of
     * the list only so much is read as it is worth, and all are sorted where too few were in it.
     */
    Found find(Selection selection, Order order, Order.Position position, int offset, int limit) {
        if (!selection.isSearchedInOrder(order)) {
            return find(selection.keys(order, position, offset, limit), order);
        }
        Order searched = order.searched();
        Order.Position place = position == null ? null : position.searched();
        if (order.isByNameAlone()) {
            long estimate =
                    explain("COSTS", selection.near(searched, place, NEAR, 0, NEAR))
                            .path("Plan Rows")
                            .asLong();
            if (estimate >= MANY * (offset + limit)) {
                Found near = find(selection.near(searched, place, NEAR, offset, limit), order);
                if (near.users().size() == limit) {
                    return near;
                }
            }
        }
        return find(selection.keys(searched, place, offset, limit), order);
    }

    private Found find(Sql ids, Order order) {
        Sql sql =
                Sql.of(COLUMNS + order.labels("k") + " FROM (")
                        .add(ids)
                        .add(") k JOIN users u ON u.id = k.id" + order.orderByKeys("k"));
        List<FoundUser> users = new ArrayList<>();
        List<List<String>> keys = new ArrayList<>();
        query(
                sql,
                row -> {
                    users.add(user(row));
                    keys.add(order.read(row));
                });
        return new Found(users, keys);
    }

    /**
     * Those of the users that there are now, in the order of the ids; in one statement, of the main
     * database, so that nobody is missing who has just come.
     */
    List<FoundUser> find(Collection<UUID> ids) {
        Sql sql =
                Sql.of(
                        COLUMNS
                                + " FROM unnest(CAST(? AS uuid[])) WITH ORDINALITY asked (id, nr)"
                                + " JOIN users u ON u.id = asked.id WHERE u.deleted_at IS NULL"
                                + " ORDER BY asked.nr",
                        (Object) ids.toArray(UUID[]::new));
        List<FoundUser> users = new ArrayList<>();
        query(database::openMain, sql, row -> users.add(user(row)));
        return users;
    }

    /**
     * How many they are, counted up to the bound; beyond it the planner's estimate. Both come from
     * one statement: to explain it with what it did tells how many rows it had and how many the
     * planner would have expected without the limit. The estimate is never taken alone, since
     * filters that nobody matches together are estimated as many.
     */
    Total count(Selection selection, int bound) {
        JsonNode plan = explain("ANALYZE, TIMING OFF, BUFFERS OFF", selection.ids(bound + 1));
        long counted = plan.path("Actual Rows").asLong();
        return counted <= bound
                ? new Total(counted, false)
                : new Total(Math.max(counted, plan.at("/Plans/0/Plan Rows").asLong()), true);
    }

    /** How many they are, each of them counted. */
    Total count(Selection selection) {
        long[] number = new long[1];
        query(selection.count(), row -> number[0] = row.getLong(1));
        return new Total(number[0], false);
    }

    private JsonNode explain(String how, Sql statement) {
        StringBuilder plan = new StringBuilder();
        query(
                Sql.of("EXPLAIN (FORMAT JSON, " + how + ") ").add(statement),
                row -> plan.append(row.getString(1)));
        try {
            return json.readTree(plan.toString()).at("/0/Plan");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static FoundUser user(ResultSet row) throws SQLException {
        String roles = row.getString("roles");
        return new FoundUser(
                row.getObject("id", UUID.class),
                row.getString("name"),
                row.getString("email"),
                row.getBoolean("email_verified"),
                row.getString("username"),
                row.getString("display_username"),
                row.getString("image"),
                Stream.of((roles == null ? User.DEFAULT_ROLE : roles).split(",")).toList(),
                row.getString("status"),
                row.getBoolean("banned"),
                row.getString("ban_reason"),
                Sql.instant(row.getObject("ban_expires", OffsetDateTime.class)),
                Sql.instant(row.getObject("created_at", OffsetDateTime.class)),
                Sql.instant(row.getObject("updated_at", OffsetDateTime.class)),
                Sql.instant(row.getObject("last_seen_at", OffsetDateTime.class)),
                Sql.instant(row.getObject("deleted_at", OffsetDateTime.class)));
    }

    private interface RowReader {
        void read(ResultSet row) throws SQLException;
    }

    private interface Source {
        Connection open() throws SQLException;
    }

    private void query(Sql sql, RowReader reader) {
        query(database::open, sql, reader);
    }

    private void query(Source source, Sql sql, RowReader reader) {
        try (Connection connection = source.open();
                PreparedStatement statement = sql.prepare(connection);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                reader.read(rows);
            }
        } catch (SQLException e) {
            // told as what it is: see DatabaseFailure
            throw new IllegalStateException(e);
        }
    }
}
