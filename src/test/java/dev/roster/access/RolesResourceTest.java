package dev.roster.access;

import static dev.roster.testing.Problems.assertInvalid;
import static dev.roster.testing.Problems.assertProblem;
import static dev.roster.testing.Problems.assertViolations;
import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.roster.platform.security.Permission;
import dev.roster.testing.AtOnce;
import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.Rest;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@DisplayName("/api/v1/roles")
class RolesResourceTest {

    private static final String ROLES = "/api/v1/roles";

    private static String unique() {
        return "r" + UUID.randomUUID().toString().replace("-", "");
    }

    /** A role as it is stored, past the service. */
    static String role(String... permissions) {
        String name = unique();
        Database.update(
                "INSERT INTO roles (id, name, permissions) VALUES (?, ?, string_to_array(?, ','))",
                UUID.randomUUID(),
                name,
                String.join(",", permissions));
        return name;
    }

    /** Somebody with a role of just these permissions. */
    static Caller clerk(String... permissions) {
        Caller caller = Caller.signUp();
        grant(caller, role(permissions));
        return caller;
    }

    static void grant(Caller caller, String role) {
        Database.update(
                "INSERT INTO role_grants (user_id, role_id) SELECT ?, id FROM roles WHERE name = ?",
                caller.id,
                role);
    }

    private static Response post(Caller caller, String body) {
        return Rest.body(caller.request(), Rest.JSON, body).post(ROLES);
    }

    private static String body(String name, String... permissions) {
        return "{\"name\":\""
                + name
                + "\",\"description\":\"Tests\",\"permissions\":[\""
                + String.join("\",\"", permissions)
                + "\"]}";
    }

    private static String permissions(String... permissions) {
        return "{\"permissions\":[\"" + String.join("\",\"", permissions) + "\"]}";
    }

    private static List<Map<String, Object>> events(String role) {
        return Database.query(
                "SELECT action, actor_id, before::text, after::text FROM audit_events WHERE"
                        + " target_type = 'role' AND target_id IN (SELECT id FROM roles WHERE name"
                        + " = ? UNION SELECT target_id FROM audit_events WHERE after ->> 'name' ="
                        + " ?) ORDER BY id",
                role,
                role);
    }

    @Nested
    @DisplayName("for a stranger and for who has no such permission")
    class Others {

        @Test
        @DisplayName("is refused by every method, whether or not the role exists")
        void refused() {
            Caller ada = Caller.signUp();
            Caller reader = clerk("roles:read");
            for (String name : List.of("admin", "no-such-role")) {
                String path = ROLES + "/" + name;
                assertProblem(401, "unauthenticated", given().get(path));
                assertProblem(403, "forbidden", Rest.get(ada, path));
                assertProblem(403, "forbidden", Rest.patch(ada, path, "*", "{}"));
                assertProblem(403, "forbidden", Rest.patch(reader, path, "*", "{}"));
                assertProblem(403, "forbidden", Rest.delete(reader, path, "*"));
            }
            assertProblem(403, "forbidden", Rest.get(ada, "/api/v1/permissions"));
            assertProblem(403, "forbidden", post(reader, body(unique(), "roles:read")));
            // before the body is read
            assertProblem(403, "forbidden", post(ada, "{"));
        }
    }

    @Nested
    @DisplayName("for who may read roles")
    class Reader {

        private Caller reader;

        @BeforeEach
        void enter() {
            reader = clerk("roles:read");
        }

        @Test
        @DisplayName("tells every permission that the code knows, and what it allows")
        void permissionsThereAre() {
            Response answer = Rest.get(reader, "/api/v1/permissions");
            assertEquals(200, answer.statusCode(), answer.asString());
            Set<String> names = new TreeSet<>();
            for (JsonNode item : Rest.json(answer).get("items")) {
                names.add(item.get("name").asText());
                assertFalse(item.get("description").asText().isBlank(), item.toString());
            }
            Set<String> expected = new TreeSet<>(Set.of("*"));
            for (Permission permission : Permission.values()) {
                expected.add(permission.key());
            }
            assertEquals(expected, names);
        }

        @Test
        @DisplayName("shows a role with its permissions, and 304 to who has it already")
        void one() {
            Response answer = Rest.get(reader, ROLES + "/support");
            assertEquals(200, answer.statusCode());
            JsonNode support = Rest.json(answer);
            assertEquals("support", support.get("name").asText());
            assertFalse(support.get("builtIn").asBoolean());
            assertTrue(support.get("permissions").toString().contains("users:list"));
            assertTrue(Rest.json(Rest.get(reader, ROLES + "/admin")).get("builtIn").asBoolean());
            reader.request()
                    .header("If-None-Match", answer.header("ETag"))
                    .get(ROLES + "/support")
                    .then()
                    .statusCode(304);
            assertProblem(404, "not_found", Rest.get(reader, ROLES + "/no-such-role"));
            assertProblem(
                    404,
                    "not_found",
                    reader.request().urlEncodingEnabled(false).get(ROLES + "/%00"));
        }

        @Test
        @DisplayName("lists all by name in parts, each once")
        void list() {
            Set<String> made = new TreeSet<>(List.of(role("ops:read"), role(), role("ops:read")));
            List<String> seen = new ArrayList<>();
            String next = null;
            do {
                var request = reader.request().queryParam("size", 2);
                Response part =
                        (next == null ? request : request.queryParam("cursor", next)).get(ROLES);
                assertEquals(200, part.statusCode(), part.asString());
                Rest.json(part).get("items").forEach(item -> seen.add(item.get("name").asText()));
                next = Rest.json(part).get("next").textValue();
            } while (next != null);
            assertEquals(new ArrayList<>(new TreeSet<>(seen)), seen, "in order, and none twice");
            assertTrue(seen.containsAll(made) && seen.contains("admin"));
        }

        @ParameterizedTest(name = "{0}")
        @ValueSource(
                strings = {
                    "size=0",
                    "size=101",
                    "size=x",
                    "size=-1",
                    "size=1&size=2",
                    "cursor=%00",
                    "cursor=x",
                    "cursor=bnVsbA",
                    "cursor=WyJ4Il0",
                    "sort=name",
                    "name=x' OR '1'='1"
                })
        @DisplayName("refuses a parameter that is wrong, and names it")
        void wrongParameters(String query) {
            Response answer =
                    reader.request()
                            .urlEncodingEnabled(false)
                            .get(ROLES + "?" + query.replace(" ", "%20"));
            assertViolations(answer, "query", query.substring(0, query.indexOf('=')));
        }
    }

    @Nested
    @DisplayName("for who may change roles")
    class Editor {

        private Caller editor;

        @BeforeEach
        void enter() {
            editor = clerk("roles:read", "roles:update", "users:list");
        }

        @Test
        @DisplayName("makes, changes and deletes one, each with its event")
        void lifecycle() {
            String name = unique();
            Response made = post(editor, body(name, "users:list", "users:list"));
            assertEquals(201, made.statusCode(), made.asString());
            assertTrue(made.header("Location").endsWith(ROLES + "/" + name));
            assertEquals("[\"users:list\"]", Rest.json(made).get("permissions").toString());
            String path = ROLES + "/" + name;
            assertEquals(made.header("ETag"), Rest.tag(editor, path));

            Response changed =
                    Rest.patch(editor, path, made.header("ETag"), permissions("roles:read"));
            assertEquals(200, changed.statusCode(), changed.asString());
            assertEquals("Tests", Rest.json(changed).get("description").asText());
            assertEquals("[\"roles:read\"]", Rest.json(changed).get("permissions").toString());
            assertEquals(changed.header("ETag"), Rest.tag(editor, path));

            assertProblem(
                    412,
                    "precondition_failed",
                    Rest.patch(editor, path, made.header("ETag"), "{}"));
            assertProblem(428, "precondition_required", Rest.patch(editor, path, null, "{}"));
            assertProblem(428, "precondition_required", Rest.delete(editor, path, null));
            assertEquals(204, Rest.delete(editor, path, changed.header("ETag")).statusCode());
            assertProblem(404, "not_found", Rest.get(editor, path));
            assertProblem(404, "not_found", Rest.delete(editor, path, "*"));

            List<Map<String, Object>> events = events(name);
            assertEquals(
                    List.of("role.created", "role.updated", "role.deleted"),
                    events.stream().map(event -> event.get("action")).toList());
            assertTrue(events.stream().allMatch(event -> editor.id.equals(event.get("actor_id"))));
            assertEquals(
                    Rest.json("{\"permissions\":[\"users:list\"]}"),
                    Rest.json((String) events.get(1).get("before")));
        }

        @Test
        @DisplayName("refuses what is no role, and names the field")
        void invalid() {
            assertInvalid(post(editor, body("Upper", "users:list")), "name");
            assertInvalid(post(editor, body("a,b", "users:list")), "name");
            assertInvalid(post(editor, body("", "users:list")), "name");
            assertInvalid(post(editor, "{\"permissions\":[]}"), "name");
            assertInvalid(post(editor, "{\"name\":\"x\"}"), "permissions");
            assertInvalid(post(editor, body(unique(), "users:raed")), "permissions.0");
            assertInvalid(
                    post(editor, body(unique(), "users:list").replace("Tests", "x".repeat(501))),
                    "description");
            // what the service decides is not for the body to say
            for (String member : List.of("id", "builtIn", "createdAt", "version", "parent")) {
                assertInvalid(
                        post(
                                editor,
                                body(unique(), "users:list")
                                        .replace("{", "{\"" + member + "\":null,")),
                        member);
            }
            String path = ROLES + "/" + role("users:list");
            assertInvalid(Rest.patch(editor, path, "*", "{\"name\":\"other\"}"), "name");
            assertInvalid(Rest.patch(editor, path, "*", permissions("no:such")), "permissions.0");
            assertInvalid(Rest.patch(editor, path, "*", "{\"permissions\":null}"), "permissions");
        }

        @Test
        @DisplayName("keeps a permission that an application made up, and takes no new one")
        void ownPermissions() {
            Caller admin = Caller.admin();
            String path = ROLES + "/" + role("orders:read");
            assertEquals(
                    200,
                    Rest.patch(admin, path, "*", permissions("orders:read", "users:list"))
                            .statusCode());
            assertInvalid(
                    Rest.patch(admin, path, "*", permissions("orders:read", "orders:write")),
                    "permissions.1");
        }

        @Test
        @DisplayName("gives nobody what the caller lacks, the caller itself least")
        void escalation() {
            assertProblem(403, "forbidden", post(editor, body(unique(), "users:ban")));
            assertProblem(403, "forbidden", post(editor, body(unique(), "*")));
            String below = role("users:list");
            grant(editor, below);
            String path = ROLES + "/" + below;
            assertProblem(403, "forbidden", Rest.patch(editor, path, "*", permissions("*")));
            assertProblem(
                    403, "forbidden", Rest.patch(editor, path, "*", permissions("users:ban")));
            assertEquals(
                    "[\"users:list\"]",
                    Rest.json(Rest.get(editor, path)).get("permissions").toString());
            // nor takes it away from who has more
            String above = ROLES + "/" + role("users:list", "users:ban");
            assertProblem(403, "forbidden", Rest.patch(editor, above, "*", permissions()));
            assertProblem(403, "forbidden", Rest.delete(editor, above, "*"));
            assertProblem(
                    403, "forbidden", Rest.patch(editor, ROLES + "/admin", "*", permissions()));
        }

        @Test
        @DisplayName("gives the right to act as administrators only where one has it by name")
        void impersonation() {
            Caller admin = Caller.admin();
            assertProblem(
                    403, "forbidden", post(admin, body(unique(), "users:impersonate-admins")));
            grant(admin, role("users:impersonate-admins"));
            assertEquals(201, post(admin, body(unique(), "users:impersonate-admins")).statusCode());
        }

        @Test
        @DisplayName("gives no more by an API key than the key itself allows")
        void apiKey() {
            Caller admin = Caller.admin();
            String key =
                    Rest.body(admin.request(), Rest.JSON, "{}")
                            .post("/api/auth/api-key/create")
                            .path("key");
            Database.update(
                    "UPDATE api_keys SET permissions ="
                            + " '{\"roles\":[\"create\",\"update\"],\"users\":[\"list\"]}' WHERE user_id = ?",
                    admin.id);
            assertProblem(
                    403,
                    "forbidden",
                    Rest.body(
                                    given().header("x-api-key", key),
                                    Rest.JSON,
                                    body(unique(), "users:ban"))
                            .post(ROLES));
            assertEquals(
                    201,
                    Rest.body(
                                    given().header("x-api-key", key),
                                    Rest.JSON,
                                    body(unique(), "users:list"))
                            .post(ROLES)
                            .statusCode());
        }

        @Test
        @DisplayName("is refused at once where the caller's own role was weakened meanwhile")
        void effective() {
            String own = role("roles:read", "roles:update");
            Caller other = Caller.signUp();
            grant(other, own);
            assertEquals(200, Rest.get(other, ROLES).statusCode());
            assertEquals(
                    200,
                    Rest.patch(editor, ROLES + "/" + own, "*", permissions("roles:read"))
                            .statusCode());
            assertEquals(200, Rest.get(other, ROLES).statusCode());
            assertProblem(403, "forbidden", Rest.patch(other, ROLES + "/" + own, "*", "{}"));
        }

        @Test
        @DisplayName("deletes no role that somebody has, and none that the service needs")
        void inUse() {
            Caller admin = Caller.admin();
            Caller holder = Caller.signUp();
            String held = role("users:list");
            grant(holder, held);
            assertProblem(409, "conflict", Rest.delete(editor, ROLES + "/" + held, "*"));
            // who is deleted can be restored
            Database.update("UPDATE users SET deleted_at = now() WHERE id = ?", holder.id);
            assertProblem(409, "conflict", Rest.delete(editor, ROLES + "/" + held, "*"));
            assertProblem(409, "conflict", Rest.delete(admin, ROLES + "/admin", "*"));
            assertProblem(409, "conflict", Rest.delete(admin, ROLES + "/user", "*"));
            assertProblem(
                    409,
                    "conflict",
                    Rest.patch(admin, ROLES + "/user", "*", permissions("users:list")));
            assertEquals(
                    200,
                    Rest.patch(admin, ROLES + "/user", "*", "{\"description\":\"Everybody\"}")
                            .statusCode());
        }

        @Test
        @DisplayName(
                "ends at once where somebody acts as another by a role that no longer allows it")
        void impersonations() {
            Caller admin = Caller.admin();
            Caller agent = Caller.signUp();
            String role = role("users:impersonate");
            grant(agent, role);
            Caller victim = Caller.signUp();
            Response acting =
                    Rest.body(agent.request(), Rest.JSON, "{\"userId\":\"" + victim.id + "\"}")
                            .post("/api/auth/admin/impersonate-user");
            assertEquals(200, acting.statusCode(), acting.asString());
            String token = acting.path("session.token");
            assertEquals(200, Caller.as(token).get("/api/v1/me").statusCode());
            assertEquals(
                    200,
                    Rest.patch(admin, ROLES + "/" + role, "*", permissions("users:list"))
                            .statusCode());
            assertEquals(401, Caller.as(token).get("/api/v1/me").statusCode());
            assertEquals(200, Rest.get(victim, "/api/v1/me").statusCode());
        }

        @Test
        @DisplayName("of several who make one of the same name at once one does")
        void race() throws InterruptedException {
            String name = unique();
            List<Response> answers = AtOnce.run(4, () -> post(editor, body(name, "users:list")));
            assertEquals(1, answers.stream().filter(a -> a.statusCode() == 201).count());
            answers.stream()
                    .filter(answer -> answer.statusCode() != 201)
                    .forEach(answer -> assertProblem(409, "conflict", answer));
        }
    }

    /**
     * There is more than one administrator in the database of all tests, so those of others are
     * banned for a moment.
     */
    @Nested
    @DisplayName("where one administrator is left")
    class LastAdministrator {

        private static final String OTHERS =
                " FROM (SELECT g.user_id FROM role_grants g JOIN roles r ON r.id = g.role_id WHERE"
                        + " '*' = ANY (r.permissions)) o WHERE users.id = o.user_id";

        @Test
        @DisplayName("keeps a role that allows everything, by any way and under a race")
        void stays() throws InterruptedException {
            Database.update(
                    "UPDATE users SET banned = true, ban_reason = 'test'"
                            + OTHERS
                            + " AND NOT banned");
            try {
                Caller last = Caller.admin();
                assertProblem(
                        409,
                        "last_administrator",
                        Rest.patch(last, ROLES + "/admin", "*", permissions("users:list")));
                String userRoles = "/api/v1/users/" + last.id + "/roles";
                assertProblem(
                        409,
                        "last_administrator",
                        Rest.put(last, userRoles, "*", "{\"roles\":[]}"));
                assertEquals(200, Rest.get(last, ROLES).statusCode());

                // two who take the role from each other at once: one stays
                Caller second = Caller.admin();
                String secondRoles = "/api/v1/users/" + second.id + "/roles";
                List<Response> answers =
                        AtOnce.run(
                                List.<Callable<Response>>of(
                                        () -> Rest.put(last, secondRoles, "*", "{\"roles\":[]}"),
                                        () -> Rest.put(second, userRoles, "*", "{\"roles\":[]}")));
                List<Integer> statuses =
                        answers.stream().map(Response::statusCode).sorted().toList();
                assertEquals(List.of(200, 403), statuses, answers.get(0).asString());

                // and two who give up their own at once
                Caller one = Caller.admin();
                Caller two = Caller.admin();
                Database.update(
                        "UPDATE users SET banned = true, ban_reason = 'test' WHERE id IN (?, ?)",
                        last.id,
                        second.id);
                List<Integer> own =
                        AtOnce.run(
                                        List.<Callable<Response>>of(
                                                () -> giveUp(one), () -> giveUp(two)))
                                .stream()
                                .map(Response::statusCode)
                                .sorted()
                                .toList();
                assertEquals(List.of(200, 409), own);
            } finally {
                Database.update(
                        "UPDATE users SET banned = false, ban_reason = NULL WHERE ban_reason ="
                                + " 'test'");
            }
        }

        private static Response giveUp(Caller caller) {
            return Rest.put(caller, "/api/v1/users/" + caller.id + "/roles", "*", "{\"roles\":[]}");
        }
    }
}
