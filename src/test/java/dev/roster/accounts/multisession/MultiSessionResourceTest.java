package dev.roster.accounts.multisession;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.roster.platform.readiness.StartupSettings;
import dev.roster.testing.Caller;
import dev.roster.testing.Cookies;
import dev.roster.testing.Database;
import dev.roster.testing.Statements;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@QuarkusTest
@DisplayName("A device with several users")
class MultiSessionResourceTest {

    private static final String LIST = "/multi-session/list-device-sessions";
    private static final String SET_ACTIVE = "/multi-session/set-active";
    private static final String REVOKE = "/multi-session/revoke";

    /** A browser: keeps cookies and names its origin. */
    private static final class Device {

        private final Map<String, String> jar = new LinkedHashMap<>();

        Response get(String path) {
            return keep(request().get("/api/auth" + path));
        }

        Response post(String path, Map<String, ?> body) {
            return keep(
                    request().contentType(ContentType.JSON).body(body).post("/api/auth" + path));
        }

        /** A user who signs up here: id and token. */
        Caller signUp() {
            Caller caller = Caller.signUp();
            signIn(caller);
            return caller;
        }

        /** The token of the session. */
        String signIn(Caller caller) {
            Response response =
                    post(
                            "/sign-in/email",
                            Map.of("email", caller.email, "password", Caller.PASSWORD));
            response.then().statusCode(200);
            return response.path("token");
        }

        String active() {
            return get("/get-session").path("user.id");
        }

        List<String> users() {
            return get(LIST).jsonPath().getList("user.id");
        }

        String token(Caller caller) {
            return get(LIST)
                    .jsonPath()
                    .getString("find { it.user.id == '" + caller.id + "' }.session.token");
        }

        private RequestSpecification request() {
            RequestSpecification request = given().header("Origin", Caller.ORIGIN);
            if (jar.isEmpty()) {
                return request;
            }
            StringBuilder header = new StringBuilder();
            jar.forEach(
                    (name, value) -> header.append("; ").append(name).append('=').append(value));
            return request.header("Cookie", header.substring(2));
        }

        private Response keep(Response response) {
            for (String line : response.headers().getValues("Set-Cookie")) {
                String name = line.substring(0, line.indexOf('='));
                if (line.contains("Max-Age=0")) {
                    jar.remove(name);
                } else {
                    jar.put(name, line.substring(line.indexOf('=') + 1, line.indexOf(';')));
                }
            }
            return response;
        }
    }

    private static String cookie(String token) {
        return Cookies.DEVICE + token.toLowerCase(Locale.ROOT);
    }

    private static void assertRefused(Response response) {
        response.then()
                .statusCode(401)
                .body("code", equalTo("INVALID_SESSION_TOKEN"))
                .body("message", equalTo("Invalid session token"));
    }

    private static boolean isLive(String token) {
        return !"null".equals(Caller.as(token).get("/api/auth/get-session").asString());
    }

    @Test
    @DisplayName("keeps each in a signed cookie of its own, as long as the active one")
    void cookies() {
        Response response = Caller.signUp(Caller.newEmail());
        String token = response.path("token");
        assertEquals(
                List.of(cookie(token) + "=" + Cookies.session(response) + Cookies.WEEK),
                Cookies.devices(response));
        Response brief =
                given().contentType(ContentType.JSON)
                        .body(
                                Map.of(
                                        "email",
                                        response.<String>path("user.email"),
                                        "password",
                                        Caller.PASSWORD,
                                        "rememberMe",
                                        false))
                        .post("/api/auth/sign-in/email");
        assertTrue(
                Cookies.devices(brief).get(0).endsWith("; Path=/; HttpOnly; SameSite=Lax")
                        && !Cookies.devices(brief).get(0).contains("Max-Age"),
                "nobody who is not to be remembered is");
    }

    private static void assertShort(Response response) {
        int size =
                response.headers().asList().stream()
                        .mapToInt(it -> it.getName().length() + it.getValue().length() + 4)
                        .sum();
        assertTrue(size < 4096, () -> size + ": " + response.headers());
    }

    @Test
    @DisplayName("has a response clear no more of many old cookies than proxies take headers of")
    void manyOldCookies() {
        Caller ada = Caller.signUp();
        Device device = new Device();
        String prefix = Cookies.DEVICE;
        for (int i = 0; i < 25; i++) {
            Device other = new Device();
            other.signIn(ada);
            other.jar.forEach(
                    (name, value) -> {
                        if (name.startsWith(prefix)) {
                            device.jar.put(name, value);
                        }
                    });
        }
        Response signedIn =
                device.post(
                        "/sign-in/email",
                        Map.of(
                                "email",
                                ada.email,
                                "password",
                                Caller.PASSWORD,
                                "callbackURL",
                                "/" + "a".repeat(2000)));
        signedIn.then().statusCode(200);
        assertShort(signedIn);
        assertEquals(ada.id.toString(), device.active());
        Response out = device.post("/sign-out", Map.of());
        out.then().statusCode(200);
        assertShort(out);
        assertEquals(List.of(), device.users());
    }

    @Test
    @DisplayName("lists them oldest first and changes between them")
    void change() {
        Device device = new Device();
        Caller ada = device.signUp();
        Caller bob = device.signUp();
        assertEquals(List.of(ada.id.toString(), bob.id.toString()), device.users());
        assertEquals(bob.id.toString(), device.active());
        String token = device.token(ada);
        Response response = device.post(SET_ACTIVE, Map.of("sessionToken", token));
        response.then()
                .statusCode(200)
                .body("session.token", equalTo(token))
                .body("user.id", equalTo(ada.id.toString()))
                .header("set-auth-token", Cookies.decode(Cookies.session(response)));
        assertEquals(List.of(), Cookies.devices(response));
        assertEquals(ada.id.toString(), device.active());
    }

    @Test
    @DisplayName("lists them in one statement, and none without cookies")
    void statements() {
        Device device = new Device();
        device.signUp();
        device.signUp();
        device.signUp();
        assertEquals(1, Statements.of(() -> device.get(LIST).then().statusCode(200)).size());
        assertEquals(0, Statements.of(() -> assertEquals(List.of(), new Device().users())).size());
    }

    @Test
    @DisplayName("keeps one session of each user: the newest, and ends the one before")
    void onePerUser() {
        Device device = new Device();
        Caller ada = device.signUp();
        String first = device.token(ada);
        Caller bob = device.signUp();
        String second = device.signIn(ada);
        assertNotEquals(first, second);
        assertEquals(List.of(bob.id.toString(), ada.id.toString()), device.users());
        assertTrue(!isLive(first) && isLive(second));
        assertTrue(isLive(ada.token), "on another device it goes on");
        assertEquals(3, device.jar.size(), device.jar::toString);
    }

    @Test
    @DisplayName("keeps five; a sixth is signed in but not kept")
    void max() {
        Device device = new Device();
        for (int i = 0; i < 5; i++) {
            device.signUp();
        }
        Caller sixth = device.signUp();
        assertEquals(5, device.users().size());
        assertEquals(sixth.id.toString(), device.active());
        assertTrue(!device.users().contains(sixth.id.toString()));
    }

    @Test
    @DisplayName("with a session that has ended makes room for another")
    void ended() {
        Device device = new Device();
        Caller first = device.signUp();
        for (int i = 0; i < 4; i++) {
            device.signUp();
        }
        Database.update("DELETE FROM sessions WHERE user_id = ?", first.id);
        Caller next = device.signUp();
        assertEquals(5, device.users().size());
        assertTrue(device.users().contains(next.id.toString()));
    }

    @Test
    @DisplayName("revokes one that is not active, and the active one goes on")
    void revokeOther() {
        Device device = new Device();
        Caller ada = device.signUp();
        Caller bob = device.signUp();
        String token = device.token(ada);
        Response response = device.post(REVOKE, Map.of("sessionToken", token));
        response.then().statusCode(200).body("status", equalTo(true));
        assertEquals(List.of(), Cookies.set(response));
        assertEquals(
                List.of(cookie(token) + "=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax"),
                Cookies.devices(response));
        assertTrue(!isLive(token));
        assertEquals(bob.id.toString(), device.active());
        assertEquals(List.of(bob.id.toString()), device.users());
        assertRefused(device.post(REVOKE, Map.of("sessionToken", token)));
    }

    @Test
    @DisplayName("revokes the active one, and the oldest of the others becomes active, or nobody")
    void revokeActive() {
        Device device = new Device();
        Caller ada = device.signUp();
        Caller bob = device.signUp();
        device.post(REVOKE, Map.of("sessionToken", device.token(bob))).then().statusCode(200);
        assertEquals(ada.id.toString(), device.active());
        Response last = device.post(REVOKE, Map.of("sessionToken", device.token(ada)));
        last.then().statusCode(200);
        assertEquals(Cookies.FORGET, Cookies.set(last));
        assertEquals(Map.of(), device.jar);
        device.post(REVOKE, Map.of("sessionToken", "x"))
                .then()
                .statusCode(401)
                .body("code", equalTo("UNAUTHORIZED"));
    }

    @Test
    @DisplayName("signs all out at once")
    void signOut() {
        Device device = new Device();
        Caller ada = device.signUp();
        Caller bob = device.signUp();
        List<String> tokens = List.of(device.token(ada), device.token(bob));
        Response response = device.post("/sign-out", Map.of());
        response.then().statusCode(200);
        assertEquals(Cookies.FORGET, Cookies.set(response));
        assertEquals(2, Cookies.devices(response).size());
        assertEquals(Map.of(), device.jar);
        assertTrue(tokens.stream().noneMatch(MultiSessionResourceTest::isLive));
        assertEquals(List.of(), device.users());
        assertTrue(isLive(ada.token) && isLive(bob.token), "elsewhere they go on");
    }

    @Test
    @DisplayName("does not have a session that has ended or whose user is banned or deleted")
    void dead() {
        Device device = new Device();
        Caller ada = device.signUp();
        Caller bob = device.signUp();
        Caller eve = device.signUp();
        Caller last = device.signUp();
        List<String> tokens = List.of(device.token(ada), device.token(bob), device.token(eve));
        Database.update(
                "UPDATE sessions SET expires_at = now() WHERE user_id = ? AND created_at = (SELECT"
                        + " max(created_at) FROM sessions WHERE user_id = ?)",
                ada.id,
                ada.id);
        Database.update("UPDATE users SET banned = true WHERE id = ?", bob.id);
        Database.update("UPDATE users SET deleted_at = now() WHERE id = ?", eve.id);
        assertEquals(List.of(last.id.toString()), device.users());
        for (String token : tokens) {
            assertRefused(device.post(SET_ACTIVE, Map.of("sessionToken", token)));
            assertTrue(!device.jar.containsKey(cookie(token)), "and forgets it");
        }
        assertEquals(last.id.toString(), device.active());
    }

    @Test
    @DisplayName("proves what it has by signed values, not by names or tokens it merely knows")
    void proof() {
        Device device = new Device();
        device.signUp();
        Caller victim = Caller.signUp();
        String stolen = victim.token;
        assertRefused(device.post(SET_ACTIVE, Map.of("sessionToken", stolen)));
        String forged =
                Cookies.encode(Cookies.sign(stolen, "another-secret-0123456789abcdef0123456789"));
        for (String value : List.of("x", stolen, stolen + ".AAAA", forged)) {
            device.jar.put(cookie(stolen), value);
            assertRefused(device.post(SET_ACTIVE, Map.of("sessionToken", stolen)));
            assertRefused(device.post(REVOKE, Map.of("sessionToken", stolen)));
            assertEquals(1, device.users().size());
        }
        // ours, but the signed value of another session
        Device other = new Device();
        other.signUp();
        String own = other.jar.get(Cookies.SESSION);
        device.jar.put(cookie(stolen), own);
        assertRefused(device.post(SET_ACTIVE, Map.of("sessionToken", stolen)));
        assertEquals(1, device.users().size());
        device.jar.put(
                cookie(stolen),
                Cookies.encode(Cookies.sign(stolen, StartupSettings.DEVELOPMENT_SECRET)));
        assertEquals(2, device.users().size(), "the right one does");
        assertTrue(isLive(stolen));
    }

    @Test
    @DisplayName("has a user whose cookie stands behind another of its name")
    void behindAnother() {
        Device device = new Device();
        Caller ada = device.signUp();
        String name = cookie(device.token(ada));
        Device other = new Device();
        other.signUp();
        String planted = other.jar.get(Cookies.SESSION);
        device.jar.put(name, planted + "; " + name + "=" + device.jar.get(name));
        assertEquals(List.of(ada.id.toString()), device.users());
    }

    @Test
    @DisplayName("needs a string that names the session, and the origin of a trusted page")
    void faults() {
        Device device = new Device();
        Caller ada = device.signUp();
        for (String path : List.of(SET_ACTIVE, REVOKE)) {
            for (Map<String, ?> body :
                    List.<Map<String, ?>>of(Map.of(), Map.of("sessionToken", 5))) {
                device.post(path, body)
                        .then()
                        .statusCode(400)
                        .body("code", equalTo("VALIDATION_ERROR"));
            }
            given().header("Cookie", cookie(ada.token) + "=x")
                    .header("Origin", "https://evil.example")
                    .contentType(ContentType.JSON)
                    .body(Map.of("sessionToken", ada.token))
                    .post("/api/auth" + path)
                    .then()
                    .statusCode(403)
                    .body("code", equalTo("INVALID_ORIGIN"));
        }
        assertRefused(
                device.post(SET_ACTIVE, Map.of("sessionToken", UUID.randomUUID().toString())));
    }

    @Test
    @DisplayName(
            "that signs in anew costs no more for all its other sessions together than one statement")
    void noExtraStatements() {
        Caller ada = Caller.signUp();
        assertEquals(4, Statements.of(() -> ada.signInAgain()).size());
        Device device = new Device();
        device.signUp();
        List<String> second = Statements.of(() -> device.signIn(ada));
        assertEquals(
                6,
                second.size(),
                () -> "one read of who was a guest here, one of the others: " + second);
    }
}
