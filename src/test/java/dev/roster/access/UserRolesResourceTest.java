package dev.roster.access;

import static dev.roster.access.RolesResourceTest.clerk;
import static dev.roster.access.RolesResourceTest.grant;
import static dev.roster.access.RolesResourceTest.role;
import static dev.roster.testing.Problems.assertInvalid;
import static dev.roster.testing.Problems.assertProblem;
import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.roster.platform.security.Permission;
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
@DisplayName("/api/v1/users/{id}/roles and /permissions")
class UserRolesResourceTest {

    private Caller ada;

    @BeforeEach
    void signUp() {
        ada = Caller.signUp();
    }

    private String roles() {
        return roles(ada.id);
    }

    private static String roles(UUID id) {
        return "/api/v1/users/" + id + "/roles";
    }

    private static String permissions(UUID id) {
        return "/api/v1/users/" + id + "/permissions";
    }

    private static String body(String... names) {
        return names.length == 0
                ? "{\"roles\":[]}"
                : "{\"roles\":[\"" + String.join("\",\"", names) + "\"]}";
    }

    private static List<String> names(Response answer) {
        assertEquals(200, answer.statusCode(), answer.asString());
        List<String> names = new ArrayList<>();
        Rest.json(answer).get("roles").forEach(role -> names.add(role.get("name").asText()));
        return names;
    }

    @Nested
    @DisplayName("for others")
    class Others {

        @Test
        @DisplayName("are refused, whether or not there is such a user")
        void refused() {
            Caller bob = Caller.signUp();
            for (UUID id : List.of(ada.id, UUID.randomUUID())) {
                assertProblem(401, "unauthenticated", given().get(roles(id)));
                assertProblem(401, "unauthenticated", given().get(permissions(id)));
                assertProblem(403, "forbidden", Rest.get(bob, roles(id)));
                assertProblem(403, "forbidden", Rest.get(bob, permissions(id)));
                assertProblem(403, "forbidden", Rest.put(bob, roles(id), "*", body("admin")));
            }
            assertProblem(403, "forbidden", Rest.put(ada, roles(), "*", body("admin")));
        }
    }

    @Nested
    @DisplayName("for the user itself")
    class Self {

        @Test
        @DisplayName("are none at first, and tell who granted what, and when")
        void own() {
            assertEquals(List.of(), names(Rest.get(ada, roles())));
            assertEquals(
                    Rest.json("{\"banned\":false,\"permissions\":[]}"),
                    Rest.json(Rest.get(ada, permissions(ada.id))));
            Caller admin = Caller.admin();
            assertEquals(List.of("support"), names(Rest.put(admin, roles(), "*", body("support"))));
            Response answer = Rest.get(ada, roles());
            assertEquals(List.of("support"), names(answer));
            JsonNode grant = Rest.json(answer).at("/roles/0");
            assertEquals(admin.id.toString(), grant.get("grantedBy").asText());
            assertTrue(grant.get("grantedAt").isTextual());
            JsonNode explained = Rest.json(Rest.get(ada, permissions(ada.id))).get("permissions");
            JsonNode first = explained.get(0);
            assertEquals("audit:read", first.get("name").asText());
            assertEquals("support", first.at("/sources/0/role").asText());
            assertEquals("audit:read", first.at("/sources/0/as").asText());
            assertEquals(admin.id.toString(), first.at("/sources/0/grantedBy").asText());
            assertEquals(grant.get("grantedAt"), first.at("/sources/0/grantedAt"));
        }
    }

    @Nested
    @DisplayName("for who may see why somebody may do what")
    class Reader {

        @Test
        @DisplayName("explain each permission by every role that gives it")
        void explained() {
            String lister = role("users:list", "orders:read");
            grant(ada, lister);
            grant(ada, "admin");
            Caller reader = clerk("roles:read");
            JsonNode permissions =
                    Rest.json(Rest.get(reader, permissions(ada.id))).get("permissions");
            Map<String, JsonNode> byName = new java.util.TreeMap<>();
            permissions.forEach(one -> byName.put(one.get("name").asText(), one.get("sources")));
            List<String> expected = new ArrayList<>(List.of("orders:read"));
            for (Permission permission : Permission.values()) {
                if (permission != Permission.USERS_IMPERSONATE_ADMINS) {
                    expected.add(permission.key());
                }
            }
            assertEquals(expected.stream().sorted().toList(), List.copyOf(byName.keySet()));
            assertEquals(1, byName.get("orders:read").size(), "* is what the code knows");
            assertEquals(2, byName.get("users:list").size());
            assertEquals("*", byName.get("users:ban").at("/0/as").asText());
        }

        @Test
        @DisplayName("tell that a ban keeps the user from using any, and 404 for no such user")
        void banned() {
            Caller reader = clerk("roles:read");
            Database.update("UPDATE users SET banned = true WHERE id = ?", ada.id);
            assertTrue(Rest.json(Rest.get(reader, permissions(ada.id))).get("banned").asBoolean());
            Database.update("UPDATE users SET deleted_at = now() WHERE id = ?", ada.id);
            for (UUID id : List.of(ada.id, UUID.randomUUID())) {
                assertProblem(404, "not_found", Rest.get(reader, permissions(id)));
                assertProblem(404, "not_found", Rest.get(reader, roles(id)));
            }
            assertProblem(404, "not_found", Rest.get(reader, "/api/v1/users/x/permissions"));
        }
    }

    @Nested
    @DisplayName("for who may give roles")
    class Giver {

        @Test
        @DisplayName("are replaced; one that stays is as it was granted, and an event tells it")
        void replaced() {
            Caller admin = Caller.admin();
            String kept = role("users:list");
            String taken = role("ops:read");
            String given = role("reports:read");
            String tag = Rest.tag(admin, roles());
            Response first = Rest.put(admin, roles(), tag, body(kept, taken));
            assertEquals(List.of(kept, taken), names(first));
            assertNotEquals(tag, first.header("ETag"));
            assertEquals(
                    first.header("ETag"),
                    Rest.tag(admin, "/api/v1/users/" + ada.id),
                    "the user's own tag");
            Caller second = Caller.admin();
            Response changed =
                    Rest.put(second, roles(), first.header("ETag"), body(given, kept, kept));
            assertEquals(List.of(kept, given), names(changed));
            assertEquals(
                    Rest.json(first).at("/roles/0"),
                    Rest.json(changed).at("/roles/0"),
                    "as it was");
            assertEquals(
                    second.id.toString(), Rest.json(changed).at("/roles/1/grantedBy").asText());
            assertProblem(
                    412,
                    "precondition_failed",
                    Rest.put(admin, roles(), first.header("ETag"), body()));
            assertProblem(428, "precondition_required", Rest.put(admin, roles(), null, body()));
            assertEquals(List.of(), names(Rest.put(admin, roles(), "*", body("user"))));
            List<Map<String, Object>> events =
                    Database.query(
                            "SELECT actor_id, before ->> 'role' AS before, after ->> 'role' AS"
                                    + " after FROM audit_events WHERE target_id = ? AND action ="
                                    + " 'roles.changed' ORDER BY id",
                            ada.id);
            assertEquals(3, events.size());
            assertEquals(second.id, events.get(1).get("actor_id"));
            assertEquals(kept + "," + taken, events.get(1).get("before"));
            assertEquals(kept + "," + given, events.get(1).get("after"));
            assertEquals("user", events.get(2).get("after"));
        }

        @Test
        @DisplayName("refuse what is no role, and other members, by name")
        void invalid() {
            Caller admin = Caller.admin();
            assertInvalid(
                    Rest.put(admin, roles(), "*", body("support", "no-such", "x'--")),
                    "roles.1",
                    "roles.2");
            assertInvalid(Rest.put(admin, roles(), "*", "{}"), "roles");
            assertInvalid(
                    Rest.put(admin, roles(), "*", "{\"roles\":[],\"permissions\":[]}"),
                    "permissions");
            assertInvalid(Rest.put(admin, roles(), "*", "{\"roles\":\"admin\"}"), "roles");
            assertProblem(404, "not_found", Rest.put(admin, roles(UUID.randomUUID()), "*", body()));
        }

        @Test
        @DisplayName("give nobody more than the giver may do, and touch nobody who may do more")
        void escalation() {
            Caller giver = clerk("users:set-role", "users:list");
            assertProblem(403, "forbidden", Rest.put(giver, roles(), "*", body("admin")));
            assertProblem(403, "forbidden", Rest.put(giver, roles(), "*", body("support")));
            assertProblem(403, "forbidden", Rest.put(giver, roles(giver.id), "*", body("admin")));
            String below = role("users:list");
            assertEquals(List.of(below), names(Rest.put(giver, roles(), "*", body(below))));
            grant(ada, role("users:ban"));
            assertProblem(403, "forbidden", Rest.put(giver, roles(), "*", body()));
            assertProblem(403, "forbidden", Rest.put(giver, roles(Caller.admin().id), "*", body()));
        }

        @Test
        @DisplayName("are refused to a giver who was banned since the request was let in")
        void demoted() {
            Caller giver = clerk("users:set-role");
            Database.update("DELETE FROM role_grants WHERE user_id = ?", giver.id);
            assertProblem(403, "forbidden", Rest.put(giver, roles(), "*", body()));
        }
    }
}
