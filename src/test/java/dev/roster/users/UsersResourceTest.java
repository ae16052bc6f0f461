package dev.roster.users;

import static dev.roster.testing.Problems.assertInvalid;
import static dev.roster.testing.Problems.assertProblem;
import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.testing.AtOnce;
import dev.roster.testing.AuditTrail;
import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.Rest;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@DisplayName("/api/v1/users/{id}")
class UsersResourceTest {

    private static final Set<String> USER =
            Set.of(
                    "id",
                    "name",
                    "email",
                    "emailVerified",
                    "username",
                    "displayUsername",
                    "image",
                    "roles",
                    "status",
                    "banned",
                    "banReason",
                    "banExpires",
                    "createdAt",
                    "updatedAt");
    private static final Set<String> PUBLIC_USER =
            Set.of("id", "name", "username", "displayUsername", "image");
    private static final Set<String> PROFILE =
            Set.of(
                    "userId",
                    "firstName",
                    "lastName",
                    "fullName",
                    "bio",
                    "birthDate",
                    "phone",
                    "locale",
                    "timezone",
                    "website",
                    "updatedAt");
    private static final Set<String> PUBLIC_PROFILE =
            Set.of("userId", "fullName", "bio", "website");

    private static final String ADA =
            """
            {"firstName":"Ada","lastName":"Lovelace","bio":"Writes programs","birthDate":"1815-12-10",
             "phone":"+442079460000","locale":"en-GB","timezone":"Europe/London","website":"https://ada.example"}
            """;

    private Caller ada;
    private String user;
    private String profile;

    @BeforeEach
    void signUp() {
        ada = Caller.signUp();
        user = "/api/v1/users/" + ada.id;
        profile = user + "/profile";
    }

    @Nested
    @DisplayName("for a stranger")
    class Stranger {

        @Test
        @DisplayName("is 401 by every method, whether or not there is such a user")
        void unauthenticated() {
            for (String path : List.of(user, "/api/v1/users/" + UUID.randomUUID())) {
                for (Response answer :
                        List.of(
                                Rest.get(path),
                                Rest.get(path + "/profile"),
                                Rest.body(given(), Rest.JSON, "{}").patch(path),
                                Rest.body(given(), Rest.JSON, "{}").put(path + "/profile"),
                                Rest.body(given(), Rest.JSON, "{}").patch(path + "/profile"))) {
                    assertProblem(401, "unauthenticated", answer);
                    assertEquals("Bearer", answer.header("WWW-Authenticate"));
                }
            }
        }
    }

    @Nested
    @DisplayName("for the user itself")
    class Self {

        @Test
        @DisplayName("shows every member, as /me does and with the same tag")
        void read() {
            Rest.replace(ada, profile, ADA);
            assertEquals(USER, members(Rest.json(Rest.get(ada, user))));
            assertEquals(PROFILE, members(Rest.json(Rest.get(ada, profile))));
            assertEquals(Rest.json(Rest.get(ada, "/api/v1/me")), Rest.json(Rest.get(ada, user)));
            assertEquals(
                    Rest.json(Rest.get(ada, "/api/v1/me/profile")),
                    Rest.json(Rest.get(ada, profile)));
            assertEquals(Rest.tag(ada, "/api/v1/me"), Rest.tag(ada, user));
            assertEquals(Rest.tag(ada, "/api/v1/me/profile"), Rest.tag(ada, profile));
        }

        @Test
        @DisplayName("reads an id in capitals as the same")
        void capitals() {
            String path = "/api/v1/users/" + ada.id.toString().toUpperCase(java.util.Locale.ROOT);
            assertEquals(USER, members(Rest.json(Rest.get(ada, path))));
        }

        @Test
        @DisplayName("changes name and image by PATCH, and clears the image by null")
        void patch() {
            String before = Rest.tag(ada, user);
            Response answer =
                    Rest.patch(
                            ada,
                            user,
                            before,
                            "{\"name\":\"Ada King\",\"image\":\"https://img.example/a.png\"}");
            assertEquals(200, answer.statusCode(), answer.asString());
            JsonNode changed = Rest.json(answer);
            assertEquals(USER, members(changed));
            assertEquals("Ada King", changed.get("name").asText());
            assertEquals("https://img.example/a.png", changed.get("image").asText());
            assertNotEquals(before, answer.header("ETag"));
            assertEquals(changed, Rest.json(Rest.get(ada, user)));
            assertEquals(answer.header("ETag"), Rest.tag(ada, user));
            JsonNode cleared =
                    Rest.json(Rest.patch(ada, user, answer.header("ETag"), "{\"image\":null}"));
            assertTrue(cleared.get("image").isNull());
            assertEquals("Ada King", cleared.get("name").asText());
        }

        @Test
        @DisplayName("changes the profile by PUT and PATCH")
        void changeProfile() {
            Rest.replace(ada, profile, ADA);
            Response answer =
                    Rest.patch(ada, profile, Rest.tag(ada, profile), "{\"website\":null}");
            assertEquals(200, answer.statusCode(), answer.asString());
            assertTrue(Rest.json(answer).get("website").isNull());
            assertEquals("Ada Lovelace", Rest.json(answer).get("fullName").asText());
        }

        static Stream<Arguments> refused() {
            return Stream.of(
                    Arguments.of("name", "null"),
                    Arguments.of("name", "\"\""),
                    Arguments.of("name", "\"" + "x".repeat(201) + "\""),
                    Arguments.of("name", "1"),
                    Arguments.of("name", "true"),
                    Arguments.of("name", "[]"),
                    Arguments.of("name", "{\"first\":\"Ada\"}"),
                    Arguments.of("name", "\"\\u0000\""),
                    Arguments.of("name", "\"a\\ud800\""),
                    Arguments.of("image", "\"" + "x".repeat(2049) + "\""),
                    Arguments.of("image", "1"),
                    Arguments.of("image", "{}"),
                    Arguments.of("image", "\"\\u0000\""),
                    Arguments.of("image", "\"\\udc00\""));
        }

        @ParameterizedTest(name = "{0}: {1}")
        @MethodSource("refused")
        @DisplayName("refuses what a rule forbids and names the member")
        void refuses(String member, String value) {
            JsonNode before = Rest.json(Rest.get(ada, user));
            assertInvalid(Rest.patch(ada, user, "*", "{\"" + member + "\":" + value + "}"), member);
            assertEquals(before, Rest.json(Rest.get(ada, user)));
            assertEquals(List.of(), AuditTrail.changesOf(ada.id));
        }

        @Test
        @DisplayName("takes a name of the longest allowed length")
        void longest() {
            assertEquals(
                    200,
                    Rest.patch(
                                    ada,
                                    user,
                                    "*",
                                    "{\"name\":\""
                                            + "x".repeat(200)
                                            + "\",\"image\":\"https://img.example/"
                                            + "y".repeat(2028)
                                            + "\"}")
                            .statusCode());
        }

        @Test
        @DisplayName("needs If-Match with the tag last read")
        void preconditions() {
            String old = Rest.tag(ada, user);
            assertProblem(
                    428, "precondition_required", Rest.patch(ada, user, null, "{\"name\":\"x\"}"));
            assertEquals(200, Rest.patch(ada, user, old, "{\"name\":\"new\"}").statusCode());
            assertProblem(
                    412, "precondition_failed", Rest.patch(ada, user, old, "{\"name\":\"lost\"}"));
            assertProblem(
                    412,
                    "precondition_failed",
                    Rest.patch(ada, user, "W/" + Rest.tag(ada, user), "{\"name\":\"lost\"}"));
            assertEquals("new", Rest.json(Rest.get(ada, user)).get("name").asText());
            ada.request()
                    .header("If-None-Match", Rest.tag(ada, user))
                    .get(user)
                    .then()
                    .statusCode(304);
        }

        @Test
        @DisplayName("lets exactly one of several changes with the same tag pass")
        void concurrent() throws Exception {
            String tag = Rest.tag(ada, user);
            List<Response> answers =
                    AtOnce.numbered(
                            6, i -> Rest.patch(ada, user, tag, "{\"name\":\"writer " + i + "\"}"));
            assertEquals(1, answers.stream().filter(a -> a.statusCode() == 200).count());
            answers.stream()
                    .filter(a -> a.statusCode() != 200)
                    .forEach(a -> assertProblem(412, "precondition_failed", a));
            assertEquals(1, AuditTrail.changesOf(ada.id).size());
        }

        static Stream<Arguments> protectedMembers() {
            return Stream.of(
                    Arguments.of("role", "\"admin\""),
                    Arguments.of("roles", "[\"admin\"]"),
                    Arguments.of("grantedRoles", "\"admin\""),
                    Arguments.of("permissions", "[\"*\"]"),
                    Arguments.of("email", "\"root@example.com\""),
                    Arguments.of("emailVerified", "true"),
                    Arguments.of("email_verified", "true"),
                    Arguments.of("username", "\"root\""),
                    Arguments.of("displayUsername", "\"root\""),
                    Arguments.of("status", "\"invited\""),
                    Arguments.of("banned", "false"),
                    Arguments.of("banReason", "\"x\""),
                    Arguments.of("banExpires", "\"2030-01-01T00:00:00.000Z\""),
                    Arguments.of("deletedAt", "\"2030-01-01T00:00:00.000Z\""),
                    Arguments.of("createdAt", "\"2000-01-01T00:00:00.000Z\""),
                    Arguments.of("updatedAt", "\"2000-01-01T00:00:00.000Z\""),
                    Arguments.of("id", "\"" + UUID.randomUUID() + "\""),
                    Arguments.of("userId", "\"" + UUID.randomUUID() + "\""),
                    Arguments.of("version", "99"),
                    Arguments.of("password", "\"correct-horse\""),
                    Arguments.of("profile", "{\"bio\":\"x\"}"));
        }

        @ParameterizedTest(name = "{0}")
        @MethodSource("protectedMembers")
        @DisplayName(
                "refuses to set or clear what is not the user's to change, and changes nothing")
        void massAssignment(String member, String value) {
            String row = row(ada.id);
            for (String v : List.of(value, "null")) {
                assertInvalid(
                        Rest.patch(
                                ada,
                                user,
                                "*",
                                "{\"name\":\"changed\",\"" + member + "\":" + v + "}"),
                        member);
            }
            assertEquals(row, row(ada.id));
            assertEquals(
                    0L,
                    Database.value("SELECT count(*) FROM role_grants WHERE user_id = ?", ada.id));
            assertEquals(List.of(), AuditTrail.changesOf(ada.id));
        }

        @Test
        @DisplayName(
                "leaves one event for each change, in its transaction, and none for a refused one")
        void audit() {
            assertEquals(
                    200,
                    Rest.body(
                                    ada.request()
                                            .header("If-Match", "*")
                                            .header("X-Request-Id", "users-audit-1"),
                                    Rest.MERGE_PATCH,
                                    "{\"name\":\"Ada King\"}")
                            .patch(user)
                            .statusCode());
            Rest.patch(ada, user, "*", "{\"name\":\"Ada King\"}");
            Rest.patch(ada, user, "\"stale\"", "{\"name\":\"x\"}");
            Rest.patch(ada, user, null, "{\"name\":\"x\"}");
            Rest.patch(ada, user, "*", "{\"name\":null}");
            AuditTrail.Event event = AuditTrail.onlyChangeOf(ada.id);
            assertEquals("user.updated", event.action());
            assertEquals(ada.id, event.actor());
            assertEquals(Rest.json("{\"name\":\"Test User\"}"), event.before());
            assertEquals(Rest.json("{\"name\":\"Ada King\"}"), event.after());
            assertEquals("users-audit-1", event.requestId());
            assertEquals(
                    Database.value("SELECT xmin::text FROM users WHERE id = ?", ada.id),
                    event.transaction());
        }
    }

    @Nested
    @DisplayName("for another user")
    class Another {

        private Caller bob;

        @BeforeEach
        void enter() {
            bob = Caller.signUp();
        }

        @Test
        @DisplayName("shows the public members alone")
        void read() {
            Rest.replace(ada, profile, ADA);
            Response seen = Rest.get(bob, user);
            assertEquals(200, seen.statusCode());
            assertEquals(PUBLIC_USER, members(Rest.json(seen)));
            assertEquals("Test User", Rest.json(seen).get("name").asText());
            Response seenProfile = Rest.get(bob, profile);
            assertEquals(PUBLIC_PROFILE, members(Rest.json(seenProfile)));
            assertEquals("Ada Lovelace", Rest.json(seenProfile).get("fullName").asText());
            assertEquals("https://ada.example", Rest.json(seenProfile).get("website").asText());
        }

        @Test
        @DisplayName("shows a public profile of nulls before the first change")
        void emptyProfile() {
            JsonNode seen = Rest.json(Rest.get(bob, profile));
            assertEquals(PUBLIC_PROFILE, members(seen));
            assertTrue(seen.get("fullName").isNull());
        }

        @Test
        @DisplayName("gives the public view a tag of its own")
        void tags() {
            assertNotEquals(Rest.tag(ada, user), Rest.tag(bob, user));
            assertNotEquals(Rest.tag(ada, profile), Rest.tag(bob, profile));
            bob.request()
                    .header("If-None-Match", Rest.tag(ada, user))
                    .get(user)
                    .then()
                    .statusCode(200);
            bob.request()
                    .header("If-None-Match", Rest.tag(bob, user))
                    .get(user)
                    .then()
                    .statusCode(304);
        }

        @Test
        @DisplayName("refuses every change by 403, and changes nothing")
        void changes() {
            Rest.replace(ada, profile, ADA);
            String row = row(ada.id);
            for (Response answer : writes(bob, ada.id.toString())) {
                assertProblem(403, "forbidden", answer);
            }
            assertEquals(row, row(ada.id));
            assertEquals(1, AuditTrail.changesOf(ada.id).size());
        }

        @Test
        @DisplayName("answers a change the same whether the user exists, is deleted or never was")
        void nothingToLearn() {
            Caller gone = Caller.signUp();
            Database.update("UPDATE users SET deleted_at = now() WHERE id = ?", gone.id);
            List<String> existing = shape(writes(bob, ada.id.toString()));
            assertEquals(existing, shape(writes(bob, gone.id.toString())));
            assertEquals(existing, shape(writes(bob, UUID.randomUUID().toString())));
        }

        @Test
        @DisplayName("answers a read of a deleted user as of one that never was")
        void deleted() {
            Caller gone = Caller.signUp();
            Rest.replace(gone, "/api/v1/users/" + gone.id + "/profile", ADA);
            Database.update("UPDATE users SET deleted_at = now() WHERE id = ?", gone.id);
            for (String rest : List.of("", "/profile")) {
                Response deleted = Rest.get(bob, "/api/v1/users/" + gone.id + rest);
                Response unknown = Rest.get(bob, "/api/v1/users/" + UUID.randomUUID() + rest);
                assertProblem(404, "not_found", deleted);
                assertProblem(404, "not_found", unknown);
                assertEquals(deleted.asString(), unknown.asString());
            }
        }

        private List<String> shape(List<Response> answers) {
            return answers.stream()
                    .map(
                            a ->
                                    a.statusCode()
                                            + " "
                                            + a.header("Content-Type")
                                            + " "
                                            + a.header("ETag")
                                            + " "
                                            + a.asString())
                    .toList();
        }
    }

    @Nested
    @DisplayName("for an administrator")
    class Administrator {

        private Caller admin;

        @BeforeEach
        void enter() {
            admin = Caller.admin();
        }

        @Test
        @DisplayName("shows every member")
        void read() {
            Rest.replace(ada, profile, ADA);
            assertEquals(Rest.json(Rest.get(ada, user)), Rest.json(Rest.get(admin, user)));
            JsonNode seen = Rest.json(Rest.get(admin, profile));
            assertEquals(PROFILE, members(seen));
            assertEquals("+442079460000", seen.get("phone").asText());
        }

        @Test
        @DisplayName("shows its own role")
        void self() {
            assertEquals(
                    "[\"admin\"]",
                    Rest.json(Rest.get(admin, "/api/v1/users/" + admin.id))
                            .get("roles")
                            .toString());
        }

        @Test
        @DisplayName("changes user and profile, and the trail names the administrator")
        void change() {
            assertEquals(
                    200,
                    Rest.patch(admin, user, Rest.tag(admin, user), "{\"name\":\"Renamed\"}")
                            .statusCode());
            assertEquals(
                    200,
                    Rest.put(admin, profile, Rest.tag(admin, profile), "{\"bio\":\"Edited\"}")
                            .statusCode());
            assertEquals(
                    200,
                    Rest.patch(admin, profile, Rest.tag(admin, profile), "{\"locale\":\"de\"}")
                            .statusCode());
            assertEquals("Renamed", Rest.json(Rest.get(ada, user)).get("name").asText());
            ObjectNode changed = (ObjectNode) Rest.json(Rest.get(ada, profile));
            assertEquals("Edited", changed.get("bio").asText());
            assertEquals("de", changed.get("locale").asText());
            List<AuditTrail.Event> events = AuditTrail.changesOf(ada.id);
            assertEquals(
                    List.of("user.updated", "profile.updated", "profile.updated"),
                    events.stream().map(AuditTrail.Event::action).toList());
            events.forEach(event -> assertEquals(admin.id, event.actor()));
        }

        @Test
        @DisplayName("is told by 404 of a user who is deleted or never was, for reads and changes")
        void unknown() {
            Caller gone = Caller.signUp();
            Database.update("UPDATE users SET deleted_at = now() WHERE id = ?", gone.id);
            for (String id : List.of(gone.id.toString(), UUID.randomUUID().toString())) {
                assertProblem(404, "not_found", Rest.get(admin, "/api/v1/users/" + id));
                for (Response answer : writes(admin, id)) {
                    assertProblem(404, "not_found", answer);
                }
            }
        }

        @ParameterizedTest(name = "{0}")
        @ValueSource(strings = {"role", "roles", "email", "emailVerified", "banned", "deletedAt"})
        @DisplayName("sets no more here than the user itself does")
        void massAssignment(String member) {
            assertInvalid(Rest.patch(admin, user, "*", "{\"" + member + "\":\"x\"}"), member);
        }

        @Test
        @DisplayName("loses its rights with its role, without a new sign-in")
        void revoked() {
            Database.update("DELETE FROM role_grants WHERE user_id = ?", admin.id);
            assertEquals(PUBLIC_USER, members(Rest.json(Rest.get(admin, user))));
            assertProblem(403, "forbidden", Rest.patch(admin, user, "*", "{\"name\":\"x\"}"));
        }
    }

    private static List<Response> writes(Caller caller, String id) {
        String path = "/api/v1/users/" + id;
        return List.of(
                Rest.patch(caller, path, "*", "{\"name\":\"changed\"}"),
                Rest.put(caller, path + "/profile", "*", "{\"bio\":\"changed\"}"),
                Rest.patch(caller, path + "/profile", "*", "{\"bio\":\"changed\"}"),
                Rest.patch(caller, path + "/profile", null, "{\"bio\":\"changed\"}"),
                Rest.patch(caller, path + "/profile", "*", "{\"unknown\":1}"));
    }

    private static String row(UUID id) {
        return Database.query(
                        "SELECT u::text, p::text FROM users u LEFT JOIN user_profiles p ON"
                                + " p.user_id = u.id WHERE u.id = ?",
                        id)
                .toString();
    }

    private static Set<String> members(JsonNode object) {
        Set<String> names = new TreeSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
