package dev.roster.platform.http;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.roster.testing.Caller;
import dev.roster.testing.KeptConnection;
import dev.roster.testing.Rest;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@DisplayName("A request with odd headers")
class OddHeadersTest {

    private static final String SIGN_IN =
            "{\"email\":\"nobody@example.com\",\"password\":\"correct-horse-battery\"}";

    /** The answer to a request that is sent as it is written here; null is no Content-Type. */
    private static KeptConnection.Response send(
            String line, String token, String type, String more, String body) throws IOException {
        try (KeptConnection connection = new KeptConnection()) {
            connection.send(
                    line
                            + " HTTP/1.1\r\n"
                            + (more.contains("Host:") ? "" : "Host: localhost\r\n")
                            + (token == null ? "" : "Authorization: Bearer " + token + "\r\n")
                            + (type == null ? "" : "Content-Type: " + type + "\r\n")
                            + more
                            + "Content-Length: "
                            + body.length()
                            + "\r\n\r\n"
                            + body);
            return connection.read(line.startsWith("HEAD"));
        }
    }

    @ParameterizedTest(name = "[{0}]")
    @ValueSource(
            strings = {
                "application/json",
                "APPLICATION/JSON",
                "Application/Json; Charset=UTF-8",
                "application/json;charset=\"utf-8\"",
                "application/json;charset=\"UTF-8\";",
                " application/json ; charset=utf-8 ",
                "application/json; profile=\"a;b,c\"",
                "application/json; charset=us-ascii"
            })
    @DisplayName("of JSON is read whatever the case, blanks and quotes of its media type")
    void json(String type) throws IOException {
        Caller ada = Caller.signUp();
        String more = "If-Match: *\r\n";
        assertEquals(
                200, send("PUT /api/v1/me/profile", ada.token, type, more, "{}").status(), type);
        assertEquals(
                200, send("PATCH /api/v1/me/profile", ada.token, type, more, "{}").status(), type);
        assertEquals(
                401, send("POST /api/auth/sign-in/email", null, type, "", SIGN_IN).status(), type);
    }

    @ParameterizedTest(name = "[{0}]")
    @ValueSource(
            strings = {
                "application/json; charset=iso-8859-1",
                "application/json; charset=\"windows-1252\"",
                "application/json; charset=nonsense",
                "application/json; charset=\"\"",
                "text/plain",
                "application/xml; charset=utf-8"
            })
    @DisplayName("of a media type or charset that is not read is 415 in both APIs")
    void unsupported(String type) throws IOException {
        Caller ada = Caller.signUp();
        for (KeptConnection.Response response :
                List.of(
                        send("PUT /api/v1/me/profile", ada.token, type, "If-Match: *\r\n", "{}"),
                        send("POST /api/auth/sign-in/email", null, type, "", SIGN_IN),
                        send("POST /api/v1/users", Caller.admin().token, type, "", "{}"))) {
            assertEquals(415, response.status(), type);
        }
    }

    @ParameterizedTest(name = "[{0}]")
    @ValueSource(strings = {"gzip", "br", "GZIP, identity", "nonsense"})
    @DisplayName("of JSON with a content coding is 415, with identity it is read")
    void encoding(String encoding) throws IOException {
        Caller ada = Caller.signUp();
        String more = "If-Match: *\r\nContent-Encoding: ";
        assertEquals(
                415,
                send("PUT /api/v1/me/profile", ada.token, Rest.JSON, more + encoding + "\r\n", "{}")
                        .status());
        assertEquals(
                415,
                send(
                                "POST /api/auth/sign-in/email",
                                null,
                                Rest.JSON,
                                "Content-Encoding: " + encoding + "\r\n",
                                SIGN_IN)
                        .status());
        assertEquals(
                200,
                send("PUT /api/v1/me/profile", ada.token, Rest.JSON, more + " Identity\r\n", "{}")
                        .status());
    }

    @Test
    @DisplayName("is never a failure of ours, whatever its media type, on any path")
    void neverOurs() throws IOException {
        Caller admin = Caller.admin();
        List<String> failed = new ArrayList<>();
        String[] types = {
            null,
            "",
            " ",
            ";",
            "/",
            "json",
            "*/*",
            "application/",
            "text/csv; charset",
            "text/csv; charset=\"",
            "a/b;=",
            "multipart/form-data",
            "application/json, text/csv",
            "application/json\r\nContent-Type: text/csv",
            "text/html;" + "a=b;".repeat(500),
            "\u00ff/\u00fe",
            "application/x-www-form-urlencoded; charset=klingon"
        };
        String[] lines = {
            "PUT /api/v1/me/profile",
            "PATCH /api/v1/me/profile",
            "POST /api/v1/users",
            "POST /api/v1/users/bulk",
            "DELETE /api/v1/users/bulk",
            "POST /api/v1/users/batch",
            "POST /api/v1/roles",
            "POST /api/v1/groups",
            "PUT /api/v1/me/preferences/app",
            "POST /api/auth/sign-in/email",
            "POST /api/auth/sign-up/email",
            "POST /api/auth/device/code",
            "POST /api/auth/sign-out",
            "GET /api/v1/me",
            "GET /api/auth/get-session",
            "GET /q/health",
            "GET /api/v1/users/export"
        };
        for (String line : lines) {
            for (String type : types) {
                for (String body : new String[] {"", "{}", "a=b"}) {
                    KeptConnection.Response response =
                            send(line, admin.token, type, "If-Match: *\r\n", body);
                    if (response.status() >= 500) {
                        failed.add(line + " [" + type + "] " + response);
                    }
                }
            }
        }
        assertEquals(List.of(), failed);
    }

    @Test
    @DisplayName("is never a failure of ours, whatever else is odd about it")
    void odd() throws IOException {
        Caller admin = Caller.admin();
        List<String> failed = new ArrayList<>();
        String[] headers = {
            "Host: \r\n",
            "Host: a b\r\n",
            "Host: [::1\r\n",
            "Host: exa_mple:99999\r\n",
            "Host: %%%\r\n",
            "Host: localhost:abc\r\n",
            "Host: \u00ff\r\n",
            "Host: a\r\nHost: b\r\n",
            "Accept: \r\n",
            "Accept: ,\r\n",
            "Accept: text/csv,,*/*\r\n",
            "Accept: ;\r\n",
            "Accept: */*;q=abc\r\n",
            "Accept: TEXT/CSV;q=\"1\"\r\n",
            "Accept: text/csv;q=0\r\n",
            "Accept: a/b;c=\"d\r\n",
            "Accept: " + "a/b,".repeat(900) + "\r\n",
            "Accept-Language: ;;;q=\r\n",
            "Accept-Encoding: gzip;q=x\r\n",
            "Accept-Encoding: \r\n",
            "Accept-Charset: klingon\r\n",
            "If-None-Match: \r\n",
            "If-None-Match: \"\r\n",
            "If-None-Match: W/\r\n",
            "If-Match: \r\n",
            "If-Match: \"1\r\n",
            "Range: bytes=0-\r\n",
            "Range: x\r\n",
            "Expect: 200-ok\r\n",
            "Origin: \r\n",
            "Origin: http://\r\n",
            "Referer: %\r\n",
            "Cookie: \r\n",
            "Cookie: =;=;\r\n",
            "Cookie: better-auth.session_token=%zz\r\n",
            "X-API-Key: \r\n",
            "User-Agent: \r\n",
            "X-Forwarded-For: \r\n",
            "X-Forwarded-For: ,,\r\n",
            "Forwarded: ;;\r\n",
            "Idempotency-Key: \r\n",
            "Upgrade: h2c\r\n",
            "Connection: upgrade\r\nUpgrade: websocket\r\n",
            "X-HTTP-Method-Override: DELETE\r\n",
            "traceparent: x\r\n",
            "If-Modified-Since: x\r\n"
        };
        String[] lines = {
            "GET /api/v1/me",
            "GET /api/v1/users",
            "GET /api/v1/users/export",
            "GET /api/v1/jobs",
            "HEAD /api/v1/me",
            "OPTIONS /api/v1/me",
            "GET /api/auth/get-session",
            "GET /q/health",
            "GET /q/metrics",
            "GET /q/openapi",
            "GET /api/v1/me/profile",
            "get /api/v1/me",
            "FOO /api/v1/me",
            "TRACE /api/v1/me",
            "POST /api/v1/groups",
            "GET /",
            "GET /%",
            "GET //",
            "GET *",
            "OPTIONS *",
            "GET http://localhost/api/v1/me",
            "GET http://[::1/api/v1/me",
            "POST /api/auth/sign-in/email",
            "PUT /api/v1/me/profile"
        };
        for (String line : lines) {
            for (String header : headers) {
                KeptConnection.Response response;
                try {
                    response = send(line, admin.token, Rest.JSON, header, "{}");
                } catch (IOException e) {
                    failed.add(line + " [" + header.strip() + "] " + e);
                    continue;
                }
                if (response.status() >= 500) {
                    failed.add(line + " [" + header.strip() + "] " + response);
                }
            }
        }
        assertEquals(List.of(), failed);
    }

    @ParameterizedTest(name = "[{0}] is {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "TEXT/CSV|text/csv",
                "text/*|text/csv",
                "application/json, text/csv|text/csv",
                "text/csv;q=0.1, application/x-ndjson|application/x-ndjson",
                "text/csv;q=0, */*|application/x-ndjson",
                "application/x-ndjson;q=0, */*|text/csv",
                "json, text/csv|text/csv",
                "*/*|application/x-ndjson"
            })
    @DisplayName("gets the type of file that it accepts")
    void accept(String accept, String type) {
        String given =
                Caller.admin()
                        .request()
                        .header("Accept", accept)
                        .get("/api/v1/users/export?q=" + Caller.newEmail())
                        .contentType();
        assertTrue(given.startsWith(type), accept + " is answered by " + given);
    }

    @Test
    @DisplayName("may write the scheme of Authorization in any case")
    void scheme() {
        Caller ada = Caller.signUp();
        for (String scheme : List.of("bearer ", "BEARER ", "Bearer  ")) {
            given().header("Authorization", scheme + ada.token)
                    .get("/api/v1/me")
                    .then()
                    .statusCode(200);
        }
    }
}
