package dev.roster.directory.reports;

import static dev.roster.testing.Problems.assertProblem;
import static dev.roster.testing.Problems.assertViolations;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.roster.testing.AtOnce;
import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.Plans;
import dev.roster.testing.Rest;
import dev.roster.testing.Statements;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@DisplayName("/api/v1/reports")
class ReportsResourceTest {

    private static final String REPORTS = "/api/v1/reports/";
    private static final String SESSIONS = REPORTS + "sessions?since=2020-01-01";
    private static final String INACTIVE = REPORTS + "inactive-users?since=2001-01-01";

    @Inject UserStatistics statistics;
    @Inject Clock clock;

    private Caller support;

    @BeforeEach
    void enter() {
        support = Caller.signUp();
        Database.update(
                "INSERT INTO role_grants (user_id, role_id) SELECT ?, id FROM roles WHERE name ="
                        + " 'support'",
                support.id);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "sign-ups",
                "statuses",
                "sessions?since=2020-01-01",
                "inactive-users?since=2020-01-01"
            })
    @DisplayName("are for whoever may read reports: 401 for a stranger, 403 for anyone else")
    void permissions(String report) {
        assertProblem(401, "unauthenticated", Rest.get(REPORTS + report));
        assertProblem(403, "forbidden", Rest.get(Caller.signUp(), REPORTS + report));
        assertEquals(200, Rest.get(support, REPORTS + report).statusCode());
        assertEquals(200, Rest.get(Caller.admin(), REPORTS + report).statusCode());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "sign-ups?from=2026-13, from",
        "sign-ups?to=x, to",
        "sign-ups?from=2026-01'' OR 1=1, from",
        "sign-ups?month=2026-01, month",
        "statuses?role=admin, role",
        "sessions, since",
        "sessions?since=, since",
        "sessions?since=yesterday, since",
        "sessions?since=2026-02-30, since",
        "sessions?since=%2B100000-01-01T00:00:00Z, since",
        "sessions?since=%2B1000000000-01-01T00:00:00Z, since",
        "inactive-users?since=-1000000000-12-31T00:00:00Z, since",
        "sessions?since=2026-01-01&moreThan=-1, moreThan",
        "sessions?since=2026-01-01&moreThan=x, moreThan",
        "sessions?since=2026-01-01&size=0, size",
        "sessions?since=2026-01-01&size=101, size",
        "sessions?since=2026-01-01&cursor=x, cursor",
        "sessions?since=2026-01-01&sort=name, sort",
        "inactive-users?since=2026-01-01&cursor=W10, cursor",
        "inactive-users, since"
    })
    @DisplayName("refuse what they do not understand, by name")
    void invalid(String report, String parameter) {
        assertViolations(
                support.request()
                        .urlEncodingEnabled(false)
                        .get(REPORTS + report.replace(" ", "%20")),
                "query",
                parameter);
    }

    @Nested
    @DisplayName("of sign-ups and statuses")
    class Counted {

        @Test
        @DisplayName("count users by month of their coming")
        void signUps() {
            UUID old = make("1987-03-31T23:30:00Z");
            Database.update("UPDATE users SET email_verified = true WHERE id = ?", old);
            make("1987-04-01T00:00:00Z");
            Database.update(
                    "UPDATE users SET deleted_at = now() WHERE id = ?",
                    make("1987-04-02T00:00:00Z"));
            statistics.count(Duration.ZERO);
            JsonNode report = read("sign-ups?from=1987-01&to=1987-12");
            assertEquals(
                    Rest.json(
                            "[{\"month\":\"1987-03\",\"users\":1,\"verified\":1},{\"month\":\"1987-04\",\"users\":1,\"verified\":0}]"),
                    report.get("items"));
            assertFalse(report.get("asOf").asText().isEmpty());
            String now = YearMonth.now(clock.withZone(ZoneOffset.UTC)).toString();
            JsonNode current = read("sign-ups?from=" + now);
            assertEquals(now, current.at("/items/0/month").asText());
            assertTrue(current.at("/items/0/users").asLong() > 0);
            Database.update("DELETE FROM users WHERE created_at < '1988-01-01'");
        }

        @Test
        @DisplayName("count users by status and role, one with two roles in each")
        void statuses() {
            String role = "report-" + UUID.randomUUID();
            Database.update(
                    "INSERT INTO roles (id, name) VALUES (gen_random_uuid(), ?), (gen_random_uuid(), ?)",
                    role + "-a",
                    role + "-b");
            UUID both = make("2026-01-01T00:00:00Z");
            UUID banned = make("2026-01-01T00:00:00Z");
            UUID lapsed = make("2026-01-01T00:00:00Z");
            UUID gone = make("2026-01-01T00:00:00Z");
            Database.update("UPDATE users SET banned = true WHERE id = ?", banned);
            Database.update(
                    "UPDATE users SET banned = true, ban_expires = '2020-01-01' WHERE id = ?",
                    lapsed);
            Database.update("UPDATE users SET deleted_at = now() WHERE id = ?", gone);
            for (UUID id : List.of(both, banned, lapsed, gone)) {
                grant(id, role + "-a");
            }
            grant(both, role + "-b");
            statistics.count(Duration.ZERO);
            List<String> figures = new ArrayList<>();
            long totals = 0;
            for (JsonNode item : read("statuses").get("items")) {
                if (item.get("role").asText().startsWith(role)) {
                    figures.add(
                            item.get("status").asText()
                                    + item.get("role").asText().substring(role.length())
                                    + item.get("users").asText());
                }
                totals += item.get("role").isNull() ? item.get("users").asLong() : 0;
            }
            assertEquals(List.of("active-a2", "active-b1", "banned-a1", "deleted-a1"), figures);
            assertTrue(totals >= 4);
            Database.update("DELETE FROM roles WHERE name LIKE ?", role + "%");
        }

        @Test
        @DisplayName("answer with old figures at once, with their time, and count anew meanwhile")
        void stale() throws InterruptedException {
            statistics.count(Duration.ZERO);
            Database.update("UPDATE user_statistics SET as_of = '2020-01-01T00:00:00Z'");
            assertEquals("2020-01-01T00:00:00.000Z", read("statuses").get("asOf").asText());
            String asOf = "2020";
            for (int i = 0; i < 600 && asOf.startsWith("2020"); i++) {
                Thread.sleep(50);
                asOf = read("statuses").get("asOf").asText();
            }
            assertNotEquals("2020", asOf.substring(0, 4));
        }

        @Test
        @DisplayName("are counted by one of many replicas in its turn")
        void turn() {
            statistics.count(Duration.ZERO);
            String asOf = read("statuses").get("asOf").asText();
            statistics.count();
            assertEquals(asOf, read("statuses").get("asOf").asText());
        }

        @Test
        @DisplayName("count at once where nothing was counted yet, once for all who ask")
        void first() throws InterruptedException {
            Database.update("DELETE FROM user_statistics");
            List<String> times =
                    AtOnce.run(4, () -> read("sign-ups").get("asOf").asText()).stream()
                            .distinct()
                            .toList();
            assertEquals(1, times.size(), times.toString());
        }

        @Test
        @DisplayName("take one statement beside the caller's")
        void statements() {
            statistics.count(Duration.ZERO);
            assertEquals(2, Statements.of(() -> read("sign-ups")).size());
            assertEquals(2, Statements.of(() -> read("statuses")).size());
        }
    }

    @Nested
    @DisplayName("of sessions")
    class Sessions {

        @Test
        @DisplayName("list users with more of them than a number since a time")
        void counted() {
            Caller ada = Caller.signUp();
            ada.signInAgain();
            ada.signInAgain();
            String three = String.valueOf(3);
            assertEquals(List.of(three), sessionsOf(ada.id, "2020-01-01", 2));
            assertEquals(List.of(), sessionsOf(ada.id, "2020-01-01", 3));
            Database.update(
                    "UPDATE sessions SET created_at = '2019-06-01' WHERE id = (SELECT id FROM"
                            + " sessions WHERE user_id = ? LIMIT 1)",
                    ada.id);
            assertEquals(List.of("2"), sessionsOf(ada.id, "2020-01-01", 1));
            assertEquals(List.of(three), sessionsOf(ada.id, "2019-01-01", 1));
            Database.update("UPDATE users SET deleted_at = now() WHERE id = ?", ada.id);
            assertEquals(List.of(), sessionsOf(ada.id, "2019-01-01", 1));
        }

        @Test
        @DisplayName("leave out those of administrators who acted as the user")
        void impersonated() {
            Caller ada = Caller.signUp();
            ada.signInAgain();
            Database.update(
                    "UPDATE sessions SET impersonated_by = 'x' WHERE id = (SELECT id FROM sessions"
                            + " WHERE user_id = ? LIMIT 1)",
                    ada.id);
            assertEquals(List.of("1"), sessionsOf(ada.id, "2020-01-01", 0));
        }

        @Test
        @DisplayName("find a user whose sessions are more than a request looks at")
        void many() {
            UUID id = make("2026-01-01T00:00:00Z");
            Database.update(
                    "INSERT INTO sessions (id, user_id, token_digest, expires_at) SELECT"
                            + " gen_random_uuid(), ?, sha256(CAST(CAST(gen_random_uuid() AS text) AS"
                            + " bytea)), now() + interval '1 hour' FROM generate_series(1, 5100)",
                    id);
            assertEquals(List.of("5100"), sessionsOf(id, "2020-01-01", 5000));
            Database.update("DELETE FROM users WHERE id = ?", id);
        }

        @Test
        @DisplayName("take one statement beside the caller's, by an index")
        void statements() {
            assertEquals(2, Statements.of(() -> Rest.get(support, SESSIONS)).size());
            String plan =
                    Plans.of(
                            UserLists.BY_SESSIONS,
                            Map.of(
                                    "after", "'00000000-0000-0000-0000-000000000000'",
                                    "window", "5000",
                                    "since", "CAST('2026-01-01' AS timestamptz)",
                                    "more", "3",
                                    "limit", "21"));
            assertTrue(plan.contains("using sessions_user_id_created_at_idx"), plan);
            assertFalse(plan.contains("Seq Scan on sessions"), plan);
        }

        private List<String> sessionsOf(UUID id, String since, int moreThan) {
            return all(REPORTS + "sessions?since=" + since + "&moreThan=" + moreThan).stream()
                    .filter(item -> item.get("userId").asText().equals(id.toString()))
                    .map(item -> item.get("sessions").asText())
                    .toList();
        }
    }

    @Nested
    @DisplayName("of inactive users")
    class Inactive {

        @Test
        @DisplayName("list those who were not seen since a time, longest ago first")
        void listed() {
            UUID never = old(null);
            UUID long1 = old("1990-01-01T00:00:00.123456Z");
            UUID long2 = old("1990-01-01T00:00:00.123456Z");
            UUID later = old("1995-05-05T00:00:00Z");
            old("2001-01-01T00:00:00Z");
            UUID deleted = old("1990-01-01T00:00:00Z");
            Database.update("UPDATE users SET deleted_at = now() WHERE id = ?", deleted);
            UUID guest = old("1990-01-01T00:00:00Z");
            Database.update("UPDATE users SET anonymous = true WHERE id = ?", guest);
            UUID young = old(null);
            Database.update("UPDATE users SET created_at = '2002-01-01' WHERE id = ?", young);
            for (int size : List.of(1, 2, 100)) {
                List<String> ids =
                        all(INACTIVE + "&size=" + size).stream()
                                .map(item -> item.get("userId").asText())
                                .toList();
                assertEquals(
                        List.of(never, first(long1, long2), second(long1, long2), later).stream()
                                .map(UUID::toString)
                                .toList(),
                        ids);
            }
            // one slice may hold none of them: it looks at so many rows and no more
            List<JsonNode> items = all(INACTIVE);
            assertTrue(items.get(0).get("lastSeenAt").isNull());
            assertEquals("1990-01-01T00:00:00.123Z", items.get(1).get("lastSeenAt").asText());
            Database.update("DELETE FROM users WHERE created_at < '1990-01-01'");
            assertEquals(2, Statements.of(() -> Rest.get(support, INACTIVE)).size());
            String plan =
                    Plans.of(
                            UserLists.BY_LAST_SEEN,
                            Map.of(
                                    "after", "CAST('00000000-0000-0000-0000-000000000000' AS uuid)",
                                    "seen", "'-infinity'",
                                    "window", "5000",
                                    "since", "CAST('2026-01-01' AS timestamptz)",
                                    "limit", "21"));
            assertTrue(plan.contains("user_activity_last_seen_at_user_id_idx"), plan);
            assertFalse(plan.contains("Seq Scan"), plan);
        }

        @Test
        @DisplayName("refuse a cursor of another list, or a made-up one")
        void cursors() {
            List<UUID> made = List.of(old(null), old(null));
            String next = Rest.json(Rest.get(support, INACTIVE + "&size=1")).get("next").asText();
            assertViolations(
                    Rest.get(support, REPORTS + "inactive-users?since=2001-01-02&cursor=" + next),
                    "query",
                    "cursor");
            String list = new String(Base64.getUrlDecoder().decode(next), StandardCharsets.UTF_8);
            for (String forged :
                    List.of(
                            list.replace("-infinity", "x"),
                            list.replace("-infinity", "infinity"),
                            list.replace("-infinity", "+999999999-01-01T00:00:00Z"),
                            list.replaceFirst("[0-9a-f-]{36}", "x'; DROP TABLE users"))) {
                assertViolations(
                        Rest.get(
                                support,
                                INACTIVE
                                        + "&cursor="
                                        + Base64.getUrlEncoder()
                                                .withoutPadding()
                                                .encodeToString(
                                                        forged.getBytes(StandardCharsets.UTF_8))),
                        "query",
                        "cursor");
            }
            made.forEach(id -> Database.update("DELETE FROM users WHERE id = ?", id));
        }

        private UUID old(String lastSeen) {
            UUID id = make("1980-01-01T00:00:00Z");
            Database.update(
                    "UPDATE user_activity SET last_seen_at = coalesce(CAST(? AS timestamptz),"
                            + " '-infinity') WHERE user_id = ?",
                    lastSeen,
                    id);
            return id;
        }

        private UUID first(UUID a, UUID b) {
            return a.toString().compareTo(b.toString()) < 0 ? a : b;
        }

        private UUID second(UUID a, UUID b) {
            return first(a, b) == a ? b : a;
        }
    }

    private JsonNode read(String report) {
        Response answer = Rest.get(support, REPORTS + report);
        assertEquals(200, answer.statusCode(), answer.asString());
        return Rest.json(answer);
    }

    /** A whole list, slice by slice; a slice may be short, but never too long. */
    private List<JsonNode> all(String path) {
        List<JsonNode> items = new ArrayList<>();
        String cursor = "";
        do {
            Response answer = Rest.get(support, path + cursor);
            assertEquals(200, answer.statusCode(), answer.asString());
            JsonNode slice = Rest.json(answer);
            slice.get("items").forEach(items::add);
            cursor = slice.get("next").isNull() ? null : "&cursor=" + slice.get("next").asText();
        } while (cursor != null);
        return items;
    }

    private static UUID make(String createdAt) {
        UUID id = UUID.randomUUID();
        Database.update(
                "INSERT INTO users (id, name, email, created_at) VALUES (?, 'Report', ?, CAST(? AS"
                        + " timestamptz))",
                id,
                id + "@example.com",
                createdAt);
        return id;
    }

    private static void grant(UUID id, String role) {
        Database.update(
                "INSERT INTO role_grants (user_id, role_id) SELECT ?, id FROM roles WHERE name = ?",
                id,
                role);
    }
}
