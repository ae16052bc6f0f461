package dev.roster.ratelimit;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.roster.platform.http.Routes;
import dev.roster.retention.Retention;
import dev.roster.testing.AtOnce;
import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.MutableClock;
import dev.roster.testing.RateLimitProfile;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@TestProfile(RateLimitProfile.class)
@DisplayName("Limited calls")
class RateLimitTest {

    private static final String SIGN_IN = "/api/auth/sign-in/email";
    private static final String REFUSAL =
            "{\"message\":\"Too many requests. Please try again later.\"}";

    @Inject RateLimitStore store;
    @Inject RateLimitRules rules;
    @Inject ExpiredRateLimits expired;
    @Inject Retention retention;
    @Inject Routes routes;
    @Inject MeterRegistry meters;
    @Inject Vertx vertx;

    @TestHTTPResource("/")
    URI service;

    /** A client of this test alone. */
    private final String client = newClient();

    private static String newClient() {
        UUID id = UUID.randomUUID();
        return "2001:db8:%x:%x::1"
                .formatted(
                        id.getMostSignificantBits() >>> 48, id.getLeastSignificantBits() & 0xffff);
    }

    private static Response signIn(String forwarded) {
        return signIn(given().header("X-Forwarded-For", forwarded));
    }

    private static Response signIn(RequestSpecification as) {
        return as.contentType(ContentType.JSON)
                .body(Map.of("email", Caller.newEmail(), "password", Caller.PASSWORD))
                .post(SIGN_IN);
    }

    private static int get(String forwarded, String path) {
        return given().urlEncodingEnabled(false)
                .header("X-Forwarded-For", forwarded)
                .get(path)
                .statusCode();
    }

    /** Uses up what a client has for signing in. */
    private static void exhaust(String client) {
        for (int i = 0; i < 3; i++) {
            signIn(client).then().statusCode(401);
        }
        signIn(client).then().statusCode(429);
    }

    private static List<Map<String, Object>> rows(String client) {
        String network = client.replace("::1", ":0:0:0:0");
        return Database.query(
                "SELECT key, taken FROM rate_limits WHERE key LIKE ? ORDER BY key", network + "|%");
    }

    @Nested
    @DisplayName("of one client")
    class OneClient {

        @Test
        @DisplayName("are one client's, however its proxy writes it, and no other's")
        void written() {
            exhaust(client + "%eth0, ");
            signIn("6.6.6.6, [" + client + "]:80").then().statusCode(429);
            signIn("\"[" + client + "]:4711\"").then().statusCode(429);
            for (String forwarded :
                    List.of(
                            "for=\"[" + client + "]:80\"",
                            "for=6.6.6.6, FOR=\"[" + client.toUpperCase(Locale.ROOT) + "]\"")) {
                signIn(given().header("Forwarded", forwarded)).then().statusCode(429);
            }
            signIn(given().header("Forwarded", "for=\"[" + newClient() + "]\""))
                    .then()
                    .statusCode(401);
        }

        @Test
        @DisplayName("are answered 429 after three sign-ins, as the reference does (transcript 20)")
        void transcript() {
            double before = meters.counter("roster.ratelimit.refused", "rule", "/sign-in*").count();
            for (int i = 0; i < 3; i++) {
                signIn(client)
                        .then()
                        .statusCode(401)
                        .body("code", equalTo("INVALID_EMAIL_OR_PASSWORD"));
            }
            int seconds = 10;
            for (int i = 0; i < 2; i++) {
                Response refused = signIn(client);
                assertEquals(429, refused.statusCode());
                assertEquals("application/json", refused.header("Content-Type"));
                assertEquals(REFUSAL, refused.asString());
                int left = Integer.parseInt(refused.header("X-Retry-After"));
                assertTrue(left >= 1 && left <= seconds, () -> "in " + left + " seconds");
                seconds = left;
                assertEquals(List.of(), refused.headers().getValues("Set-Cookie"));
                assertEquals("nosniff", refused.header("X-Content-Type-Options"));
            }
            assertEquals(
                    before + 2,
                    meters.counter("roster.ratelimit.refused", "rule", "/sign-in*").count());
        }

        @Test
        @DisplayName("can be read by a page of a trusted origin when they are refused")
        void cors() {
            exhaust(client);
            given().header("X-Forwarded-For", client)
                    .header("Origin", "http://trusted.example:3000")
                    .post(SIGN_IN)
                    .then()
                    .statusCode(429)
                    .header("Access-Control-Allow-Origin", "http://trusted.example:3000");
        }

        @Test
        @DisplayName("made at once pass three times, no more and no less")
        void atOnce() throws InterruptedException {
            List<Integer> statuses = AtOnce.run(20, () -> signIn(client).statusCode());
            assertEquals(3, Collections.frequency(statuses, 401));
            assertEquals(17, Collections.frequency(statuses, 429));
        }

        @Test
        @DisplayName("of the general rule pass a hundred times, for a statement in ten calls")
        void leases() throws InterruptedException {
            List<Integer> statuses =
                    AtOnce.numbered(
                            12,
                            i -> {
                                int passed = 0;
                                for (int call = 0; call < 10; call++) {
                                    passed += get(client, "/api/auth/ok") == 200 ? 1 : 0;
                                }
                                return passed;
                            });
            assertEquals(100, statuses.stream().mapToInt(Integer::intValue).sum());
            // ten leases of ten, and the one that was refused
            assertEquals(110, rows(client).get(0).get("taken"));
            assertEquals(429, get(client, "/api/auth/ok"));
            assertEquals(110, rows(client).get(0).get("taken"), "a refusal is remembered");
        }

        @Test
        @DisplayName("are refused before the body, the origin and the method are looked at")
        void first() {
            exhaust(client);
            given().header("X-Forwarded-For", client)
                    .contentType("text/plain")
                    .body("x")
                    .post(SIGN_IN)
                    .then()
                    .statusCode(429);
            given().header("X-Forwarded-For", client)
                    .header("Origin", "https://evil.example")
                    .header("Cookie", "a=b")
                    .contentType(ContentType.JSON)
                    .body("{")
                    .post(SIGN_IN)
                    .then()
                    .statusCode(429);
            assertEquals(429, get(client, SIGN_IN));
        }

        @Test
        @DisplayName("to other routes and of other rules are counted by themselves")
        void byRoute() {
            exhaust(client);
            given().header("X-Forwarded-For", client)
                    .post("/api/auth/sign-up/email")
                    .then()
                    .statusCode(not(429));
            assertEquals(200, get(client, "/api/auth/get-session"));
        }

        @Test
        @DisplayName("outside of the dialect are not limited")
        void outside() {
            for (int i = 0; i < 110; i++) {
                assertEquals(401, get(client, "/api/v1/users/me"));
            }
            assertEquals(List.of(), rows(client));
        }

        @Test
        @DisplayName("to made-up paths count, and share a bucket of each rule")
        void unknownPaths() {
            for (int i = 0; i < 3; i++) {
                assertEquals(404, get(client, "/api/auth/sign-in/made-up-" + i));
            }
            assertEquals(429, get(client, "/api/auth/sign-in/another"));
            for (int i = 0; i < 98; i++) {
                assertEquals(404, get(client, "/api/auth/made-up-" + i));
            }
            assertEquals(404, get(client, "/api/%61uth/sign-in/email"));
            assertEquals(404, get(client, "/api/auth/ok/"));
            assertEquals(404, get(client, "/api/auth"));
            assertEquals(429, get(client, "/api/auth/" + "x".repeat(2000)));
            // the two rules, and the route that a slash at the end leads to
            assertEquals(3, rows(client).size());
        }

        @Test
        @DisplayName("leave the connection usable when they are refused with a body")
        void keepAlive() throws Exception {
            exhaust(client);
            String body = "{\"email\":\"" + "x".repeat(20_000) + "\"}";
            String post =
                    "POST %s HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                            .formatted(SIGN_IN, client, body.length(), body);
            String get =
                    "GET /api/auth/ok HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: %s\r\nConnection: close\r\n\r\n"
                            .formatted(client);
            try (Socket socket = new Socket(service.getHost(), service.getPort())) {
                socket.setSoTimeout(10_000);
                socket.getOutputStream()
                        .write((post + post + get).getBytes(StandardCharsets.US_ASCII));
                InputStream in = socket.getInputStream();
                String answers = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
                assertEquals(3, answers.split("HTTP/1.1 429 ", -1).length, answers);
                assertTrue(answers.endsWith("{\"ok\":true}"), answers);
            }
        }
    }

    @Nested
    @DisplayName("of several clients")
    class SeveralClients {

        @Test
        @DisplayName("behind one proxy are counted by client")
        void separate() {
            exhaust(client);
            exhaust(newClient());
        }

        @ParameterizedTest
        @ValueSource(strings = {"203.0.113.%d, ", "2001:db8:ffff:%d::1,", "unknown-%d, ", "%d, , "})
        @DisplayName("are not made up by what a client writes into the header itself")
        void spoofed(String made) {
            for (int i = 0; i < 3; i++) {
                signIn(made.formatted(i) + client).then().statusCode(401);
            }
            signIn(made.formatted(3) + client).then().statusCode(429);
        }

        @Test
        @DisplayName("in one IPv6 /64 are one, in another they are not")
        void networks() {
            String prefix = client.substring(0, client.length() - 1);
            for (int i = 0; i < 3; i++) {
                signIn(prefix + "a:b:" + i).then().statusCode(401);
            }
            signIn(prefix + "ffff").then().statusCode(429);
            signIn(newClient()).then().statusCode(401);
        }

        @Test
        @DisplayName("without the proxy's word share only the peer's address")
        void peer() {
            exhaust(client);
            List<String> keys =
                    Database.query("SELECT key FROM rate_limits").stream()
                            .map(row -> (String) row.get("key"))
                            .toList();
            given().post(SIGN_IN).then().statusCode(not(429));
            assertTrue(keys.stream().allMatch(key -> key.indexOf('|') > 0), keys.toString());
        }
    }

    @Nested
    @DisplayName("have a window that")
    class Window {

        private final RateLimitRule strict = RateLimitRule.seconds("/x", 2, 10);
        private final String key = client + "|/x";

        private RateLimitStore.Taken take() throws SQLException {
            return store.take(key, strict);
        }

        private void pass(int seconds) {
            assertEquals(
                    1,
                    Database.update(
                            "UPDATE rate_limits SET expires_at = expires_at - ? * interval '1"
                                    + " second' WHERE key = ?",
                            seconds,
                            key));
        }

        @Test
        @DisplayName("begins anew with each permit, not with a refusal")
        void rolling() throws SQLException {
            assertEquals(1, take().permits());
            pass(6);
            assertEquals(1, take().permits());
            pass(6);
            Object end = end();
            assertEquals(0, take().permits(), "twelve seconds after the first");
            pass(2);
            assertEquals(0, take().permits());
            assertEquals(
                    end,
                    Database.value(
                            "SELECT expires_at + interval '2 seconds' FROM rate_limits WHERE key ="
                                    + " ?",
                            key));
            pass(2);
            assertEquals(1, take().permits());
            assertEquals(1, take().permits());
            assertEquals(0, take().permits());
        }

        private Object end() {
            return Database.value("SELECT expires_at FROM rate_limits WHERE key = ?", key);
        }

        @Test
        @DisplayName("is over when its time is")
        void over() {
            String other = newClient();
            for (String each : List.of(client, other)) {
                assertEquals(200, signOut(each));
                assertEquals(200, signOut(each));
            }
            assertEquals(429, signOut(client), "the configured rule");
            assertEquals(
                    1,
                    Database.update(
                            "UPDATE rate_limits SET expires_at = statement_timestamp() WHERE key"
                                    + " LIKE ?",
                            other.replace("::1", ":0:0:0:0") + "|%"));
            assertEquals(200, signOut(other));
            assertEquals(429, signOut(client));
        }

        private static int signOut(String client) {
            return given().header("X-Forwarded-For", client)
                    .contentType(ContentType.JSON)
                    .post("/api/auth/sign-out")
                    .statusCode();
        }

        @Test
        @DisplayName("is remembered while it refuses, by the clock of this replica, and no longer")
        void remembered() {
            MutableClock time = new MutableClock(Instant.now());
            RateLimiter limiter = new RateLimiter(store, vertx, time);
            assertTrue(ask(limiter).allowed());
            assertTrue(ask(limiter).allowed());
            assertFalse(ask(limiter).allowed());
            pass(10);
            time.forward(Duration.ofSeconds(9));
            RateLimiter.Verdict refused = ask(limiter);
            assertEquals(List.of(false, 1L), List.of(refused.allowed(), refused.retryAfter()));
            time.forward(Duration.ofSeconds(1));
            assertTrue(ask(limiter).allowed());
        }

        private RateLimiter.Verdict ask(RateLimiter limiter) {
            return limiter.ask(key, strict).toCompletionStage().toCompletableFuture().join();
        }

        @ParameterizedTest
        @CsvSource({"1, 1", "1000, 1", "1001, 2", "9001, 10", "10000, 10"})
        @DisplayName("is told in whole seconds, after which it is over for certain")
        void seconds(long millis, long seconds) {
            assertEquals(seconds, RateLimiter.Verdict.refused(millis).retryAfter());
        }

        @Test
        @DisplayName("gives a lease what is left and no more")
        void partialLease() throws SQLException {
            RateLimitRule rule = RateLimitRule.seconds("/x", 25, 60);
            int given = 0;
            for (int i = 0; i < 14; i++) {
                given += store.take(key, rule).permits();
            }
            assertEquals(25, given);
        }

        @Test
        @DisplayName("is deleted once it is over")
        void purged() throws SQLException {
            take();
            retention.purge(expired);
            assertEquals(1, count());
            pass(10);
            retention.purge(expired);
            assertEquals(0, count());
        }

        private long count() {
            return (long) Database.value("SELECT count(*) FROM rate_limits WHERE key = ?", key);
        }
    }

    @Nested
    @DisplayName("without a database")
    class Outage {

        @Test
        @DisplayName("are refused where the rule is strict, and pass elsewhere")
        void outage() {
            Database.update("ALTER TABLE rate_limits RENAME TO away");
            try {
                Response refused = signIn(client);
                assertEquals(503, refused.statusCode());
                assertEquals("application/json", refused.header("Content-Type"));
                assertEquals("5", refused.header("Retry-After"));
                refused.then().body("code", equalTo("SERVICE_UNAVAILABLE"));
                assertNull(refused.path("details"));
                for (int i = 0; i < 20; i++) {
                    assertEquals(200, get(client, "/api/auth/ok"));
                }
            } finally {
                Database.update("ALTER TABLE away RENAME TO rate_limits");
            }
            signIn(client).then().statusCode(401);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/sign-in/email, 3, 10",
        "/sign-in/username, 3, 10",
        "/sign-up/email, 3, 10",
        "/change-password, 3, 10",
        "/change-email, 3, 10",
        "/request-password-reset, 3, 60",
        "/send-verification-email, 3, 60",
        "/forget-password/email-otp, 3, 60",
        "/email-otp/send-verification-otp, 3, 60",
        "/email-otp/change-email, 3, 60",
        "/sign-in/email-otp, 3, 60",
        "/two-factor/verify-totp, 3, 10",
        "/two-factor, 100, 10",
        "/sign-in/magic-link, 5, 60",
        "/magic-link/verify, 5, 60",
        "/device, 5, 1800",
        "/device/code, 100, 10",
        "/sign-out, 2, 60",
        "/list-accounts, 30, 60",
        "/get-session, 100, 10",
        "'', 100, 10"
    })
    @DisplayName("have the reference's rules, and the configured ones before them")
    void table(String path, int max, int seconds) {
        RateLimitRule rule = rules.of(path);
        assertEquals(List.of(max, (long) seconds), List.of(rule.max(), rule.window().toSeconds()));
    }

    @Test
    @DisplayName("are told apart by the route, whatever stands in its place holders")
    void templates() {
        assertEquals(
                Optional.of("/api/v1/users/{id}"),
                routes.template("/api/v1/users/00000000-0000-0000-0000-000000000000"));
        assertEquals(Optional.of(SIGN_IN), routes.template(SIGN_IN));
        for (String path : List.of("/", "/api/auth", "/api/auth/x", SIGN_IN + "/x", "/%", "x")) {
            assertEquals(Optional.empty(), routes.template(path), path);
        }
    }
}
