package dev.roster.accounts;

import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.roster.testing.Caller;
import dev.roster.testing.MailCatcher;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusIntegrationTest;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Runs {@code src/test/better-auth} against the packaged service: the official client on Node is
 * the only judge of whether it can be used unmodified.
 *
 * <p>Where Node is missing the test is skipped, unless {@code ROSTER_REQUIRE_NODE} is {@code true}.
 */
@QuarkusIntegrationTest
class BetterAuthClientIT {
    private static final Logger LOG = Logger.getLogger(BetterAuthClientIT.class);

    private static final Path SOURCE = Path.of("src", "test", "better-auth");
    private static final Path COPY = Path.of("target", "better-auth");
    private static final int OLDEST_NODE = 20;
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final int TAIL = 200;

    @TestHTTPResource("/")
    URI service;

    @Test
    @DisplayName("the official Better Auth client works against the packaged service")
    void officialClient() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        Path node = tool("node");
        requireVersion(node, deadline);
        install(tool("npm"), deadline);
        run(
                "node --test",
                List.of(node.toString(), "--test", "--test-reporter=spec"),
                COPY,
                Map.of(
                        "ROSTER_URL",
                        origin(service),
                        "ROSTER_ORIGIN",
                        Caller.ORIGIN,
                        "ROSTER_TRUSTED_WILDCARD_ORIGIN",
                        "https://a.wild.example",
                        "ROSTER_MAIL_URL",
                        MailCatcher.runningUrl()),
                deadline);
    }

    /**
     * Works on a copy, so that {@code node_modules} never appears among the sources. An unchanged
     * lock file keeps the last installation: a second run then needs no registry.
     */
    private static void install(Path npm, long deadline) throws IOException, InterruptedException {
        Files.createDirectories(COPY);
        Path lock = COPY.resolve("package-lock.json");
        boolean installed =
                Files.exists(COPY.resolve("node_modules/.package-lock.json"))
                        && Files.exists(lock)
                        && Files.mismatch(SOURCE.resolve("package-lock.json"), lock) < 0;
        copySources();
        if (!installed) {
            run(
                    "npm ci",
                    List.of(npm.toString(), "ci", "--no-audit", "--no-fund", "--prefer-offline"),
                    COPY,
                    Map.of(),
                    deadline);
        }
    }

    private static void copySources() throws IOException {
        // A test that was renamed or deleted must not go on running from the copy.
        try (Stream<Path> stale = Files.list(COPY)) {
            for (Path file : stale.filter(Files::isRegularFile).toList()) {
                Files.delete(file);
            }
        }
        try (Stream<Path> files = Files.list(SOURCE)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(
                        file,
                        COPY.resolve(file.getFileName()),
                        StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static void requireVersion(Path node, long deadline)
            throws IOException, InterruptedException {
        String version =
                run(
                        "node --version",
                        List.of(node.toString(), "--version"),
                        null,
                        Map.of(),
                        deadline);
        Matcher major = Pattern.compile("v(\\d+)\\.").matcher(version);
        if (!major.find() || Integer.parseInt(major.group(1)) < OLDEST_NODE) {
            skipOrFail("Node " + version.strip() + " is older than " + OLDEST_NODE);
        }
    }

    private static Path tool(String name) {
        return find(name).orElseGet(() -> skipOrFail("there is no '" + name + "' on the PATH"));
    }

    private static Optional<Path> find(String name) {
        String path = System.getenv().getOrDefault("PATH", "");
        return Pattern.compile(Pattern.quote(File.pathSeparator))
                .splitAsStream(path)
                .filter(directory -> !directory.isBlank())
                // On Windows npm is a script, which only its full name starts.
                .flatMap(
                        directory ->
                                Stream.of(name + ".exe", name + ".cmd", name)
                                        .map(file -> Path.of(directory, file)))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
    }

    private static <T> T skipOrFail(String reason) {
        String message = "Better Auth client tests not run: " + reason;
        if (Boolean.parseBoolean(System.getenv("ROSTER_REQUIRE_NODE"))) {
            return fail(message + ", and ROSTER_REQUIRE_NODE is true");
        }
        LOG.warn(message);
        return abort(message);
    }

    /**
     * Runs to the end or to the deadline and returns the end of the output, which is logged too.
     */
    private static String run(
            String what,
            List<String> command,
            Path directory,
            Map<String, String> environment,
            long deadline)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        if (directory != null) {
            builder.directory(directory.toFile());
        }
        builder.environment().putAll(environment);
        // Set in a shell that compared with the reference, it would skip checks of ours.
        builder.environment().remove("REFERENCE");
        Process process = builder.start();
        process.getOutputStream().close();
        Deque<String> tail = new ArrayDeque<>();
        CompletableFuture<Void> output =
                CompletableFuture.runAsync(() -> follow(process, what, tail));
        if (!process.waitFor(deadline - System.nanoTime(), NANOSECONDS)) {
            stop(process);
            output.join();
            fail(what + " took longer than " + LIMIT + ":\n" + text(tail));
        }
        output.join();
        assertEquals(0, process.exitValue(), () -> what + " failed:\n" + text(tail));
        return text(tail);
    }

    private static void follow(Process process, String what, Deque<String> tail) {
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                LOG.infof("%s: %s", what, line);
                tail.addLast(line);
                if (tail.size() > TAIL) {
                    tail.removeFirst();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** npm and node --test have children, which would outlive them and hold the output open. */
    private static void stop(Process process) {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
    }

    private static String text(Deque<String> tail) {
        return String.join(System.lineSeparator(), tail);
    }

    private static String origin(URI uri) {
        return uri.getScheme() + "://" + uri.getAuthority();
    }
}
