package dev.roster.platform.problem;

import static dev.roster.testing.Problems.assertInvalid;
import static dev.roster.testing.Problems.assertProblem;
import static dev.roster.testing.Problems.assertViolations;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.Rest;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@DisplayName("An error of the REST dialect")
class ProblemsTest {

    private static final String PROFILE = "/api/v1/me/profile";
    private static final int MAX_BODY = 1_048_576;

    @Nested
    @DisplayName("of a body")
    class OfABody {

        @ParameterizedTest(name = "{0}")
        @ValueSource(
                strings = {
                    "{",
                    "}",
                    "{\"bio\":}",
                    "{\"bio\":\"x\"",
                    "{'bio':'x'}",
                    "{bio:\"x\"}",
                    "{\"bio\":\"x\",}",
                    "{\"bio\":\"x\"} {}",
                    "{\"bio\":\"x\"}]",
                    "{\"bio\":\"a\nb\"}",
                    "{\"bio\":\"\\x\"}",
                    "{\"bio\":NaN}",
                    "{\"bio\":01}",
                    "// hello\n{}",
                    "not json"
                })
        @DisplayName("that is not well-formed JSON is malformed_json")
        void malformed(String body) {
            assertProblem(400, "malformed_json", Rest.put(Caller.signUp(), PROFILE, "*", body));
        }

        @ParameterizedTest(name = "{0}")
        @ValueSource(
                strings = {
                    "{\"bio\":\"a\",\"bio\":\"b\"}",
                    "{\"bio\":\"a\",\"\\u0062io\":\"b\"}",
                    "{\"bio\":\"a\",\"bio\":null}"
                })
        @DisplayName("that names a member twice is malformed_json")
        void duplicate(String body) {
            assertProblem(400, "malformed_json", Rest.put(Caller.signUp(), PROFILE, "*", body));
        }

        @ParameterizedTest(name = "{0}")
        @ValueSource(strings = {"[]", "[{}]", "\"text\"", "1", "true", "null", "", " \n"})
        @DisplayName("that is no object is refused, by PUT, PATCH and preferences alike")
        void noObject(String body) {
            Caller caller = Caller.signUp();
            for (Response answer :
                    new Response[] {
                        Rest.put(caller, PROFILE, "*", body),
                        Rest.patch(caller, PROFILE, "*", body),
                        Rest.patch(caller, "/api/v1/users/" + caller.id, "*", body),
                        Rest.put(caller, "/api/v1/me/preferences/app", null, body)
                    }) {
                assertProblem(400, "malformed_json", answer);
            }
        }

        @Test
        @DisplayName("that is missing altogether is refused")
        void missing() {
            Response answer =
                    Caller.signUp()
                            .request()
                            .header("If-Match", "*")
                            .header("Content-Type", "application/json")
                            .put(PROFILE);
            assertProblem(400, "malformed_json", answer);
        }

        @Test
        @DisplayName("with an unknown member names it")
        void unknown() {
            assertInvalid(
                    Rest.put(Caller.signUp(), PROFILE, "*", "{\"nickname\":\"x\"}"), "nickname");
        }

        @Test
        @DisplayName("with a member of another type names it")
        void wrongType() {
            assertInvalid(Rest.put(Caller.signUp(), PROFILE, "*", "{\"bio\":1}"), "bio");
        }

        @ParameterizedTest(name = "{0}")
        @ValueSource(strings = {"UTF-16BE", "UTF-16LE", "UTF-32BE", "UTF-32LE"})
        @DisplayName("in another Unicode encoding is read or refused, never a failure of ours")
        void encodings(String charset) throws Exception {
            HttpResponse<String> answer =
                    send(
                            Caller.signUp(),
                            HttpRequest.BodyPublishers.ofByteArray(
                                    "{\"bio\":\"x\"}".getBytes(Charset.forName(charset))));
            assertTrue(Set.of(200, 400).contains(answer.statusCode()), answer.body());
        }

        @Test
        @DisplayName("of bytes that are no text at all is malformed_json")
        void noText() throws Exception {
            byte[][] bodies = {
                {0, 0, 1, 2, 3, 4, 5, 6},
                {0, 0, 0, '{', 0x7f, 0, 0, 0},
                {(byte) 0xff, (byte) 0xfe, 0, 0, 1, 2},
                {(byte) 0xef, (byte) 0xbb, (byte) 0xbf, (byte) 0xff},
                {'{', '"', 'b', 'i', 'o', '"', ':', '"', (byte) 0xc3, '"', '}'},
                {
                    '{',
                    '"',
                    'b',
                    'i',
                    'o',
                    '"',
                    ':',
                    '"',
                    (byte) 0xed,
                    (byte) 0xa0,
                    (byte) 0x80,
                    '"',
                    '}'
                },
                {0}
            };
            for (byte[] body : bodies) {
                HttpResponse<String> answer =
                        send(Caller.signUp(), HttpRequest.BodyPublishers.ofByteArray(body));
                String what = Arrays.toString(body) + " " + answer.body();
                assertEquals(400, answer.statusCode(), what);
                assertTrue(
                        answer.headers()
                                .firstValue("Content-Type")
                                .filter("application/problem+json"::equals)
                                .isPresent(),
                        what);
            }
        }

        @Test
        @DisplayName("over the limit that announces its length is 413")
        void tooLarge() throws Exception {
            byte[] body = json(MAX_BODY + 1);
            HttpResponse<String> answer =
                    send(Caller.signUp(), HttpRequest.BodyPublishers.ofByteArray(body));
            assertProblem(
                    413,
                    "payload_too_large",
                    answer.statusCode(),
                    answer.headers().firstValue("Content-Type").orElse(null),
                    answer.body());
        }

        @Test
        @DisplayName("over the limit that comes in chunks is 413")
        void tooLargeInChunks() throws Exception {
            byte[] body = json(MAX_BODY + 200_000);
            HttpResponse<String> answer =
                    send(
                            Caller.signUp(),
                            HttpRequest.BodyPublishers.ofInputStream(
                                    () -> new ByteArrayInputStream(body)));
            assertProblem(
                    413,
                    "payload_too_large",
                    answer.statusCode(),
                    answer.headers().firstValue("Content-Type").orElse(null),
                    answer.body());
        }

        @Test
        @DisplayName("that goes on far over the limit in chunks is 413 as well, and not read on")
        void farTooLargeInChunks() throws Exception {
            String answer =
                    raw(
                            "PUT "
                                    + PROFILE
                                    + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                                    + Caller.signUp().token
                                    + "\r\nIf-Match: *\r\nContent-Type:"
                                    + " application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
                            "10000\r\n" + " ".repeat(0x10000) + "\r\n",
                            20);
            assertTrue(answer.startsWith("HTTP/1.1 413 "), answer);
            assertTrue(answer.contains("\"code\":\"payload_too_large\""), answer);
        }

        @Test
        @DisplayName("of exactly the limit is read and judged by the rules")
        void justFits() throws Exception {
            HttpResponse<String> answer =
                    send(Caller.signUp(), HttpRequest.BodyPublishers.ofByteArray(json(MAX_BODY)));
            assertEquals(200, answer.statusCode(), answer.body());
        }

        /** A valid document, padded with blanks. */
        private byte[] json(int length) {
            String document = "{\"bio\":\"x\"}";
            return (document + " ".repeat(length - document.length()))
                    .getBytes(StandardCharsets.US_ASCII);
        }

        @ParameterizedTest(name = "{0}")
        @ValueSource(
                strings = {
                    "text/plain",
                    "application/x-www-form-urlencoded",
                    "multipart/form-data; boundary=x",
                    "application/xml",
                    "application/octet-stream"
                })
        @DisplayName("of another media type is 415")
        void mediaType(String type) throws Exception {
            HttpResponse<String> answer =
                    send(Caller.signUp(), type, HttpRequest.BodyPublishers.ofString("{}"));
            assertProblem(
                    415,
                    "unsupported_media_type",
                    answer.statusCode(),
                    answer.headers().firstValue("Content-Type").orElse(null),
                    answer.body());
        }

        @ParameterizedTest(name = "[{0}]")
        @ValueSource(
                strings = {"json", "/", "application/", "application/json; charset", ";", "*/*"})
        @DisplayName("of a media type that is none is never a failure of ours")
        void noMediaType(String type) throws Exception {
            HttpResponse<String> answer =
                    send(Caller.signUp(), type, HttpRequest.BodyPublishers.ofString("{}"));
            assertTrue(Set.of(200, 400, 415).contains(answer.statusCode()), answer.toString());
        }

        @Test
        @DisplayName("nested deeper than the reader goes is malformed_json")
        void tooDeep() {
            String body = "{\"a\":".repeat(5000) + "1" + "}".repeat(5000);
            assertProblem(400, "malformed_json", Rest.put(Caller.signUp(), PROFILE, "*", body));
        }
    }

    @Nested
    @DisplayName("of a request line or header")
    class OfARequest {

        @ParameterizedTest(name = "{0}")
        @ValueSource(
                strings = {
                    "/api/v1",
                    "/api/v1/",
                    "/api/v1/nothing",
                    "/api/v1/me/nothing",
                    "/api/v1/me/profile/nothing",
                    "/api/v1/users/count/nothing",
                    "/api/v2/me",
                    "/api/v1/%2e%2e/secret",
                    "/api/v1/users/%00"
                })
        @DisplayName("with an unknown path is 404, signed in or not")
        void unknownPath(String path) {
            assertProblem(
                    404,
                    "not_found",
                    Caller.signUp().request().urlEncodingEnabled(false).get(path));
            Response stranger = given().urlEncodingEnabled(false).get(path);
            assertTrue(Set.of(401, 404).contains(stranger.statusCode()), stranger.asString());
            assertEquals("application/problem+json", stranger.header("Content-Type"));
        }

        @ParameterizedTest(name = "{0}")
        @ValueSource(
                strings = {
                    "1",
                    "me",
                    "00000000-0000-0000-0000-00000000000",
                    "00000000-0000-0000-0000-0000000000000",
                    "0-0-0-0-0",
                    "zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz",
                    "%27%20OR%201=1",
                    "-",
                    "%F0%9F%98%80",
                    "%FF"
                })
        @DisplayName("with an id that is no UUID is 404")
        void badId(String id) {
            Caller caller = Caller.signUp();
            assertProblem(
                    404,
                    "not_found",
                    caller.request().urlEncodingEnabled(false).get("/api/v1/users/" + id));
            assertProblem(
                    404,
                    "not_found",
                    caller.request()
                            .urlEncodingEnabled(false)
                            .get("/api/v1/users/" + id + "/profile"));
        }

        @Test
        @DisplayName("with a wrong method is 405 and tells the right ones")
        void wrongMethod() {
            Caller caller = Caller.signUp();
            Response answer = caller.request().delete(PROFILE);
            assertProblem(405, "method_not_allowed", answer);
            assertTrue(allowed(answer).containsAll(Set.of("GET", "PUT", "PATCH")), "Allow");
            assertTrue(!allowed(answer).contains("DELETE"), "Allow");
            Response me = Rest.body(caller.request(), Rest.JSON, "{}").post("/api/v1/me");
            assertProblem(405, "method_not_allowed", me);
            assertTrue(allowed(me).contains("GET"), "Allow");
            assertTrue(!allowed(me).contains("POST"), "Allow");
        }

        private Set<String> allowed(Response answer) {
            String allow = answer.header("Allow");
            assertTrue(allow != null, "no Allow header");
            return Arrays.stream(allow.split(",")).map(String::trim).collect(Collectors.toSet());
        }

        @Test
        @DisplayName("that accepts nothing we have is 406")
        void notAcceptable() {
            assertProblem(
                    406,
                    "not_acceptable",
                    Caller.signUp().request().accept("text/html").get("/api/v1/me"));
        }

        @ParameterizedTest(name = "[{0}]")
        @ValueSource(strings = {"application/json", "application/*", "*/*", "text/html, */*;q=0.1"})
        @DisplayName("is a problem+json whatever of ours the caller accepts")
        void acceptable(String accept) {
            assertProblem(401, "unauthenticated", given().accept(accept).get("/api/v1/me"));
        }

        @ParameterizedTest(name = "[{0}]")
        @ValueSource(strings = {"json", "/", ";;", "application/json;q=x", "\""})
        @DisplayName("with an Accept header that is none is never a failure of ours")
        void malformedAccept(String accept) {
            int status =
                    Caller.signUp()
                            .request()
                            .header("Accept", accept)
                            .get("/api/v1/me")
                            .statusCode();
            assertTrue(Set.of(200, 400, 406).contains(status), "" + status);
        }

        @Test
        @DisplayName("without If-Match is 428, with a stale one 412")
        void preconditions() {
            Caller caller = Caller.signUp();
            assertProblem(
                    428,
                    "precondition_required",
                    Rest.put(caller, PROFILE, null, "{\"bio\":\"x\"}"));
            assertProblem(
                    412,
                    "precondition_failed",
                    Rest.put(caller, PROFILE, "\"stale\"", "{\"bio\":\"x\"}"));
        }

        @Test
        @DisplayName("without a session is 401 and names the scheme, with or without a body")
        void unauthenticated() {
            Response answer = Rest.get("/api/v1/me");
            assertProblem(401, "unauthenticated", answer);
            assertEquals("Bearer", answer.header("WWW-Authenticate"));
            Response write = Rest.body(given(), Rest.JSON, "{").put(PROFILE);
            assertProblem(401, "unauthenticated", write);
            assertEquals("Bearer", write.header("WWW-Authenticate"));
        }

        @Test
        @DisplayName("of somebody who may not is 403")
        void forbidden() {
            assertProblem(
                    403,
                    "forbidden",
                    Rest.patch(
                            Caller.signUp(),
                            "/api/v1/users/" + UUID.randomUUID(),
                            "*",
                            "{\"name\":\"x\"}"));
        }

        @Test
        @DisplayName("with a namespace that is none says so of the path")
        void badNamespace() {
            assertViolations(
                    Rest.get(Caller.signUp(), "/api/v1/me/preferences/UPPER"), "path", "namespace");
        }

        @ParameterizedTest(name = "[{0}]")
        @ValueSource(
                strings = {
                    "abcdefgh",
                    "0123-4567_89",
                    "A-very-long-id-of-sixty-four-characters-0123456789-0123456789-01"
                })
        @DisplayName("carries the caller's request id")
        void requestId(String id) {
            given().header("X-Request-Id", id)
                    .get("/api/v1/me")
                    .then()
                    .statusCode(401)
                    .header("X-Request-Id", equalTo(id));
        }

        @ParameterizedTest(name = "[{0}]")
        @ValueSource(
                strings = {
                    "short",
                    "with space inside",
                    "semi;colon;x",
                    "<script>alert(1)</script>",
                    "0123456789-0123456789-0123456789-0123456789-0123456789-0123456789",
                    ""
                })
        @DisplayName("replaces a request id that is not well-formed")
        void badRequestId(String id) {
            given().header("X-Request-Id", id)
                    .get("/api/v1/me")
                    .then()
                    .statusCode(401)
                    .header("X-Request-Id", not(equalTo(id)))
                    .header("X-Request-Id", matchesPattern("[A-Za-z0-9_-]{8,64}"));
        }

        @Test
        @DisplayName("with control characters in a header is never a failure of ours")
        void controlCharacters() throws Exception {
            Caller caller = Caller.signUp();
            for (String header :
                    new String[] {"User-Agent", "If-Match", "X-Forwarded-For", "Cookie"}) {
                for (String value :
                        new String[] {"a\u0000b", "a\u0001b", "\u00ff\u00fe", "a\u007fb"}) {
                    String body = "{\"bio\":\"" + UUID.randomUUID() + "\"}";
                    String answer =
                            raw(
                                    "PATCH "
                                            + PROFILE
                                            + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                                            + "Authorization: Bearer "
                                            + caller.token
                                            + "\r\n"
                                            + (header.equals("If-Match") ? "" : "If-Match: *\r\n")
                                            + header
                                            + ": "
                                            + value
                                            + "\r\nContent-Type: application/json\r\nContent-Length: "
                                            + body.length()
                                            + "\r\n\r\n"
                                            + body,
                                    "",
                                    0);
                    assertTrue(
                            answer.matches("(?s)HTTP/1\\.1 [24]\\d\\d .*"),
                            header + " answered by " + answer);
                }
            }
        }
    }

    private static HttpResponse<String> send(Caller caller, HttpRequest.BodyPublisher body)
            throws IOException, InterruptedException {
        return send(caller, "application/json", body);
    }

    private static HttpResponse<String> send(
            Caller caller, String type, HttpRequest.BodyPublisher body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://localhost:" + RestAssured.port + PROFILE))
                        .header("Authorization", "Bearer " + caller.token)
                        .header("If-Match", "*")
                        .PUT(body);
        if (type != null) {
            request.header("Content-Type", type);
        }
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .build()
                .send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    @DisplayName("of a database that has ended a statement for what it had to catch up with is 503")
    void recoveryConflict() {
        Caller caller = Caller.signUp();
        // as a standby's, which a test has none of
        Database.update(
                "CREATE FUNCTION conflict() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF"
                        + " NEW.user_id = '"
                        + caller.id
                        + "' THEN RAISE EXCEPTION 'canceling statement due to conflict with"
                        + " recovery' USING ERRCODE = '40001'; END IF; RETURN NEW; END $$");
        Response answer;
        try {
            Database.update(
                    "CREATE TRIGGER conflict BEFORE INSERT OR UPDATE ON user_profiles FOR EACH ROW"
                            + " EXECUTE FUNCTION conflict()");
            answer =
                    caller.request()
                            .header("If-Match", "*")
                            .contentType("application/json")
                            .body("{\"firstName\":\"Ada\"}")
                            .put(PROFILE);
        } finally {
            Database.update("DROP FUNCTION conflict CASCADE");
        }
        assertProblem(503, "service_unavailable", answer);
        answer.then().header("Retry-After", "5");
    }

    /** Sends bytes as they are, and a part as often as the other side takes it. */
    private static String raw(String head, String part, int times) throws IOException {
        try (Socket socket = new Socket("localhost", RestAssured.port)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
            try {
                for (int i = 0; i < times; i++) {
                    socket.getOutputStream().write(part.getBytes(StandardCharsets.ISO_8859_1));
                }
            } catch (IOException e) {
                // the other side has closed: what it said before is still there to read
            }
            socket.getOutputStream().flush();
            StringBuilder answer = new StringBuilder();
            InputStream in = socket.getInputStream();
            byte[] buffer = new byte[8192];
            try {
                for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
                    answer.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
                    if (answer.indexOf("}") > 0) {
                        break;
                    }
                }
            } catch (IOException e) {
                // reset after the answer
            }
            return answer.toString();
        }
    }
}
