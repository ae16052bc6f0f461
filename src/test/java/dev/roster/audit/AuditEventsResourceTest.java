package dev.roster.audit;

import static dev.roster.testing.Problems.assertProblem;
import static dev.roster.testing.Problems.assertViolations;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.Rest;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.hibernate.SessionFactory;
import org.hibernate.stat.Statistics;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@DisplayName("The audit trail")
class AuditEventsResourceTest {

    private static final String EVENTS = "/api/v1/audit-events";

    @Inject AuditLog log;
    @Inject SessionFactory sessions;

    private final UUID actor = UUID.randomUUID();
    private Caller reader;

    @BeforeEach
    void support() {
        reader = Caller.signUp();
        Database.update(
                "INSERT INTO role_grants (user_id, role_id) SELECT ?, id FROM roles WHERE name ="
                        + " 'support'",
                reader.id);
    }

    private List<UUID> write(AuditAction action, String type, int number) {
        List<UUID> targets = Stream.generate(UUID::randomUUID).limit(number).toList();
        QuarkusTransaction.requiringNew()
                .run(
                        () ->
                                log.recordAll(
                                        action,
                                        actor,
                                        type,
                                        targets,
                                        new ObjectMapper().createObjectNode().put("a", 1)));
        return targets;
    }

    /** The query is as it goes over the wire. */
    private Response get(String query) {
        return reader.request().urlEncodingEnabled(false).get(EVENTS + query);
    }

    private JsonNode list(String query) {
        Response answer = get(query);
        assertEquals(200, answer.statusCode(), answer.asString());
        return Rest.json(answer);
    }

    private static List<String> each(JsonNode list, String member) {
        return StreamSupport.stream(list.get("items").spliterator(), false)
                .map(event -> event.get(member).asText())
                .toList();
    }

    private static List<String> newestFirst(List<UUID> targets) {
        List<String> ids = new ArrayList<>(targets.stream().map(UUID::toString).toList());
        Collections.reverse(ids);
        return ids;
    }

    @Nested
    @DisplayName("is closed to")
    class Closed {

        @ParameterizedTest
        @ValueSource(strings = {"", "/verify", "/01900000-0000-7000-8000-000000000003", "/x"})
        @DisplayName("strangers, whatever they ask")
        void strangers(String path) {
            assertProblem(401, "unauthenticated", Rest.get(EVENTS + path));
            assertProblem(401, "unauthenticated", Rest.get(EVENTS + path + "?size=x"));
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "/verify", "/01900000-0000-7000-8000-000000000003"})
        @DisplayName("users without the permission, their own events included")
        void users(String path) {
            Caller ada = Caller.signUp();
            assertProblem(403, "forbidden", Rest.get(ada, EVENTS + path));
            assertProblem(403, "forbidden", Rest.get(ada, EVENTS + path + "?actor=" + ada.id));
        }

        @ParameterizedTest
        @ValueSource(strings = {"PUT", "PATCH", "DELETE", "POST"})
        @DisplayName("changes, even an administrator's")
        void changes(String method) {
            UUID target = write(AuditAction.USER_UPDATED, "user", 1).get(0);
            String id = list("?target=" + target).at("/items/0/id").asText();
            Caller admin = Caller.admin();
            for (String path : List.of("", "/" + id)) {
                assertProblem(
                        405,
                        "method_not_allowed",
                        Rest.body(admin.request(), Rest.JSON, "{}").request(method, EVENTS + path));
            }
        }
    }

    @Nested
    @DisplayName("as a list")
    class Listed {

        @Test
        @DisplayName("tells who did what to whom, when and from where")
        void members() {
            Caller ada = Caller.signUp();
            String path = "/api/v1/me";
            Response changed =
                    Rest.body(
                                    ada.request()
                                            .header("If-Match", "*")
                                            .header("User-Agent", "Difference/2"),
                                    Rest.MERGE_PATCH,
                                    "{\"name\":\"Ada \\\"the\\\" Countess\"}")
                            .patch("/api/v1/users/" + ada.id);
            assertEquals(200, changed.statusCode(), changed.asString() + path);
            JsonNode event = list("?target=" + ada.id + "&action=user.updated").at("/items/0");
            assertEquals(ada.id.toString(), event.get("actorId").asText());
            assertEquals(ada.id.toString(), event.get("targetId").asText());
            assertEquals("user", event.get("targetType").asText());
            assertEquals("user.updated", event.get("action").asText());
            assertEquals("Test User", event.at("/before/name").asText());
            assertEquals("Ada \"the\" Countess", event.at("/after/name").asText());
            assertEquals("127.0.0.1", event.get("ipAddress").asText());
            assertEquals("Difference/2", event.get("userAgent").asText());
            assertEquals(changed.header("X-Request-Id"), event.get("requestId").asText());
            assertFalse(event.get("redacted").asBoolean());
            assertTrue(Instant.parse(event.get("occurredAt").asText()).isAfter(Instant.EPOCH));
            JsonNode alone = Rest.json(Rest.get(reader, EVENTS + "/" + event.get("id").asText()));
            assertEquals(event, alone);

            Database.query("SELECT audit_redact(?)", ada.id);
            JsonNode redacted = list("?target=" + ada.id + "&action=user.updated").at("/items/0");
            assertTrue(redacted.get("redacted").asBoolean());
            assertTrue(redacted.get("before").isNull() && redacted.get("after").isNull());
            assertEquals("", redacted.get("ipAddress").asText());
            assertEquals(event.get("requestId"), redacted.get("requestId"));
        }

        @Test
        @DisplayName("is found by actor, target, action, kind of target, time and request")
        void filters() {
            List<UUID> banned = write(AuditAction.USER_BANNED, "user", 2);
            // times are told to the millisecond
            Instant after = Instant.now().plusMillis(2);
            while (Instant.now().isBefore(after)) {
                Thread.onSpinWait();
            }
            List<UUID> revoked = write(AuditAction.SESSION_REVOKED, "session", 2);
            String by = "?actor=" + actor;
            List<String> all = new ArrayList<>(newestFirst(revoked));
            all.addAll(newestFirst(banned));
            assertEquals(all, each(list(by), "targetId"));
            assertEquals(newestFirst(banned), each(list(by + "&action=user.banned"), "targetId"));
            assertEquals(
                    all,
                    each(
                            list(
                                    by
                                            + "&action=user.banned,session.revoked,user.banned"
                                            + ",not.known"),
                            "targetId"));
            assertEquals(newestFirst(revoked), each(list(by + "&targetType=session"), "targetId"));
            assertEquals(
                    List.of(banned.get(0).toString()),
                    each(list("?target=" + banned.get(0)), "targetId"));
            assertEquals(List.of(), each(list(by + "&requestId=other"), "targetId"));

            Instant first = Instant.parse(each(list(by), "occurredAt").get(2));
            Instant second = Instant.parse(each(list(by), "occurredAt").get(0));
            assertEquals(
                    newestFirst(banned),
                    each(list(by + "&from=" + first + "&to=" + second), "targetId"));
            assertEquals(all, each(list(by + "&from=" + first), "targetId"));
            assertEquals(List.of(), each(list(by + "&to=" + first + "&action=user.banned"), "id"));
            assertEquals(
                    all,
                    each(
                            list(by + "&from=" + first.toString().replace("Z", "%2B00:00")),
                            "targetId"));
        }

        @Test
        @DisplayName("is found by the request that the problem or answer named")
        void byRequest() {
            Response refused = Caller.signIn(reader.email, "wrong-password-entirely");
            assertEquals(401, refused.statusCode());
            JsonNode events = list("?requestId=" + refused.header("X-Request-Id"));
            assertEquals(List.of("session.refused"), each(events, "action"));
        }

        @Test
        @DisplayName("is read part by part, each event once, though more are written meanwhile")
        void paging() {
            List<UUID> targets = write(AuditAction.USER_UPDATED, "user", 25);
            for (String filter : List.of("", "&action=user.updated,user.banned")) {
                List<String> seen = new ArrayList<>();
                String cursor = "";
                int parts = 0;
                while (cursor != null) {
                    JsonNode part = list("?actor=" + actor + filter + "&size=10" + cursor);
                    seen.addAll(each(part, "targetId"));
                    cursor =
                            part.get("next").isNull()
                                    ? null
                                    : "&cursor=" + part.get("next").asText();
                    parts++;
                    if (filter.isEmpty() && parts < 3) {
                        write(AuditAction.USER_BANNED, "user", 3);
                    }
                }
                if (filter.isEmpty()) {
                    assertEquals(newestFirst(targets), seen);
                    assertEquals(3, parts);
                } else {
                    assertEquals(31, seen.stream().distinct().count());
                    assertEquals(31, seen.size());
                }
            }
        }

        @Test
        @DisplayName("comes by one statement beside the caller's, however many events it has")
        void statements() {
            write(AuditAction.USER_UPDATED, "user", 30);
            Statistics statistics = sessions.getStatistics();
            for (String query :
                    List.of("&size=1", "&size=100", "&size=30&action=user.updated,user.banned")) {
                statistics.clear();
                list("?actor=" + actor + query);
                assertEquals(2, statistics.getPrepareStatementCount(), query);
            }
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "actor=x | actor",
                    "actor=1 | actor",
                    "target=0 | target",
                    "action=user.updated'-- | action",
                    "action=user.updated, | action",
                    "action=users | action",
                    "from=yesterday | from",
                    "from=2026-11-21 | from",
                    "to=2026-11-21T00:00:00 | to",
                    "to=-999999999-01-01T00:00:00Z | to",
                    "from=%2B999999999-01-01T00:00:00Z | from",
                    "size=0 | size",
                    "size=101 | size",
                    "size=x | size",
                    "cursor=x | cursor",
                    "cursor=W10 | cursor",
                    "sort=id | sort",
                    "actors=1 | actors",
                    "requestId=%00 | requestId",
                    "size=1&size=2 | size"
                })
        @DisplayName("refuses what it does not understand, and names it")
        void refused(String query, String parameter) {
            assertViolations(get("?" + query), "query", parameter);
        }

        @Test
        @DisplayName("takes a cursor of no other list, and none that is forged")
        void cursors() {
            write(AuditAction.USER_UPDATED, "user", 3);
            String next = list("?actor=" + actor + "&size=1").get("next").asText();
            list("?actor=" + actor + "&cursor=" + next);
            for (String other :
                    List.of(
                            "",
                            "actor=" + UUID.randomUUID(),
                            "actor=" + actor + "&to=2030-01-01T00:00:00Z")) {
                assertViolations(
                        Rest.get(reader, EVENTS + "?cursor=" + next + "&" + other),
                        "query",
                        "cursor");
            }
            JsonNode parts =
                    Rest.json(
                            new String(
                                    java.util.Base64.getUrlDecoder().decode(next),
                                    StandardCharsets.UTF_8));
            for (String key :
                    List.of(
                            "\"2026-01-01T00:00:00Z' OR true\"",
                            "\"\"",
                            "\"null\"",
                            "null",
                            "\"+999999999-12-31T00:00:00Z\"")) {
                String forged =
                        java.util.Base64.getUrlEncoder()
                                .withoutPadding()
                                .encodeToString(
                                        ("[" + parts.get(0) + "," + key + "," + parts.get(2) + "]")
                                                .getBytes(StandardCharsets.UTF_8));
                assertViolations(
                        Rest.get(reader, EVENTS + "?actor=" + actor + "&cursor=" + forged),
                        "query",
                        "cursor");
            }
        }

        @Test
        @DisplayName("takes what looks like SQL for text")
        void injection() {
            write(AuditAction.USER_UPDATED, "user", 1);
            for (String filter : List.of("targetType", "requestId")) {
                JsonNode none = list("?actor=" + actor + "&" + filter + "=user'%20OR%20'a'%3D'a");
                assertEquals(0, none.get("items").size());
            }
        }
    }

    @Nested
    @DisplayName("by id")
    class ById {

        @Test
        @DisplayName("does not know what was never written, or is no id")
        void unknown() {
            assertProblem(404, "not_found", Rest.get(reader, EVENTS + "/" + UUID.randomUUID()));
            assertProblem(404, "not_found", Rest.get(reader, EVENTS + "/1"));
        }
    }

    @Test
    @DisplayName("has an index for each filter")
    void indexes() {
        Map<String, String> filters =
                Map.of(
                        "actor_id = '01900000-0000-7000-8000-000000000003'", "actor_id",
                        "target_id = '01900000-0000-7000-8000-000000000003'", "target_id",
                        "action = 'user.banned'", "action",
                        "target_type = 'user'", "target_type",
                        "request_id = 'x'", "request_id",
                        "occurred_at < '2020-01-01'", "occurred_at");
        filters.forEach(
                (filter, column) -> {
                    String plan =
                            String.join(
                                    "\n",
                                    plan(
                                            "SELECT * FROM audit_events WHERE "
                                                    + filter
                                                    + " ORDER BY occurred_at DESC, id DESC LIMIT 21"));
                    assertTrue(
                            plan.contains("Index Scan Backward using")
                                    && plan.contains("_" + column)
                                    && !plan.contains("Seq Scan")
                                    && !plan.contains("Sort Key: e"),
                            plan);
                });
    }

    /** Without the scan of whole tables, which a small table is always quicker by. */
    private static List<String> plan(String sql) {
        try (java.sql.Connection connection = Database.connect();
                java.sql.Statement statement = connection.createStatement()) {
            statement.execute("SET enable_seqscan = off; SET enable_bitmapscan = off");
            List<String> lines = new ArrayList<>();
            try (java.sql.ResultSet rows = statement.executeQuery("EXPLAIN " + sql)) {
                while (rows.next()) {
                    lines.add(rows.getString(1));
                }
            }
            return lines;
        } catch (java.sql.SQLException e) {
            throw new AssertionError(e);
        }
    }
}
