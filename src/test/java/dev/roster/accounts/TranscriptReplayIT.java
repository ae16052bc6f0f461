package dev.roster.accounts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.roster.testing.MailCatcher;
import dev.roster.testing.NodeProject;
import dev.roster.testing.PackagedProcess;
import dev.roster.testing.Postgres;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Replays {@code src/test/better-auth/transcripts}, recorded against the JavaScript server, against
 * the package with the settings that each was recorded with; {@code differences.json} beside them
 * says where the answers differ and why.
 */
@DisplayName("The packaged service")
class TranscriptReplayIT {

    private static final Duration START = Duration.ofMinutes(2);
    private static final Duration LIMIT = Duration.ofMinutes(15);
    private static final String ADMIN_EMAIL = "admin@example.com";
    private static final String ADMIN_PASSWORD = "correct-horse-battery";

    private final ObjectMapper json = new ObjectMapper();

    @TempDir Path directory;

    private String databaseUrl;

    @Test
    @DisplayName("answers what was recorded as Better Auth did, but for what is listed")
    @SuppressWarnings("try") // the service by TLS's name is found by its port alone
    void replay() throws Exception {
        NodeProject node = NodeProject.install("better-auth", LIMIT);
        try (EmbeddedPostgres postgres = Postgres.builder().start();
                MailCatcher mails = MailCatcher.start()) {
            databaseUrl = postgres.getJdbcUrl("postgres", "postgres");
            int secure = PackagedProcess.freePort();
            // the first one migrates
            try (PackagedProcess plain = start(postgres, mails, Map.of());
                    PackagedProcess limited =
                            start(postgres, mails, Map.of("ROSTER_RATE_LIMIT_ENABLED", "true"));
                    PackagedProcess https =
                            start(
                                    postgres,
                                    mails,
                                    Map.of(
                                            "PORT",
                                            Integer.toString(secure),
                                            "ROSTER_BASE_URL",
                                            "https://localhost:" + secure));
                    PackagedProcess strict =
                            start(
                                    postgres,
                                    mails,
                                    Map.of(
                                            "ROSTER_EMAIL_VERIFICATION_REQUIRED",
                                            "true",
                                            "ROSTER_DELETE_USER_CONFIRM_BY_MAIL",
                                            "true",
                                            "ROSTER_SESSION_EXPIRES_IN",
                                            "6H",
                                            "ROSTER_SESSION_UPDATE_AGE",
                                            "2H"))) {
                Map<String, Object> services =
                        Map.of(
                                "default",
                                service("http", plain.port()),
                                "20",
                                service("http", limited.port()),
                                "21",
                                service("https", secure),
                                "22",
                                service("http", strict.port()));
                HttpServer ages = ages();
                try {
                    node.node(
                            Map.of(
                                    "ROSTER_REPLAY",
                                    json.writeValueAsString(services),
                                    "ROSTER_REPLAY_AGE",
                                    "http://localhost:" + ages.getAddress().getPort(),
                                    "ROSTER_MAIL_URL",
                                    mails.url(),
                                    "ROSTER_ADMIN_EMAIL",
                                    ADMIN_EMAIL,
                                    "ROSTER_ADMIN_PASSWORD",
                                    ADMIN_PASSWORD),
                            "--test",
                            "--test-reporter=spec",
                            "replay.test.mjs");
                } finally {
                    ages.stop(0);
                }
            }
        }
    }

    private PackagedProcess start(
            EmbeddedPostgres postgres, MailCatcher mails, Map<String, String> settings) {
        Map<String, String> environment =
                new HashMap<>(
                        Map.of(
                                "DATABASE_URL",
                                "postgresql://postgres:postgres@localhost:"
                                        + postgres.getPort()
                                        + "/postgres",
                                "ROSTER_SMTP_URL",
                                mails.smtpUrl(),
                                "ROSTER_TRUSTED_ORIGINS",
                                "http://trusted.example:3000,https://*.wild.example,myapp://",
                                "ROSTER_ADMIN_EMAIL",
                                ADMIN_EMAIL,
                                "ROSTER_ADMIN_PASSWORD",
                                ADMIN_PASSWORD,
                                "ROSTER_SHUTDOWN_DELAY",
                                "0S"));
        environment.putAll(settings);
        PackagedProcess process = PackagedProcess.start(directory, environment);
        process.awaitReady(START);
        return process;
    }

    /** Where a service listens, and the origin it believes to have. */
    private static Map<String, String> service(String scheme, int port) {
        return Map.of("url", "http://localhost:" + port, "origin", scheme + "://localhost:" + port);
    }

    /** Lets the sessions of a user age by some seconds: {@code {email, seconds}}. */
    private HttpServer ages() throws IOException {
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::age);
        server.start();
        return server;
    }

    private void age(HttpExchange exchange) throws IOException {
        JsonNode request = json.readTree(exchange.getRequestBody());
        int status;
        try (Connection connection = DriverManager.getConnection(databaseUrl);
                PreparedStatement statement =
                        connection.prepareStatement(
                                """
                                UPDATE sessions
                                SET created_at = created_at - by, updated_at = updated_at - by,
                                    expires_at = expires_at - by
                                FROM (SELECT make_interval(secs => ?) AS by) AS passed
                                WHERE user_id = (SELECT id FROM users WHERE email = lower(?))
                                """)) {
            statement.setDouble(1, request.get("seconds").asDouble());
            statement.setString(2, request.get("email").asText());
            status = statement.executeUpdate() == 0 ? 404 : 204;
        } catch (SQLException e) {
            throw new IOException(e);
        }
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }
}
