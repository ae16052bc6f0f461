package dev.roster.accounts.email;

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
import dev.roster.testing.MailedLinks;
import dev.roster.testing.Mails;
import dev.roster.testing.Statements;
import dev.roster.testing.StrictProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(StrictProfile.class)
@DisplayName("Where an address must be verified")
class RequiredVerificationTest {

    private static final String NEW_PASSWORD = "another-horse-battery";

    @Test
    @DisplayName("signing up begins no session and looks the same for a known address")
    void signUp() {
        String email = Caller.newEmail();
        Response first = Caller.signUp(email);
        Response second = Caller.signUp(email);
        for (Response answer : List.of(first, second)) {
            answer.then()
                    .statusCode(200)
                    .body("token", nullValue())
                    .body("user.role", equalTo("user"))
                    .body("user.emailVerified", equalTo(false));
            assertEquals(List.of(), Cookies.set(answer));
        }
        Map<String, Object> real = new HashMap<>(JsonPath.from(first.asString()).getMap("user"));
        Map<String, Object> false_ = new HashMap<>(JsonPath.from(second.asString()).getMap("user"));
        for (String own : List.of("id", "createdAt", "updatedAt")) {
            assertNotEquals(real.remove(own), false_.remove(own), own);
        }
        assertEquals(real, false_);
        assertEquals(1, Mails.to(email).size());
    }

    @Test
    @DisplayName("signing up costs as many statements for a known address as for a new one")
    void signUpStatements() {
        String email = Caller.newEmail();
        List<String> made = Statements.of(() -> Caller.signUp(email).then().statusCode(200));
        List<String> refused = Statements.of(() -> Caller.signUp(email).then().statusCode(200));
        assertEquals(made.size(), refused.size(), () -> made + " / " + refused);
    }

    @Test
    @DisplayName("the password alone signs nobody in, and has a new link mailed")
    void signIn() {
        String email = Caller.newEmail();
        UUID id = UUID.fromString(Caller.signUp(email).path("user.id"));
        Caller.signIn(email, "wrong-password-1")
                .then()
                .statusCode(401)
                .body("code", equalTo("INVALID_EMAIL_OR_PASSWORD"));
        assertEquals(1, Mails.to(email).size(), "none for a wrong password");
        Response refused =
                given().contentType(ContentType.JSON)
                        .body(
                                Map.of(
                                        "email",
                                        email,
                                        "password",
                                        Caller.PASSWORD,
                                        "callbackURL",
                                        "/in"))
                        .post("/api/auth/sign-in/email");
        refused.then()
                .statusCode(403)
                .body("code", equalTo("EMAIL_NOT_VERIFIED"))
                .body("message", equalTo("Email not verified"));
        assertEquals(List.of(), Cookies.set(refused));
        assertEquals(2, Mails.to(email).size());
        assertEquals("/in", MailedLinks.parameter(link(email), "callbackURL"));
        assertEquals(0L, sessions(id));
        MailedLinks.follow(link(email)).then().statusCode(302).header("Location", "/in");
        Caller.signIn(email, Caller.PASSWORD).then().statusCode(200);
    }

    @Test
    @DisplayName("neither does it with a user name")
    void signInByUsername() {
        String username = "u" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);
        String email = Caller.newEmail();
        Map<String, String> body =
                Map.of(
                        "name",
                        "Ada",
                        "email",
                        email,
                        "password",
                        Caller.PASSWORD,
                        "username",
                        username);
        given().contentType(ContentType.JSON)
                .body(body)
                .post("/api/auth/sign-up/email")
                .then()
                .statusCode(200)
                .body("user.username", equalTo(username));
        given().contentType(ContentType.JSON)
                .body(Map.of("username", username, "password", Caller.PASSWORD))
                .post("/api/auth/sign-in/username")
                .then()
                .statusCode(403)
                .body("code", equalTo("EMAIL_NOT_VERIFIED"));
    }

    @Test
    @DisplayName("following the link signs in, the first time alone")
    void autoSignIn() throws InterruptedException {
        String email = Caller.newEmail();
        UUID id = UUID.fromString(Caller.signUp(email).path("user.id"));
        List<String> tokens = new ArrayList<>();
        for (Response answer : AtOnce.run(10, () -> MailedLinks.follow(link(email)))) {
            answer.then().statusCode(302).header("Location", "/");
            if (!Cookies.set(answer).isEmpty()) {
                tokens.add(Cookies.decode(Cookies.session(answer)).substring(0, 32));
            }
        }
        assertEquals(1, tokens.size());
        assertEquals(1L, sessions(id));
        Caller.as(tokens.get(0))
                .get("/api/auth/get-session")
                .then()
                .body("user.emailVerified", equalTo(true));
    }

    @Test
    @DisplayName("following the link passes neither a second factor nor a ban")
    void autoSignInRefused() {
        for (String state : List.of("two_factor_enabled", "banned")) {
            String email = Caller.newEmail();
            UUID id = UUID.fromString(Caller.signUp(email).path("user.id"));
            Database.update("UPDATE users SET " + state + " = true WHERE id = ?", id);
            Response answer = MailedLinks.follow(link(email));
            answer.then().statusCode(302).header("Location", "/");
            assertEquals(List.of(), Cookies.set(answer));
            assertEquals(0L, sessions(id));
            assertEquals(true, Database.value("SELECT email_verified FROM users WHERE id = ?", id));
        }
    }

    @Test
    @DisplayName("a reset ends the sessions of verified users too where that is set")
    void resetRevokes() {
        String email = Caller.newEmail();
        String session = signUpVerified(email);
        given().contentType(ContentType.JSON)
                .body(Map.of("email", email))
                .post("/api/auth/request-password-reset")
                .then()
                .statusCode(200);
        String url = Mails.last("RESET_PASSWORD", email).value("url");
        given().contentType(ContentType.JSON)
                .body(
                        Map.of(
                                "token",
                                url.replaceFirst("\\?.*", "").replaceFirst(".*/", ""),
                                "newPassword",
                                NEW_PASSWORD))
                .post("/api/auth/reset-password")
                .then()
                .statusCode(200);
        assertTrue(!isSignedIn(session));
    }

    @Test
    @DisplayName("a verified user's change is mailed to the new address where it is not confirmed")
    void changeUnconfirmed() {
        String email = Caller.newEmail();
        String session = signUpVerified(email);
        String newEmail = Caller.newEmail();
        change(session, newEmail).then().statusCode(200);
        MailedLinks.follow(link(newEmail)).then().statusCode(302);
        Caller.signIn(newEmail, Caller.PASSWORD)
                .then()
                .statusCode(200)
                .body("user.emailVerified", equalTo(true));
    }

    @Test
    @DisplayName("an unverified user's address changes at once where that is set")
    void changeAtOnce() {
        String email = Caller.newEmail();
        String session = signUpVerified(email);
        Database.update("UPDATE users SET email_verified = false WHERE email_key = ?", email);
        String taken = Caller.newEmail();
        Caller.signUp(taken).then().statusCode(200);
        String newEmail = Caller.newEmail();
        Response silent = change(session, taken);
        silent.then().statusCode(200).body("status", equalTo(true));
        Response changed = change(session, newEmail);
        changed.then().statusCode(200).body("status", equalTo(true));
        assertEquals(session, Cookies.decode(Cookies.session(changed)).substring(0, 32));
        Caller.as(session)
                .get("/api/auth/get-session")
                .then()
                .body("user.email", equalTo(newEmail))
                .body("user.emailVerified", equalTo(false));
        assertEquals(1, Mails.to(taken).size());
        MailedLinks.follow(link(newEmail)).then().statusCode(302);
    }

    @Test
    @DisplayName("nobody's address changes at once who is put out meanwhile")
    void changePutOut() {
        String email = Caller.newEmail();
        String session = signUpVerified(email);
        Database.update("UPDATE users SET email_verified = false WHERE email_key = ?", email);
        UUID id = (UUID) Database.value("SELECT id FROM users WHERE email_key = ?", email);
        AtOnce.whilePutOut(id, () -> change(session, Caller.newEmail())).then().statusCode(401);
        assertEquals(email, Database.value("SELECT email_key FROM users WHERE id = ?", id));
    }

    @Test
    @DisplayName("a deletion is confirmed by a link that is good once, in the user's own session")
    void deletion() {
        String email = Caller.newEmail();
        String session = signUpVerified(email);
        String mallory = signUpVerified(Caller.newEmail());
        Database.update(
                "UPDATE sessions SET created_at = created_at - interval '2 days' WHERE user_id ="
                        + " (SELECT id FROM users WHERE email_key = ?)",
                email);
        Response asked = delete(session, Map.of("callbackURL", "/bye"));
        asked.then()
                .statusCode(200)
                .body("success", equalTo(true))
                .body("message", equalTo("Verification email sent"));
        assertEquals(List.of(), Cookies.set(asked));
        delete(session, Map.of("password", "wrong-password-1"))
                .then()
                .statusCode(400)
                .body("code", equalTo("INVALID_PASSWORD"));
        String url = Mails.last("DELETE_ACCOUNT", email).value("url");
        MailedLinks.follow(url)
                .then()
                .statusCode(404)
                .body("code", equalTo("FAILED_TO_GET_USER_INFO"));
        MailedLinks.follow(Caller.as(mallory), url)
                .then()
                .statusCode(404)
                .body("code", equalTo("INVALID_TOKEN"));
        String token = MailedLinks.parameter(url, "token");
        for (String spoiled : MailedLinks.spoiled(token)) {
            assertEquals(404, callback(session, spoiled, null).statusCode(), spoiled);
        }
        callback(session, token, "https://evil.example")
                .then()
                .statusCode(403)
                .body("code", equalTo("INVALID_CALLBACK_URL"));
        Caller.as(session)
                .get("/api/auth/delete-user/callback")
                .then()
                .statusCode(400)
                .body("code", equalTo("VALIDATION_ERROR"));
        assertTrue(isSignedIn(session));
        MailedLinks.lookAhead(() -> Caller.as(session), url);
        assertTrue(isSignedIn(session), "after what looks at it ahead");
        Response deleted = MailedLinks.follow(Caller.as(session), url);
        deleted.then().statusCode(302).header("Location", "/bye");
        assertEquals(Cookies.FORGET, Cookies.set(deleted));
        assertTrue(!isSignedIn(session));
        Caller.signIn(email, Caller.PASSWORD).then().statusCode(401);
    }

    @Test
    @DisplayName("a deletion without a target says so in JSON")
    void deletionWithoutTarget() {
        String email = Caller.newEmail();
        String session = signUpVerified(email);
        delete(session, Map.of()).then().statusCode(200);
        String token =
                MailedLinks.parameter(Mails.last("DELETE_ACCOUNT", email).value("url"), "token");
        callback(session, token, null)
                .then()
                .statusCode(200)
                .body("success", equalTo(true))
                .body("message", equalTo("User deleted"));
    }

    private static Response callback(String session, String token, String target) {
        var request = Caller.as(session).redirects().follow(false).queryParam("token", token);
        return (target == null ? request : request.queryParam("callbackURL", target))
                .get("/api/auth/delete-user/callback");
    }

    private static Response delete(String session, Map<String, String> body) {
        return Caller.as(session)
                .contentType(ContentType.JSON)
                .body(body)
                .post("/api/auth/delete-user");
    }

    private static Response change(String session, String newEmail) {
        return Caller.as(session)
                .contentType(ContentType.JSON)
                .body(Map.of("newEmail", newEmail))
                .post("/api/auth/change-email");
    }

    /** The token of the session that following the link began. */
    private static String signUpVerified(String email) {
        Caller.signUp(email).then().statusCode(200);
        Response followed = MailedLinks.follow(link(email));
        return Cookies.decode(Cookies.session(followed)).substring(0, 32);
    }

    private static String link(String email) {
        return Mails.last("VERIFY_EMAIL", email).value("url");
    }

    private static boolean isSignedIn(String token) {
        return !Caller.as(token).get("/api/auth/get-session").asString().equals("null");
    }

    private static Object sessions(UUID userId) {
        return Database.value("SELECT count(*) FROM sessions WHERE user_id = ?", userId);
    }
}
