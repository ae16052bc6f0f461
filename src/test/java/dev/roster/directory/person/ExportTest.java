package dev.roster.directory.person;

import static dev.roster.testing.Problems.assertProblem;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.Rest;
import dev.roster.testing.Statements;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@QuarkusTest
@DisplayName("Everything held on a person")
class ExportTest {

    private static final String MINE = "/api/v1/me/export";

    /** What ties a row to a person and is yet no part of the document. */
    private static final Map<String, String> EXEMPT = exempt();

    private static Map<String, String> exempt() {
        Map<String, String> exempt = new HashMap<>();
        exempt.put("role_grants.granted_by", "what others were given; the trail tells who gave it");
        exempt.put(
                "sessions.impersonated_by", "others' sessions; the trail tells who acted as them");
        exempt.put("verifications.subject", "an address, for the minutes that a code is good");
        exempt.put("erasure_requests.user_id", "the trail tells it");
        exempt.put("erasure_requests.requested_by", "the trail tells it");
        // of other features
        exempt.put("import_rows.user_id", "users on their way in");
        exempt.put("import_rows.email", "users on their way in");
        return exempt;
    }

    @Nested
    @DisplayName("for a stranger and for others")
    class Others {

        @Test
        @DisplayName(
                "is 401, and 403 for whoever may not export, whether or not there is such a user")
        void refused() {
            assertProblem(401, "unauthenticated", Rest.get(MINE));
            Caller ada = Caller.signUp();
            Caller support = Caller.signUp();
            grant(support, "support");
            for (UUID id : List.of(ada.id, UUID.randomUUID())) {
                assertProblem(401, "unauthenticated", Rest.get(path(id)));
                assertProblem(403, "forbidden", Rest.get(Caller.signUp(), path(id)));
                assertProblem(403, "forbidden", Rest.get(support, path(id)));
            }
            assertProblem(403, "forbidden", Rest.get(ada, path(ada.id)));
        }
    }

    @Nested
    @DisplayName("for the person itself")
    class Self {

        @Test
        @DisplayName("is one document to be saved, with every part and no secret")
        void document() {
            Person ada = new Person();
            verify(ada);
            Response answer = Rest.get(ada.caller, MINE);
            assertEquals(200, answer.statusCode(), answer.asString());
            assertEquals(
                    "attachment; filename=\"user-" + ada.caller.id + ".json\"",
                    answer.header("Content-Disposition"));
            JsonNode document = Rest.json(answer);
            for (Map.Entry<String, JsonNode> part : document.properties()) {
                boolean empty = part.getValue().isNull() || part.getValue().isEmpty();
                assertEquals(part.getKey().equals("roles"), empty, part.getKey());
            }
            assertEquals(ada.caller.email, document.at("/user/email").asText());
            assertEquals("Ada " + ada.mark, document.at("/user/name").asText());
            assertTrue(
                    document.at("/user/createdAt")
                            .asText()
                            .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z"));
            assertFalse(document.at("/user/lastSeenAt").isNull());
            assertEquals("+442079460000", document.at("/profile/phone").asText());
            assertEquals(
                    Rest.json("{\"department\":\"" + ada.mark + "\"}"), document.get("attributes"));
            assertEquals(
                    Rest.json("{\"editor\":{\"theme\":\"" + ada.mark + "\"}}"),
                    document.get("preferences"));
            assertEquals("Engines", document.at("/groups/0/name").asText());
            assertEquals("Looms", document.at("/groups/0/teams/0/name").asText());
            assertEquals("friend@example.com", document.at("/invitationsSent/0/email").asText());
            assertEquals("Engines", document.at("/invitationsReceived/0/group").asText());
            assertTrue(document.at("/accounts/0/hasPassword").asBoolean());
            assertEquals(2, document.at("/twoFactor/backupCodesLeft").asInt());
            assertEquals(2, document.get("devices").size());
            assertEquals(ada.mark, document.at("/apiKeys/0/name").asText());
            assertEquals(1, document.get("sessions").size());
            String text = answer.asString();
            for (String secret : secrets(ada.caller.id)) {
                assertFalse(text.contains(secret), secret);
            }
            assertFalse(text.contains(ada.caller.token));
        }

        @Test
        @DisplayName("holds nothing that others did or are")
        void others() {
            Caller admin = Caller.admin();
            Person ada = new Person();
            Caller bob = Caller.signUp();
            grant(ada.caller, "admin");
            String his = "/api/v1/users/" + bob.id;
            admin.request().header("User-Agent", "Admin/1.0");
            Rest.body(
                            admin.request()
                                    .header("User-Agent", "Admin/1.0")
                                    .header("If-Match", "*"),
                            Rest.MERGE_PATCH,
                            "{\"image\":\"https://a.example/x\"}")
                    .patch("/api/v1/users/" + ada.caller.id)
                    .then()
                    .statusCode(200);
            Rest.patch(admin, path(ada, "attributes"), "*", "{\"costCentre\":\"K-secret\"}")
                    .then()
                    .statusCode(200);
            Rest.patch(ada.caller, his, "*", "{\"name\":\"Robert " + ada.mark.substring(5) + "\"}")
                    .then()
                    .statusCode(200);
            Database.update("DELETE FROM role_grants WHERE user_id = ?", ada.caller.id);
            JsonNode document = Rest.json(Rest.get(ada.caller, MINE));
            String text = document.toString();
            assertFalse(text.contains("Admin/1.0"), "the administrator's user agent");
            assertFalse(text.contains("K-secret"), "what administrators note");
            assertFalse(text.contains("Robert"), "what Bob is called");
            assertTrue(text.contains("https://a.example/x"), "what has become of its own data");
            List<String> actions = new ArrayList<>();
            document.get("auditEvents")
                    .forEach(
                            event -> {
                                if (event.get("targetId").asText().equals(bob.id.toString())) {
                                    actions.add(event.get("action").asText());
                                }
                            });
            assertEquals(List.of("user.updated"), actions, "that she changed him");
        }

        @Test
        @DisplayName("does not lead to an address that is not proven to be its own")
        void unproven() {
            Person ada = new Person();
            JsonNode document = Rest.json(Rest.get(ada.caller, MINE));
            assertEquals(0, document.get("invitationsReceived").size());
            assertEquals(0, document.get("mails").size());
            verify(ada);
            document = Rest.json(Rest.get(ada.caller, MINE));
            assertEquals(1, document.get("invitationsReceived").size());
            assertTrue(document.get("mails").size() > 0);
        }

        @Test
        @DisplayName("takes a fixed number of statements, and leaves an event")
        void statements() {
            Caller fresh = Caller.signUp();
            assertEquals(
                    3,
                    Statements.of(() -> Rest.get(fresh, MINE).then().statusCode(200)).size(),
                    "caller, document, event");
            Person ada = new Person();
            assertEquals(3, Statements.of(() -> Rest.get(ada.caller, MINE)).size());
            assertEquals(
                    1L,
                    Database.value(
                            "SELECT count(*) FROM audit_events WHERE action = 'user.exported' AND"
                                    + " target_id = ? AND actor_id = ?",
                            ada.caller.id,
                            ada.caller.id));
        }
    }

    @Nested
    @DisplayName("for an administrator")
    class Administrator {

        @Test
        @DisplayName("is all of it, of a deleted user too, and 404 of nobody")
        void all() {
            Caller admin = Caller.admin();
            Person ada = new Person();
            Rest.patch(admin, path(ada, "attributes"), "*", "{\"costCentre\":\"K7\"}")
                    .then()
                    .statusCode(200);
            Database.update("UPDATE users SET deleted_at = now() WHERE id = ?", ada.caller.id);
            Response answer = Rest.get(admin, path(ada.caller.id));
            assertEquals(200, answer.statusCode(), answer.asString());
            JsonNode document = Rest.json(answer);
            assertEquals("K7", document.at("/attributes/costCentre").asText());
            assertFalse(document.at("/user/deletedAt").isNull());
            assertEquals(1, document.get("invitationsReceived").size());
            assertProblem(404, "not_found", Rest.get(admin, path(UUID.randomUUID())));
        }

        @Test
        @DisplayName("tells what was mailed to an address that is not the person's yet")
        void pendingAddress() {
            Caller ada = Caller.signUp();
            String wanted = Person.wants(ada);
            Database.update("UPDATE users SET email_verified = true WHERE id = ?", ada.id);
            JsonNode mails = Rest.json(Rest.get(Caller.admin(), path(ada.id))).get("mails");
            assertTrue(mails.toString().contains(wanted), mails.toString());
            assertFalse(Rest.get(ada, MINE).asString().contains(wanted), "not to the person");
        }

        @Test
        @DisplayName("tells the groups and teams that a deleted user would come back to")
        void deletedMember() {
            Caller admin = Caller.admin();
            Person ada = new Person();
            JsonNode before = Rest.json(Rest.get(admin, path(ada.caller.id))).get("groups");
            assertEquals("Looms", before.at("/0/teams/0/name").asText());
            Rest.delete(admin, "/api/v1/users/" + ada.caller.id, "*").then().statusCode(204);
            assertEquals(before, Rest.json(Rest.get(admin, path(ada.caller.id))).get("groups"));
        }
    }

    @Nested
    @DisplayName("of whom much is held")
    class Much {

        @Test
        @DisplayName("is whole and in order, each once, the rest as ever, in a statement a page")
        void pages() {
            Caller admin = Caller.admin();
            Person ada = new Person();
            UUID id = ada.caller.id;
            JsonNode before = Rest.json(Rest.get(admin, path(id)));
            // by her, about her and both; three at each time, so that a page ends between them
            Database.update(
                    "INSERT INTO audit_events (id, occurred_at, action, actor_id, target_type,"
                            + " target_id) SELECT gen_random_uuid(), now() - interval '3 months' +"
                            + " interval '1 hour' * (i / 3), 'user.updated', CASE WHEN i % 5 <> 1 THEN"
                            + " ?::uuid END, 'user', CASE WHEN i % 5 <> 2 THEN ?::uuid END FROM"
                            + " generate_series(1, 2500) i",
                    id, id);
            Database.update(
                    "INSERT INTO sessions (id, user_id, token_digest, created_at, expires_at) SELECT"
                            + " gen_random_uuid(), ?::uuid, sha256(convert_to(? || i, 'UTF8')), now() -"
                            + " interval '1 minute' * (i / 3), now() + interval '1 hour' FROM"
                            + " generate_series(1, 1100) i",
                    id,
                    ada.mark);
            Database.update(
                    "INSERT INTO idempotency_keys (caller_id, key, request_digest, status, answer)"
                            + " SELECT ?::uuid, 'key ' || i, sha256(''), 201, '' FROM"
                            + " generate_series(1, 1100) i",
                    id);
            List<String> events =
                    ids(
                            "SELECT id FROM audit_events WHERE actor_id = ? OR target_id = ? ORDER BY"
                                    + " occurred_at, id",
                            id,
                            id);
            assertTrue(events.size() > 2500 && events.size() < 3000);
            List<String> statements =
                    Statements.of(() -> Rest.get(admin, path(id)).then().statusCode(200));
            assertEquals(
                    3 + 1 + 1 + 2 * 2,
                    statements.size(),
                    "caller, document, event; a page more of sessions and of keys, and two of"
                            + " events, each with the setting for it");
            JsonNode after = Rest.json(Rest.get(admin, path(id)));
            // that of the first export
            events.addAll(
                    ids(
                            "SELECT id FROM audit_events WHERE action = 'user.exported' AND target_id"
                                    + " = ? ORDER BY occurred_at OFFSET 1 LIMIT 1",
                            id));
            assertEquals(events, texts(after, "auditEvents", "id"));
            assertEquals(
                    ids("SELECT id FROM sessions WHERE user_id = ? ORDER BY created_at, id", id),
                    texts(after, "sessions", "id"));
            List<String> keys = texts(after, "idempotencyKeys", "key");
            assertEquals(1101, keys.size());
            assertEquals(1101, new TreeSet<>(keys).size());
            assertEquals(names(before), names(after));
            // written behind the answers
            for (JsonNode document : List.of(before, after)) {
                ((ObjectNode) document.get("user")).remove("lastSeenAt");
            }
            for (String name : names(before)) {
                if (!Set.of("auditEvents", "sessions", "idempotencyKeys").contains(name)) {
                    assertEquals(before.get(name), after.get(name), name);
                }
            }
            assertEquals(names(before.at("/auditEvents/0")), names(after.at("/auditEvents/2400")));
        }

        @Test
        @DisplayName("holds no connection while its reader is slow, and nothing from meanwhile")
        void slow() throws IOException {
            Caller admin = Caller.admin();
            Person ada = withMuch();
            HttpURLConnection answer = unread(admin, ada);
            awaitNoConnectionInUse(admin);
            Database.update(
                    "INSERT INTO audit_events (id, occurred_at, action, actor_id, target_type)"
                            + " VALUES (gen_random_uuid(), now(), 'user.meanwhile', ?, 'user')",
                    ada.caller.id);
            try (InputStream body = answer.getInputStream()) {
                JsonNode document = Rest.json(new String(body.readAllBytes(), UTF_8));
                List<String> actions = texts(document, "auditEvents", "action");
                assertEquals(LONG, Collections.frequency(actions, "user.long"));
                assertFalse(actions.contains("user.meanwhile"));
            }
        }

        @DisplayName("breaks off where the person is erased meanwhile, and does not look whole")
        @Test
        void erased() throws IOException {
            Caller admin = Caller.admin();
            Person ada = withMuch();
            HttpURLConnection answer = unread(admin, ada);
            Database.update("DELETE FROM users WHERE id = ?", ada.caller.id);
            try (InputStream body = answer.getInputStream()) {
                ByteArrayOutputStream read = new ByteArrayOutputStream();
                assertThrows(
                        IOException.class,
                        () -> body.transferTo(read),
                        () -> {
                            String text = read.toString(UTF_8);
                            return text.substring(Math.max(0, text.length() - 400));
                        });
                assertTrue(read.size() > 0);
            }
        }

        @Test
        @DisplayName("is 503 while too many are read slowly, and is there again after them")
        void tooMany() throws IOException {
            Caller admin = Caller.admin();
            Person ada = withMuch();
            List<HttpURLConnection> slow = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                slow.add(unread(Caller.admin(), ada));
            }
            Response ninth = Rest.get(admin, path(ada.caller.id));
            assertProblem(503, "service_unavailable", ninth);
            assertEquals("30", ninth.header("Retry-After"));
            assertEquals(
                    0L,
                    Database.value(
                            "SELECT count(*) FROM audit_events WHERE actor_id = ? AND action ="
                                    + " 'user.exported'",
                            admin.id),
                    "nothing was exported");
            slow.forEach(HttpURLConnection::disconnect);
            await(() -> Rest.get(admin, path(admin.id)).statusCode() == 200);
        }

        @Test
        @DisplayName("is 429 for who has not read another one, and for nobody else")
        void oneAtATime() throws IOException {
            Caller admin = Caller.admin();
            Person ada = withMuch();
            HttpURLConnection slow = unread(admin, ada);
            Response second = Rest.get(admin, path(admin.id));
            assertProblem(429, "rate_limited", second);
            assertEquals("30", second.header("Retry-After"));
            assertEquals(200, Rest.get(Caller.admin(), path(admin.id)).statusCode());
            slow.disconnect();
            await(() -> Rest.get(admin, path(admin.id)).statusCode() == 200);
        }

        @Test
        @DisplayName(
                "takes no place for longer than the answer, be there none or nobody to tell of")
        void places() {
            Caller admin = Caller.admin();
            for (int i = 0; i < 10; i++) {
                await(() -> admin.request().head(path(admin.id)).statusCode() == 200);
                await(() -> Rest.get(admin, path(UUID.randomUUID())).statusCode() == 404);
                assertEquals(200, Rest.get(admin, path(admin.id)).statusCode());
            }
        }

        @Test
        @DisplayName("is neither made nor an event for HEAD, which waits for no other one")
        void head() throws IOException {
            Caller admin = Caller.admin();
            Person ada = withMuch();
            int before = exports(admin);
            HttpURLConnection slow = unread(admin, ada);
            for (String path : List.of(path(ada.caller.id), "/api/v1/me/export")) {
                Response head = admin.request().head(path);
                assertEquals(200, head.statusCode());
                assertTrue(head.header("Content-Disposition").startsWith("attachment"));
            }
            assertEquals(404, admin.request().head(path(UUID.randomUUID())).statusCode());
            slow.disconnect();
            assertEquals(before + 1, exports(admin), "the one that is not read");
        }

        private static int exports(Caller actor) {
            return Database.query(
                            "SELECT id FROM audit_events WHERE action = 'user.exported' AND"
                                    + " actor_id = ?",
                            actor.id)
                    .size();
        }

        private static final int LONG = 12_000;

        /** Of whom there is more than the sockets between here and the service take. */
        private Person withMuch() {
            Person person = new Person();
            Database.update(
                    "INSERT INTO audit_events (id, occurred_at, action, actor_id, target_type,"
                            + " user_agent) SELECT gen_random_uuid(), now() - interval '1 minute' * i,"
                            + " 'user.long', ?, 'user', repeat('x', 1000) FROM generate_series(1, ?) i",
                    person.caller.id,
                    LONG);
            return person;
        }

        /** An answer that has begun, and of which nothing is read yet. */
        private HttpURLConnection unread(Caller caller, Person person) throws IOException {
            HttpURLConnection connection =
                    (HttpURLConnection)
                            URI.create(
                                            "http://localhost:"
                                                    + RestAssured.port
                                                    + path(person.caller.id))
                                    .toURL()
                                    .openConnection();
            connection.setRequestProperty("Authorization", "Bearer " + caller.token);
            assertEquals(200, connection.getResponseCode());
            return connection;
        }

        private void awaitNoConnectionInUse(Caller admin) {
            await(() -> Rest.json(Rest.get(admin, "/api/v1/ops/pool")).get("inUse").asInt() == 0);
        }

        private void await(BooleanSupplier condition) {
            long until = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (!condition.getAsBoolean()) {
                assertTrue(System.nanoTime() < until, "waited too long");
                Thread.onSpinWait();
            }
        }

        private List<String> ids(String sql, Object... parameters) {
            return Database.query(sql, parameters).stream()
                    .map(row -> row.get("id").toString())
                    .collect(Collectors.toList());
        }

        private List<String> texts(JsonNode document, String list, String name) {
            List<String> texts = new ArrayList<>();
            document.get(list).forEach(row -> texts.add(row.get(name).asText()));
            return texts;
        }

        private List<String> names(JsonNode object) {
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            return names;
        }
    }

    @Test
    @DisplayName("is held in no column that the document knows nothing of")
    void complete() {
        Set<String> known = new TreeSet<>(PersonalData.columns());
        known.addAll(EXEMPT.keySet());
        List<String> unknown = new ArrayList<>();
        for (Map<String, Object> column :
                Database.query(
                        """
                        SELECT c.relname || '.' || a.attname AS name
                        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname NOT LIKE 'flyway\\_%'
                            AND (EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'f'
                                    AND a.attnum = ANY (k.conkey)
                                    AND k.confrelid IN ('users'::regclass, 'user_profiles'::regclass, 'memberships'::regclass,
                                        'deleted_memberships'::regclass))
                                OR a.attname ~ '^(email|email_key|recipient|subject|address)$'
                                OR a.attname ~ '(user|actor|caller|owner|inviter|person|target)_id$'
                                OR a.attname ~ '_by$')
                        ORDER BY 1
                        """)) {
            if (!known.remove(column.get("name"))) {
                unknown.add((String) column.get("name"));
            }
        }
        assertEquals(
                List.of(),
                unknown,
                "add what these tell of a person to PersonalData and Erasure, or say here why not");
        known.removeIf(name -> name.startsWith("import_rows."));
        assertEquals(Set.of(), known, "no such columns");
    }

    private static List<String> secrets(UUID id) {
        List<String> secrets = new ArrayList<>();
        for (String sql :
                List.of(
                        "SELECT password_hash FROM credentials WHERE user_id = ?",
                        "SELECT encode(token_digest, 'hex') FROM sessions WHERE user_id = ?",
                        "SELECT encode(key_digest, 'hex') FROM api_keys WHERE user_id = ?",
                        "SELECT encode(secret, 'hex') FROM two_factors WHERE user_id = ?",
                        "SELECT encode(phone, 'hex') FROM user_profiles WHERE user_id = ?",
                        "SELECT encode(device_code_digest, 'hex') FROM device_codes WHERE user_id ="
                                + " ?")) {
            Database.query(sql, id)
                    .forEach(row -> secrets.add((String) row.values().iterator().next()));
        }
        assertEquals(6, secrets.size());
        return secrets;
    }

    private static void verify(Person person) {
        Database.update("UPDATE users SET email_verified = true WHERE id = ?", person.caller.id);
    }

    private static void grant(Caller caller, String role) {
        Database.update(
                "INSERT INTO role_grants (user_id, role_id) SELECT ?, id FROM roles WHERE name = ?",
                caller.id,
                role);
    }

    private static String path(UUID id) {
        return "/api/v1/users/" + id + "/export";
    }

    private static String path(Person person, String part) {
        return "/api/v1/users/" + person.caller.id + "/" + part;
    }
}
