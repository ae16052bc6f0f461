package dev.roster.testing;

import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * A folder of Node programs under {@code src/test}, run from a copy, so that {@code node_modules}
 * never appears among the sources.
 *
 * <p>Where Node is missing the test is skipped, unless {@code ROSTER_REQUIRE_NODE} is {@code true}.
 */
public final class NodeProject {

    private static final Logger LOG = Logger.getLogger(NodeProject.class);
    private static final int OLDEST_NODE = 20;
    private static final int TAIL = 200;

    private final Path copy;
    private final Path node;
    private final Duration limit;
    private final long deadline;

    private NodeProject(Path copy, Path node, Duration limit, long deadline) {
        this.copy = copy;
        this.node = node;
        this.limit = limit;
        this.deadline = deadline;
    }

    /**
     * Installs what the folder needs. An unchanged lock file keeps the last installation: a second
     * run then needs no registry.
     *
     * @param name of the folder
     * @param limit for everything that is done with it
     */
    public static NodeProject install(String name, Duration limit)
            throws IOException, InterruptedException {
        NodeProject project =
                new NodeProject(
                        Path.of("target", name).toAbsolutePath(),
                        tool("node"),
                        limit,
                        System.nanoTime() + limit.toNanos());
        project.requireVersion();
        project.install(Path.of("src", "test", name), tool("npm"));
        return project;
    }

    /** Where the copy is. */
    public Path directory() {
        return copy;
    }

    /** Runs {@code node} to its end; anything but success fails the test. */
    public void node(Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(node.toString()));
        command.addAll(List.of(arguments));
        run("node " + String.join(" ", arguments), command, environment);
    }

    /** Starts {@code node} and returns at once; the caller ends it. */
    public Process start(Map<String, String> environment, Path output, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(node.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(copy.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        return builder.start();
    }

    private void install(Path source, Path npm) throws IOException, InterruptedException {
        Files.createDirectories(copy);
        Path lock = copy.resolve("package-lock.json");
        boolean installed =
                Files.exists(copy.resolve("node_modules/.package-lock.json"))
                        && Files.exists(lock)
                        && Files.mismatch(source.resolve("package-lock.json"), lock) < 0;
        copySources(source);
        if (!installed) {
            run(
                    "npm ci",
                    List.of(npm.toString(), "ci", "--no-audit", "--no-fund", "--prefer-offline"),
                    Map.of());
        }
    }

    private void copySources(Path source) throws IOException {
        // A test that was renamed or deleted must not go on running from the copy.
        try (Stream<Path> stale = Files.list(copy)) {
            for (Path file : stale.filter(Files::isRegularFile).toList()) {
                Files.delete(file);
            }
        }
        try (Stream<Path> files = Files.walk(source)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path to = copy.resolve(source.relativize(file).toString());
                Files.createDirectories(to.getParent());
                Files.copy(file, to, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private void requireVersion() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(node.toString(), "--version").start();
        String version =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        Matcher major = Pattern.compile("v(\\d+)\\.").matcher(version);
        if (!major.find() || Integer.parseInt(major.group(1)) < OLDEST_NODE) {
            skipOrFail("Node " + version.strip() + " is older than " + OLDEST_NODE);
        }
    }

    private static Path tool(String name) {
        return find(name).orElseGet(() -> skipOrFail("there is no '" + name + "' on the PATH"));
    }

    /** A program on the PATH. */
    public static Optional<Path> find(String name) {
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

    /** Runs to the end or to the deadline; the output is logged, and its end told by a failure. */
    private void run(String what, List<String> command, Map<String, String> environment)
            throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).directory(copy.toFile());
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
            fail(what + " took longer than " + limit + ":\n" + text(tail));
        }
        output.join();
        assertEquals(0, process.exitValue(), () -> what + " failed:\n" + text(tail));
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
}
