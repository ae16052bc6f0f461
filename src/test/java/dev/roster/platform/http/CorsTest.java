package dev.roster.platform.http;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.roster.testing.Caller;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
class CorsTest {

    /** One endpoint of each dialect, an error and a path that is none. */
    private static final List<String> PATHS =
            List.of("/api/auth/get-session", "/api/auth/nope", "/api/v1/me", "/api/v1/nope");

    @Nested
    @DisplayName("A page of a trusted origin")
    class Trusted {

        @ParameterizedTest(name = "{0}")
        @ValueSource(
                strings = {Caller.ORIGIN, "http://trusted.example:3000", "https://a.wild.example"})
        @DisplayName("may call with credentials and read every answer, errors too")
        void calls(String origin) {
            for (String path : PATHS) {
                Response response = given().header("Origin", origin).get(path);
                assertEquals(origin, response.header("Access-Control-Allow-Origin"), path);
                assertEquals("true", response.header("Access-Control-Allow-Credentials"), path);
                assertEquals(List.of("Origin"), response.headers().getValues("Vary"), path);
                assertEquals(
                        Set.of(
                                "set-auth-token",
                                "set-auth-jwt",
                                "x-retry-after",
                                "retry-after",
                                "etag",
                                "location",
                                "link",
                                "x-request-id",
                                "content-disposition",
                                "idempotency-replayed"),
                        names(response, "Access-Control-Expose-Headers"),
                        path);
            }
        }

        @ParameterizedTest(name = "{0}")
        @ValueSource(strings = {"/api/auth/sign-in/email", "/api/v1/me/profile", "/api/auth/nope"})
        @DisplayName("is told beforehand what it may send")
        void preflight(String path) {
            Response response =
                    given().header("Origin", "https://a.wild.example")
                            .header("Access-Control-Request-Method", "PUT")
                            .header("Access-Control-Request-Headers", "content-type,if-match")
                            .options(path);
            response.then()
                    .statusCode(204)
                    .header("Access-Control-Allow-Origin", "https://a.wild.example")
                    .header("Access-Control-Allow-Credentials", "true")
                    .header("Access-Control-Allow-Methods", containsString("PUT"))
                    .header("Access-Control-Allow-Credentials", "true");
            assertEquals(
                    Set.of(
                            "content-type",
                            "content-encoding",
                            "authorization",
                            "if-match",
                            "if-none-match",
                            "idempotency-key",
                            "x-api-key",
                            "x-request-id",
                            "x-captcha-response",
                            "traceparent",
                            "tracestate",
                            "baggage",
                            "sentry-trace"),
                    names(response, "Access-Control-Allow-Headers"));
            assertEquals("", response.asString());
            assertEquals(List.of("Origin"), response.headers().getValues("Vary"));
        }

        private static Set<String> names(Response response, String header) {
            return Arrays.stream(response.header(header).split(","))
                    .map(name -> name.strip().toLowerCase(Locale.ROOT))
                    .collect(Collectors.toSet());
        }
    }

    @Nested
    @DisplayName("A page of any other origin")
    class Untrusted {

        @ParameterizedTest(name = "{0}")
        @ValueSource(
                strings = {
                    "https://evil.example",
                    "null",
                    "http://a.wild.example",
                    "https://wild.example",
                    "http://trusted.example",
                    "https://trusted.example:3000",
                    "http://trusted.example:3000.evil.example",
                    "http://trusted.example:3000@evil.example",
                    "garbage",
                })
        @DisplayName("may read nothing, and is told nothing beforehand")
        void refused(String origin) {
            for (String path : PATHS) {
                assertNothing(given().header("Origin", origin).get(path));
                assertNothing(
                        given().header("Origin", origin)
                                .header("Access-Control-Request-Method", "POST")
                                .options(path));
            }
        }

        @ParameterizedTest(name = "Host: {0}")
        @ValueSource(strings = {"evil.example", "evil.example:8081"})
        @DisplayName("is not trusted for naming itself as the host it speaks to")
        void forgedHost(String host) {
            String origin = "http://" + host;
            assertNothing(
                    given().header("Host", host)
                            .header("X-Forwarded-Host", host)
                            .header("Origin", origin)
                            .get("/api/auth/get-session"));
            Response response =
                    given().header("Host", host)
                            .header("X-Forwarded-Host", host)
                            .header("Origin", origin)
                            .contentType(ContentType.JSON)
                            .body("{\"email\":\"a@example.com\",\"password\":\"x\"}")
                            .post("/api/auth/sign-in/email");
            assertEquals(403, response.statusCode());
            assertEquals("INVALID_ORIGIN", response.path("code"));
            assertNothing(response);
        }

        private void assertNothing(Response response) {
            assertEquals(
                    List.of(),
                    response.headers().asList().stream()
                            .filter(h -> h.getName().matches("(?i)access-control-.*"))
                            .toList());
            assertEquals(List.of("Origin"), response.headers().getValues("Vary"));
        }
    }
}
