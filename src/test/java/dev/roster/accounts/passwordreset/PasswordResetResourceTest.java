package dev.roster.accounts.passwordreset;

import static io.restassured.RestAssured.given;
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
import dev.roster.testing.MailedLinks;
import dev.roster.testing.Mails;
import dev.roster.testing.Statements;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@QuarkusTest
class PasswordResetResourceTest {

    private static final String NEW_PASSWORD = "another-horse-battery";

    @Nested
    @DisplayName("Asking for a reset")
    class Request {

        @Test
        @DisplayName("says the same for known and unknown addresses, and mails the known")
        void sameAnswer() {
            Caller ada = Caller.signUp();
            String stranger = Caller.newEmail();
            Response known = request(ada.email.toUpperCase(Locale.ROOT), "/reset?a=b");
            Response unknown = request(stranger, "/reset?a=b");
            known.then()
                    .statusCode(200)
                    .body("status", equalTo(true))
                    .body(
                            "message",
                            equalTo(
                                    "If this email exists in our system, check your email for the"
                                            + " reset link"));
            assertEquals(known.asString(), unknown.asString());
            assertEquals(known.statusCode(), unknown.statusCode());
            assertEquals(List.of(), Mails.to(stranger));
            assertTrue(token(ada.email).matches("[a-zA-Z0-9]{24}"), token(ada.email));
            assertEquals("/reset?a=b", MailedLinks.parameter(url(ada.email), "callbackURL"));
            assertEquals(
                    0L,
                    Database.value(
                            "SELECT count(*) FROM mail_outbox WHERE recipient = '' AND sent_at IS"
                                    + " NULL"),
                    "what is mailed to nobody waits for no dispatcher");
        }

        @Test
        @DisplayName("mails links to the configured host, whatever host the request claims")
        void forgedHost() {
            Caller ada = Caller.signUp();
            given().header("Host", "evil.example")
                    .header("X-Forwarded-Host", "evil.example")
                    .header("X-Forwarded-Proto", "https")
                    .header("Forwarded", "host=evil.example")
                    .header("Referer", "https://evil.example/x")
                    .contentType(ContentType.JSON)
                    .body(Map.of("email", ada.email))
                    .post("/api/auth/request-password-reset")
                    .then()
                    .statusCode(200);
            assertTrue(
                    url(ada.email)
                            .matches(
                                    Caller.ORIGIN
                                            + "/api/auth/reset-password/\\w{24}\\?callbackURL=%2F"),
                    url(ada.email));
        }

        @Test
        @DisplayName("is refused for what is no address, and with a target elsewhere")
        void refused() {
            request("bad", null).then().statusCode(400).body("code", equalTo("VALIDATION_ERROR"));
            for (String target : MailedLinks.FOREIGN_TARGETS) {
                Response answer = request(Caller.newEmail(), target);
                assertEquals(403, answer.statusCode(), target);
                answer.then().body("code", equalTo("INVALID_REDIRECT_URL"));
            }
            given().contentType(ContentType.JSON)
                    .body(Map.of("email", Caller.newEmail()))
                    .post("/api/auth/forget-password")
                    .then()
                    .statusCode(404);
        }

        @Test
        @DisplayName("sends nothing to guests and deleted users")
        void nobody() {
            Caller guest = Caller.signUp();
            Database.update("UPDATE users SET anonymous = true WHERE id = ?", guest.id);
            Caller gone = Caller.signUp();
            Database.update("UPDATE users SET deleted_at = now() WHERE id = ?", gone.id);
            for (Caller caller : List.of(guest, gone)) {
                int mails = Mails.to(caller.email).size();
                request(caller.email, null).then().statusCode(200);
                assertEquals(mails, Mails.to(caller.email).size());
            }
        }
    }

    @Nested
    @DisplayName("The mailed link")
    class Link {

        @Test
        @DisplayName("leads to the application with the token, which stays good")
        void good() {
            Caller ada = Caller.signUp();
            request(ada.email, "/reset?token=mine&x=1#f").then().statusCode(200);
            for (int i = 0; i < 2; i++) {
                Response answer = MailedLinks.follow(url(ada.email));
                answer.then()
                        .statusCode(302)
                        .header(
                                "Location",
                                Caller.ORIGIN + "/reset?x=1&token=" + token(ada.email) + "#f");
                assertEquals(List.of(), Cookies.set(answer));
            }
            reset(token(ada.email)).then().statusCode(200);
            MailedLinks.follow(url(ada.email))
                    .then()
                    .header(
                            "Location",
                            equalTo(Caller.ORIGIN + "/reset?token=mine&x=1&error=INVALID_TOKEN#f"));
        }

        @Test
        @DisplayName("leads there with an error where the token is bad, and nowhere else")
        void bad() {
            follow("bad", "/reset")
                    .then()
                    .statusCode(302)
                    .header("Location", Caller.ORIGIN + "/reset?error=INVALID_TOKEN");
            follow("bad", "http://trusted.example:3000/r")
                    .then()
                    .header(
                            "Location",
                            equalTo("http://trusted.example:3000/r?error=INVALID_TOKEN"));
            follow("bad", "")
                    .then()
                    .statusCode(302)
                    .header("Location", Caller.ORIGIN + "/api/auth/error?error=INVALID_TOKEN");
            given().get("/api/auth/reset-password/bad")
                    .then()
                    .statusCode(400)
                    .body("code", equalTo("VALIDATION_ERROR"))
                    .body(
                            "message",
                            equalTo(
                                    "[query.callbackURL] Invalid input: expected string, received"
                                            + " undefined"));
            for (String target : MailedLinks.FOREIGN_TARGETS) {
                Response answer = follow("bad", target);
                assertEquals(403, answer.statusCode(), target);
                answer.then()
                        .body("code", equalTo("INVALID_CALLBACK_URL"))
                        .header("Location", nullValue());
            }
        }

        private Response follow(String token, String target) {
            return given().redirects()
                    .follow(false)
                    .queryParam("callbackURL", target)
                    .get("/api/auth/reset-password/" + token);
        }
    }

    @Nested
    @DisplayName("Resetting")
    class Reset {

        @Test
        @DisplayName("works once, signs nobody in, and leaves a verified user's sessions")
        void once() {
            Caller ada = verified();
            Device device = Device.approvedBy(ada);
            String token = issue(ada.email);
            Response response = reset(token);
            response.then().statusCode(200).body("status", equalTo(true));
            device.assertForgotten();
            assertEquals(List.of(), Cookies.set(response));
            response.then().header("set-auth-token", nullValue());
            assertTrue(isSignedIn(ada.token));
            refused(token);
            Caller.signIn(ada.email, Caller.PASSWORD).then().statusCode(401);
            Caller.signIn(ada.email, NEW_PASSWORD).then().statusCode(200);
            assertEquals(1, events(ada, "password.reset"));
            assertEquals(1, events(ada, "email.verified"), "by the link alone");
        }

        @Test
        @DisplayName("takes the token from the query too")
        void query() {
            Caller ada = Caller.signUp();
            given().queryParam("token", issue(ada.email))
                    .contentType(ContentType.JSON)
                    .body(Map.of("newPassword", NEW_PASSWORD))
                    .post("/api/auth/reset-password")
                    .then()
                    .statusCode(200);
            Caller.signIn(ada.email, NEW_PASSWORD).then().statusCode(200);
        }

        @Test
        @DisplayName("with a bad password leaves the token good")
        void badPassword() {
            Caller ada = Caller.signUp();
            String token = issue(ada.email);
            reset(token, "x").then().statusCode(400).body("code", equalTo("PASSWORD_TOO_SHORT"));
            reset(token, "x".repeat(129))
                    .then()
                    .statusCode(400)
                    .body("code", equalTo("PASSWORD_TOO_LONG"));
            given().contentType(ContentType.JSON)
                    .body(Map.of("token", token))
                    .post("/api/auth/reset-password")
                    .then()
                    .statusCode(400)
                    .body("code", equalTo("VALIDATION_ERROR"));
            reset(token).then().statusCode(200);
        }

        @Test
        @DisplayName("is refused without a token, or with one lost, changed, cut off or too old")
        void tampered() {
            Caller ada = Caller.signUp();
            String token = issue(ada.email);
            for (String spoiled : MailedLinks.spoiled(token)) {
                refused(spoiled);
            }
            refused("\u0001");
            given().contentType(ContentType.JSON)
                    .body(Map.of("newPassword", NEW_PASSWORD))
                    .post("/api/auth/reset-password")
                    .then()
                    .statusCode(400)
                    .body("code", equalTo("INVALID_TOKEN"));
            Database.update(
                    "UPDATE verifications SET expires_at = now() - interval '1 second' WHERE"
                            + " user_id = ?",
                    ada.id);
            refused(token);
            Caller.signIn(ada.email, Caller.PASSWORD).then().statusCode(200);
        }

        @Test
        @DisplayName("is refused with a token for something else, or of nobody")
        void purpose() {
            Caller ada = Caller.signUp();
            refused(
                    MailedLinks.parameter(
                            Mails.last("VERIFY_EMAIL", ada.email).value("url"), "token"));
            for (String purpose :
                    List.of("DELETE_USER", "MAGIC_LINK", "ONE_TIME_TOKEN", "CHANGE_EMAIL")) {
                String token = issue(ada.email);
                Database.update(
                        "UPDATE verifications SET purpose = ? WHERE user_id = ?", purpose, ada.id);
                refused(token);
                Database.update("DELETE FROM verifications WHERE user_id = ?", ada.id);
            }
            String token = issue(ada.email);
            Database.update("UPDATE verifications SET user_id = NULL WHERE user_id = ?", ada.id);
            refused(token);
            String own = issue(ada.email);
            given().contentType(ContentType.JSON)
                    .header("Authorization", "Bearer " + ada.token)
                    .body(Map.of("token", own))
                    .post("/api/auth/delete-user")
                    .then()
                    .statusCode(404)
                    .body("code", equalTo("INVALID_TOKEN"));
            assertTrue(isSignedIn(ada.token));
        }

        @Test
        @DisplayName("twenty times at once has one winner")
        void atOnce() throws InterruptedException {
            Caller ada = Caller.signUp();
            String token = issue(ada.email);
            List<Response> answers =
                    AtOnce.numbered(20, i -> reset(token, NEW_PASSWORD + (100 + i)));
            List<Integer> winners = new ArrayList<>();
            for (int i = 0; i < answers.size(); i++) {
                if (answers.get(i).statusCode() == 200) {
                    winners.add(i);
                } else if (answers.get(i).statusCode() != 503) {
                    answers.get(i).then().statusCode(400).body("code", equalTo("INVALID_TOKEN"));
                }
            }
            assertEquals(1, winners.size());
            Caller.signIn(ada.email, NEW_PASSWORD + (100 + winners.get(0))).then().statusCode(200);
            assertEquals(1, events(ada, "password.reset"));
        }

        @Test
        @DisplayName("by different tokens of one user at once has one winner as well")
        void severalTokens() throws InterruptedException {
            Caller ada = Caller.signUp();
            Database.update("DELETE FROM credentials WHERE user_id = ?", ada.id);
            List<String> tokens = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                tokens.add(issue(ada.email));
            }
            Map<Integer, Integer> statuses = new HashMap<>();
            for (Response answer : AtOnce.numbered(6, i -> reset(tokens.get(i)))) {
                statuses.merge(answer.statusCode(), 1, Integer::sum);
            }
            assertEquals(1, statuses.remove(200), statuses.toString());
            statuses.remove(503);
            assertTrue(statuses.isEmpty() || statuses.keySet().equals(java.util.Set.of(400)));
            Caller.signIn(ada.email, NEW_PASSWORD).then().statusCode(200);
        }

        @Test
        @DisplayName("beside sign-ins by the old password leaves none of their sessions")
        void besideSignIns() throws InterruptedException {
            Caller ada = Caller.signUp();
            String token = issue(ada.email);
            List<Response> answers =
                    AtOnce.numbered(
                            8,
                            i -> i == 0 ? reset(token) : Caller.signIn(ada.email, Caller.PASSWORD));
            for (Response answer : answers.subList(1, 8)) {
                assertTrue(List.of(200, 401, 503).contains(answer.statusCode()), answer.asString());
            }
            answers.get(0).then().statusCode(200);
            assertEquals(
                    0L, Database.value("SELECT count(*) FROM sessions WHERE user_id = ?", ada.id));
        }

        @Test
        @DisplayName("makes a password for a user who had none, and voids every other token")
        void others() {
            Caller ada = Caller.signUp();
            Database.update("DELETE FROM credentials WHERE user_id = ?", ada.id);
            String first = issue(ada.email);
            String second = issue(ada.email);
            assertNotEquals(first, second);
            reset(second).then().statusCode(200);
            refused(first);
            assertEquals(
                    0L,
                    Database.value("SELECT count(*) FROM verifications WHERE user_id = ?", ada.id));
            Caller.signIn(ada.email, NEW_PASSWORD).then().statusCode(200);
        }

        @Test
        @DisplayName("proves an address for the first time, and puts whoever took it before out")
        void preHijacked() {
            // the attacker's account, made with the victim's address
            Caller attacker = Caller.signUp();
            String phone = attacker.signInAgain();
            Database.update(
                    "INSERT INTO credentials (id, user_id, provider_id, account_id) VALUES"
                            + " (gen_random_uuid(), ?, 'github', ?)",
                    attacker.id,
                    attacker.id.toString());
            Caller.as(attacker.token)
                    .contentType(ContentType.JSON)
                    .body(Map.of("name", "back door"))
                    .post("/api/auth/api-key/create")
                    .then()
                    .statusCode(200);
            reset(issue(attacker.email)).then().statusCode(200);
            assertEquals(
                    0L,
                    Database.value("SELECT count(*) FROM api_keys WHERE user_id = ?", attacker.id));
            assertTrue(!isSignedIn(attacker.token));
            assertTrue(!isSignedIn(phone));
            Caller.signIn(attacker.email, Caller.PASSWORD).then().statusCode(401);
            Caller.signIn(attacker.email, NEW_PASSWORD)
                    .then()
                    .statusCode(200)
                    .body("user.emailVerified", equalTo(true));
            assertEquals(
                    List.of("credential"),
                    Database.query(
                                    "SELECT provider_id FROM credentials WHERE user_id = ?",
                                    attacker.id)
                            .stream()
                            .map(row -> row.get("provider_id"))
                            .toList());
            assertEquals(1, events(attacker, "email.verified"));
            assertEquals(1, events(attacker, "sessions.revoked"));
        }

        @Test
        @DisplayName("deletes any number of API keys by one statement, and tells of each")
        void manyKeys() {
            Caller attacker = Caller.signUp();
            Database.update(
                    "INSERT INTO api_keys (id, user_id, key_digest) SELECT gen_random_uuid(),"
                            + " u.id, sha256(convert_to(u.id::text || n, 'UTF8')) FROM users u,"
                            + " generate_series(1, 20) n WHERE u.id = ?",
                    attacker.id);
            String token = issue(attacker.email);
            List<String> statements =
                    Statements.of(() -> reset(token).then().statusCode(200)).stream()
                            .filter(statement -> statement.contains("api_keys"))
                            .toList();
            assertEquals(1, statements.size(), statements.toString());
            assertEquals(
                    20L,
                    Database.value(
                            "SELECT count(*) FROM audit_events WHERE action = 'api_key.deleted'"
                                    + " AND actor_id = ?",
                            attacker.id));
        }

        @Test
        @DisplayName("of a user who is gone is refused")
        void deleted() {
            Caller ada = Caller.signUp();
            String token = issue(ada.email);
            Database.update("UPDATE users SET deleted_at = now() WHERE id = ?", ada.id);
            refused(token);
        }

        @Test
        @DisplayName("stores no token, only its digest")
        void digest() {
            Caller ada = Caller.signUp();
            String token = issue(ada.email);
            assertEquals(
                    1L,
                    Database.value(
                            "SELECT count(*) FROM verifications WHERE user_id = ? AND token_digest ="
                                    + " sha256(convert_to(?, 'UTF8'))",
                            ada.id,
                            token));
        }

        private void refused(String token) {
            Response answer = reset(token);
            assertEquals(400, answer.statusCode(), token);
            answer.then().body("code", equalTo("INVALID_TOKEN"));
        }
    }

    private static Caller verified() {
        Caller caller = Caller.signUp();
        MailedLinks.follow(Mails.last("VERIFY_EMAIL", caller.email).value("url"))
                .then()
                .statusCode(302);
        return caller;
    }

    private static Response request(String email, String redirectTo) {
        Map<String, Object> body = new HashMap<>(Map.of("email", email));
        if (redirectTo != null) {
            body.put("redirectTo", redirectTo);
        }
        return given().contentType(ContentType.JSON)
                .body(body)
                .post("/api/auth/request-password-reset");
    }

    private static String issue(String email) {
        request(email, null).then().statusCode(200);
        return token(email);
    }

    private static String url(String email) {
        return Mails.last("RESET_PASSWORD", email).value("url");
    }

    private static String token(String email) {
        return url(email).replaceFirst("\\?.*", "").replaceFirst(".*/", "");
    }

    private static Response reset(String token) {
        return reset(token, NEW_PASSWORD);
    }

    private static Response reset(String token, String newPassword) {
        return given().contentType(ContentType.JSON)
                .body(Map.of("token", token, "newPassword", newPassword))
                .post("/api/auth/reset-password");
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
