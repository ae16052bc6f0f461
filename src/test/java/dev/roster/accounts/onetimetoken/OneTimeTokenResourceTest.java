package dev.roster.accounts.onetimetoken;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.roster.testing.AtOnce;
import dev.roster.testing.Caller;
import dev.roster.testing.Cookies;
import dev.roster.testing.Database;
import dev.roster.testing.Rest;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@QuarkusTest
@DisplayName("A one-time token")
class OneTimeTokenResourceTest {

    private static String generate(Caller caller) {
        Response response = caller.request().get("/api/auth/one-time-token/generate");
        response.then().statusCode(200).header("Cache-Control", "no-store");
        String token = response.path("token");
        assertTrue(token.matches("[a-zA-Z0-9]{32}"), token);
        return token;
    }

    private static Response verify(Object token) {
        return given().contentType(ContentType.JSON)
                .body(Map.of("token", token))
                .post("/api/auth/one-time-token/verify");
    }

    private static void assertRefused(Response response, String message) {
        assertEquals(400, response.statusCode());
        assertEquals("{\"message\":\"" + message + "\"}", response.asString());
        assertEquals(List.of(), response.headers().getValues("Set-Cookie"));
    }

    @Test
    @DisplayName("hands over the very session it was made in, with its cookie")
    void handsOver() {
        Caller ada = Caller.signUp();
        Response response = verify(generate(ada));
        response.then()
                .statusCode(200)
                .body("session.token", equalTo(ada.token))
                .body("session.userId", equalTo(ada.id.toString()))
                .body("user.email", equalTo(ada.email));
        assertEquals(Rest.json(Rest.get(ada, "/api/auth/get-session")), Rest.json(response));
        assertEquals(
                List.of(Cookies.SESSION + "=" + Cookies.session(response) + Cookies.WEEK),
                Cookies.set(response));
        assertEquals(1L, Database.value("SELECT count(*) FROM sessions WHERE user_id = ?", ada.id));
    }

    @Test
    @DisplayName("keeps it that the session ends with the browser")
    void notRemembered() {
        Caller ada = Caller.signUp();
        Database.update("UPDATE sessions SET remember = false WHERE user_id = ?", ada.id);
        assertFalse(Cookies.set(verify(generate(ada))).toString().contains("Max-Age"));
    }

    @Test
    @DisplayName("is good once, whoever shows it")
    void once() throws InterruptedException {
        String token = generate(Caller.signUp());
        List<Response> answers = AtOnce.run(6, () -> verify(token));
        assertEquals(1, answers.stream().filter(a -> a.statusCode() == 200).count());
        answers.stream()
                .filter(answer -> answer.statusCode() != 200)
                .forEach(answer -> assertRefused(answer, "Invalid token"));
        assertRefused(verify(token), "Invalid token");
    }

    @Test
    @DisplayName("is good for three minutes")
    void expired() {
        Caller ada = Caller.signUp();
        String token = generate(ada);
        assertEquals(
                true,
                Database.value(
                        "SELECT expires_at - created_at BETWEEN interval '170 seconds' AND interval"
                                + " '180 seconds' FROM verifications WHERE user_id = ?",
                        ada.id));
        Database.update("UPDATE verifications SET expires_at = now() WHERE user_id = ?", ada.id);
        assertRefused(verify(token), "Invalid token");
    }

    @Test
    @DisplayName("is worth nothing without its session")
    void session() {
        Caller ended = Caller.signUp();
        String token = generate(ended);
        Database.update("DELETE FROM sessions WHERE user_id = ?", ended.id);
        assertRefused(verify(token), "Session not found");

        Caller late = Caller.signUp();
        String other = generate(late);
        Database.update("UPDATE sessions SET expires_at = now() WHERE user_id = ?", late.id);
        assertRefused(verify(other), "Session expired");

        Caller banned = Caller.signUp();
        String third = generate(banned);
        Database.update("UPDATE users SET banned = true WHERE id = ?", banned.id);
        assertRefused(verify(third), "Session not found");
    }

    @Test
    @DisplayName("that was never made is refused, and so is what is no token")
    void unknown() {
        for (String token : List.of("", "x", "a".repeat(32), "\u00e4", "a".repeat(5000))) {
            assertRefused(verify(token), "Invalid token");
        }
        for (Object token : List.of(5, true, List.of(), Map.of())) {
            verify(token).then().statusCode(400).body("code", equalTo("VALIDATION_ERROR"));
        }
        Caller ada = Caller.signUp();
        assertRefused(verify(ada.token), "Invalid token");
    }

    @Test
    @DisplayName("is made for those who are signed in")
    void stranger() {
        given().get("/api/auth/one-time-token/generate")
                .then()
                .statusCode(401)
                .body("code", equalTo("UNAUTHORIZED"));
    }

    @Test
    @DisplayName("is stored as a digest, and the session's token sealed")
    void atRest() {
        Caller ada = Caller.signUp();
        String token = generate(ada);
        String row =
                Database.query("SELECT v::text FROM verifications v WHERE user_id = ?", ada.id)
                        .toString();
        assertFalse(row.contains(token) || row.contains(ada.token), row);
    }
}
