package dev.roster.platform.problem;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.roster.testing.Caller;
import dev.roster.testing.KeptConnection;
import dev.roster.testing.MailedLinks;
import dev.roster.testing.Mails;
import dev.roster.testing.Problems;
import dev.roster.testing.Rest;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@DisplayName("The head of a request")
class HeadLimitTest {

    private static final int MAX_LINE = 8192;

    /** A request whose first line has so many bytes. */
    private static String request(String path, int line, String headers) {
        int filler = line - "GET ".length() - path.length() - "?x=".length() - " HTTP/1.1".length();
        return "GET "
                + path
                + "?x="
                + "a".repeat(filler)
                + " HTTP/1.1\r\nHost: localhost\r\n"
                + headers
                + "\r\n";
    }

    private static void assertRefused(int status, String path, KeptConnection.Response response) {
        assertEquals(status, response.status(), path);
        String code = status == 414 ? "uri_too_long" : "headers_too_large";
        if (path.startsWith("/api/auth/")) {
            assertEquals("application/json", response.headers().get("content-type"), path);
            assertTrue(
                    response.body()
                            .contains("\"code\":\"" + code.toUpperCase(java.util.Locale.ROOT)),
                    path);
            assertTrue(response.body().contains("\"message\":"), path);
        } else {
            assertEquals("application/problem+json", response.headers().get("content-type"), path);
            assertTrue(response.body().contains("\"code\":\"" + code + "\""), path);
        }
    }

    @Test
    @DisplayName("may have a first line of 8,192 bytes")
    void longestLine() throws IOException {
        try (KeptConnection connection = new KeptConnection()) {
            connection.send(request("/api/auth/ok", MAX_LINE, ""));
            assertEquals(200, connection.read().status());
            connection.send(request("/api/v1/me", MAX_LINE, ""));
            assertEquals(401, connection.read().status());
        }
    }

    @ParameterizedTest(name = "{0} bytes")
    @ValueSource(ints = {MAX_LINE + 1, 16_000, 100_000})
    @DisplayName("with a longer first line is a problem, behind which the connection serves on")
    void tooLongLine(int length) throws IOException {
        for (String path : List.of("/api/v1/me", "/api/auth/ok", "/api/v1/nothing", "/q/health")) {
            try (KeptConnection connection = new KeptConnection()) {
                connection.send(request(path, length, ""));
                assertRefused(414, path, connection.read());
                connection.send(request("/api/auth/ok", 100, ""));
                assertEquals(200, connection.read().status());
            }
        }
    }

    @ParameterizedTest(name = "{0} headers of {1} bytes")
    @CsvSource({"1, 21000", "30, 1000", "1, 100000"})
    @DisplayName(
            "with headers of more than 20 KiB is a problem, behind which the connection serves on")
    void tooLargeHeaders(int count, int length) throws IOException {
        String headers = ("X-Filler: " + "a".repeat(length) + "\r\n").repeat(count);
        for (String path : List.of("/api/v1/me", "/api/auth/get-session", "/q/health")) {
            try (KeptConnection connection = new KeptConnection()) {
                connection.send(request(path, 100, headers));
                assertRefused(431, path, connection.read());
                connection.send(request("/api/auth/ok", 100, ""));
                assertEquals(200, connection.read().status());
            }
        }
    }

    @Test
    @DisplayName("may have headers of 20,000 bytes")
    void largeHeaders() {
        given().header("X-Filler", "a".repeat(19_000)).get("/api/auth/ok").then().statusCode(200);
    }

    @Test
    @DisplayName("is bounded alike over HTTP/2")
    void http2() throws Exception {
        Vertx vertx = Vertx.vertx();
        try {
            assertEquals(200, status(vertx, "/api/auth/ok?x=" + "a".repeat(8_000), ""));
            assertEquals(414, status(vertx, "/api/auth/ok?x=" + "a".repeat(9_000), ""));
            assertEquals(200, status(vertx, "/api/auth/ok", "a".repeat(19_000)));
            assertEquals(431, status(vertx, "/api/auth/ok", "a".repeat(25_000)));
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        }
    }

    private static int status(Vertx vertx, String uri, String header) throws Exception {
        return vertx.createHttpClient(
                        new HttpClientOptions()
                                .setProtocolVersion(HttpVersion.HTTP_2)
                                .setHttp2ClearTextUpgrade(false)
                                .setDefaultPort(RestAssured.port))
                .request(HttpMethod.GET, uri)
                .compose(sent -> sent.putHeader("X-Filler", header).send(Buffer.buffer()))
                .toCompletionStage()
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS)
                .statusCode();
    }

    @Test
    @DisplayName("has room for the official client's list-users with 100 ids")
    void hundredIds() {
        Caller admin = Caller.admin();
        String ids =
                Stream.concat(Stream.of(admin.id), Stream.generate(UUID::randomUUID).limit(99))
                        .map(id -> "&filterValue=" + id)
                        .collect(Collectors.joining());
        admin.request()
                .get("/api/auth/admin/list-users?filterField=id&filterOperator=in" + ids)
                .then()
                .statusCode(200)
                .body("total", equalTo(1))
                .body("users.id", hasItems(admin.id.toString()));
    }

    @Nested
    @DisplayName("of a mailed link")
    class Links {

        private Response send(Caller caller, String path, Map<String, Object> body) {
            return caller.request().contentType(ContentType.JSON).body(body).post(path);
        }

        private Map<String, Object> body(String name, String target) {
            Map<String, Object> body = new HashMap<>();
            body.put("name", "Ada");
            body.put("email", Caller.newEmail());
            body.put("newEmail", Caller.newEmail());
            body.put("password", Caller.PASSWORD);
            body.put(name, target);
            return body;
        }

        @ParameterizedTest(name = "{0} {1}")
        @CsvSource({
            "/api/auth/sign-up/email, callbackURL",
            "/api/auth/sign-in/email, callbackURL",
            "/api/auth/send-verification-email, callbackURL",
            "/api/auth/change-email, callbackURL",
            "/api/auth/delete-user, callbackURL",
            "/api/auth/request-password-reset, redirectTo",
            "/api/auth/sign-in/magic-link, callbackURL",
            "/api/auth/sign-in/magic-link, newUserCallbackURL",
            "/api/auth/sign-in/magic-link, errorCallbackURL"
        })
        @DisplayName("is refused at the request where its target is too long")
        void tooLong(String path, String name) {
            Caller caller = Caller.signUp();
            for (String target : List.of("/" + "a".repeat(2048), "/" + "\u00e4".repeat(400))) {
                send(caller, path, body(name, target))
                        .then()
                        .statusCode(400)
                        .body("code", equalTo("VALIDATION_ERROR"))
                        .body(
                                "message",
                                equalTo(
                                        "[body."
                                                + name
                                                + "] Too big: expected string to have <=2048"
                                                + " characters"));
            }
        }

        @Test
        @DisplayName("can be opened with the longest target that is accepted")
        void opens() {
            String target = "/" + "&".repeat(2047);
            String email = Caller.newEmail();
            given().contentType(ContentType.JSON)
                    .body(Map.of("email", email, "callbackURL", target))
                    .post("/api/auth/sign-in/magic-link")
                    .then()
                    .statusCode(200);
            given().contentType(ContentType.JSON)
                    .body(
                            Map.of(
                                    "email",
                                    email,
                                    "callbackURL",
                                    target,
                                    "errorCallbackURL",
                                    "/error"))
                    .post("/api/auth/sign-in/magic-link")
                    .then()
                    .statusCode(400)
                    .body("code", equalTo("VALIDATION_ERROR"));
            String url = Mails.to(email).get(0).value("url");
            assertTrue(url.length() < MAX_LINE, () -> "" + url.length());
            MailedLinks.follow(url)
                    .then()
                    .statusCode(302)
                    .header("Location", equalTo(Caller.ORIGIN + target));
        }

        @Test
        @DisplayName("of a reset and a verification can be opened with the longest target too")
        void others() {
            Caller ada = Caller.signUp();
            String target = "/" + "&".repeat(2047);
            send(
                            ada,
                            "/api/auth/request-password-reset",
                            Map.of("email", ada.email, "redirectTo", target))
                    .then()
                    .statusCode(200);
            send(
                            ada,
                            "/api/auth/send-verification-email",
                            Map.of("email", ada.email, "callbackURL", target))
                    .then()
                    .statusCode(200);
            List<Mails.Mail> mails = Mails.to(ada.email);
            assertTrue(mails.size() >= 2);
            for (Mails.Mail mail : mails) {
                MailedLinks.follow(mail.value("url")).then().statusCode(302);
            }
        }

        @Test
        @DisplayName("is refused where somebody made the target in it longer")
        void followed() {
            MailedLinks.follow(
                            Caller.ORIGIN
                                    + "/api/auth/verify-email?token=x&callbackURL=/"
                                    + "a".repeat(3000))
                    .then()
                    .statusCode(400);
        }

        @Test
        @DisplayName("is refused by the REST dialect too where its target is too long")
        void rest() {
            Caller admin = Caller.admin();
            Problems.assertInvalid(
                    Rest.body(
                                    admin.request(),
                                    Rest.JSON,
                                    "{\"name\":\"Ada\",\"email\":\""
                                            + Caller.newEmail()
                                            + "\",\"redirectTo\":\"/"
                                            + "a".repeat(2048)
                                            + "\"}")
                            .post("/api/v1/users"),
                    "redirectTo");
        }
    }
}
