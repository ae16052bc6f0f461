package dev.roster.directory.administration;

import static dev.roster.testing.Problems.assertInvalid;
import static dev.roster.testing.Problems.assertProblem;
import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.roster.testing.AtOnce;
import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.MailedLinks;
import dev.roster.testing.Mails;
import dev.roster.testing.Rest;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@DisplayName("Administering users")
class UserAdministrationTest {

    private static final String USERS = "/api/v1/users";

    /** An operation on one user, and the permission it needs. */
    private record Operation(
            String name,
            String permission,
            Function<RequestSpecification, Function<UUID, Response>> call) {

        Response by(RequestSpecification request, UUID id) {
            return call.apply(request).apply(id);
        }

        Response by(Caller caller, UUID id) {
            return by(caller.request(), id);
        }
    }

    private static final List<Operation> OPERATIONS =
            List.of(
                    new Operation(
                            "patch",
                            "users:update",
                            r ->
                                    id ->
                                            Rest.body(
                                                            r.header("If-Match", "*"),
                                                            Rest.MERGE_PATCH,
                                                            "{\"name\":\"Changed\"}")
                                                    .patch(USERS + "/" + id)),
                    new Operation(
                            "delete",
                            "users:delete",
                            r -> id -> r.header("If-Match", "*").delete(USERS + "/" + id)),
                    new Operation("ban", "users:ban", r -> id -> post(r, id, "ban", "{}")),
                    new Operation("unban", "users:ban", r -> id -> post(r, id, "unban", null)),
                    new Operation(
                            "reset-sessions",
                            "sessions:revoke",
                            r -> id -> post(r, id, "reset-sessions", null)),
                    new Operation(
                            "require-password-change",
                            "users:set-password",
                            r -> id -> post(r, id, "require-password-change", "{}")));

    private Caller admin;
    private Caller ada;
    private String path;

    @BeforeEach
    void enter() {
        admin = Caller.admin();
        ada = Caller.signUp();
        path = USERS + "/" + ada.id;
    }

    private static Response post(RequestSpecification request, UUID id, String what, String body) {
        RequestSpecification full = body == null ? request : Rest.body(request, Rest.JSON, body);
        return full.post(USERS + "/" + id + "/" + what);
    }

    private static Response post(Caller caller, UUID id, String what, String body) {
        return post(caller.request(), id, what, body);
    }

    private static Response create(Caller caller, String body) {
        return Rest.body(caller.request(), Rest.JSON, body).post(USERS);
    }

    private static String row(UUID id) {
        return (String) Database.value("SELECT u::text FROM users u WHERE id = ?", id);
    }

    private static List<String> actions(UUID target) {
        return Database.query(
                        "SELECT action FROM audit_events WHERE target_id = ? AND target_type ="
                                + " 'user' AND action <> 'user.signed_up' ORDER BY id",
                        target)
                .stream()
                .map(event -> (String) event.get("action"))
                .toList();
    }

    private static int sessionStatus(Caller caller) {
        return Rest.get(caller, "/api/v1/me").statusCode();
    }

    private static Response setPassword(String token, String password) {
        return given().contentType(ContentType.JSON)
                .body(Map.of("token", token, "newPassword", password))
                .post("/api/auth/reset-password");
    }

    @TestFactory
    @DisplayName("is for those with the permission alone, and tells nobody else anything")
    Stream<DynamicTest> permissions() {
        List<DynamicTest> tests = new ArrayList<>();
        List<Operation> all = new ArrayList<>(OPERATIONS);
        all.add(new Operation("restore", "users:delete", r -> id -> post(r, id, "restore", null)));
        for (Operation operation : all) {
            tests.add(
                    dynamicTest(
                            operation.name + " by a stranger is 401",
                            () ->
                                    assertProblem(
                                            401,
                                            "unauthenticated",
                                            operation.by(given(), ada.id))));
            tests.add(
                    dynamicTest(
                            operation.name
                                    + " by a user is 403, whether or not there is such a one",
                            () -> {
                                Caller bob = Caller.signUp();
                                String before = row(ada.id);
                                Response there = operation.by(bob, ada.id);
                                Response nobody = operation.by(bob, UUID.randomUUID());
                                assertProblem(403, "forbidden", there);
                                assertProblem(403, "forbidden", nobody);
                                assertEquals(there.asString(), nobody.asString());
                                assertEquals(before, row(ada.id));
                                assertEquals(200, sessionStatus(ada));
                            }));
            tests.add(
                    dynamicTest(
                            operation.name + " needs " + operation.permission,
                            () -> {
                                String[] others =
                                        Stream.of(
                                                        "users:list",
                                                        "users:read",
                                                        "users:create",
                                                        "users:update",
                                                        "users:delete",
                                                        "users:ban",
                                                        "users:set-role",
                                                        "users:set-email",
                                                        "users:set-password",
                                                        "sessions:revoke",
                                                        "users:import",
                                                        "users:erase")
                                                .filter(it -> !it.equals(operation.permission))
                                                .toArray(String[]::new);
                                assertProblem(
                                        403,
                                        "forbidden",
                                        operation.by(Callers.with(others), ada.id));
                                assertNotEquals(
                                        403,
                                        operation
                                                .by(
                                                        Callers.with(operation.permission),
                                                        Caller.signUp().id)
                                                .statusCode());
                            }));
            tests.add(
                    dynamicTest(
                            operation.name + " of nobody is 404 for an administrator",
                            () ->
                                    assertProblem(
                                            404,
                                            "not_found",
                                            operation.by(admin, UUID.randomUUID()))));
        }
        for (Operation operation : OPERATIONS) {
            tests.add(
                    dynamicTest(
                            operation.name + " is never of somebody above",
                            () -> {
                                Caller lesser = Callers.with(operation.permission);
                                Caller other = Callers.with(operation.permission, "users:import");
                                for (Caller above : List.of(Caller.admin(), other)) {
                                    String before = row(above.id);
                                    assertProblem(403, "forbidden", operation.by(lesser, above.id));
                                    assertEquals(before, row(above.id));
                                    assertEquals(200, sessionStatus(above));
                                }
                                Caller equal = Callers.with(operation.permission);
                                assertTrue(operation.by(lesser, equal.id).statusCode() < 300);
                            }));
            tests.add(
                    dynamicTest(
                            operation.name + " by somebody who is banned meanwhile is refused",
                            () -> {
                                Caller gone = Callers.with(operation.permission);
                                Database.update(
                                        "UPDATE users SET banned = true WHERE id = ?", gone.id);
                                assertProblem(401, "unauthenticated", operation.by(gone, ada.id));
                            }));
        }
        return tests.stream();
    }

    @Nested
    @DisplayName("by the support role")
    class Support {

        private Caller support;

        @BeforeEach
        void enter() {
            support = Callers.support();
        }

        @Test
        @DisplayName("bans and signs out, and does nothing else")
        void may() {
            assertEquals(200, post(support, ada.id, "ban", "{}").statusCode());
            assertEquals(200, post(support, ada.id, "unban", null).statusCode());
            assertEquals(204, post(support, ada.id, "reset-sessions", null).statusCode());
            String before = row(ada.id);
            assertProblem(403, "forbidden", Rest.patch(support, path, "*", "{\"name\":\"x\"}"));
            assertProblem(403, "forbidden", Rest.delete(support, path, "*"));
            assertProblem(403, "forbidden", post(support, ada.id, "restore", null));
            assertProblem(403, "forbidden", post(support, ada.id, "require-password-change", "{}"));
            assertProblem(
                    403,
                    "forbidden",
                    create(support, "{\"name\":\"x\",\"email\":\"" + Caller.newEmail() + "\"}"));
            assertEquals(before, row(ada.id));
        }

        @Test
        @DisplayName("gives itself no role and acts on no administrator")
        void escalates() {
            assertProblem(403, "forbidden", post(support, admin.id, "ban", "{}"));
            assertProblem(403, "forbidden", post(support, admin.id, "reset-sessions", null));
            assertInvalid(
                    Rest.patch(
                            support,
                            USERS + "/" + support.id,
                            "*",
                            "{\"name\":\"x\",\"roles\":[\"admin\"]}"),
                    "roles");
        }
    }

    @Nested
    @DisplayName("makes an account")
    class Creating {

        private String email;

        @BeforeEach
        void address() {
            email = Caller.newEmail();
        }

        private String body(String more) {
            return "{\"name\":\"Grace\",\"email\":\"" + email + "\"" + more + "}";
        }

        @Test
        @DisplayName("without a password, and mails a link at which the person sets one")
        void invites() {
            Response answer = create(admin, body(",\"redirectTo\":\"/welcome\""));
            assertEquals(201, answer.statusCode(), answer.asString());
            JsonNode user = Rest.json(answer);
            UUID id = UUID.fromString(user.get("id").asText());
            assertEquals(USERS + "/" + id, answer.header("Location"));
            assertEquals(Rest.tag(admin, answer.header("Location")), answer.header("ETag"));
            assertEquals(user, Rest.json(Rest.get(admin, answer.header("Location"))));
            assertFalse(user.get("emailVerified").asBoolean());
            assertEquals("invited", user.get("status").asText());
            assertEquals("[\"user\"]", user.get("roles").toString());
            assertEquals(
                    0L, Database.value("SELECT count(*) FROM credentials WHERE user_id = ?", id));

            String url = Mails.last("SET_PASSWORD", email).value("url");
            Response followed = MailedLinks.follow(url);
            assertEquals(302, followed.statusCode());
            String target = followed.header("Location");
            assertTrue(target.startsWith(Caller.ORIGIN + "/welcome?token="), target);
            String token = MailedLinks.parameter(target, "token");
            assertEquals(200, setPassword(token, "a-password-of-her-own").statusCode());
            assertEquals(400, setPassword(token, "another-password").statusCode(), "single use");
            assertEquals(
                    "invited", Rest.json(Rest.get(admin, USERS + "/" + id)).get("status").asText());
            assertEquals(200, Caller.signIn(email, "a-password-of-her-own").statusCode());
            JsonNode came = Rest.json(Rest.get(admin, USERS + "/" + id));
            assertTrue(came.get("emailVerified").asBoolean());
            assertEquals("active", came.get("status").asText());
            assertEquals("user.created", actions(id).get(0));
            assertEquals(
                    1L,
                    Database.value(
                            "SELECT count(*) FROM audit_events WHERE target_id = ? AND actor_id ="
                                    + " target_id AND after = '{\"status\":\"active\"}'",
                            id));
        }

        @Test
        @DisplayName("with everything that it is told, and mails nothing where it is not wanted")
        void everything() {
            String username = "grace_" + UUID.randomUUID().toString().substring(0, 8);
            Response answer =
                    create(
                            admin,
                            body(
                                    ",\"emailVerified\":true,\"sendLink\":false,\"username\":\""
                                            + username.toUpperCase(java.util.Locale.ROOT)
                                            + "\",\"image\":\"https://img.example/g.png\",\"roles\":[\"support\"],"
                                            + "\"profile\":{\"firstName\":\"Grace\",\"birthDate\":\"1906-12-09\","
                                            + "\"phone\":\"+12025550100\",\"locale\":\"fr\"},"
                                            + "\"attributes\":{\"department\":\"Navy\",\"shoeSize\":38}"));
            assertEquals(201, answer.statusCode(), answer.asString());
            JsonNode user = Rest.json(answer);
            assertTrue(user.get("emailVerified").asBoolean());
            assertEquals("active", user.get("status").asText());
            assertEquals(username, user.get("username").asText());
            assertEquals(
                    username.toUpperCase(java.util.Locale.ROOT),
                    user.get("displayUsername").asText());
            assertEquals("[\"support\"]", user.get("roles").toString());
            JsonNode profile = Rest.json(Rest.get(admin, answer.header("Location") + "/profile"));
            assertEquals("1906-12-09", profile.get("birthDate").asText());
            assertEquals("+12025550100", profile.get("phone").asText());
            assertEquals("fr", profile.get("locale").asText());
            assertEquals(
                    Rest.json("{\"department\":\"Navy\",\"shoeSize\":38}"),
                    Rest.json(Rest.get(admin, answer.header("Location") + "/attributes")));
            assertEquals(List.of(), Mails.to(email));
        }

        @ParameterizedTest(name = "{0}: {1}")
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {
                    "name | null",
                    "name | \"\"",
                    "email | null",
                    "email | \"no address\"",
                    "email | 1",
                    "emailVerified | \"yes\"",
                    "username | \"a\"",
                    "username | \"no spaces\"",
                    "roles | \"admin\"",
                    "roles | [\"nosuchrole\"]",
                    "profile.birthDate | {\"birthDate\":\"tomorrow\"}",
                    "attributes.nosuch | {\"nosuch\":1}",
                    "attributes.shoeSize | {\"shoeSize\":\"big\"}",
                    "redirectTo | \"https://evil.example/\"",
                    "password | \"correct-horse-battery\"",
                    "id | \"0190a000-0000-7000-8000-000000000000\"",
                    "banned | false",
                    "status | \"active\"",
                    "createdAt | \"2020-01-01T00:00:00Z\"",
                })
        @DisplayName("of nothing that no user can be, and names the member")
        void refuses(String member, String value) {
            String name = member.split("\\.")[0];
            Map<String, String> members = new java.util.LinkedHashMap<>();
            members.put("name", "\"Grace\"");
            members.put("email", "\"" + email + "\"");
            members.put(name, value);
            StringBuilder body = new StringBuilder("{");
            members.forEach(
                    (key, text) ->
                            body.append(body.length() > 1 ? "," : "")
                                    .append("\"" + key + "\":" + text));
            assertInvalid(create(admin, body + "}"), member);
            assertEquals(
                    0L, Database.value("SELECT count(*) FROM users WHERE email_key = ?", email));
            assertEquals(List.of(), Mails.to(email));
        }

        @Test
        @DisplayName("of nobody whose address or user name is taken, and says which")
        void taken() {
            email = ada.email.toUpperCase(java.util.Locale.ROOT);
            assertProblem(409, "email_taken", create(admin, body("")));
            email = Caller.newEmail();
            String username = "u" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);
            assertEquals(
                    201, create(admin, body(",\"username\":\"" + username + "\"")).statusCode());
            email = Caller.newEmail();
            assertProblem(
                    409,
                    "username_taken",
                    create(admin, body(",\"username\":\"" + username + "\"")));
            assertEquals(List.of(), Mails.to(email));
        }

        @Test
        @DisplayName("with no more than the caller may give")
        void limits() {
            Caller creator = Callers.with("users:create", "users:read");
            assertProblem(403, "forbidden", create(creator, body(",\"emailVerified\":true")));
            assertProblem(403, "forbidden", create(creator, body(",\"roles\":[\"support\"]")));
            Caller giver = Callers.with("users:create", "users:set-role");
            assertProblem(403, "forbidden", create(giver, body(",\"roles\":[\"admin\"]")));
            assertProblem(403, "forbidden", create(giver, body(",\"roles\":[\"support\"]")));
            assertEquals(
                    0L, Database.value("SELECT count(*) FROM users WHERE email_key = ?", email));
            assertEquals(201, create(creator, body("")).statusCode());
        }
    }

    @Nested
    @DisplayName("changes a user")
    class Changing {

        @Test
        @DisplayName("in every member, and leaves the old address nothing")
        void everything() {
            String email = Caller.newEmail();
            String username = "lovelace_" + UUID.randomUUID().toString().substring(0, 8);
            Database.update("UPDATE users SET email_verified = true WHERE id = ?", ada.id);
            given().contentType(ContentType.JSON)
                    .body(Map.of("email", ada.email, "redirectTo", "/"))
                    .post("/api/auth/request-password-reset");
            String old = Mails.last("RESET_PASSWORD", ada.email).value("url");
            Response answer =
                    Rest.patch(
                            admin,
                            path,
                            Rest.tag(admin, path),
                            "{\"name\":\"Ada King\",\"email\":\""
                                    + email
                                    + "\",\"username\":\""
                                    + username
                                    + "\",\"roles\":[\"support\"],\"status\":\"invited\"}");
            assertEquals(200, answer.statusCode(), answer.asString());
            JsonNode user = Rest.json(answer);
            assertEquals("Ada King", user.get("name").asText());
            assertEquals(email, user.get("email").asText());
            assertFalse(user.get("emailVerified").asBoolean(), "nobody has proven the new one");
            assertEquals(username, user.get("username").asText());
            assertEquals("[\"support\"]", user.get("roles").toString());
            assertEquals("invited", user.get("status").asText());
            assertEquals(answer.header("ETag"), Rest.tag(admin, path));
            assertTrue(MailedLinks.follow(old).header("Location").contains("error=INVALID_TOKEN"));
            assertEquals(List.of("user.updated", "roles.changed"), changes());
            assertEquals(200, sessionStatus(ada));
            Response cleared =
                    Rest.patch(
                            admin,
                            path,
                            answer.header("ETag"),
                            "{\"username\":null,\"roles\":null,\"emailVerified\":true}");
            assertEquals("[\"user\"]", Rest.json(cleared).get("roles").toString());
            assertTrue(Rest.json(cleared).get("username").isNull());
            assertTrue(Rest.json(cleared).get("emailVerified").asBoolean());
        }

        private List<String> changes() {
            return actions(ada.id).stream()
                    .filter(it -> it.equals("user.updated") || it.startsWith("roles"))
                    .toList();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "\"role\":\"admin\"",
                    "\"permissions\":[\"*\"]",
                    "\"password\":\"x\"",
                    "\"passwordHash\":\"x\"",
                    "\"banned\":true",
                    "\"banReason\":\"x\"",
                    "\"deletedAt\":null",
                    "\"addressHeld\":true",
                    "\"twoFactorEnabled\":false",
                    "\"anonymous\":true",
                    "\"externalId\":\"x\"",
                    "\"version\":9",
                    "\"createdAt\":\"2000-01-01T00:00:00.000Z\""
                })
        @DisplayName("in no other member, and then in none")
        void massAssignment(String member) {
            String before = row(ada.id);
            String name = member.substring(1, member.indexOf('"', 1));
            assertInvalid(
                    Rest.patch(admin, path, "*", "{\"name\":\"changed\"," + member + "}"), name);
            assertEquals(before, row(ada.id));
        }

        @Test
        @DisplayName("by address or roles with the permission for that alone")
        void finer() {
            Caller editor = Callers.with("users:update", "users:read");
            String before = row(ada.id);
            for (String patch :
                    List.of(
                            "{\"email\":\"" + Caller.newEmail() + "\"}",
                            "{\"emailVerified\":true}",
                            "{\"roles\":[\"support\"]}")) {
                assertProblem(403, "forbidden", Rest.patch(editor, path, "*", patch));
            }
            assertProblem(
                    403,
                    "forbidden",
                    Rest.patch(
                            Callers.with("users:update", "users:set-role"),
                            path,
                            "*",
                            "{\"roles\":[\"admin\"]}"));
            assertEquals(before, row(ada.id));
            assertEquals(200, Rest.patch(editor, path, "*", "{\"name\":\"x\"}").statusCode());
            // itself it is no more than that either
            assertProblem(
                    403,
                    "forbidden",
                    Rest.patch(editor, USERS + "/" + editor.id, "*", "{\"roles\":[\"admin\"]}"));
        }

        @Test
        @DisplayName("to nobody else's address or user name, and to no address that is none")
        void refused() {
            assertProblem(
                    409,
                    "email_taken",
                    Rest.patch(admin, path, "*", "{\"email\":\"" + admin.email + "\"}"));
            assertInvalid(Rest.patch(admin, path, "*", "{\"email\":\"x\"}"), "email");
            assertInvalid(Rest.patch(admin, path, "*", "{\"email\":null}"), "email");
            assertInvalid(
                    Rest.patch(admin, path, "*", "{\"emailVerified\":null}"), "emailVerified");
            assertInvalid(Rest.patch(admin, path, "*", "{\"status\":\"gone\"}"), "status");
            assertInvalid(Rest.patch(admin, path, "*", "{\"roles\":[\"nosuch\"]}"), "roles");
        }

        @Test
        @DisplayName(
                "never over another editor: 412 for a stale tag, 428 for none, one of many wins")
        void preconditions() throws Exception {
            String tag = Rest.tag(admin, path);
            assertProblem(
                    428,
                    "precondition_required",
                    Rest.patch(admin, path, null, "{\"name\":\"x\"}"));
            List<Response> answers =
                    AtOnce.numbered(
                            4,
                            i ->
                                    Rest.patch(
                                            admin,
                                            path,
                                            tag,
                                            "{\"roles\":[\""
                                                    + (i % 2 == 0 ? "support" : "admin")
                                                    + "\"]}"));
            assertEquals(1, answers.stream().filter(a -> a.statusCode() == 200).count());
            answers.stream()
                    .filter(a -> a.statusCode() != 200)
                    .forEach(a -> assertProblem(412, "precondition_failed", a));
        }

        @Test
        @DisplayName("and the profile of nobody above")
        void profile() {
            Caller editor = Callers.with("users:update");
            assertEquals(
                    200,
                    Rest.patch(editor, path + "/profile", "*", "{\"bio\":\"x\"}").statusCode());
            assertProblem(
                    403,
                    "forbidden",
                    Rest.patch(
                            editor, USERS + "/" + admin.id + "/profile", "*", "{\"bio\":\"x\"}"));
        }
    }

    @Nested
    @DisplayName("deletes and restores a user")
    class Deleting {

        @Test
        @DisplayName("whose sessions end at once, and who comes back as it was")
        void restores() {
            Rest.patch(ada, "/api/v1/me/profile", "*", "{\"bio\":\"Writes programs\"}");
            JsonNode before = Rest.json(Rest.get(admin, path));
            assertProblem(428, "precondition_required", Rest.delete(admin, path, null));
            assertProblem(412, "precondition_failed", Rest.delete(admin, path, "\"stale\""));
            assertEquals(200, sessionStatus(ada));
            assertEquals(204, Rest.delete(admin, path, Rest.tag(admin, path)).statusCode());
            assertEquals(401, sessionStatus(ada));
            assertEquals(401, Caller.signIn(ada.email, Caller.PASSWORD).statusCode());
            assertProblem(404, "not_found", Rest.get(admin, path));
            assertProblem(404, "not_found", Rest.delete(admin, path, "*"));
            Response restored = post(admin, ada.id, "restore", null);
            assertEquals(200, restored.statusCode(), restored.asString());
            assertEquals(restored.header("ETag"), Rest.tag(admin, path));
            for (String member : List.of("name", "email", "roles", "createdAt")) {
                assertEquals(before.get(member), Rest.json(restored).get(member));
            }
            assertEquals(401, sessionStatus(ada), "no session comes back");
            assertEquals(200, Caller.signIn(ada.email, Caller.PASSWORD).statusCode());
            assertEquals(
                    "Writes programs",
                    Rest.json(Rest.get(admin, path + "/profile")).get("bio").asText());
            assertTrue(actions(ada.id).containsAll(List.of("user.deleted", "user.restored")));
            assertProblem(404, "not_found", post(admin, ada.id, "restore", null));
        }

        @Test
        @DisplayName("whose address and user name are nobody else's until it is purged")
        void holds() {
            String username = "held" + UUID.randomUUID().toString().substring(0, 8);
            Database.update("UPDATE users SET username = ? WHERE id = ?", username, ada.id);
            Rest.delete(admin, path, "*").then().statusCode(204);
            Response taken = Caller.signUp(ada.email);
            Response known = Caller.signUp(admin.email);
            assertEquals(known.statusCode(), taken.statusCode());
            assertEquals(known.asString(), taken.asString());
            assertProblem(
                    409,
                    "email_taken",
                    create(admin, "{\"name\":\"x\",\"email\":\"" + ada.email + "\"}"));
            assertProblem(
                    409,
                    "username_taken",
                    Rest.patch(
                            admin,
                            USERS + "/" + admin.id,
                            "*",
                            "{\"username\":\"" + username + "\"}"));
            assertEquals(200, post(admin, ada.id, "restore", null).statusCode());
            Rest.delete(admin, path, "*").then().statusCode(204);
            Database.update("DELETE FROM users WHERE id = ?", ada.id);
            assertEquals(200, Caller.signUp(ada.email).statusCode());
        }

        @Test
        @DisplayName(
                "who deleted itself, and whose address is free, unless somebody else has it now")
        void ownDeletion() {
            Database.update("UPDATE users SET deleted_at = now() WHERE id = ?", ada.id);
            assertEquals(200, Caller.signUp(ada.email).statusCode());
            assertProblem(409, "email_taken", post(admin, ada.id, "restore", null));
            Caller bob = Caller.signUp();
            Database.update("UPDATE users SET deleted_at = now() WHERE id = ?", bob.id);
            assertEquals(200, post(admin, bob.id, "restore", null).statusCode());
        }

        @Test
        @DisplayName("but not itself, and restores nobody above")
        void refused() {
            assertProblem(409, "conflict", Rest.delete(admin, USERS + "/" + admin.id, "*"));
            Caller other = Caller.admin();
            Rest.delete(admin, USERS + "/" + other.id, "*").then().statusCode(204);
            assertProblem(
                    403,
                    "forbidden",
                    post(Callers.with("users:delete"), other.id, "restore", null));
        }
    }

    @Nested
    @DisplayName("keeps a user out")
    class Banning {

        @Test
        @DisplayName("with reason and end, until it is lifted")
        void bans() {
            Response banned =
                    post(
                            admin,
                            ada.id,
                            "ban",
                            "{\"reason\":\"Spam\",\"until\":\"2125-01-01T00:00:00Z\"}");
            assertEquals(200, banned.statusCode(), banned.asString());
            JsonNode user = Rest.json(banned);
            assertTrue(user.get("banned").asBoolean());
            assertEquals("Spam", user.get("banReason").asText());
            assertEquals("2125-01-01T00:00:00.000Z", user.get("banExpires").asText());
            assertEquals(banned.header("ETag"), Rest.tag(admin, path));
            assertEquals(401, sessionStatus(ada));
            assertEquals(403, Caller.signIn(ada.email, Caller.PASSWORD).statusCode());
            JsonNode lifted = Rest.json(post(admin, ada.id, "unban", null));
            assertFalse(lifted.get("banned").asBoolean());
            assertTrue(lifted.get("banReason").isNull());
            assertEquals(401, sessionStatus(ada), "no session comes back");
            assertEquals(200, Caller.signIn(ada.email, Caller.PASSWORD).statusCode());
            assertTrue(actions(ada.id).containsAll(List.of("user.banned", "user.unbanned")));
        }

        @Test
        @DisplayName("as it was last read, where it is told how that was")
        void stale() {
            String tag = Rest.tag(admin, USERS + "/" + ada.id);
            Rest.patch(admin, USERS + "/" + ada.id, "*", "{\"name\":\"Changed\"}");
            for (String action : List.of("ban", "unban")) {
                assertProblem(412, "precondition_failed", act(action, ada.id, tag));
                assertEquals(200, sessionStatus(ada));
            }
            tag = Rest.tag(admin, USERS + "/" + ada.id);
            assertEquals(200, act("ban", ada.id, tag).statusCode());
            assertEquals(401, sessionStatus(ada));
            Rest.delete(admin, USERS + "/" + ada.id, "*").then().statusCode(204);
            assertProblem(412, "precondition_failed", act("restore", ada.id, tag));
            assertEquals(200, act("restore", ada.id, "*").statusCode());
        }

        private Response act(String action, UUID id, String ifMatch) {
            return Rest.body(admin.request().header("If-Match", ifMatch), Rest.JSON, "{}")
                    .post(USERS + "/" + id + "/" + action);
        }

        @Test
        @DisplayName("but not itself, not until a time that is over, and for no odd reason")
        void refused() {
            assertProblem(409, "conflict", post(admin, admin.id, "ban", "{}"));
            assertInvalid(
                    post(admin, ada.id, "ban", "{\"until\":\"2001-01-01T00:00:00Z\"}"), "until");
            assertInvalid(post(admin, ada.id, "ban", "{\"until\":\"tomorrow\"}"), "until");
            assertInvalid(
                    post(admin, ada.id, "ban", "{\"until\":\"+300000-01-01T00:00:00Z\"}"), "until");
            assertInvalid(post(admin, ada.id, "ban", "{\"reason\":\"\"}"), "reason");
            assertInvalid(post(admin, ada.id, "ban", "{\"banned\":false}"), "banned");
            assertEquals(200, sessionStatus(ada));
        }
    }

    @Nested
    @DisplayName("requires another password")
    class PasswordChange {

        @Test
        @DisplayName("so that the old one is as good as a wrong one until the mailed link is used")
        void requires() {
            Database.update("UPDATE users SET email_verified = true WHERE id = ?", ada.id);
            Response answer =
                    post(admin, ada.id, "require-password-change", "{\"redirectTo\":\"/choose\"}");
            assertEquals(204, answer.statusCode(), answer.asString());
            assertEquals(401, sessionStatus(ada));
            Response right = Caller.signIn(ada.email, Caller.PASSWORD);
            Response wrong = Caller.signIn(ada.email, "not-the-password");
            assertEquals(401, right.statusCode());
            assertEquals(wrong.asString(), right.asString());
            String target =
                    MailedLinks.follow(Mails.last("CHANGE_PASSWORD", ada.email).value("url"))
                            .header("Location");
            assertTrue(target.startsWith(Caller.ORIGIN + "/choose?token="), target);
            String token = MailedLinks.parameter(target, "token");
            assertEquals(200, setPassword(token, "another-password").statusCode());
            assertEquals(401, Caller.signIn(ada.email, Caller.PASSWORD).statusCode());
            assertEquals(200, Caller.signIn(ada.email, "another-password").statusCode());
            assertTrue(actions(ada.id).contains("password.change_required"));
        }

        @Test
        @DisplayName("by no link that leads to where nobody is trusted")
        void redirect() {
            for (String target : MailedLinks.FOREIGN_TARGETS) {
                assertInvalid(
                        post(
                                admin,
                                ada.id,
                                "require-password-change",
                                "{\"redirectTo\":" + Rest.quote(target) + "}"),
                        "redirectTo");
            }
            assertEquals(200, sessionStatus(ada));
        }
    }

    @Nested
    @DisplayName("at the same time as somebody else")
    class Races {

        @Test
        @DisplayName("leaves one of two administrators who ban each other")
        void eachOther() throws Exception {
            for (int i = 0; i < 5; i++) {
                Caller first = Caller.admin();
                Caller second = Caller.admin();
                List<Response> answers =
                        AtOnce.run(
                                List.of(
                                        () -> post(first, second.id, "ban", "{}"),
                                        () -> post(second, first.id, "ban", "{}")));
                assertEquals(1, answers.stream().filter(a -> a.statusCode() == 200).count());
                assertEquals(
                        1L,
                        Database.value(
                                "SELECT count(*) FROM users WHERE banned AND id IN (?, ?)",
                                first.id,
                                second.id));
                answers.stream()
                        .filter(a -> a.statusCode() != 200)
                        .forEach(
                                a ->
                                        assertTrue(
                                                a.statusCode() == 403 || a.statusCode() == 401,
                                                a.asString()));
            }
        }

        @Test
        @DisplayName(
                "leaves one of two who take each other's role, delete each other, in both dialects")
        void mixed() throws Exception {
            Caller first = Caller.admin();
            Caller second = Caller.admin();
            List<Response> answers =
                    AtOnce.run(
                            List.of(
                                    () -> Rest.delete(first, USERS + "/" + second.id, "*"),
                                    () ->
                                            second.request()
                                                    .contentType(ContentType.JSON)
                                                    .body(
                                                            Map.of(
                                                                    "userId",
                                                                    first.id.toString(),
                                                                    "role",
                                                                    "user"))
                                                    .post("/api/auth/admin/set-role")));
            assertEquals(1, answers.stream().filter(a -> a.statusCode() < 300).count());
        }

        @Test
        @DisplayName("makes one user of many requests with the same address")
        void sameAddress() throws Exception {
            String email = Caller.newEmail();
            List<Response> answers =
                    AtOnce.run(
                            4, () -> create(admin, "{\"name\":\"x\",\"email\":\"" + email + "\"}"));
            assertEquals(1, answers.stream().filter(a -> a.statusCode() == 201).count());
            answers.stream()
                    .filter(a -> a.statusCode() != 201)
                    .forEach(a -> assertProblem(409, "email_taken", a));
            assertEquals(1, Mails.to(email).size());
        }
    }

    @Test
    @DisplayName("leaves the last administrator, whom nobody demotes")
    void last() {
        List<UUID> others =
                Database.query(
                                "SELECT user_id FROM role_grants g JOIN roles r ON r.id = g.role_id"
                                        + " JOIN users u ON u.id = g.user_id WHERE '*' = ANY"
                                        + " (r.permissions) AND u.deleted_at IS NULL AND NOT"
                                        + " u.banned AND u.id <> ?",
                                admin.id)
                        .stream()
                        .map(row -> (UUID) row.get("user_id"))
                        .toList();
        others.forEach(id -> Database.update("UPDATE users SET banned = true WHERE id = ?", id));
        try {
            String self = USERS + "/" + admin.id;
            assertProblem(
                    409,
                    "last_administrator",
                    Rest.patch(admin, self, "*", "{\"roles\":[\"support\"]}"));
            for (String dryRun : List.of("", ",\"dryRun\":true")) {
                assertProblem(
                        409,
                        "last_administrator",
                        Rest.body(
                                        admin.request(),
                                        Rest.JSON,
                                        "{\"ids\":[\""
                                                + admin.id
                                                + "\"],\"patch\":{\"roles\":null}"
                                                + dryRun
                                                + "}")
                                .patch(USERS + "/bulk"));
            }
        } finally {
            others.forEach(
                    id -> Database.update("UPDATE users SET banned = false WHERE id = ?", id));
        }
        assertNull(Rest.json(Rest.get(admin, USERS + "/" + admin.id)).get("banReason").textValue());
    }
}
