package dev.roster.accounts;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.roster.testing.Caller;
import dev.roster.testing.NodeProject;
import dev.roster.testing.PackagedService;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusIntegrationTest;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Runs {@code src/test/chromium} against the packaged service: a page of another origin, with the
 * cookies that a real browser keeps and sends.
 *
 * <p>Where there is no Chromium the test is skipped, unless {@code ROSTER_REQUIRE_CHROMIUM} is
 * {@code true}.
 */
@QuarkusIntegrationTest
class BetterAuthChromiumIT {

    private static final Duration LIMIT = Duration.ofMinutes(15);
    private static final String STRANGE_ORIGIN = "http://localhost:3998";

    @TestHTTPResource("/")
    URI service;

    @Test
    @DisplayName("the official client works in a browser, on a page of another origin")
    void officialClient() throws IOException, InterruptedException {
        Path chromium = chromium();
        NodeProject.install("chromium", LIMIT)
                .node(
                        Map.of(
                                "ROSTER_URL",
                                service.getScheme() + "://" + service.getAuthority(),
                                "ROSTER_ORIGIN",
                                Caller.ORIGIN,
                                "PAGE_ORIGIN",
                                PackagedService.PAGE_ORIGIN,
                                "STRANGE_ORIGIN",
                                STRANGE_ORIGIN,
                                "CHROMIUM",
                                chromium.toString()),
                        "--test",
                        "--test-reporter=spec",
                        "run.mjs");
    }

    private static Path chromium() {
        return Stream.of("chromium", "chromium-browser", "google-chrome")
                .map(NodeProject::find)
                .flatMap(Optional::stream)
                .findFirst()
                .orElseGet(
                        () ->
                                Boolean.parseBoolean(System.getenv("ROSTER_REQUIRE_CHROMIUM"))
                                        ? fail("there is no Chromium on the PATH")
                                        : abort("there is no Chromium on the PATH"));
    }
}
