package dev.roster.directory.administration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.roster.testing.OwnProcesses;
import dev.roster.testing.PackagedProcess;
import dev.roster.testing.Postgres;
import dev.roster.testing.Rest;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The package is killed while it changes many users. */
@DisplayName("A service that is killed in the middle of a bulk change")
@OwnProcesses
class BulkUsersIT {

    private static final Duration START = Duration.ofSeconds(120);
    private static final Duration IN_THE_MIDDLE = Duration.ofSeconds(30);
    private static final String BULK = "/api/v1/users/bulk";
    private static final String EMAIL = "admin@example.com";
    private static final String PASSWORD = "correct-horse-battery";
    private static final int USERS = 500;

    /** What the last user of the request waits for. */
    private static final String LAST = "bulk-" + (USERS - 1) + "@example.com";

    private static final String STATE =
            "SELECT (SELECT count(*) FROM users WHERE email LIKE 'bulk-%') || ' users, ' ||"
                    + " (SELECT count(*) FROM users WHERE status = 'invited') || ' invited, ' ||"
                    + " (SELECT count(*) FROM role_grants) || ' grants, ' || (SELECT count(*) FROM"
                    + " sessions) || ' sessions, ' || (SELECT count(*) FROM verifications) || '"
                    + " tokens, ' || (SELECT count(*) FROM mail_outbox) || ' mails, ' || (SELECT"
                    + " count(*) FROM audit_events WHERE target_type = 'user') || ' events, ' ||"
                    + " (SELECT count(*) FROM idempotency_keys) || ' keys'";

    @TempDir Path directory;

    private EmbeddedPostgres postgres;
    private PackagedProcess service;

    @Test
    @DisplayName("has done nothing of it, and does it once when it is asked again")
    void killed() throws Exception {
        try (EmbeddedPostgres database = Postgres.builder().start();
                Connection other = connect(database)) {
            postgres = database;
            start();
            String token = signIn();
            String users =
                    IntStream.range(0, USERS)
                            .mapToObj(
                                    i ->
                                            "{\"name\":\"Bulk\",\"email\":\"bulk-"
                                                    + i
                                                    + "@example.com\",\"roles\":[\"support\"]}")
                            .collect(Collectors.joining(",", "{\"users\":[", "]}"));

            other.setAutoCommit(false);
            execute(
                    other,
                    "INSERT INTO users (id, name, email) VALUES (gen_random_uuid(), 'x', '"
                            + LAST
                            + "')");
            assertKilledInTheMiddle(other, token, "POST", users);
            HttpResponse<String> done = send(token, "POST", users);
            assertEquals(200, done.statusCode(), done.body());
            assertEquals(USERS, Rest.json(done.body()).get("created").asInt());
            String after = state();
            HttpResponse<String> again = send(token, "POST", users);
            assertEquals("true", again.headers().firstValue("Idempotency-Replayed").orElse(""));
            assertEquals(Rest.json(done.body()), Rest.json(again.body()));
            assertEquals(after, state());
            assertTrue(after.startsWith(USERS + " users, "), after);

            String ids = ids(done.body());
            String change =
                    "{\"ids\":" + ids + ",\"patch\":{\"status\":\"invited\",\"roles\":null}}";
            lockLast(other);
            assertKilledInTheMiddle(other, token, "PATCH", change);
            assertEquals(200, send(token, "PATCH", change).statusCode());
            assertTrue(state().contains(" " + USERS + " invited, "), state());
        } finally {
            if (service != null) {
                service.close();
            }
        }
    }

    /** Has the request wait for what the other connection holds, and nobody come back from it. */
    private void assertKilledInTheMiddle(Connection other, String token, String method, String body)
            throws Exception {
        String before = state();
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<HttpResponse<String>> answer = thread.submit(() -> send(token, method, body));
            service.await(
                    "the request in the middle",
                    IN_THE_MIDDLE,
                    () ->
                            value(
                                            "SELECT count(*) FROM pg_stat_activity WHERE"
                                                    + " wait_event_type = 'Lock' AND application_name ="
                                                    + " 'roster'")
                                    .equals(1L));
            service.kill();
            assertThrows(ExecutionException.class, answer::get);
        } finally {
            thread.shutdownNow();
        }
        other.rollback();
        start();
        assertEquals(before, state());
    }

    private void start() {
        service =
                PackagedProcess.start(
                        directory,
                        Map.of(
                                "DATABASE_URL",
                                "postgresql://postgres:postgres@localhost:"
                                        + postgres.getPort()
                                        + "/postgres",
                                "ROSTER_ADMIN_EMAIL",
                                EMAIL,
                                "ROSTER_ADMIN_PASSWORD",
                                PASSWORD));
        service.awaitReady(START);
    }

    private static void lockLast(Connection other) throws SQLException {
        execute(other, "SELECT id FROM users WHERE email = '" + LAST + "' FOR UPDATE");
    }

    private static String ids(String created) {
        JsonNode results = Rest.json(created).get("results");
        return IntStream.range(0, USERS)
                .mapToObj(i -> results.get(i).get("id").toString())
                .collect(Collectors.joining(",", "[", "]"));
    }

    private String signIn() throws IOException, InterruptedException {
        HttpResponse<String> answer =
                service.send(
                        service.request("/api/auth/sign-in/email")
                                .header("Content-Type", "application/json")
                                .POST(
                                        BodyPublishers.ofString(
                                                "{\"email\":\""
                                                        + EMAIL
                                                        + "\",\"password\":\""
                                                        + PASSWORD
                                                        + "\"}")));
        JsonNode body = Rest.json(answer.body());
        return body.path("token").asText();
    }

    private HttpResponse<String> send(String token, String method, String body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                service.request(BULK)
                        .header("Content-Type", "application/json")
                        .header("Authorization", "Bearer " + token)
                        .method(method, BodyPublishers.ofString(body));
        if (method.equals("POST")) {
            request.header("Idempotency-Key", "the-same-after-the-crash");
        }
        return service.send(request);
    }

    private String state() {
        return (String) value(STATE);
    }

    private Object value(String sql) {
        try (Connection connection = connect(postgres);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getObject(1);
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    private static Connection connect(EmbeddedPostgres postgres) throws SQLException {
        return DriverManager.getConnection(postgres.getJdbcUrl("postgres", "postgres"));
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
