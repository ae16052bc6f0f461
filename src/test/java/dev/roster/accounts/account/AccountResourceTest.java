package dev.roster.accounts.account;

import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.roster.testing.AtOnce;
import dev.roster.testing.Caller;
import dev.roster.testing.Cookies;
import dev.roster.testing.Database;
import dev.roster.testing.Device;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@QuarkusTest
class AccountResourceTest {

    private static final String NEW_PASSWORD = "another-horse-battery";

    @Nested
    @DisplayName("Changing the password")
    class ChangePassword {

        @Test
        @DisplayName("several times at once with the same old one succeeds once")
        void atOnce() throws InterruptedException {
            Caller caller = Caller.signUp();
            List<Callable<Response>> calls = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                String next = NEW_PASSWORD + i;
                calls.add(() -> change(caller.token, Caller.PASSWORD, next, false));
            }
            List<Response> answers = AtOnce.run(calls);
            List<String> working = new ArrayList<>();
            for (int i = 0; i < answers.size(); i++) {
                int status = answers.get(i).statusCode();
                int signIn = Caller.signIn(caller.email, NEW_PASSWORD + i).statusCode();
                if (status == 200) {
                    working.add(NEW_PASSWORD + i);
                    assertEquals(200, signIn);
                } else {
                    answers.get(i).then().statusCode(400).body("code", equalTo("INVALID_PASSWORD"));
                    assertEquals(401, signIn);
                }
            }
            assertEquals(1, working.size(), working.toString());
            Caller.signIn(caller.email, Caller.PASSWORD).then().statusCode(401);
            assertEquals(1, events(caller, "password.changed"));
        }

        @Test
        @DisplayName("leaves the sessions alone, and tells when the credential changed")
        void keepsSessions() {
            Caller caller = Caller.signUp();
            String phone = caller.signInAgain();
            Database.update(
                    "UPDATE credentials SET created_at = created_at - interval '1 day', updated_at"
                            + " = updated_at - interval '1 day' WHERE user_id = ?",
                    caller.id);
            Response response = change(caller.token, Caller.PASSWORD, NEW_PASSWORD, false);
            response.then().statusCode(200).body("token", nullValue());
            assertEquals(List.of(), Cookies.set(response));
            assertTrue(isSignedIn(phone));
            assertTrue(isSignedIn(caller.token));
            assertEquals(
                    true,
                    Database.value(
                            "SELECT updated_at > now() - interval '1 hour' FROM credentials WHERE"
                                    + " user_id = ?",
                            caller.id));
        }

        @Test
        @DisplayName("ends every session where that is asked for, and begins a new one")
        void revokes() {
            Caller caller = Caller.signUp();
            String phone = caller.signInAgain();
            Device device = Device.approvedBy(caller);
            Response response = change(caller.token, Caller.PASSWORD, NEW_PASSWORD, true);
            String token = response.path("token");
            device.assertForgotten();
            assertNotEquals(caller.token, token);
            assertEquals(token, Cookies.decode(Cookies.session(response)).substring(0, 32));
            assertTrue(isSignedIn(token));
            assertTrue(!isSignedIn(phone));
            assertTrue(!isSignedIn(caller.token));
            assertEquals(
                    1L,
                    Database.value("SELECT count(*) FROM sessions WHERE user_id = ?", caller.id));
            assertEquals(1, events(caller, "password.changed"));
            assertEquals(1, events(caller, "sessions.revoked"));
        }

        @Test
        @DisplayName("is refused with a wrong, empty or too long current one, and changes nothing")
        void refused() {
            Caller caller = Caller.signUp();
            Map<String, String> refused =
                    Map.of(
                            "wrong-password-1",
                            "INVALID_PASSWORD",
                            "",
                            "INVALID_PASSWORD",
                            "x".repeat(4097),
                            "PASSWORD_TOO_LONG");
            refused.forEach(
                    (current, code) ->
                            change(caller.token, current, NEW_PASSWORD, true)
                                    .then()
                                    .statusCode(400)
                                    .body("code", equalTo(code)));
            assertTrue(isSignedIn(caller.token));
            caller.signInAgain();
            assertEquals(0, events(caller, "password.changed"));
        }

        @Test
        @DisplayName("needs a password to change")
        void none() {
            Caller caller = Caller.signUp();
            Database.update("DELETE FROM credentials WHERE user_id = ?", caller.id);
            change(caller.token, Caller.PASSWORD, NEW_PASSWORD, false)
                    .then()
                    .statusCode(400)
                    .body("code", equalTo("CREDENTIAL_ACCOUNT_NOT_FOUND"));
            caller.request()
                    .contentType(ContentType.JSON)
                    .body(Map.of("password", Caller.PASSWORD))
                    .post("/api/auth/verify-password")
                    .then()
                    .statusCode(400)
                    .body("code", equalTo("INVALID_PASSWORD"));
        }

        private Response change(String token, String current, String next, boolean revoke) {
            return Caller.as(token)
                    .contentType(ContentType.JSON)
                    .body(
                            Map.of(
                                    "currentPassword",
                                    current,
                                    "newPassword",
                                    next,
                                    "revokeOtherSessions",
                                    revoke))
                    .post("/api/auth/change-password");
        }
    }

    @Nested
    @DisplayName("Deleting the user by a one-time token")
    class DeleteByToken {

        @Test
        @DisplayName("works once, with an old session too, and ends every session")
        void once() {
            Caller caller = Caller.signUp();
            String phone = caller.signInAgain();
            String token = issue(caller.id, "DELETE_USER", "1 hour");
            age(caller);
            delete(caller.token, Map.of())
                    .then()
                    .statusCode(400)
                    .body("code", equalTo("SESSION_EXPIRED"));
            Response response = delete(caller.token, Map.of("token", token));
            response.then().statusCode(200).body("success", equalTo(true));
            assertEquals(Cookies.FORGET, Cookies.set(response));
            assertTrue(!isSignedIn(caller.token));
            assertTrue(!isSignedIn(phone));
            assertEquals(0L, left(token));
            assertEquals(1, events(caller, "user.deleted"));
            delete(caller.token, Map.of("token", token)).then().statusCode(401);
        }

        @Test
        @DisplayName("is not possible with a token that was used")
        void used() {
            Caller caller = Caller.signUp();
            String token = issue(caller.id, "DELETE_USER", "1 hour");
            delete(caller.token, Map.of("token", token)).then().statusCode(200);
            // as if the user had been restored with its session
            Database.update("UPDATE users SET deleted_at = NULL WHERE id = ?", caller.id);
            String again = caller.signInAgain();
            refused(again, token);
        }

        @Test
        @DisplayName("is not possible with another user's token, which stays good")
        void foreign() {
            Caller ada = Caller.signUp();
            Caller mallory = Caller.signUp();
            String token = issue(ada.id, "DELETE_USER", "1 hour");
            refused(mallory.token, token);
            assertEquals(1L, left(token));
            delete(ada.token, Map.of("token", token)).then().statusCode(200);
        }

        @Test
        @DisplayName("is not possible with a token for something else, or for nobody")
        void purpose() {
            Caller caller = Caller.signUp();
            refused(caller.token, issue(caller.id, "RESET_PASSWORD", "1 hour"));
            refused(caller.token, issue(null, "DELETE_USER", "1 hour"));
        }

        @Test
        @DisplayName("is not possible with a token whose time is over")
        void expired() {
            Caller caller = Caller.signUp();
            refused(caller.token, issue(caller.id, "DELETE_USER", "-1 second"));
        }

        @Test
        @DisplayName("is not possible with a token changed, cut off, or its digest")
        void tampered() {
            Caller caller = Caller.signUp();
            String token = issue(caller.id, "DELETE_USER", "1 hour");
            String digest =
                    (String)
                            Database.value(
                                    "SELECT encode(token_digest, 'hex') FROM verifications WHERE"
                                            + " user_id = ?",
                                    caller.id);
            for (String changed :
                    List.of(
                            token.substring(1),
                            token.substring(0, 31),
                            token + "x",
                            token.toUpperCase(Locale.ROOT),
                            " " + token,
                            digest,
                            "\\x" + digest)) {
                refused(caller.token, changed);
            }
            assertEquals(1L, left(token));
        }

        @Test
        @DisplayName("twenty times at once succeeds once")
        void atOnce() throws InterruptedException {
            Caller caller = Caller.signUp();
            String token = issue(caller.id, "DELETE_USER", "1 hour");
            Map<Integer, Integer> statuses = new HashMap<>();
            for (Response answer :
                    AtOnce.run(20, () -> delete(caller.token, Map.of("token", token)))) {
                statuses.merge(answer.statusCode(), 1, Integer::sum);
            }
            assertEquals(1, statuses.remove(200), statuses.toString());
            // the token was gone, or the session already was
            assertTrue(List.of(401, 404).containsAll(statuses.keySet()), statuses.toString());
            assertEquals(1, events(caller, "user.deleted"));
        }

        private void refused(String session, String token) {
            delete(session, Map.of("token", token))
                    .then()
                    .statusCode(404)
                    .body("code", equalTo("INVALID_TOKEN"));
            assertTrue(isSignedIn(session));
        }

        private String issue(UUID user, String purpose, String lifetime) {
            String token = UUID.randomUUID().toString().replace("-", "");
            Database.update(
                    "INSERT INTO verifications (id, purpose, user_id, token_digest, expires_at)"
                            + " VALUES (?, ?, ?, sha256(convert_to(?, 'UTF8')), now() +"
                            + " CAST(? AS interval))",
                    UUID.randomUUID(),
                    purpose,
                    user,
                    token,
                    lifetime);
            return token;
        }

        private long left(String token) {
            return (long)
                    Database.value(
                            "SELECT count(*) FROM verifications WHERE token_digest ="
                                    + " sha256(convert_to(?, 'UTF8'))",
                            token);
        }

        private void age(Caller caller) {
            Database.update(
                    "UPDATE sessions SET created_at = created_at - interval '2 days' WHERE user_id"
                            + " = ?",
                    caller.id);
        }
    }

    @Nested
    @DisplayName("Deleting the user by password")
    class DeleteByPassword {

        @Test
        @DisplayName("is refused with a wrong, empty or too long one though the session is fresh")
        void refused() {
            Caller caller = Caller.signUp();
            Map<String, String> refused =
                    Map.of(
                            "wrong-password-1",
                            "INVALID_PASSWORD",
                            "",
                            "INVALID_PASSWORD",
                            "x".repeat(4097),
                            "PASSWORD_TOO_LONG");
            refused.forEach(
                    (password, code) ->
                            delete(caller.token, Map.of("password", password))
                                    .then()
                                    .statusCode(400)
                                    .body("code", equalTo(code)));
            assertTrue(isSignedIn(caller.token));
        }

        @Test
        @DisplayName("is told in the audit trail and leaves no session")
        void audited() {
            Caller caller = Caller.signUp();
            caller.signInAgain();
            delete(caller.token, Map.of("password", Caller.PASSWORD)).then().statusCode(200);
            assertEquals(
                    List.of("user.deleted", "sessions.revoked"),
                    Database.query(
                                    "SELECT action FROM audit_events WHERE actor_id = ? AND"
                                            + " target_type = 'user' AND action <>"
                                            + " 'user.signed_up' ORDER BY id",
                                    caller.id)
                            .stream()
                            .map(row -> row.get("action"))
                            .toList());
            assertEquals(
                    0L,
                    Database.value("SELECT count(*) FROM sessions WHERE user_id = ?", caller.id));
        }
    }

    @Nested
    @DisplayName("Updating the user")
    class UpdateUser {

        @Test
        @DisplayName("is told in the audit trail with what it was and is")
        void audited() {
            Caller caller = Caller.signUp();
            update(caller, "{\"name\":\"Ada\"}").then().statusCode(200);
            Map<String, Object> event =
                    Database.query(
                                    "SELECT CAST(before AS text) AS before, CAST(after AS text) AS"
                                            + " after, actor_id FROM audit_events WHERE action ="
                                            + " 'user.updated' AND target_id = ?",
                                    caller.id)
                            .get(0);
            assertEquals("{\"name\": \"Test User\"}", event.get("before"));
            assertEquals("{\"name\": \"Ada\"}", event.get("after"));
            assertEquals(caller.id, event.get("actor_id"));
        }

        @Test
        @DisplayName("with nothing but nulls that may not be set has nothing to update")
        void nothing() {
            Caller caller = Caller.signUp();
            for (String body : List.of("{}", "{\"email\":null}", "{\"role\":null}")) {
                update(caller, body)
                        .then()
                        .statusCode(400)
                        .body("message", equalTo("No fields to update"))
                        .body("code", nullValue());
            }
        }

        private Response update(Caller caller, String body) {
            return caller.request()
                    .contentType(ContentType.JSON)
                    .body(body)
                    .post("/api/auth/update-user");
        }
    }

    @Nested
    @DisplayName("Unlinking an account")
    class Unlink {

        @Test
        @DisplayName("leaves the last one, whatever is named")
        void last() {
            Caller ada = Caller.signUp();
            for (String id : List.of(accounts(ada).get("credential"), "nope")) {
                unlink(ada.token, id)
                        .then()
                        .statusCode(400)
                        .body("code", equalTo("FAILED_TO_UNLINK_LAST_ACCOUNT"));
            }
        }

        @Test
        @DisplayName("takes the one that is named, not another's or an unknown one")
        void named() {
            Caller ada = Caller.signUp();
            Caller mallory = Caller.signUp();
            link(ada, "google");
            link(mallory, "google");
            for (String id : List.of("nope", "", accounts(mallory).get("google"))) {
                unlink(ada.token, id)
                        .then()
                        .statusCode(400)
                        .body("code", equalTo("ACCOUNT_NOT_FOUND"));
            }
            unlink(ada.token, accounts(ada).get("google"))
                    .then()
                    .statusCode(200)
                    .body("status", equalTo(true));
            assertEquals(java.util.Set.of("credential"), accounts(ada).keySet());
            assertEquals(2, accounts(mallory).size());
            assertEquals(1, events(ada, "account.unlinked"));
        }

        @Test
        @DisplayName("each of two at once leaves one")
        void atOnce() throws InterruptedException {
            Caller ada = Caller.signUp();
            link(ada, "google");
            List<String> ids = List.copyOf(accounts(ada).values());
            List<Integer> statuses =
                    new ArrayList<>(
                            AtOnce.numbered(2, i -> unlink(ada.token, ids.get(i)).statusCode()));
            statuses.sort(null);
            assertEquals(List.of(200, 400), statuses);
            assertEquals(1, accounts(ada).size());
        }

        @Test
        @DisplayName("needs a fresh session and a row's id")
        void refused() {
            Caller ada = Caller.signUp();
            ada.request()
                    .contentType(ContentType.JSON)
                    .body(Map.of("providerId", "credential"))
                    .post("/api/auth/unlink-account")
                    .then()
                    .statusCode(400)
                    .body("code", equalTo("VALIDATION_ERROR"));
            Database.update(
                    "UPDATE sessions SET created_at = created_at - interval '2 days' WHERE user_id"
                            + " = ?",
                    ada.id);
            unlink(ada.token, "x")
                    .then()
                    .statusCode(403)
                    .body("code", equalTo("SESSION_NOT_FRESH"));
            unlink("x".repeat(32), "x")
                    .then()
                    .statusCode(401)
                    .body("code", equalTo("UNAUTHORIZED"));
        }

        private Map<String, String> accounts(Caller caller) {
            Map<String, String> ids = new HashMap<>();
            for (Map<String, Object> row :
                    Database.query(
                            "SELECT provider_id, id::text AS id FROM credentials WHERE user_id ="
                                    + " ?",
                            caller.id)) {
                ids.put((String) row.get("provider_id"), (String) row.get("id"));
            }
            return ids;
        }

        private void link(Caller caller, String provider) {
            Database.update(
                    "INSERT INTO credentials (id, user_id, provider_id, account_id) VALUES"
                            + " (gen_random_uuid(), ?, ?, ?)",
                    caller.id,
                    provider,
                    caller.id.toString());
        }

        private Response unlink(String session, String accountId) {
            return Caller.as(session)
                    .contentType(ContentType.JSON)
                    .body(Map.of("accountId", accountId))
                    .post("/api/auth/unlink-account");
        }
    }

    @Nested
    @DisplayName("Updating the session")
    class UpdateSession {

        @Test
        @DisplayName("has nothing to update, and refuses what only the service sets")
        void refused() {
            Caller ada = Caller.signUp();
            for (String body : List.of("{}", "{\"foo\":1}", "{\"token\":\"x\"}")) {
                update(ada, body)
                        .then()
                        .statusCode(400)
                        .body("message", equalTo("No fields to update"))
                        .body("code", nullValue());
            }
            for (String name : List.of("activeOrganizationId", "activeTeamId", "impersonatedBy")) {
                update(ada, "{\"" + name + "\":\"x\"}")
                        .then()
                        .statusCode(400)
                        .body("code", equalTo("FIELD_NOT_ALLOWED"));
            }
            for (String body : List.of("[]", "null", "\"x\"")) {
                update(ada, body).then().statusCode(400).body("code", equalTo("VALIDATION_ERROR"));
            }
            Caller.as("x".repeat(32))
                    .contentType(ContentType.JSON)
                    .body("{\"foo\":1}")
                    .post("/api/auth/update-session")
                    .then()
                    .statusCode(401)
                    .body("code", equalTo("UNAUTHORIZED"));
        }

        private Response update(Caller caller, String body) {
            return caller.request()
                    .contentType(ContentType.JSON)
                    .body(body)
                    .post("/api/auth/update-session");
        }
    }

    private static Response delete(String session, Map<String, String> body) {
        return Caller.as(session)
                .contentType(ContentType.JSON)
                .body(body)
                .post("/api/auth/delete-user");
    }

    private static boolean isSignedIn(String token) {
        return !Caller.as(token).get("/api/auth/get-session").asString().equals("null");
    }

    private static int events(Caller caller, String action) {
        return Database.query(
                        "SELECT id FROM audit_events WHERE action = ? AND target_id = ? AND"
                                + " actor_id = ?",
                        action,
                        caller.id,
                        caller.id)
                .size();
    }
}
