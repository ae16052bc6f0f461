package dev.roster.directory.search;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.roster.testing.OwnProcesses;
import dev.roster.testing.PackagedProcess;
import dev.roster.testing.Postgres;
import dev.roster.testing.Rest;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The package with {@code ROSTER_DATABASE_READ_URL}: a copy that can be told from the original. */
@DisplayName("The packaged service with a replica")
@OwnProcesses
class ReadReplicaIT {

    private static final Duration START = Duration.ofSeconds(120);
    private static final String EMAIL = "boss@example.com";
    private static final String PASSWORD = "tolerably-long-phrase-77";

    @TempDir Path directory;

    private EmbeddedPostgres postgres;
    private String token;

    @Test
    @DisplayName("reads the directory there and nothing else, and does without it in all but that")
    void replica() throws Exception {
        postgres = Postgres.builder().start();
        try {
            sql("postgres", "CREATE DATABASE main");
            try (PackagedProcess service = start(Map.of())) {
                service.awaitReady(START);
            }
            sql("postgres", "CREATE DATABASE replica TEMPLATE main");
            sql("replica", "UPDATE users SET name = 'Replicated'");
            sql("main", "UPDATE users SET name = 'Original'");
            try (PackagedProcess service =
                    start(Map.of("ROSTER_DATABASE_READ_URL", url("replica")))) {
                service.awaitReady(START);
                token = Rest.json(signIn(service).body()).get("token").asText();
                JsonNode user = Rest.json(get(service, 200, "/api/v1/users?q=boss")).at("/items/0");
                assertEquals("Replicated", user.get("name").asText());
                assertEquals(
                        "Original",
                        Rest.json(get(service, 200, "/api/v1/me")).get("name").asText());

                sql("postgres", "ALTER DATABASE replica ALLOW_CONNECTIONS false");
                sql(
                        "postgres",
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname ="
                                + " 'replica'");
                assertEquals(
                        "service_unavailable",
                        Rest.json(get(service, 503, "/api/v1/users?q=boss")).get("code").asText());
                get(service, 200, "/api/v1/me");
                get(service, 200, "/q/health/ready");

                sql("postgres", "ALTER DATABASE replica ALLOW_CONNECTIONS true");
                get(service, 200, "/api/v1/users?q=boss");
            }
        } finally {
            postgres.close();
        }
    }

    private PackagedProcess start(Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(more);
        environment.put("DATABASE_URL", url("main"));
        environment.put("ROSTER_SECRET", "replica-tests-only-secret-0123456789abcdef");
        environment.put("ROSTER_SMTP_URL", "smtp://localhost:1");
        environment.put("ROSTER_ADMIN_EMAIL", EMAIL);
        environment.put("ROSTER_ADMIN_PASSWORD", PASSWORD);
        return PackagedProcess.start(directory, environment);
    }

    private String url(String database) {
        return "postgresql://postgres:postgres@localhost:" + postgres.getPort() + "/" + database;
    }

    private void sql(String database, String sql) throws Exception {
        try (Connection connection =
                        DriverManager.getConnection(postgres.getJdbcUrl("postgres", database));
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static HttpResponse<String> signIn(PackagedProcess service) throws Exception {
        return service.send(
                service.request("/api/auth/sign-in/email")
                        .header("Content-Type", "application/json")
                        .POST(
                                BodyPublishers.ofString(
                                        "{\"email\":\"%s\",\"password\":\"%s\"}"
                                                .formatted(EMAIL, PASSWORD))));
    }

    private String get(PackagedProcess service, int status, String path) throws Exception {
        HttpRequest.Builder request = service.request(path);
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        HttpResponse<String> answer = service.send(request.GET());
        assertEquals(status, answer.statusCode(), answer.body());
        return answer.body();
    }
}
