package dev.roster.accounts.anonymous;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.roster.testing.Browser;
import dev.roster.testing.Caller;
import dev.roster.testing.Cookies;
import dev.roster.testing.Database;
import dev.roster.testing.Mails;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@QuarkusTest
@DisplayName("A guest")
class AnonymousResourceTest {

    private static UUID signIn(Browser browser) {
        Response response = browser.post("/sign-in/anonymous", Map.of());
        response.then().statusCode(200);
        return UUID.fromString(response.path("user.id"));
    }

    private static Response signUp(Browser browser, String email) {
        return browser.post(
                "/sign-up/email",
                Map.of("name", "Ada", "email", email, "password", Caller.PASSWORD));
    }

    private static boolean exists(UUID id) {
        return !Database.query("SELECT 1 FROM users WHERE id = ?", id).isEmpty();
    }

    @Test
    @DisplayName("is a user with a session, and an address nobody can be written at")
    void signedIn() {
        Browser browser = new Browser();
        Response response = browser.post("/sign-in/anonymous", Map.of());
        response.then()
                .statusCode(200)
                .body("token", matchesPattern("[a-zA-Z0-9]{32}"))
                .body("user.name", equalTo("Anonymous"))
                .body(
                        "user.email",
                        matchesPattern("[a-z0-9]{32}@anonymous\\.placeholder\\.invalid"))
                .body("user.emailVerified", equalTo(false))
                .body("user.isAnonymous", equalTo(true))
                .body("user.role", equalTo("user"));
        assertEquals(1, Cookies.set(response).size());
        assertTrue(Cookies.set(response).get(0).endsWith(Cookies.WEEK));
        browser.get("/get-session")
                .then()
                .body("session.token", equalTo(response.path("token")))
                .body("user.isAnonymous", equalTo(true));
        assertEquals(
                1L,
                Database.value(
                        "SELECT count(*) FROM audit_events WHERE action = 'user.created' AND"
                                + " target_id = ?",
                        UUID.fromString(response.path("user.id"))));
    }

    @Test
    @DisplayName("needs no body")
    void noBody() throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(
                                URI.create(
                                        "http://localhost:"
                                                + RestAssured.port
                                                + "/api/auth/sign-in/anonymous"))
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build();
        HttpResponse<Void> response =
                HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.discarding());
        assertEquals(200, response.statusCode());
    }

    @Test
    @DisplayName("is not made from a page of somewhere else by a browser with cookies")
    void foreignOrigin() {
        given().header("Cookie", "better-auth.session_token=x")
                .header("Origin", "https://evil.example")
                .contentType(ContentType.JSON)
                .body("{}")
                .post("/api/auth/sign-in/anonymous")
                .then()
                .statusCode(403)
                .body("code", equalTo("INVALID_ORIGIN"));
    }

    @Test
    @DisplayName("cannot be a guest again")
    void again() {
        Browser browser = new Browser();
        signIn(browser);
        Response response = browser.post("/sign-in/anonymous", Map.of());
        response.then()
                .statusCode(400)
                .body("code", equalTo("ANONYMOUS_USERS_CANNOT_SIGN_IN_AGAIN_ANONYMOUSLY"));
        assertEquals(List.of(), Cookies.set(response));
    }

    @Test
    @DisplayName("leaves without a trace but in the audit trail")
    void deleted() {
        Browser browser = new Browser();
        UUID id = signIn(browser);
        Response response = browser.post("/delete-anonymous-user", Map.of());
        response.then().statusCode(200).body("success", equalTo(true));
        assertEquals(Cookies.FORGET, Cookies.set(response));
        assertTrue(!exists(id));
        assertEquals("null", browser.get("/get-session").asString());
        assertEquals(
                id,
                Database.value(
                        "SELECT actor_id FROM audit_events WHERE action = 'user.deleted' AND"
                                + " target_id = ?",
                        id));
    }

    @Test
    @DisplayName("alone can leave like that")
    void notAnonymous() {
        Browser browser = new Browser();
        Response user = signUp(browser, Caller.newEmail());
        browser.post("/delete-anonymous-user", Map.of())
                .then()
                .statusCode(403)
                .body("code", equalTo("USER_IS_NOT_ANONYMOUS"));
        assertTrue(exists(UUID.fromString(user.path("user.id"))));
        new Browser()
                .post("/delete-anonymous-user", Map.of())
                .then()
                .statusCode(401)
                .body("code", equalTo("UNAUTHORIZED"));
    }

    @Test
    @DisplayName("who signs up is gone then, and the trail tells who it has become")
    void signsUp() {
        Browser browser = new Browser();
        UUID guest = signIn(browser);
        Response response = signUp(browser, Caller.newEmail());
        response.then().statusCode(200).body("user.isAnonymous", equalTo(false));
        assertTrue(!exists(guest));
        browser.get("/get-session").then().body("user.id", equalTo(response.path("user.id")));
        assertEquals(
                UUID.fromString(response.path("user.id")),
                Database.value(
                        "SELECT actor_id FROM audit_events WHERE action = 'user.deleted' AND"
                                + " target_id = ?",
                        guest));
    }

    @Test
    @DisplayName("who signs in is gone then, be it by cookie or by bearer token")
    void signsIn() {
        Caller caller = Caller.signUp();
        Map<String, String> body = Map.of("email", caller.email, "password", Caller.PASSWORD);
        Browser browser = new Browser();
        UUID guest = signIn(browser);
        browser.post("/sign-in/email", body).then().statusCode(200);
        assertTrue(!exists(guest));
        Response bearer = new Browser().post("/sign-in/anonymous", Map.of());
        Caller.as(bearer.path("token"))
                .contentType(ContentType.JSON)
                .body(body)
                .post("/api/auth/sign-in/email")
                .then()
                .statusCode(200);
        assertTrue(!exists(UUID.fromString(bearer.path("user.id"))));
    }

    @Test
    @DisplayName("stays where signing up or in comes to nothing")
    void failed() {
        Caller caller = Caller.signUp();
        Browser browser = new Browser();
        UUID guest = signIn(browser);
        signUp(browser, caller.email).then().statusCode(422);
        browser.post("/sign-in/email", Map.of("email", caller.email, "password", "wrong-one"))
                .then()
                .statusCode(401);
        Database.update("UPDATE users SET banned = true WHERE id = ?", caller.id);
        browser.post("/sign-in/email", Map.of("email", caller.email, "password", Caller.PASSWORD))
                .then()
                .statusCode(403);
        Database.update(
                "UPDATE users SET banned = false, two_factor_enabled = true WHERE id = ?",
                caller.id);
        Browser other = browser.copy();
        other.post("/sign-in/email", Map.of("email", caller.email, "password", Caller.PASSWORD))
                .then()
                .body("twoFactorRedirect", equalTo(true));
        assertTrue(exists(guest));
        browser.get("/get-session").then().body("user.id", equalTo(guest.toString()));
    }

    @Test
    @DisplayName("of another device stays where somebody signs in")
    void others() {
        UUID guest = signIn(new Browser());
        Browser browser = new Browser();
        signUp(browser, Caller.newEmail()).then().statusCode(200);
        UUID second = UUID.fromString(signUp(browser, Caller.newEmail()).path("user.id"));
        assertTrue(exists(guest));
        assertTrue(exists(second));
    }

    @Test
    @DisplayName("takes a real user's session along no further: that user stays")
    void userBecomesGuest() {
        Browser browser = new Browser();
        UUID user = UUID.fromString(signUp(browser, Caller.newEmail()).path("user.id"));
        UUID guest = signIn(browser);
        assertTrue(exists(user));
        assertTrue(exists(guest));
    }

    @Test
    @DisplayName("is mailed nothing")
    void noMail() {
        Browser browser = new Browser();
        Response response = browser.post("/sign-in/anonymous", Map.of());
        browser.post("/two-factor/send-otp", Map.of()).then().statusCode(200);
        assertEquals(List.of(), Mails.to(response.path("user.email")));
    }
}
