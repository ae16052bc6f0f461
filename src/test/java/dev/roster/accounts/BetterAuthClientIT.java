package dev.roster.accounts;

import dev.roster.testing.Caller;
import dev.roster.testing.MailCatcher;
import dev.roster.testing.NodeProject;
import dev.roster.testing.PackagedService;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusIntegrationTest;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Runs {@code src/test/better-auth} against the packaged service: the official client on Node is
 * the only judge of whether it can be used unmodified.
 */
@QuarkusIntegrationTest
class BetterAuthClientIT {

    private static final Duration LIMIT = Duration.ofMinutes(15);

    @TestHTTPResource("/")
    URI service;

    @Test
    @DisplayName("the official Better Auth client works against the packaged service")
    void officialClient() throws IOException, InterruptedException {
        NodeProject.install("better-auth", LIMIT)
                .node(
                        Map.of(
                                "ROSTER_URL",
                                service.getScheme() + "://" + service.getAuthority(),
                                "ROSTER_ORIGIN",
                                Caller.ORIGIN,
                                "ROSTER_TRUSTED_WILDCARD_ORIGIN",
                                "https://a.wild.example",
                                "ROSTER_MAIL_URL",
                                MailCatcher.runningUrl(),
                                "ROSTER_ADMIN_EMAIL",
                                PackagedService.ADMIN_EMAIL,
                                "ROSTER_ADMIN_PASSWORD",
                                Caller.PASSWORD),
                        "--test",
                        // Node's own choice is one file at a time on two processors
                        "--test-concurrency=3",
                        "--test-reporter=spec");
    }
}
