package dev.roster.directory.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.Rest;
import dev.roster.testing.Statements;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Among some thousand users; bench/directory asserts the same among a million. */
@QuarkusTest
@DisplayName("The directory's statements")
class SearchStatementsTest {

    private static final String USERS = "/api/v1/users?";

    /** The caller's session is read by one of its own. */
    private static final int SESSION = 1;

    private static String mark;
    private static Caller admin;
    private static String role;
    private static UUID group;

    @BeforeEach
    void fill() {
        if (mark != null) {
            return;
        }
        mark = People.mark();
        admin = Caller.admin();
        role = People.role();
        group = People.group("g" + mark, null);
        Database.update(
                "INSERT INTO users (id, name, email, username, status, banned, email_verified,"
                        + " created_at, updated_at, deleted_at) SELECT gen_random_uuid(),"
                        + " initcap(left(md5('n' || i), 6)) || ' ' || CASE WHEN i % 50 = 0 THEN 'Zappa'"
                        + " ELSE left(md5('s' || i), 7) END || ' ' || CAST(? AS text), md5('e' || i) ||"
                        + " '@' || ? || '.example', 'u' || ? || i, CASE WHEN i % 90 = 0 THEN 'invited'"
                        + " ELSE 'active' END, i % 95 = 0, i % 40 > 0, now() - i * interval '1 hour',"
                        + " now() - i * interval '1 minute', CASE WHEN i % 97 = 0 THEN now() END FROM"
                        + " generate_series(1, 3000) i",
                mark, mark, mark);
        String mine = " FROM users u WHERE u.name LIKE '% ' || CAST(? AS text)";
        Database.update(
                "INSERT INTO user_profiles (user_id, birth_date, locale, attributes) SELECT u.id,"
                        + " date '1970-01-01' + (('x' || left(md5(u.id::text), 3))::bit(12)::int),"
                        + " left(md5(u.name), 1), jsonb_build_object('k' || ?, right(u.name, 1) ||"
                        + " left(md5(u.email), 2))"
                        + mine,
                mark,
                mark);
        Database.update(
                "INSERT INTO role_grants (user_id, role_id) SELECT u.id, r.id FROM roles r, users"
                        + " u WHERE r.name = ? AND u.name LIKE '%Zappa ' || CAST(? AS text)",
                role, mark);
        Database.update(
                "INSERT INTO memberships (id, group_id, user_id, roles) SELECT gen_random_uuid(),"
                        + " ?, u.id, '{member}' FROM users u WHERE u.name LIKE '%Zappa ' || CAST(? AS"
                        + " text)",
                group, mark);
        // Everybody is in a group and has a role, so that ROLE and GROUP are a small part of all:
        // where they are nearly all, reading any index to its end costs the same.
        Database.update(
                "INSERT INTO memberships (id, group_id, user_id, roles) SELECT gen_random_uuid(),"
                        + " ?, u.id, '{member}' FROM users u WHERE u.name LIKE '% ' || CAST(? AS"
                        + " text)",
                People.group("all" + mark, null), mark);
        Database.update(
                "INSERT INTO role_grants (user_id, role_id) SELECT u.id, r.id FROM roles r, users"
                        + " u WHERE r.name = ? AND u.name LIKE '% ' || CAST(? AS text)",
                People.role(), mark);
        Database.update(
                "UPDATE user_activity a SET last_seen_at = now() - (('x' ||"
                        + " left(md5(a.user_id::text), 4))::bit(16)::int) * interval '1 minute' FROM"
                        + " users u WHERE u.id = a.user_id AND u.name LIKE '% ' || CAST(? AS text)",
                mark);
        Database.update("ANALYZE");
    }

    private List<String> statements(String query) {
        return Statements.of(
                () -> {
                    Response answer = Rest.get(admin, query);
                    assertEquals(200, answer.statusCode(), answer.asString());
                });
    }

    private String filled(String query) {
        return query.replace("MARK", mark).replace("ROLE", role).replace("GROUP", group.toString());
    }

    /** The plan where no table is read as a whole if there is any other way. */
    private static String plan(String sql) {
        try (Connection connection = Database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET enable_seqscan = off");
            statement.execute("SET enable_sort = off");
            StringBuilder plan = new StringBuilder();
            try (ResultSet rows = statement.executeQuery("EXPLAIN (COSTS OFF) " + sql)) {
                while (rows.next()) {
                    plan.append(rows.getString(1)).append('\n');
                }
            }
            return plan.toString();
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "sort=id, users_pkey",
        "role=ROLE, role_grants_",
        "group=GROUP, memberships_group_id_user_id_key",
        "status=invited, users_id_status_idx",
        "banned=true, users_id_banned_idx",
        "emailVerified=false, users_id_unverified_idx",
        "createdFrom=2020-01-01, users_created_at_id_idx",
        "lastSeenFrom=2020-01-01, user_activity_last_seen_at_user_id_idx",
        "minAge=30, user_profiles_birth_date_user_id_idx",
        "locale=a, user_profiles_locale_user_id_idx",
        "'locale=a,b', user_profiles_locale_user_id_idx",
        "hasProfile=true, user_profiles_pkey",
        "attributes.kMARK=x0a, user_attributes_pkey",
        "q=zappa MARK, user_search_",
        "q=Zappa, user_search_",
        "q=za, user_search_",
        "deleted=true, users_id_deleted_idx",
        "sort=name, users_folded_name_id_idx",
        "sort=-name, users_folded_name_id_idx",
        "sort=email, users_email_",
        "sort=username, users_username_id_idx",
        "sort=createdAt, users_created_at_id_idx",
        "sort=-updatedAt, users_updated_at_id_idx",
        "sort=-lastSeenAt, user_activity_last_seen_at_user_id_idx",
        "'sort=name,-createdAt', users_folded_name_id_idx",
        "'role=ROLE,support', role_grants_",
        "'role=ROLE&sort=name', users_folded_name_id_idx"
    })
    @DisplayName("are one for each part of a list, which reads an index in order")
    void plans(String query, String index) {
        List<String> statements = statements(filled(USERS + query + "&size=5"));
        int looked = query.contains("role=") || query.contains("group=") ? 1 : 0;
        assertEquals(SESSION + looked + 1, statements.size(), statements.toString());
        String sql = statements.get(statements.size() - 1);
        String plan = plan(sql);
        assertTrue(plan.contains(index), plan);
        assertFalse(plan.contains("Seq Scan"), plan);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u5C0F\u660E", "\uBBFC\uC218", "\u044F\u043D"})
    @DisplayName("find words of two characters by an index of pairs")
    void pairs(String word) {
        String plan =
                plan(
                        "SELECT s.user_id FROM user_search s WHERE search_matches(s.text,"
                                + " search_term('"
                                + word
                                + "'))");
        assertTrue(plan.contains("user_search_grams_idx"), plan);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "sort=id",
        "role=ROLE",
        "group=GROUP",
        "emailVerified=false",
        "locale=a",
        "sort=name",
        "sort=-createdAt",
        "sort=-lastSeenAt",
        "minAge=30",
        "q=zappa"
    })
    @DisplayName("begin behind the cursor: its place is a condition of the index")
    void cursors(String query) {
        String first = filled(USERS + query + "&size=2");
        String next = Rest.get(admin, first).path("next");
        List<String> statements = statements(first + "&cursor=" + next);
        String plan = plan(statements.get(statements.size() - 1));
        assertTrue(
                plan.lines()
                        .anyMatch(
                                line ->
                                        line.contains("Index Cond")
                                                && (line.contains(" > ") || line.contains(" < "))),
                plan);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"name", "-email", "username,-createdAt"})
    @DisplayName("sort few who are found by words by what they are found in")
    void fewInOrder(String sort) {
        List<String> statements = statements(filled(USERS + "q=zappa MARK&size=50&sort=" + sort));
        int asked = sort.equals("name") ? 1 : 0;
        assertEquals(SESSION + asked + 1, statements.size(), statements.toString());
        String plan = plan(statements.get(SESSION + asked));
        assertTrue(plan.contains("user_search_"), plan);
        assertFalse(plan.contains("Seq Scan"), plan);
    }

    @Test
    @DisplayName("are two for many who are found by words, who are read in order")
    void manyInOrder() {
        List<String> statements = statements(filled(USERS + "q=MARK&size=2&sort=name"));
        assertEquals(SESSION + 2, statements.size(), statements.toString());
        String plan = plan(statements.get(SESSION + 1));
        assertTrue(plan.contains("user_search_name_key_user_id_idx"), plan);
    }

    @Test
    @DisplayName("find each of many once and in order, whichever of the two ways a part is found")
    void everyoneInOrder() {
        List<String> found = new ArrayList<>();
        String list = filled(USERS + "q=MARK&size=100&sort=name");
        String next = "";
        while (next != null) {
            Response part = Rest.get(admin, list + (next.isEmpty() ? "" : "&cursor=" + next));
            found.addAll(part.path("items.id"));
            next = part.path("next");
        }
        List<String> all =
                Database.query(
                                "SELECT u.id FROM users u JOIN user_search s ON s.user_id = u.id"
                                        + " WHERE s.text LIKE '%' || ? || '%' ORDER BY"
                                        + " search_fold(left(u.name, 100)), u.id",
                                mark)
                        .stream()
                        .map(row -> row.get("id").toString())
                        .toList();
        assertTrue(all.size() > 2900, all.size() + " users");
        assertEquals(all, found);
    }

    @Test
    @DisplayName("are one more for a total, and none where the page tells it")
    void totals() {
        assertEquals(SESSION + 2, statements(USERS + "q=" + mark + "&total=bounded").size());
        assertEquals(SESSION + 2, statements(filled(USERS + "q=zappa MARK&page=1")).size());
        assertEquals(
                SESSION + 1, statements(filled(USERS + "q=zappa MARK&page=1&size=100")).size());
        assertEquals(SESSION + 1, statements(filled(USERS + "q=zappa MARK&page=2&size=50")).size());
        assertEquals(SESSION + 1, statements("/api/v1/users/count?q=" + mark).size());
        assertEquals(SESSION + 1, statements("/api/v1/users/count?exact=true").size());
    }

    @Test
    @DisplayName("are three where nobody is found but by a slip")
    void slips() {
        assertEquals(SESSION + 3, statements(filled(USERS + "q=zapap MARK")).size());
        assertEquals(SESSION + 2, statements(USERS + "q=0x0x0x0x0x0x").size());
    }

    @Test
    @DisplayName("are one for a hundred users by id")
    void batch() {
        StringBuilder ids = new StringBuilder("\"" + admin.id + "\"");
        for (int i = 0; i < 99; i++) {
            ids.append(",\"").append(UUID.randomUUID()).append('"');
        }
        List<String> statements =
                Statements.of(
                        () ->
                                Rest.body(admin.request(), Rest.JSON, "{\"ids\":[" + ids + "]}")
                                        .post("/api/v1/users/batch-get")
                                        .then()
                                        .statusCode(200));
        assertEquals(SESSION + 1, statements.size(), statements.toString());
        assertTrue(plan(statements.get(1)).contains("users_pkey"));
    }
}
