package dev.roster.directory.search;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.roster.testing.DatabaseRoles;
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
import java.util.List;
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
    private static final String MAIN = DatabaseRoles.DATABASE;

    private static final List<String> FILTERS =
            List.of(
                    "q=boss",
                    "q=bsso&sort=name",
                    "q=boss&sort=name",
                    "role=admin",
                    "role=user",
                    "status=active&banned=false&emailVerified=true",
                    "banned=true",
                    "createdFrom=2020-01-01&sort=-createdAt",
                    "lastSeenFrom=2020-01-01&sort=-lastSeenAt",
                    "minAge=1&maxAge=100",
                    "locale=en",
                    "locale=en,de",
                    "hasProfile=true",
                    "hasProfile=false",
                    "attributes.team=a",
                    "deleted=true&q=boss",
                    "page=1&sort=email");

    private static final String PASSWORD = "tolerably-long-phrase-77";

    @TempDir Path directory;

    private EmbeddedPostgres postgres;
    private String token;

    @Test
    @DisplayName("reads the directory there and nothing else, and does without it in all but that")
    void replica() throws Exception {
        postgres = Postgres.builder().start();
        try {
            try (Connection administrator =
                    DriverManager.getConnection(postgres.getJdbcUrl("postgres", "postgres"))) {
                DatabaseRoles.create(administrator);
            }
            try (PackagedProcess service = start(Map.of())) {
                service.awaitReady(START);
            }
            sql("postgres", "CREATE DATABASE replica TEMPLATE " + MAIN + "");
            sql("replica", "UPDATE users SET name = 'Replicated'");
            sql(MAIN, "UPDATE users SET name = 'Original'");
            try (PackagedProcess service =
                    start(
                            Map.of(
                                    "ROSTER_DATABASE_READ_URL",
                                    url("replica", DatabaseRoles.READER)))) {
                service.awaitReady(START);
                token = Rest.json(signIn(service).body()).get("token").asText();
                JsonNode user = Rest.json(get(service, 200, "/api/v1/users?q=boss")).at("/items/0");
                assertEquals("Replicated", user.get("name").asText());
                assertEquals(
                        "Original",
                        Rest.json(get(service, 200, "/api/v1/me")).get("name").asText());
                // the reader's role is allowed all that any of them reads
                for (String filter : FILTERS) {
                    get(service, 200, "/api/v1/users?total=bounded&" + filter);
                }
                get(service, 400, "/api/v1/users?group=late");
                assertEquals(200, changeLateGroup(service).statusCode());

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
        environment.put("DATABASE_URL", url(MAIN, DatabaseRoles.APPLICATION));
        environment.put("ROSTER_DATABASE_OWNER_URL", url(MAIN, DatabaseRoles.OWNER));
        environment.put("ROSTER_SECRET", "replica-tests-only-secret-0123456789abcdef");
        environment.put("ROSTER_SMTP_URL", "smtp://localhost:1");
        environment.put("ROSTER_ADMIN_EMAIL", EMAIL);
        environment.put("ROSTER_ADMIN_PASSWORD", PASSWORD);
        return PackagedProcess.start(directory, environment);
    }

    private String url(String database, String role) {
        return "postgresql://%s:%s@localhost:%d/%s"
                .formatted(role, DatabaseRoles.password(role), postgres.getPort(), database);
    }

    /** Of a group that the replica has not heard of yet: a change goes by the main database. */
    private HttpResponse<String> changeLateGroup(PackagedProcess service) throws Exception {
        sql(MAIN, "INSERT INTO groups (id, name, slug) VALUES (gen_random_uuid(), 'Late', 'late')");
        return service.send(
                service.request("/api/v1/users/bulk")
                        .header("Authorization", "Bearer " + token)
                        .header("Content-Type", "application/json")
                        .method(
                                "PATCH",
                                BodyPublishers.ofString(
                                        "{\"filter\":{\"group\":\"late\"},\"patch\":{\"name\":\"Nobody\"}}")));
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
