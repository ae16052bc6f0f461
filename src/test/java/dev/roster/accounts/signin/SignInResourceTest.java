package dev.roster.accounts.signin;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.roster.testing.AtOnce;
import dev.roster.testing.Caller;
import dev.roster.testing.Cookies;
import dev.roster.testing.Database;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.http.Header;
import io.restassured.response.Response;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.bouncycastle.crypto.generators.SCrypt;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@DisplayName("Signing in")
class SignInResourceTest {

    @Test
    @DisplayName("with an unknown address is refused just as with a wrong password")
    void noEnumeration() {
        Response wrong = Caller.signIn(Caller.signUp().email, "wrong-password-1");
        Response unknown = Caller.signIn(Caller.newEmail(), Caller.PASSWORD);
        Caller deleted = Caller.signUp();
        Database.update("UPDATE users SET deleted_at = now() WHERE id = ?", deleted.id);
        Caller passwordless = Caller.signUp();
        Database.update("DELETE FROM credentials WHERE user_id = ?", passwordless.id);
        for (Response other :
                List.of(
                        unknown,
                        Caller.signIn(deleted.email, Caller.PASSWORD),
                        Caller.signIn(passwordless.email, Caller.PASSWORD))) {
            assertEquals(401, other.statusCode());
            assertEquals(wrong.statusCode(), other.statusCode());
            assertEquals(wrong.asString(), other.asString());
            assertEquals(headers(wrong), headers(other));
        }
        assertEquals(
                "{\"message\":\"Invalid email or password\",\"code\":"
                        + "\"INVALID_EMAIL_OR_PASSWORD\"}",
                wrong.asString());
    }

    @Test
    @DisplayName("that is refused is told in the audit trail, without what was tried")
    void refusalAudited() {
        Caller caller = Caller.signUp();
        String agent = "agent-" + UUID.randomUUID();
        for (String email : List.of(caller.email, Caller.newEmail())) {
            given().header("User-Agent", agent)
                    .contentType(ContentType.JSON)
                    .body(Map.of("email", email, "password", "tried-" + agent))
                    .post("/api/auth/sign-in/email")
                    .then()
                    .statusCode(401);
        }
        List<Map<String, Object>> events =
                Database.query(
                        "SELECT * FROM audit_events WHERE user_agent = ? ORDER BY id", agent);
        assertEquals(2, events.size());
        for (Map<String, Object> event : events) {
            assertEquals("session.refused", event.get("action"));
            assertEquals(null, event.get("actor_id"), "nobody has shown who it is");
            assertTrue(!event.toString().contains("tried-"), event.toString());
            assertTrue(
                    Set.of("127.0.0.1", "0:0:0:0:0:0:0:1").contains(event.get("ip_address")),
                    event.toString());
        }
        assertEquals(caller.id, events.get(0).get("target_id"));
        assertEquals(null, events.get(1).get("target_id"));
    }

    @Test
    @DisplayName("is told in the audit trail")
    void audited() {
        Caller caller = Caller.signUp();
        caller.signInAgain();
        assertEquals(
                2L,
                Database.value(
                        "SELECT count(*) FROM audit_events e JOIN sessions s ON s.id = e.target_id"
                                + " WHERE e.action = 'session.created' AND e.actor_id = ?",
                        caller.id));
    }

    @Test
    @DisplayName("of a banned user is refused, to one who knows the password alone")
    void banned() {
        Caller caller = Caller.signUp();
        Database.update("UPDATE users SET banned = true WHERE id = ?", caller.id);
        Response response = Caller.signIn(caller.email, Caller.PASSWORD);
        response.then()
                .statusCode(403)
                .body("code", equalTo("BANNED_USER"))
                .body(
                        "message",
                        equalTo(
                                "You have been banned from this application. Please contact support"
                                        + " if you believe this is an error."));
        assertEquals(List.of(), Cookies.set(response));
        Caller.signIn(caller.email, "wrong-password-1").then().statusCode(401);
        assertEquals(
                1L,
                Database.value("SELECT count(*) FROM sessions WHERE user_id = ?", caller.id),
                "the one from before the ban");
    }

    @Test
    @DisplayName("is possible again when a ban has run out, not before")
    void banExpires() {
        Caller caller = Caller.signUp();
        Database.update(
                "UPDATE users SET banned = true, ban_expires = now() + interval '1 minute' WHERE"
                        + " id = ?",
                caller.id);
        Caller.signIn(caller.email, Caller.PASSWORD).then().statusCode(403);
        Database.update(
                "UPDATE users SET ban_expires = now() - interval '1 second' WHERE id = ?",
                caller.id);
        String token = caller.signInAgain();
        Caller.as(token)
                .get("/api/auth/get-session")
                .then()
                .body("user.id", equalTo(caller.id.toString()));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"2a", "2b", "2y", "scrypt"})
    @DisplayName("works with an imported hash, which becomes Argon2id by it")
    void imported(String scheme) {
        Caller caller = Caller.signUp();
        String imported = scheme.equals("scrypt") ? scrypt() : bcrypt(scheme);
        Database.update(
                "UPDATE credentials SET password_hash = ? WHERE user_id = ?", imported, caller.id);
        Caller.signIn(caller.email, "wrong-password-1").then().statusCode(401);
        assertEquals(imported, hash(caller), "a refused sign-in changes nothing");
        caller.signInAgain();
        String rehashed = hash(caller);
        assertTrue(rehashed.startsWith("$argon2id$v=19$"), rehashed);
        assertEquals(
                1L,
                Database.value(
                        "SELECT count(*) FROM audit_events WHERE action = 'password.rehashed' AND"
                                + " target_id = ?",
                        caller.id));
        caller.signInAgain();
        assertEquals(rehashed, hash(caller), "once is enough");
        Caller.signIn(caller.email, "wrong-password-1").then().statusCode(401);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "longer than bcrypt reads, 100, x",
        "longer than a new one may be, 1000, x",
        "shorter than a new one may be, 3, x",
        "not in NFKC, 10, \uFB01",
    })
    @DisplayName("works with a password that the system allowed whose hash was imported")
    void importedPassword(String what, int length, String character) {
        Caller caller = Caller.signUp();
        String password = character.repeat(length);
        byte[] bytes = password.getBytes(StandardCharsets.UTF_8);
        String imported = OpenBSDBCrypt.generate("2b", bytes, new byte[16], 4);
        Runnable importHash =
                () ->
                        Database.update(
                                "UPDATE credentials SET password_hash = ? WHERE user_id = ?",
                                imported,
                                caller.id);
        importHash.run();
        caller.request()
                .contentType(ContentType.JSON)
                .body(Map.of("password", password))
                .post("/api/auth/verify-password")
                .then()
                .statusCode(200);
        String wrong = "y" + password.substring(1);
        Caller.signIn(caller.email, wrong).then().statusCode(401);
        Caller.signIn(caller.email, password).then().statusCode(200);
        assertTrue(hash(caller).startsWith("$argon2id$"), hash(caller));
        Caller.signIn(caller.email, password).then().statusCode(200);
        Caller.signIn(caller.email, wrong).then().statusCode(401);
        importHash.run();
        caller.request()
                .contentType(ContentType.JSON)
                .body(Map.of("currentPassword", password, "newPassword", Caller.PASSWORD))
                .post("/api/auth/change-password")
                .then()
                .statusCode(200);
        Caller.signIn(caller.email, Caller.PASSWORD).then().statusCode(200);
    }

    @Test
    @DisplayName("several times at once with an imported hash works every time")
    void importedAtOnce() throws InterruptedException {
        Caller caller = Caller.signUp();
        Database.update(
                "UPDATE credentials SET password_hash = ? WHERE user_id = ?",
                bcrypt("2b"),
                caller.id);
        for (Response response :
                AtOnce.run(6, () -> Caller.signIn(caller.email, Caller.PASSWORD))) {
            response.then().statusCode(200);
        }
        assertTrue(hash(caller).startsWith("$argon2id$"));
    }

    @Test
    @DisplayName("is over for a deleted user, whose address is free for another")
    void deleted() {
        Caller caller = Caller.signUp();
        Database.update("UPDATE users SET deleted_at = now() WHERE id = ?", caller.id);
        Caller.signIn(caller.email, Caller.PASSWORD).then().statusCode(401);
        Response again = Caller.signUp(caller.email);
        again.then().statusCode(200);
        assertNotEquals(caller.id.toString(), again.path("user.id"));
        Caller.signIn(caller.email, Caller.PASSWORD)
                .then()
                .statusCode(200)
                .body("user.id", equalTo(again.<String>path("user.id")));
    }

    @Test
    @DisplayName("finds the address whatever its case and its compatible letters")
    void spelling() {
        Caller caller = Caller.signUp();
        for (String email :
                List.of(
                        caller.email.toUpperCase(Locale.ROOT),
                        caller.email.replace("@", "\uff20"))) {
            given().contentType("application/json; charset=utf-8")
                    .body(Map.of("email", email, "password", Caller.PASSWORD))
                    .post("/api/auth/sign-in/email")
                    .then()
                    .statusCode(200)
                    .body("user.id", equalTo(caller.id.toString()));
        }
    }

    @Test
    @DisplayName("sends the client where it asked to go, never to another site")
    void callback() {
        Caller caller = Caller.signUp();
        signInTo(caller, "/dash", "evil.example")
                .then()
                .statusCode(200)
                .body("url", equalTo("/dash"))
                .header("Location", "/dash");
        signInTo(caller, "", "evil.example")
                .then()
                .statusCode(200)
                .body("redirect", equalTo(false))
                .body("$", not(hasKey("url")))
                .header("Location", (String) null);
        signInTo(caller, "https://evil.example/dash", "evil.example")
                .then()
                .statusCode(403)
                .body("code", equalTo("INVALID_CALLBACK_URL"))
                .header("Location", (String) null);
    }

    private static Response signInTo(Caller caller, String callbackUrl, String host) {
        return given().header("X-Forwarded-Host", host)
                .header("X-Forwarded-Proto", "https")
                .header("Forwarded", "host=" + host + ";proto=https")
                .contentType(ContentType.JSON)
                .body(
                        Map.of(
                                "email",
                                caller.email,
                                "password",
                                Caller.PASSWORD,
                                "callbackURL",
                                callbackUrl))
                .post("/api/auth/sign-in/email");
    }

    private static String hash(Caller caller) {
        return (String)
                Database.value(
                        "SELECT password_hash FROM credentials WHERE user_id = ?", caller.id);
    }

    private static String bcrypt(String version) {
        return OpenBSDBCrypt.generate(
                version,
                Caller.PASSWORD.toCharArray(),
                "0123456789abcdef".getBytes(StandardCharsets.UTF_8),
                5);
    }

    /** As contract section 8 has it: the salt is the text of the hex digits. */
    private static String scrypt() {
        String salt = "000102030405060708090a0b0c0d0e0f";
        byte[] key =
                SCrypt.generate(
                        Caller.PASSWORD.getBytes(StandardCharsets.UTF_8),
                        salt.getBytes(StandardCharsets.US_ASCII),
                        16384,
                        16,
                        1,
                        64);
        return salt + ":" + HexFormat.of().formatHex(key);
    }

    /** Names, and values but for those that differ each time. */
    private static Map<String, String> headers(Response response) {
        Map<String, String> headers = new TreeMap<>();
        for (Header header : response.headers()) {
            boolean own = header.getName().matches("(?i)date|x-request-id");
            headers.put(header.getName(), own ? "" : header.getValue());
        }
        return headers;
    }
}
