package dev.roster.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.roster.testing.OwnProcesses;
import dev.roster.testing.PackagedProcess;
import dev.roster.testing.Postgres;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The package and a PostgreSQL that are stopped and started under each other. */
@DisplayName("The packaged service")
@OwnProcesses
class DatabaseOutageIT {

    private static final String PASSWORD = "correct-horse-battery";
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final Duration START = Duration.ofSeconds(120);
    private static final Duration NOTICED = Duration.ofSeconds(30);
    private static final Duration RECOVERED = Duration.ofSeconds(60);

    /** quarkus.shutdown.timeout, the delay that the test sets, and some time to spare. */
    private static final Duration EXIT = Duration.ofSeconds(60);

    /** Bounds of the load; the pause keeps refused requests from becoming a busy loop. */
    private static final int WORKERS = 4;

    private static final int REQUESTS_EACH = 3000;
    private static final Duration PAUSE = Duration.ofMillis(20);

    @TempDir Path directory;

    private int databasePort;
    private EmbeddedPostgres postgres;
    private PackagedProcess service;
    private final AtomicInteger addresses = new AtomicInteger();

    @BeforeEach
    void choosePort() {
        databasePort = PackagedProcess.freePort();
    }

    @AfterEach
    void stopAll() throws IOException {
        if (service != null) {
            service.close();
        }
        stopDatabase();
    }

    /** A use of the service; each touches the database. */
    private enum Use {
        ME,
        PROFILE,
        GET_SESSION,
        SIGN_IN,
        SIGN_UP;

        boolean isRest() {
            return this == ME || this == PROFILE;
        }
    }

    private record Answer(Use use, HttpResponse<String> response, long at) {

        int status() {
            return response.statusCode();
        }
    }

    @Test
    @DisplayName("says 503 while its database is away, and goes on by itself when it is back")
    void outage() throws Exception {
        startDatabase();
        startService(Map.of());
        service.awaitReady(START);
        String email = newEmail();
        String token = JSON.readTree(ok(signUp(email)).body()).path("token").asText();

        ConcurrentLinkedQueue<Answer> answers = new ConcurrentLinkedQueue<>();
        AtomicBoolean enough = new AtomicBoolean();
        ExecutorService workers = Executors.newFixedThreadPool(WORKERS);
        try {
            List<Future<?>> load =
                    Stream.generate(() -> workers.submit(() -> load(email, token, answers, enough)))
                            .limit(WORKERS)
                            .<Future<?>>map(future -> future)
                            .toList();
            service.await("answers", NOTICED, () -> sawEach(answers, 200, 0));

            stopDatabase();

            service.await(
                    "readiness that is down", NOTICED, () -> status("/q/health/ready") == 503);
            service.await("refusals", NOTICED, () -> sawEach(answers, 503, 0));
            assertEquals(200, status("/q/health/live"), "liveness in the outage");
            assertEquals(503, status("/q/health/ready"), "readiness in the outage");
            assertEquals(200, status("/api/auth/ok"), "what needs no database");

            startDatabase();
            long back = System.nanoTime();

            service.awaitReady(RECOVERED);
            service.await("answers again", RECOVERED, () -> sawEach(answers, 200, back));
            enough.set(true);
            for (Future<?> worker : load) {
                worker.get(NOTICED.toSeconds(), TimeUnit.SECONDS);
            }
        } finally {
            enough.set(true);
            workers.shutdownNow();
        }

        for (Answer answer : answers) {
            assertAnswer(answer);
        }
        // one process throughout, and nothing is lost
        assertTrue(service.isAlive());
        HttpResponse<String> me = ok(send(Use.ME, email, token));
        assertEquals(email, JSON.readTree(me.body()).path("email").asText(), me.body());
        ok(send(Use.SIGN_IN, email, token));
        assertFalse(service.output().contains("Roster does not start"), service.output());
    }

    @Test
    @DisplayName("waits for a database that is not up yet, and says so")
    void startedFirst() throws Exception {
        startService(Map.of());
        service.await(
                "a log line about waiting", START, () -> service.output().contains("Retrying in"));
        assertTrue(service.isAlive(), service.output());

        startDatabase();

        service.awaitReady(START);
        assertEquals(200, status("/q/health/started"));
        ok(signUp(newEmail()));
    }

    @Test
    @DisplayName("on SIGTERM turns unready first, answers what is in flight, then exits")
    void terminated() throws Exception {
        startDatabase();
        startService(Map.of("ROSTER_SHUTDOWN_DELAY", "8S"));
        service.awaitReady(START);
        byte[] body = JSON.writeValueAsBytes(account(newEmail()));
        int half = body.length / 2;
        try (Socket slow = new Socket("localhost", service.port())) {
            slow.setSoTimeout((int) EXIT.toMillis());
            String head =
                    "POST /api/auth/sign-up/email HTTP/1.1\r\nHost: localhost:"
                            + service.port()
                            + "\r\nContent-Type: application/json\r\nConnection: close\r\n"
                            + "Content-Length: "
                            + body.length
                            + "\r\n\r\n";
            slow.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            slow.getOutputStream().write(body, 0, half);
            slow.getOutputStream().flush();
            // the head has arrived once a later request is answered
            assertEquals(200, status("/q/health/ready"));

            service.terminate();

            service.await(
                    "readiness that is down", NOTICED, () -> status("/q/health/ready") == 503);
            assertEquals(200, status("/api/auth/ok"), "served until the balancer noticed");
            // Quarkus' words once the delay is over and nothing but this request holds it
            service.await(
                    "waiting for requests",
                    NOTICED,
                    () -> service.output().contains("Waiting for HTTP requests to complete"));

            slow.getOutputStream().write(body, half, body.length - half);
            slow.getOutputStream().flush();
            String answer = readAll(slow.getInputStream());
            assertTrue(answer.startsWith("HTTP/1.1 200 "), service.output() + "\n" + answer);
            assertTrue(answer.contains("\"token\":\""), answer);
        }

        int code = service.awaitExit(EXIT);

        assertTrue(Set.of(0, 143).contains(code), service.output() + "\nexit code " + code);
    }

    private void load(
            String email,
            String token,
            ConcurrentLinkedQueue<Answer> answers,
            AtomicBoolean enough) {
        for (int i = 0; i < REQUESTS_EACH && !enough.get(); i++) {
            Use use = Use.values()[i % Use.values().length];
            long at = System.nanoTime();
            try {
                answers.add(new Answer(use, send(use, email, token), at));
                Thread.sleep(PAUSE.toMillis());
            } catch (IOException e) {
                throw new AssertionError("no answer to " + use, e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** Whether each use was begun since then and answered like this. */
    private static boolean sawEach(ConcurrentLinkedQueue<Answer> answers, int status, long since) {
        Map<Use, Boolean> seen = new EnumMap<>(Use.class);
        for (Answer answer : answers) {
            if (answer.status() == status && (since == 0 || answer.at() - since > 0)) {
                seen.put(answer.use(), true);
            }
        }
        return seen.size() == Use.values().length;
    }

    private static void assertAnswer(Answer answer) throws IOException {
        HttpResponse<String> response = answer.response();
        String what = answer.use() + ": " + response.statusCode() + " " + response.body();
        JsonNode body = JSON.readTree(response.body());
        if (answer.status() == 200) {
            // that nobody knows is not the same as that there is none
            assertTrue(body.isObject(), what);
            return;
        }
        assertEquals(503, answer.status(), what);
        String retryAfter = response.headers().firstValue("Retry-After").orElse("none");
        assertTrue(retryAfter.matches("[1-9]\\d?"), what + " Retry-After: " + retryAfter);
        String type = response.headers().firstValue("Content-Type").orElse("");
        if (answer.use().isRest()) {
            assertTrue(type.startsWith("application/problem+json"), what + " " + type);
            assertEquals("service_unavailable", body.path("code").asText(), what);
            assertEquals(503, body.path("status").asInt(), what);
        } else {
            assertTrue(type.startsWith("application/json"), what + " " + type);
            assertEquals("SERVICE_UNAVAILABLE", body.path("code").asText(), what);
            assertTrue(body.path("message").isTextual(), what);
            assertEquals(2, body.size(), what);
        }
        for (String internal : List.of("PSQL", "SQL", "Exception", "dev.roster", "localhost:")) {
            assertFalse(response.body().contains(internal), what);
        }
    }

    private HttpResponse<String> send(Use use, String email, String token)
            throws IOException, InterruptedException {
        return switch (use) {
            case ME -> service.send(bearer("/api/v1/me", token));
            case PROFILE -> service.send(bearer("/api/v1/me/profile", token));
            case GET_SESSION -> service.send(bearer("/api/auth/get-session", token));
            case SIGN_IN ->
                    post("/api/auth/sign-in/email", Map.of("email", email, "password", PASSWORD));
            case SIGN_UP -> signUp(newEmail());
        };
    }

    private HttpResponse<String> signUp(String email) throws IOException, InterruptedException {
        return post("/api/auth/sign-up/email", account(email));
    }

    private static Map<String, String> account(String email) {
        return Map.of("name", "Test User", "email", email, "password", PASSWORD);
    }

    private String newEmail() {
        return "outage-" + addresses.incrementAndGet() + "@example.com";
    }

    private HttpRequest.Builder bearer(String path, String token) {
        return service.request(path).header("Authorization", "Bearer " + token);
    }

    private HttpResponse<String> post(String path, Map<String, String> body)
            throws IOException, InterruptedException {
        return service.send(
                service.request(path)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(JSON.writeValueAsString(body))));
    }

    private HttpResponse<String> ok(HttpResponse<String> response) {
        assertEquals(200, response.statusCode(), () -> response.body() + service.output());
        return response;
    }

    private int status(String path) {
        return service.status(path);
    }

    /** Until the service closes the connection. */
    private static String readAll(InputStream input) throws IOException {
        return new String(input.readAllBytes(), StandardCharsets.UTF_8);
    }

    private void startService(Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(more);
        environment.put(
                "DATABASE_URL",
                "postgresql://postgres:postgres@localhost:" + databasePort + "/postgres");
        service = PackagedProcess.start(directory, environment);
    }

    /** On the same port and, the second time, with what it held before. */
    private void startDatabase() throws IOException {
        postgres =
                Postgres.builder()
                        .setPort(databasePort)
                        .setDataDirectory(directory.resolve("database"))
                        .setCleanDataDirectory(false)
                        .start();
    }

    /** A fast shutdown: sessions are cut off, nothing stored is lost. */
    private void stopDatabase() throws IOException {
        if (postgres != null) {
            postgres.close();
            postgres = null;
        }
    }
}
