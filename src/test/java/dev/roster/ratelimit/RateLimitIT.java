package dev.roster.ratelimit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.roster.testing.Caller;
import dev.roster.testing.OwnProcesses;
import dev.roster.testing.PackagedProcess;
import dev.roster.testing.Postgres;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two replicas of the package on one database, with nobody trusted in front of them. */
@DisplayName("Two replicas of the packaged service")
@OwnProcesses
class RateLimitIT {

    private static final Duration START = Duration.ofSeconds(120);

    @TempDir Path directory;

    private int forwarded;

    @Test
    @DisplayName("count a client's calls together, whatever it says of itself")
    void shared() throws Exception {
        try (EmbeddedPostgres postgres = Postgres.builder().start()) {
            Map<String, String> environment =
                    Map.of(
                            "DATABASE_URL",
                            "postgresql://postgres:postgres@localhost:"
                                    + postgres.getPort()
                                    + "/postgres",
                            "ROSTER_RATE_LIMIT_ENABLED",
                            "true",
                            "ROSTER_RATE_LIMIT_RULES",
                            "/sign-in/email=4/1M,/ok=50/1M",
                            "ROSTER_SHUTDOWN_DELAY",
                            "0S");
            try (PackagedProcess one = PackagedProcess.start(directory, environment)) {
                // the first one migrates
                one.awaitReady(START);
                try (PackagedProcess two = PackagedProcess.start(directory, environment)) {
                    two.awaitReady(START);
                    List<Integer> statuses = new ArrayList<>();
                    for (PackagedProcess replica : List.of(one, two, one, two, one, two)) {
                        statuses.add(signIn(replica).statusCode());
                    }
                    assertEquals(List.of(401, 401, 401, 401, 429, 429), statuses);
                    assertEquals(
                            "{\"message\":\"Too many requests. Please try again later.\"}",
                            signIn(two).body());

                    int passed = 0;
                    for (int i = 0; i < 40; i++) {
                        passed += one.status("/api/auth/ok") == 200 ? 1 : 0;
                        passed += two.status("/api/auth/ok") == 200 ? 1 : 0;
                    }
                    assertEquals(50, passed);
                }
            }
        }
    }

    /** Each claims to come from somewhere else. */
    private HttpResponse<String> signIn(PackagedProcess replica)
            throws IOException, InterruptedException {
        return replica.send(
                replica.request("/api/auth/sign-in/email")
                        .header("Content-Type", "application/json")
                        .header("X-Forwarded-For", "203.0.113." + ++forwarded)
                        .header("Forwarded", "for=203.0.113." + forwarded)
                        .header("X-Real-IP", "203.0.113." + forwarded)
                        .POST(
                                BodyPublishers.ofString(
                                        "{\"email\":\""
                                                + Caller.newEmail()
                                                + "\",\"password\":\"correct-horse-battery\"}")));
    }
}
