package dev.roster.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The package as a process of a test's own, where the test has to start, starve or stop it: the
 * native binary where the build makes one, else the jar. It has no environment but what it is
 * given, and a port of its own.
 */
public final class PackagedProcess implements AutoCloseable {

    /** The jar's folder; an earlier build may have left it there beside a native binary. */
    public static final Path JAR_FOLDER = Path.of("target", "quarkus-app").toAbsolutePath();

    private static final Duration POLL = Duration.ofMillis(50);

    /** From here on no service that may be on a developer's machine is usual. */
    private static final int FIRST_PORT = 15_000;

    /** From here on Linux, and others later, choose ports for connections. */
    private static final int EPHEMERAL_PORTS = 32_768;

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final Process process;
    private final int port;
    private final Path output;

    private PackagedProcess(Process process, int port, Path output) {
        this.process = process;
        this.port = port;
        this.output = output;
    }

    /** Whether this build packages a native binary: {@code -Dnative}. */
    public static boolean isNative() {
        return Boolean.getBoolean("roster.test.native");
    }

    /**
     * What starts the package that this build made.
     *
     * @param properties system properties, {@code -Dname=value}
     */
    public static List<String> command(String... properties) {
        List<String> command = new ArrayList<>();
        command.add(
                isNative()
                        ? Path.of(System.getProperty("native.image.path"))
                                .toAbsolutePath()
                                .toString()
                        : Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (!isNative()) {
            // it is the start that counts: none of these processes lives for long
            command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        }
        command.addAll(List.of(properties));
        if (!isNative()) {
            command.addAll(List.of("-jar", JAR_FOLDER.resolve("quarkus-run.jar").toString()));
        }
        return command;
    }

    /**
     * Starts the package and returns at once.
     *
     * @param directory where it runs and its output is kept
     * @param arguments none to serve, or a command
     */
    public static PackagedProcess start(
            Path directory, Map<String, String> environment, String... arguments) {
        return start(directory, null, environment, arguments);
    }

    /**
     * Likewise, with standard output in a file of its own.
     *
     * @param standardOutput null where it is one with standard error
     */
    public static PackagedProcess start(
            Path directory,
            Path standardOutput,
            Map<String, String> environment,
            String... arguments) {
        List<String> command = new ArrayList<>(command());
        command.addAll(List.of(arguments));
        int port =
                environment.containsKey("PORT")
                        ? Integer.parseInt(environment.get("PORT"))
                        : freePort();
        Path output = directory.resolve("output-" + port);
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().clear();
        builder.environment().put("PORT", Integer.toString(port));
        builder.environment().put("ROSTER_SECRET", PackagedService.SECRET);
        builder.environment().put("ROSTER_BASE_URL", "http://localhost:" + port);
        // nobody is there: mails wait in the outbox
        builder.environment().put("ROSTER_SMTP_URL", "smtp://localhost:1");
        builder.environment().put("ROSTER_RATE_LIMIT_ENABLED", "false");
        builder.environment().putAll(environment);
        if (standardOutput == null) {
            builder.redirectErrorStream(true).redirectOutput(output.toFile());
        } else {
            builder.redirectOutput(standardOutput.toFile()).redirectError(output.toFile());
        }
        try {
            return new PackagedProcess(builder.start(), port, output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A port that nothing listens on, and that the system gives to nobody who asks for any. */
    public static int freePort() {
        return ThreadLocalRandom.current()
                .ints(FIRST_PORT, EPHEMERAL_PORTS)
                .filter(PackagedProcess::isFree)
                .findFirst()
                .getAsInt();
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port)) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    public int port() {
        return port;
    }

    /** A request to the service that gives up after half a minute. */
    public HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .timeout(Duration.ofSeconds(30));
    }

    /**
     * The answer.
     *
     * @throws IOException when there is none
     */
    public HttpResponse<String> send(HttpRequest.Builder request)
            throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** The status of a GET, or 0 without an answer. */
    public int status(String path) {
        try {
            return send(request(path)).statusCode();
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public void awaitReady(Duration limit) {
        await("ready", limit, () -> status("/q/health/ready") == 200);
    }

    /**
     * Waits for something of a process that runs.
     *
     * @throws AssertionError with the output when the process ends or the time is over before it
     */
    public void await(String what, Duration limit, BooleanSupplier condition) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (!process.isAlive()) {
                throw new AssertionError("ended before " + what + ":\n" + output());
            }
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not in " + limit + ": " + what + "\n" + output());
            }
            try {
                Thread.sleep(POLL.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** SIGTERM; returns at once. */
    public void terminate() {
        process.destroy();
    }

    /** As {@code kill -9}: it has no time for anything, and is gone on return. */
    public void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /**
     * The exit code.
     *
     * @throws AssertionError with the output when it does not end in time
     */
    public int awaitExit(Duration limit) throws InterruptedException {
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("still running after " + limit + ":\n" + output());
        }
        return process.exitValue();
    }

    /** Everything it has said so far; on standard error, where standard output is apart. */
    public String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whatever happened, nothing goes on running. */
    @Override
    public void close() {
        kill();
    }
}
