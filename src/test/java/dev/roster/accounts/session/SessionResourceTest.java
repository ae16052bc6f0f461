package dev.roster.accounts.session;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.roster.testing.AtOnce;
import dev.roster.testing.Caller;
import dev.roster.testing.Cookies;
import dev.roster.testing.Database;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@DisplayName("A session")
class SessionResourceTest {

    private static final Duration WEEK = Duration.ofDays(7);

    @Test
    @DisplayName("read a day after it was last put off is put off by a week; its token stays")
    void refresh() {
        Device device = Device.signUp();
        age(device.token, "24 hours 1 minute");
        Instant before = Instant.now();
        Response response = device.getSession("");
        assertEquals(device.token, response.path("session.token"));
        Instant updatedAt = Instant.parse(response.path("session.updatedAt"));
        Instant expiresAt = Instant.parse(response.path("session.expiresAt"));
        assertEquals(WEEK, Duration.between(updatedAt, expiresAt));
        assertFalse(updatedAt.isBefore(before.minusSeconds(1)), "by the clock of now");
        assertEquals(
                List.of(Cookies.SESSION + "=" + device.cookie + Cookies.WEEK),
                Cookies.set(response));
        Map<String, Object> row = row(device.token);
        assertEquals(expiresAt.toEpochMilli(), millis(row, "expires_at"));
        assertEquals(updatedAt.toEpochMilli(), millis(row, "updated_at"));
        assertTrue(
                Instant.parse(response.path("session.createdAt")).isBefore(updatedAt),
                "a refresh makes no session younger");
        assertUnchangedBy(device.token, () -> device.getSession(""));
    }

    @Test
    @DisplayName("put off by several reads at once ends at one time")
    void refreshAtOnce() throws InterruptedException {
        Device device = Device.signUp();
        age(device.token, "2 days");
        for (Response response : AtOnce.run(8, () -> device.getSession(""))) {
            response.then().statusCode(200).body("session.token", equalTo(device.token));
        }
        assertUnchangedBy(device.token, () -> device.getSession(""));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"0 seconds", "23 hours 59 minutes"})
    @DisplayName("younger than a day is read without writing anything")
    void noRefresh(String age) {
        Device device = Device.signUp();
        age(device.token, age);
        assertUnchangedBy(
                device.token,
                () -> {
                    Response response = device.getSession("");
                    assertEquals(device.token, response.path("session.token"));
                    assertEquals(List.of(), Cookies.set(response));
                });
    }

    @ParameterizedTest(name = "?disableRefresh={0}")
    @ValueSource(strings = {"true", "1", "false"})
    @DisplayName("is not put off where the caller does not want it: any text is a yes")
    void disableRefresh(String value) {
        Device device = Device.signUp();
        age(device.token, "2 days");
        assertUnchangedBy(
                device.token,
                () ->
                        assertEquals(
                                List.of(),
                                Cookies.set(device.getSession("?disableRefresh=" + value))));
        assertFalse(Cookies.set(device.getSession("?disableRefresh=")).isEmpty());
    }

    @Test
    @DisplayName("of somebody who is not to be remembered is never put off")
    void unremembered() {
        String email = Caller.signUp().email;
        Device device =
                Device.of(
                        signIn(
                                Map.of(
                                        "email",
                                        email,
                                        "password",
                                        Caller.PASSWORD,
                                        "rememberMe",
                                        false)));
        age(device.token, "23 hours 50 minutes");
        assertUnchangedBy(
                device.token,
                () -> {
                    Response response = device.getSession("");
                    assertEquals(device.token, response.path("session.token"));
                    assertEquals(List.of(), Cookies.set(response));
                });
        age(device.token, "11 minutes");
        assertEquals("null", device.getSession("").asString());
    }

    @Test
    @DisplayName("that has expired is null, and the client is made to forget it")
    void expired() {
        Device device = Device.signUp();
        age(device.token, "168 hours");
        Response response = device.getSession("");
        response.then().statusCode(200);
        assertEquals("null", response.asString());
        assertEquals(Cookies.FORGET, Cookies.set(response));
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "GET, list-sessions, ",
        "GET, list-accounts, ",
        "POST, revoke-session, {\"token\":\"x\"}",
        "POST, revoke-sessions, {}",
        "POST, revoke-other-sessions, {}",
        "POST, update-user, {\"name\":\"x\"}",
        "POST, change-password, '{\"currentPassword\":\"x\",\"newPassword\":\"long enough\"}'",
        "POST, verify-password, {\"password\":\"x\"}",
        "POST, delete-user, {}",
    })
    @DisplayName("that has expired opens nothing: 401, and the client is made to forget it")
    void expiredProtected(String method, String path, String body) {
        Device device = Device.signUp();
        age(device.token, "168 hours");
        Response response = device.call(method, path, body);
        response.then().statusCode(401).body("code", equalTo("UNAUTHORIZED"));
        assertEquals(Cookies.FORGET, Cookies.set(response));
    }

    @Test
    @DisplayName("older than a day is too old to list sessions")
    void stale() {
        Device device = Device.signUp();
        age(device.token, "23 hours 59 minutes");
        device.call("GET", "list-sessions", null).then().statusCode(200);
        age(device.token, "2 minutes");
        Response response = device.call("GET", "list-sessions", null);
        response.then()
                .statusCode(403)
                .body("code", equalTo("SESSION_NOT_FRESH"))
                .body("message", equalTo("Session is not fresh"));
        assertEquals(List.of(), Cookies.set(response));
    }

    @Test
    @DisplayName("put off lately is as old as before: freshness counts from the sign-in")
    void staleThoughRefreshed() {
        Device device = Device.signUp();
        age(device.token, "2 days");
        assertFalse(Cookies.set(device.getSession("")).isEmpty());
        device.call("GET", "list-sessions", null).then().statusCode(403);
    }

    @Test
    @DisplayName("older than a day needs the password to delete the user")
    void staleDelete() {
        Device device = Device.signUp();
        age(device.token, "2 days");
        device.call("POST", "delete-user", "{}")
                .then()
                .statusCode(400)
                .body("code", equalTo("SESSION_EXPIRED"));
        assertTrue(device.isSignedIn());
        device.call("POST", "delete-user", "{\"password\":\"" + Caller.PASSWORD + "\"}")
                .then()
                .statusCode(200);
        assertFalse(device.isSignedIn());
    }

    @Test
    @DisplayName("is stored as the SHA-256 of its token alone")
    void digest() {
        Device device = Device.signUp();
        assertEquals(
                1L,
                Database.value(
                        "SELECT count(*) FROM sessions WHERE token_digest ="
                                + " sha256(convert_to(?, 'UTF8'))",
                        device.token));
        String signature = Cookies.decode(device.cookie).substring(33);
        for (String table : List.of("sessions", "audit_events", "users", "credentials")) {
            List<Map<String, Object>> rows =
                    Database.query("SELECT CAST(row_to_json(t) AS text) AS r FROM " + table + " t");
            assertFalse(rows.isEmpty());
            for (Map<String, Object> row : rows) {
                String text = (String) row.get("r");
                assertFalse(text.contains(device.token), table);
                assertFalse(text.contains(signature), table);
            }
        }
    }

    @Test
    @DisplayName("of another device is listed by a value that ends it but does not sign in")
    void handles() {
        Caller laptop = Caller.signUp();
        String phone = laptop.signInAgain();
        String tablet = laptop.signInAgain();
        List<Map<String, String>> listed =
                laptop.request().get("/api/auth/list-sessions").jsonPath().getList("");
        assertEquals(3, listed.size());
        assertEquals(laptop.token, listed.get(0).get("token"));
        String handle = listed.get(1).get("token");
        for (String value : List.of(handle, listed.get(1).get("id"))) {
            assertNotEquals(phone, value);
            assertEquals("null", Caller.as(value).get("/api/auth/get-session").asString());
        }
        assertNotEquals(listed.get(1).get("id"), handle);
        revoke(laptop, handle);
        assertFalse(isSignedIn(phone));
        assertTrue(isSignedIn(tablet));
        assertTrue(isSignedIn(laptop.token));
        laptop.request().get("/api/auth/list-sessions").then().body("", hasSize(2));
    }

    @Test
    @DisplayName("ended by its own listed value is forgotten by its client")
    void ownHandle() {
        Caller laptop = Caller.signUp();
        String phone = laptop.signInAgain();
        String handle =
                laptop.request().get("/api/auth/list-sessions").path("[1].token").toString();
        Response response =
                Caller.as(phone)
                        .contentType(ContentType.JSON)
                        .body(Map.of("token", handle))
                        .post("/api/auth/revoke-session");
        assertEquals(Cookies.FORGET, Cookies.set(response));
        assertFalse(isSignedIn(phone));
    }

    @Test
    @DisplayName("of another user cannot be ended, by whatever value: the answer is the same")
    void foreign() {
        Caller ada = Caller.signUp();
        String phone = ada.signInAgain();
        Caller mallory = Caller.signUp();
        List<String> values =
                Stream.concat(
                                ada
                                        .request()
                                        .get("/api/auth/list-sessions")
                                        .jsonPath()
                                        .<String>getList("token")
                                        .stream(),
                                Stream.of(phone, "", "x", "0".repeat(64), "'; --"))
                        .toList();
        values.forEach(value -> revoke(mallory, value));
        assertTrue(isSignedIn(ada.token));
        assertTrue(isSignedIn(phone));
        assertTrue(isSignedIn(mallory.token));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"banned = true", "deleted_at = now()"})
    @DisplayName("of a user who is banned or deleted is dead at once")
    void gone(String change) {
        Device device = Device.signUp();
        Caller.as(device.token).get("/api/v1/me").then().statusCode(200);
        Database.update(
                "UPDATE users SET "
                        + change
                        + " WHERE id = (SELECT user_id FROM sessions WHERE token_digest ="
                        + " sha256(convert_to(?, 'UTF8')))",
                device.token);
        Response response = device.getSession("");
        assertEquals("null", response.asString());
        assertEquals(Cookies.FORGET, Cookies.set(response));
        device.call("GET", "list-sessions", null).then().statusCode(401);
        device.call("POST", "update-user", "{\"name\":\"x\"}").then().statusCode(401);
        Caller.as(device.token).get("/api/v1/me").then().statusCode(401);
    }

    @Test
    @DisplayName("is not had by a cookie with any one character changed")
    void flips() {
        Device device = Device.signUp();
        String cookie = device.cookie;
        assertEquals(
                List.of(),
                IntStream.range(0, cookie.length())
                        .mapToObj(
                                i ->
                                        cookie.substring(0, i)
                                                // never the same letter in the other case, which
                                                // in %2f would be the same character
                                                + ("Aa".indexOf(cookie.charAt(i)) < 0 ? 'A' : 'B')
                                                + cookie.substring(i + 1))
                        .filter(Device::isSession)
                        .toList());
        assertTrue(device.isSignedIn());
    }

    @Test
    @DisplayName("is not had by a cookie that was cut off")
    void truncations() {
        Device device = Device.signUp();
        assertEquals(
                List.of(),
                IntStream.range(0, device.cookie.length())
                        .mapToObj(i -> device.cookie.substring(0, i))
                        .filter(Device::isSession)
                        .toList());
    }

    @Test
    @DisplayName("is not had by a cookie with no signature, or one that is not for it")
    void forgeries() {
        Device device = Device.signUp();
        String other = Cookies.decode(Device.signUp().cookie);
        String signature = Cookies.decode(device.cookie).substring(32);
        Map<String, String> forged = new HashMap<>();
        forged.put("unsigned", device.token);
        forged.put("empty signature", device.token + ".");
        forged.put("another secret", Cookies.sign(device.token, "another-secret-0123456789abcdef"));
        forged.put("empty secret's digest", device.token + "." + "A".repeat(43) + "=");
        forged.put("another value's signature", device.token + other.substring(32));
        forged.put("another value under this signature", other.substring(0, 32) + signature);
        forged.put("twice", device.token + signature + signature);
        forged.put("a space", device.token + " " + signature);
        forged.put("nothing", "");
        forged.forEach(
                (what, value) -> {
                    Response response = Device.getSession(Cookies.encode(value), "");
                    assertEquals("null", response.asString(), what);
                    // that is no cookie of ours, and not ours to clear (contract, section 4)
                    assertEquals(List.of(), Cookies.set(response), what);
                });
        assertTrue(device.isSignedIn());
    }

    @Test
    @DisplayName("is found behind a cookie of the same name that somebody else planted")
    void planted() {
        Device device = Device.signUp();
        given().header("Cookie", "a=b; " + Cookies.SESSION + "=x.y; " + device.cookieHeader())
                .get("/api/auth/get-session")
                .then()
                .body("session.token", equalTo(device.token));
        assertEquals(
                "null",
                given().header("Cookie", "x" + device.cookieHeader())
                        .get("/api/auth/get-session")
                        .asString());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "ended, live | %2$s; %1$s",
                "live, ended | %1$s; %2$s",
                "forged, ended, live | better-auth.session_token=x.y; %2$s; %1$s",
                "ended, live in quotes | %2$s; better-auth.session_token=\"%3$s\"",
                "unreadable, empty, live | better-auth.session_token=%%zz; better-auth.session_token=;%1$s",
                "without blanks | %2$s;%1$s;a=b",
            })
    @DisplayName("is found among several cookies of its name, in any order, by both APIs")
    void amongDead(String what, String header) {
        Device live = Device.signUp();
        Device ended = Device.signUp();
        revoke(ended.token);
        String cookies =
                header.formatted(live.cookieHeader(), ended.cookieHeader(), live.cookie).trim();
        Response session = given().header("Cookie", cookies).get("/api/auth/get-session");
        assertEquals(live.token, session.path("session.token"));
        assertEquals(List.of(), Cookies.set(session), "a client that is signed in forgets nothing");
        given().header("Cookie", cookies).get("/api/v1/me").then().statusCode(200);
        given().header("Cookie", cookies)
                .header("Origin", Caller.ORIGIN)
                .contentType(ContentType.JSON)
                .body("{\"name\":\"Ada\"}")
                .post("/api/auth/update-user")
                .then()
                .statusCode(200);
    }

    @ParameterizedTest(name = "HTTP/{0}")
    @EnumSource(HttpClient.Version.class)
    @DisplayName("is found in whichever of several Cookie headers it is")
    void severalHeaders(HttpClient.Version version) throws Exception {
        Device live = Device.signUp();
        Device ended = Device.signUp();
        revoke(ended.token);
        HttpRequest.Builder request =
                HttpRequest.newBuilder(
                                URI.create(
                                        RestAssured.baseURI
                                                + ":"
                                                + RestAssured.port
                                                + "/api/v1/me"))
                        .version(version)
                        .header("Cookie", "a=b")
                        .header("Cookie", ended.cookieHeader())
                        .header("Cookie", live.cookieHeader());
        HttpClient client = HttpClient.newBuilder().version(version).build();
        HttpResponse<String> response =
                client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        assertEquals(version, response.version());
        assertEquals(200, response.statusCode());
    }

    @Test
    @DisplayName("is the one that began last where several cookies name live ones, in any order")
    void amongLive() {
        Device older = Device.signUp();
        Device newer = Device.signUp();
        for (String cookies :
                List.of(
                        older.cookieHeader() + "; " + newer.cookieHeader(),
                        newer.cookieHeader() + "; " + older.cookieHeader())) {
            Response session = given().header("Cookie", cookies).get("/api/auth/get-session");
            assertEquals(newer.token, session.path("session.token"));
            String id = given().header("Cookie", cookies).get("/api/v1/me").path("id");
            assertEquals(session.path("user.id"), id);
        }
    }

    @Test
    @DisplayName("ends with the others that the client shows when it signs out")
    void signOutOfAll() {
        Device first = Device.signUp();
        Device second = Device.signUp();
        Device elsewhere = Device.signUp();
        given().header("Cookie", first.cookieHeader() + "; " + second.cookieHeader())
                .header("Origin", Caller.ORIGIN)
                .contentType(ContentType.JSON)
                .body("{}")
                .post("/api/auth/sign-out")
                .then()
                .statusCode(200);
        assertFalse(first.isSignedIn());
        assertFalse(second.isSignedIn());
        assertTrue(elsewhere.isSignedIn());
    }

    @Test
    @DisplayName("of several that have all ended is null, and the client is made to forget it")
    void allEnded() {
        Device first = Device.signUp();
        Device second = Device.signUp();
        revoke(first.token);
        revoke(second.token);
        String cookies = first.cookieHeader() + "; " + second.cookieHeader();
        Response session = given().header("Cookie", cookies).get("/api/auth/get-session");
        assertEquals("null", session.asString());
        assertEquals(Cookies.FORGET, Cookies.set(session));
        given().header("Cookie", cookies).get("/api/v1/me").then().statusCode(401);
    }

    @Test
    @DisplayName("that never was is answered in the same way as one that has ended")
    void unknown() {
        Device device = Device.signUp();
        revoke(device.token);
        Response ended = device.getSession("");
        assertEquals("null", ended.asString());
        assertEquals(Cookies.FORGET, Cookies.set(ended));
        Response never = Caller.as("A".repeat(32)).get("/api/auth/get-session");
        assertEquals("null", never.asString());
        assertEquals(Cookies.FORGET, Cookies.set(never));
    }

    /** A browser: its cookie, and the token in it. */
    record Device(String cookie, String token) {

        static Device signUp() {
            return of(Caller.signUp(Caller.newEmail()));
        }

        static Device of(Response response) {
            response.then().statusCode(200);
            return new Device(Cookies.session(response), response.path("token"));
        }

        String cookieHeader() {
            return Cookies.SESSION + "=" + cookie;
        }

        Response call(String method, String path, String body) {
            var request = given().header("Cookie", cookieHeader()).header("Origin", Caller.ORIGIN);
            if (body != null) {
                request.contentType(ContentType.JSON).body(body);
            }
            return request.request(method, "/api/auth/" + path);
        }

        Response getSession(String query) {
            return getSession(cookie, query);
        }

        boolean isSignedIn() {
            return isSession(cookie);
        }

        static Response getSession(String cookie, String query) {
            return given().header("Cookie", Cookies.SESSION + "=" + cookie)
                    .get("/api/auth/get-session" + query);
        }

        static boolean isSession(String cookie) {
            Response response = getSession(cookie, "?disableRefresh=1");
            response.then().statusCode(200);
            return !response.asString().equals("null");
        }
    }

    private static Response signIn(Map<String, Object> body) {
        return given().contentType(ContentType.JSON).body(body).post("/api/auth/sign-in/email");
    }

    private static boolean isSignedIn(String token) {
        return !Caller.as(token).get("/api/auth/get-session").asString().equals("null");
    }

    private static void revoke(String token) {
        Caller.as(token)
                .contentType(ContentType.JSON)
                .body("{}")
                .post("/api/auth/sign-out")
                .then()
                .statusCode(200);
    }

    private static void revoke(Caller caller, String value) {
        caller.request()
                .contentType(ContentType.JSON)
                .body(Map.of("token", value))
                .post("/api/auth/revoke-session")
                .then()
                .statusCode(200)
                .body("status", equalTo(true));
    }

    /** Lets time go by for one session. */
    private static void age(String token, String interval) {
        assertEquals(
                1,
                Database.update(
                        "UPDATE sessions SET created_at = created_at - CAST(? AS interval),"
                                + " updated_at = updated_at - CAST(? AS interval), expires_at ="
                                + " expires_at - CAST(? AS interval) WHERE token_digest ="
                                + " sha256(convert_to(?, 'UTF8'))",
                        interval,
                        interval,
                        interval,
                        token));
    }

    private static Map<String, Object> row(String token) {
        return Database.query(
                        "SELECT CAST(xmin AS text) AS xmin, version, expires_at, updated_at FROM"
                                + " sessions WHERE token_digest = sha256(convert_to(?, 'UTF8'))",
                        token)
                .get(0);
    }

    /** Not even rewritten with the same values: the row's transaction would be another. */
    private static void assertUnchangedBy(String token, Runnable call) {
        Map<String, Object> before = row(token);
        call.run();
        assertEquals(before, row(token));
    }

    private static long millis(Map<String, Object> row, String column) {
        return ((Timestamp) row.get(column)).getTime();
    }
}
