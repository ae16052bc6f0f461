package dev.roster.directory.apikeys;

import static dev.roster.testing.Problems.assertInvalid;
import static dev.roster.testing.Problems.assertProblem;
import static dev.roster.testing.Problems.assertViolations;
import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.Rest;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@QuarkusTest
@DisplayName("/api/v1/users/{id}/api-keys")
class UserApiKeysResourceTest {

    private Caller owner;
    private Caller admin;

    /** A key: its id, its text and its address. */
    private record Key(String id, String text, String path) {}

    @BeforeEach
    void enter() {
        owner = Caller.signUp();
        admin = Caller.admin();
    }

    private static Key key(Caller owner) {
        Response made =
                Rest.body(owner.request(), Rest.JSON, "{}").post("/api/auth/api-key/create");
        assertEquals(200, made.statusCode(), made.asString());
        return new Key(made.path("id"), made.path("key"), path(owner) + "/" + made.path("id"));
    }

    private static String path(Caller owner) {
        return "/api/v1/users/" + owner.id + "/api-keys";
    }

    private static Response with(Key key) {
        return given().header("x-api-key", key.text).get("/api/v1/me");
    }

    @Nested
    @DisplayName("for the owner, strangers and others")
    class Others {

        @Test
        @DisplayName("are refused, whether or not there is such a user or key")
        void refused() {
            Key key = key(owner);
            for (String path :
                    List.of(
                            key.path,
                            "/api/v1/users/" + UUID.randomUUID() + "/api-keys/" + key.id)) {
                assertProblem(401, "unauthenticated", given().get(path));
                assertProblem(403, "forbidden", Rest.get(owner, path));
                assertProblem(403, "forbidden", Rest.patch(owner, path, "*", "{}"));
            }
            assertProblem(403, "forbidden", Rest.get(owner, path(owner)));
        }
    }

    @Nested
    @DisplayName("for administrators")
    class Administrators {

        @Test
        @DisplayName("are listed in parts without what makes them keys, and without expired ones")
        void list() {
            Key first = key(owner);
            Key second = key(owner);
            Key expired = key(owner);
            Database.update(
                    "UPDATE api_keys SET expires_at = now() - interval '1 day' WHERE id = ?",
                    UUID.fromString(expired.id));
            List<String> seen = new ArrayList<>();
            Response part = Rest.get(admin, path(owner) + "?size=1");
            while (true) {
                assertEquals(200, part.statusCode(), part.asString());
                assertFalse(part.asString().contains("igest"), part.asString());
                Rest.json(part).get("items").forEach(item -> seen.add(item.get("id").asText()));
                String next = Rest.json(part).get("next").textValue();
                if (next == null) {
                    break;
                }
                part = Rest.get(admin, path(owner) + "?size=1&cursor=" + next);
            }
            assertEquals(List.of(first.id, second.id), seen);
            assertProblem(404, "not_found", Rest.get(admin, expired.path));
            // one that was imported says what its old service took
            Database.update(
                    "UPDATE api_keys SET permissions = '{\"a\":\"b\",\"c\":[1]}' WHERE id = ?",
                    UUID.fromString(first.id));
            assertEquals(
                    "{\"a\":[],\"c\":[\"1\"]}",
                    Rest.json(Rest.get(admin, first.path)).get("permissions").toString());
            assertProblem(
                    404,
                    "not_found",
                    Rest.get(admin, "/api/v1/users/" + UUID.randomUUID() + "/api-keys"));
            assertViolations(Rest.get(admin, path(owner) + "?sort=id"), "query", "sort");
        }

        @Test
        @DisplayName("are bounded in what they may do and how often, which holds at once")
        void bounded() {
            Key key = key(owner);
            assertEquals(200, with(key).statusCode());
            String tag = Rest.tag(admin, key.path);
            Response changed =
                    Rest.patch(
                            admin,
                            key.path,
                            tag,
                            "{\"permissions\":{\"users\":[\"read\"]},\"remaining\":5,\"refillAmount\":5,\"refillInterval\":60000}");
            assertEquals(200, changed.statusCode(), changed.asString());
            JsonNode view = Rest.json(changed);
            assertEquals("{\"users\":[\"read\"]}", view.get("permissions").toString());
            assertEquals(60000, view.get("refillInterval").asInt());
            assertEquals(10, view.get("rateLimitMax").asInt(), "what is not named stays");
            assertProblem(403, "forbidden", with(key));
            assertEquals(
                    4,
                    Database.value(
                            "SELECT remaining FROM api_keys WHERE id = ?",
                            UUID.fromString(key.id)));
            // uses change no tag, so that they are in nobody's way
            assertEquals(changed.header("ETag"), Rest.tag(admin, key.path));
            assertProblem(412, "precondition_failed", Rest.patch(admin, key.path, tag, "{}"));
            assertProblem(428, "precondition_required", Rest.patch(admin, key.path, null, "{}"));
            Rest.patch(admin, key.path, "*", "{\"permissions\":null}").then().statusCode(200);
            assertEquals(200, with(key).statusCode());
            Rest.patch(admin, key.path, "*", "{\"enabled\":false}").then().statusCode(200);
            assertEquals(401, with(key).statusCode());
            List<Map<String, Object>> events =
                    Database.query(
                            "SELECT actor_id, before::text, after::text FROM audit_events WHERE"
                                    + " action = 'api_key.updated' AND target_id = ? ORDER BY id",
                            UUID.fromString(key.id));
            assertEquals(3, events.size());
            assertEquals(admin.id, events.get(0).get("actor_id"));
            assertEquals(
                    Rest.json("{\"enabled\":false}"),
                    Rest.json((String) events.get(2).get("after")));
        }

        @Test
        @DisplayName("refuse what is no bound, and what is not theirs to change, by name")
        void invalid() {
            Key key = key(owner);
            for (String field :
                    List.of("remaining", "refillInterval", "rateLimitMax", "rateLimitTimeWindow")) {
                assertTrue(
                        Rest.patch(admin, key.path, "*", "{\"" + field + "\":-1}")
                                .asString()
                                .contains(field));
            }
            // more than the database could add to a time
            assertInvalid(
                    Rest.patch(
                            admin, key.path, "*", "{\"rateLimitTimeWindow\":9223372036854775807}"),
                    "rateLimitTimeWindow");
            assertInvalid(Rest.patch(admin, key.path, "*", "{\"refillAmount\":1}"), "refillAmount");
            assertInvalid(Rest.patch(admin, key.path, "*", "{\"enabled\":null}"), "enabled");
            assertInvalid(
                    Rest.patch(admin, key.path, "*", "{\"permissions\":{\"users\":[\"RE AD\"]}}"),
                    "permissions");
            assertInvalid(
                    Rest.patch(admin, key.path, "*", "{\"permissions\":[\"users:read\"]}"),
                    "permissions");
            for (String member : List.of("userId", "keyDigest", "key", "requestCount", "version")) {
                assertInvalid(
                        Rest.patch(admin, key.path, "*", "{\"" + member + "\":null}"), member);
            }
            assertProblem(
                    404,
                    "not_found",
                    Rest.patch(admin, path(admin) + "/" + key.id, "*", "{\"enabled\":false}"));
        }

        @Test
        @DisplayName("act on nobody above them, and no key frees itself of its bounds")
        void above() {
            Caller updater = Caller.signUp();
            String role = "r" + UUID.randomUUID();
            Database.update(
                    "INSERT INTO roles (id, name, permissions) VALUES (?, ?,"
                            + " '{users:update,users:read}')",
                    UUID.randomUUID(),
                    role);
            Database.update(
                    "INSERT INTO role_grants (user_id, role_id) SELECT ?, id FROM roles WHERE name"
                            + " = ?",
                    updater.id,
                    role);
            Key key = key(owner);
            Key above = key(admin);
            assertEquals(
                    200, Rest.patch(updater, key.path, "*", "{\"enabled\":true}").statusCode());
            assertProblem(
                    403, "forbidden", Rest.patch(updater, above.path, "*", "{\"enabled\":true}"));
            Rest.patch(
                            admin,
                            above.path,
                            "*",
                            "{\"permissions\":{\"users\":[\"update\",\"read\"]},\"rateLimitEnabled\":false}")
                    .then()
                    .statusCode(200);
            assertProblem(
                    403,
                    "forbidden",
                    Rest.body(
                                    given().header("x-api-key", above.text).header("If-Match", "*"),
                                    Rest.MERGE_PATCH,
                                    "{\"permissions\":null}")
                            .patch(above.path));
        }

        @Test
        @DisplayName("give their keys no more than those name, whatever they may do themselves")
        void narrowed() {
            Key key = key(admin);
            Rest.patch(
                            admin,
                            key.path,
                            "*",
                            "{\"permissions\":{\"users\":[\"update\",\"read\"]},\"rateLimitEnabled\":false}")
                    .then()
                    .statusCode(200);
            String user = "/api/v1/users/" + owner.id;
            assertEquals(200, patch(key, user, "{\"name\":\"Renamed\"}").statusCode());
            assertProblem(
                    403,
                    "forbidden",
                    patch(key, user, "{\"email\":\"" + Caller.newEmail() + "\"}"));
            assertProblem(403, "forbidden", patch(key, user, "{\"roles\":[\"support\"]}"));
            String above = "/api/v1/users/" + Caller.admin().id;
            assertProblem(403, "forbidden", patch(key, above, "{\"name\":\"Renamed\"}"));
        }

        private static Response patch(Key key, String path, String body) {
            return Rest.body(
                            given().header("x-api-key", key.text).header("If-Match", "*"),
                            Rest.MERGE_PATCH,
                            body)
                    .patch(path);
        }
    }
}
