package dev.roster.platform.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.roster.testing.KeptConnection;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@DisplayName("A request that is answered before its body is read")
class UnreadBodiesTest {

    /** Requests whose answer does not depend on the body, with the status of each. */
    private static final String[][] REFUSED = {
        {"401", "PUT /api/v1/me/profile", "application/json"},
        {"401", "GET /api/v1/me", "application/json"},
        {"401", "DELETE /api/v1/users/bulk", "application/json"},
        {"401", "POST /api/v1/users/import", "text/csv"},
        {"404", "POST /api/v1/nothing", "application/json"},
        {"404", "POST /nothing", "application/json"},
        {"404", "POST /q/nothing", "application/json"},
        {"404", "POST /api/auth/nothing", "application/json"},
        {"404", "POST /api/auth/get-session/", "application/json"},
        {"404", "OPTIONS /api/auth/ok", "application/json"},
        {"405", "POST /api/v1/me", "application/json"},
        {"415", "PUT /api/v1/me/profile", "text/plain"},
        {"200", "GET /q/health", "application/json"},
        {"200", "POST /q/health/live", "application/json"},
        {"200", "GET /q/metrics", "application/json"},
        {"200", "GET /q/openapi", "application/json"},
        {"200", "GET /api/auth/ok", "application/json"},
        {"204", "OPTIONS /api/v1/me", "application/json"},
    };

    private static final String CREDENTIALS =
            "{\"email\":\"nobody@example.com\",\"password\":\"correct-horse-battery\"}";

    private static final String NEXT = "GET /api/auth/ok HTTP/1.1\r\nHost: localhost\r\n\r\n";

    private static String head(String[] request, String more) {
        return request[1]
                + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                + request[2]
                + (request[0].equals("204")
                        ? "\r\nOrigin: http://localhost:8081\r\nAccess-Control-Request-Method: PUT"
                        : "")
                + "\r\n"
                + more
                + "\r\n\r\n";
    }

    private static byte[] blanks(int length) {
        return " ".repeat(length).getBytes(StandardCharsets.US_ASCII);
    }

    /** A response to the next request, or the announcement that there will be none. */
    private static void assertNextIsServed(
            KeptConnection connection, KeptConnection.Response response, String what)
            throws IOException {
        if (response.isLast()) {
            assertTrue(connection.isClosedByServer(), what + " leaves the connection open");
            return;
        }
        connection.send(NEXT);
        assertEquals(200, connection.read().status(), what);
    }

    @Nested
    @DisplayName("over HTTP/1.1")
    class Http1 {

        @ParameterizedTest(name = "{0} bytes")
        @ValueSource(ints = {1, 8_192, 60_000, 200_000, 1_000_000})
        @DisplayName("leaves the connection to the next one where its length is known and small")
        void shortBody(int length) throws IOException {
            for (String[] request : REFUSED) {
                String what = String.join(" ", request);
                try (KeptConnection connection = new KeptConnection()) {
                    connection.send(head(request, "Content-Length: " + length));
                    connection.send(blanks(length));
                    KeptConnection.Response response = connection.read();
                    assertEquals(request[0], "" + response.status(), what);
                    assertFalse(response.isLast(), what);
                    assertNextIsServed(connection, response, what);
                }
            }
        }

        @Test
        @DisplayName("says Connection: close and closes it where the body is too long to discard")
        void longBody() throws IOException {
            for (String[] request : REFUSED) {
                String what = String.join(" ", request);
                try (KeptConnection connection = new KeptConnection()) {
                    connection.send(head(request, "Content-Length: 50000000"));
                    KeptConnection.Response response = connection.read();
                    assertTrue(response.isLast(), what);
                    for (int i = 0; i < 50; i++) {
                        connection.sendIfOpen(blanks(1_000_000));
                    }
                    assertTrue(connection.isClosedByServer(), what);
                }
            }
        }

        @Test
        @DisplayName("reaches a client that sends a body over the limit to its end first")
        void lingers() throws IOException {
            for (String[] request : REFUSED) {
                try (KeptConnection connection = new KeptConnection()) {
                    connection.send(head(request, "Content-Length: 5000000"));
                    connection.send(blanks(5_000_000));
                    KeptConnection.Response response = connection.read();
                    assertTrue(response.isLast(), String.join(" ", request));
                    assertTrue(connection.isClosedByServer(), String.join(" ", request));
                }
            }
        }

        @ParameterizedTest(name = "{0} chunks of 64 KiB")
        @ValueSource(ints = {1, 3, 30})
        @DisplayName("in chunks leaves the connection to the next one, or closes it")
        void chunked(int chunks) throws IOException {
            for (String[] request : REFUSED) {
                String what = String.join(" ", request);
                try (KeptConnection connection = new KeptConnection()) {
                    connection.send(head(request, "Transfer-Encoding: chunked"));
                    for (int i = 0; i < chunks; i++) {
                        connection.sendIfOpen(
                                ("10000\r\n" + " ".repeat(0x10000) + "\r\n")
                                        .getBytes(StandardCharsets.US_ASCII));
                    }
                    connection.sendIfOpen("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    KeptConnection.Response response = connection.read();
                    assertEquals(request[0], "" + response.status(), what);
                    assertNextIsServed(connection, response, what);
                }
            }
        }

        @Test
        @DisplayName("with Expect: 100-continue is told that the connection ends, sent or not")
        void expect() throws IOException {
            for (String[] request : REFUSED) {
                for (boolean sent : new boolean[] {true, false}) {
                    String what = String.join(" ", request);
                    try (KeptConnection connection = new KeptConnection()) {
                        connection.send(
                                head(request, "Expect: 100-continue\r\nContent-Length: 100000"));
                        KeptConnection.Response response = connection.read();
                        assertEquals(request[0], "" + response.status(), what);
                        assertTrue(response.isLast(), what);
                        if (sent) {
                            connection.sendIfOpen(blanks(100_000));
                        }
                        assertTrue(connection.isClosedByServer(), what);
                    }
                }
            }
        }

        @Test
        @DisplayName("of a client that wants the connection closed ends it")
        void closing() throws IOException {
            for (String[] request : REFUSED) {
                try (KeptConnection connection = new KeptConnection()) {
                    connection.send(head(request, "Connection: close\r\nContent-Length: 300000"));
                    connection.send(blanks(300_000));
                    assertTrue(connection.read().isLast());
                    assertTrue(connection.isClosedByServer(), String.join(" ", request));
                }
            }
        }

        @Test
        @DisplayName(
                "is answered 413 with Connection: close, and 100 only where the body is wanted")
        void tooLarge() throws IOException {
            try (KeptConnection connection = new KeptConnection()) {
                connection.send(
                        head(
                                new String[] {
                                    "413", "POST /api/auth/sign-in/email", "application/json"
                                },
                                "Expect: 100-continue\r\nContent-Length: 3000000"));
                KeptConnection.Response response = connection.read();
                assertEquals(413, response.status());
                assertTrue(response.isLast());
            }
            try (KeptConnection connection = new KeptConnection()) {
                connection.send(
                        head(
                                new String[] {
                                    "401", "POST /api/auth/sign-in/email", "application/json"
                                },
                                "Expect: 100-continue\r\nContent-Length: " + CREDENTIALS.length()));
                assertEquals(100, connection.read().status());
                connection.send(CREDENTIALS);
                KeptConnection.Response response = connection.read();
                assertEquals(401, response.status());
                assertNextIsServed(connection, response, "sign-in");
            }
        }

        @Test
        @DisplayName("does not have a pipelined request served behind its last response")
        void pipelined() throws IOException {
            try (KeptConnection connection = new KeptConnection()) {
                connection.send(
                        head(REFUSED[0], "Expect: 100-continue\r\nContent-Length: 10")
                                + " ".repeat(10)
                                + NEXT);
                KeptConnection.Response response = connection.read();
                assertNextIsServed(connection, response, "pipelined");
            }
        }

        @Test
        @DisplayName("that breaks a rule in its first bytes is not read to its end")
        void malformed() throws IOException {
            try (KeptConnection connection = new KeptConnection()) {
                connection.send(
                        head(
                                new String[] {
                                    "400", "POST /api/auth/sign-in/email", "application/json"
                                },
                                "Content-Length: 900000"));
                connection.send("}");
                connection.send(blanks(899_999));
                KeptConnection.Response response = connection.read();
                assertEquals(400, response.status());
                assertNextIsServed(connection, response, "malformed");
            }
        }
    }

    @Nested
    @DisplayName("over HTTP/2")
    class Http2 {

        @ParameterizedTest(name = "{0} bytes, length announced: {1}")
        @CsvSource({"60000, true", "60000, false", "500000, true", "500000, false"})
        @DisplayName("leaves the connection's flow-control window to the next ones")
        void window(int length, boolean announced) throws Exception {
            Vertx vertx = Vertx.vertx();
            try {
                HttpClient client = http2(vertx);
                for (String[] request : REFUSED) {
                    // its body reaches the server
                    assertEquals(
                            Integer.parseInt(request[0]),
                            await(send(client, request, length, announced)),
                            String.join(" ", request));
                }
                for (int i = 0; i < 5; i++) {
                    assertEquals(
                            401,
                            await(
                                    send(
                                            client,
                                            new String[] {
                                                "",
                                                "POST /api/auth/sign-in/email",
                                                "application/json"
                                            },
                                            0,
                                            true)));
                }
            } finally {
                vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
            }
        }

        @Test
        @DisplayName("is reset where its body is too long to discard, and the connection serves on")
        void longBody() throws Exception {
            Vertx vertx = Vertx.vertx();
            try {
                HttpClient client = http2(vertx);
                for (String[] request : REFUSED) {
                    assertEquals(
                            request[0].equals("204")
                                    ? 204
                                    : request[1].endsWith("/import") ? 401 : 413,
                            await(send(client, request, 6_000_000, true)),
                            String.join(" ", request));
                    assertEquals(
                            Integer.parseInt(request[0]),
                            await(send(client, request, 6_000_000, false)),
                            String.join(" ", request));
                }
                assertEquals(200, await(send(client, REFUSED[12], 10, true)));
            } finally {
                vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
            }
        }

        private static HttpClient http2(Vertx vertx) {
            return vertx.createHttpClient(
                    new HttpClientOptions()
                            .setProtocolVersion(HttpVersion.HTTP_2)
                            .setHttp2ClearTextUpgrade(false)
                            .setHttp2MaxPoolSize(1)
                            .setDefaultPort(RestAssured.port));
        }

        /** The status; the rest of the body may be refused by a reset. */
        private static Future<Integer> send(
                HttpClient client, String[] request, int length, boolean announced) {
            String[] line = request[1].split(" ");
            return client.request(HttpMethod.valueOf(line[0]), line[1])
                    .compose(
                            sent -> {
                                sent.putHeader("Content-Type", request[2]);
                                // the rest of a long body is refused by a reset
                                sent.exceptionHandler(reset -> {});
                                if (request[0].equals("204")) {
                                    sent.putHeader("Origin", "http://localhost:8081");
                                    sent.putHeader("Access-Control-Request-Method", "PUT");
                                }
                                if (length == 0) {
                                    sent.end(CREDENTIALS);
                                } else {
                                    write(sent, length, announced);
                                }
                                return sent.response();
                            })
                    .map(io.vertx.core.http.HttpClientResponse::statusCode);
        }

        private static void write(HttpClientRequest sent, int length, boolean announced) {
            if (announced) {
                sent.putHeader("Content-Length", "" + length);
            } else {
                sent.setChunked(true);
            }
            sent.end(Buffer.buffer(blanks(length)));
        }

        private static int await(Future<Integer> status) throws Exception {
            return status.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        }
    }
}
