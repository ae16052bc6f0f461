package dev.roster.accounts.session;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.roster.platform.http.ClientAddress;
import dev.roster.testing.Caller;
import dev.roster.testing.Cookies;
import dev.roster.testing.Database;
import dev.roster.testing.HttpsProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
@TestProfile(HttpsProfile.class)
@DisplayName("A session of a service behind https")
class HttpsSessionTest {

    private static final String COOKIE = "__Secure-" + Cookies.SESSION;

    private String email;

    @BeforeEach
    void user() {
        email = Caller.newEmail();
        Caller.signUp(email).then().statusCode(200);
    }

    @Test
    @DisplayName("has cookies for https alone, whatever the request says of itself")
    void secure() {
        for (RequestSpecification request :
                List.of(
                        given(),
                        given().header("X-Forwarded-Proto", "http"),
                        given().header("Host", "evil.example")
                                .header("X-Forwarded-Host", "evil.example")
                                .header("Forwarded", "proto=http;host=evil.example"))) {
            Response response = signIn(request, true);
            String token = response.path("token");
            assertEquals(
                    List.of(
                            COOKIE
                                    + "="
                                    + Cookies.encode(Cookies.sign(token, HttpsProfile.NEW_SECRET))
                                    + "; Max-Age=604800; Path=/; HttpOnly; Secure; SameSite=Lax"),
                    Cookies.set(response));
        }
        List<String> cookies = Cookies.set(signIn(given(), false));
        assertEquals(2, cookies.size());
        for (String cookie : cookies) {
            assertEquals("__Secure-better-auth.", cookie.substring(0, 21));
            assertEquals(
                    "; Path=/; HttpOnly; Secure; SameSite=Lax",
                    cookie.substring(cookie.indexOf(';')));
        }
    }

    @Test
    @DisplayName("is cleared by cookies of the same kind")
    void cleared() {
        Response response =
                given().header("Origin", HttpsProfile.ORIGIN)
                        .contentType("application/json")
                        .body("{}")
                        .post("/api/auth/sign-out");
        assertEquals(
                Cookies.FORGET.stream()
                        .map(line -> "__Secure-" + line.replace("HttpOnly;", "HttpOnly; Secure;"))
                        .toList(),
                Cookies.set(response));
    }

    @Test
    @DisplayName("is not had by a cookie without the prefix, which any http page could plant")
    void prefix() {
        String token = signIn(given(), true).path("token");
        String value = Cookies.encode(Cookies.sign(token, HttpsProfile.NEW_SECRET));
        assertSession(COOKIE + "=" + value, token);
        assertNoSession(Cookies.SESSION + "=" + value);
    }

    @Test
    @DisplayName("survives a rotation of the secret: old signatures are good, new ones are new")
    void rotation() {
        String token = signIn(given(), true).path("token");
        for (String secret : List.of(HttpsProfile.NEW_SECRET, HttpsProfile.OLD_SECRET)) {
            String signed = Cookies.sign(token, secret);
            assertSession(COOKIE + "=" + Cookies.encode(signed), token);
            given().header("Authorization", "Bearer " + signed)
                    .get("/api/auth/get-session")
                    .then()
                    .body("session.token", equalTo(token));
        }
        String old = Cookies.encode(Cookies.sign(token, HttpsProfile.OLD_SECRET));
        Response response =
                given().header("Cookie", COOKIE + "=" + old)
                        .header("Origin", HttpsProfile.ORIGIN)
                        .contentType("application/json")
                        .body("{\"name\":\"x\"}")
                        .post("/api/auth/update-user");
        assertEquals(
                Cookies.encode(Cookies.sign(token, HttpsProfile.NEW_SECRET)),
                Cookies.session(response));
        String foreign = Cookies.sign(token, HttpsProfile.NEW_SECRET + ",");
        assertNoSession(COOKIE + "=" + Cookies.encode(foreign));
        String both = Cookies.sign(token, HttpsProfile.NEW_SECRET + "," + HttpsProfile.OLD_SECRET);
        assertNoSession(COOKIE + "=" + Cookies.encode(both));
    }

    @ParameterizedTest(name = "X-Forwarded-For: {0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "198.51.100.1 | 198.51.100.1",
                "6.6.6.6, 198.51.100.1 | 198.51.100.1",
                "6.6.6.6, 198.51.100.1, 10.1.2.3 | 198.51.100.1",
                "2a00:1:2:3:4:5:6:7 | 2a00:1:2:3:0:0:0:0",
                "198.51.100.1:4711 | 198.51.100.1",
                "\"[2a00:1:2:3:4:5:6:7]:80\" | 2a00:1:2:3:0:0:0:0",
                "garbage | 127.0.0.1",
            })
    @DisplayName("knows where it began from what the proxies in front say, and the trail too")
    void address(String forwarded, String expected) {
        String token = signIn(given().header("X-Forwarded-For", forwarded), true).path("token");
        Caller.as(token)
                .get("/api/auth/get-session")
                .then()
                .body("session.ipAddress", equalTo(expected));
        String audited =
                (String)
                        Database.value(
                                "SELECT e.ip_address FROM audit_events e JOIN sessions s ON s.id ="
                                        + " e.target_id WHERE s.token_digest ="
                                        + " sha256(convert_to(?, 'UTF8'))",
                                token);
        assertEquals(expected, ClientAddress.network(audited));
    }

    private Response signIn(RequestSpecification request, boolean remember) {
        Response response =
                request.contentType("application/json")
                        .body(
                                Map.of(
                                        "email",
                                        email,
                                        "password",
                                        Caller.PASSWORD,
                                        "rememberMe",
                                        remember))
                        .post("/api/auth/sign-in/email");
        response.then().statusCode(200);
        return response;
    }

    private static void assertSession(String cookie, String token) {
        given().header("Cookie", cookie)
                .get("/api/auth/get-session")
                .then()
                .body("session.token", equalTo(token));
    }

    private static void assertNoSession(String cookie) {
        Response response = given().header("Cookie", cookie).get("/api/auth/get-session");
        assertEquals("null", response.asString());
    }
}
