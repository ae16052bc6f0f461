package dev.roster.directory.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.Rest;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.zip.GZIPOutputStream;

/** Imports by HTTP, and what came of them. */
final class Imports {

    static final String PATH = "/api/v1/users/import";
    static final String CSV = "text/csv";
    static final String LINES = "application/x-ndjson";

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private Imports() {}

    /** A request that can be changed before it is sent. */
    static HttpRequest.Builder request(Caller caller, String type, String query) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(
                                URI.create("http://localhost:" + RestAssured.port + PATH + query))
                        .timeout(LIMIT)
                        .header("Content-Type", type);
        return caller == null ? request : request.header("Authorization", "Bearer " + caller.token);
    }

    static HttpResponse<String> send(HttpRequest.Builder request, byte[] body) {
        try {
            return CLIENT.send(
                    request.POST(BodyPublishers.ofByteArray(body)).build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    static HttpResponse<String> send(Caller caller, String type, String query, String body) {
        return send(request(caller, type, query), body.getBytes(StandardCharsets.UTF_8));
    }

    /** Imports and waits for the end of the job, which is returned. */
    static JsonNode done(Caller caller, String type, String query, String body) {
        return await(caller, send(caller, type, query, body));
    }

    static JsonNode await(Caller caller, HttpResponse<String> accepted) {
        return await(caller, location(accepted));
    }

    /** Where the job is that was accepted. */
    static String location(HttpResponse<String> accepted) {
        assertEquals(202, accepted.statusCode(), accepted::body);
        String location = accepted.headers().firstValue("Location").orElseThrow();
        return location.substring(location.indexOf("/api/"));
    }

    /** The job as it is once it has ended. */
    static JsonNode await(Caller caller, String location) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            JsonNode job = Rest.json(Rest.get(caller, location));
            if (job.hasNonNull("finishedAt")) {
                return job;
            }
            assertTrue(System.nanoTime() < deadline, () -> "not done in time: " + job);
            pause();
        }
    }

    static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** The report of a job, as it is downloaded: {@code line field: reason} for each fault. */
    static String report(Caller caller, JsonNode job) {
        Response answer = Rest.get(caller, "/api/v1/jobs/" + job.get("id").asText() + "/report");
        assertEquals(200, answer.statusCode());
        StringBuilder report = new StringBuilder();
        answer.asString()
                .lines()
                .map(Rest::json)
                .forEach(
                        fault ->
                                report.append(fault.get("line").asLong())
                                        .append(' ')
                                        .append(fault.get("field").asText())
                                        .append(": ")
                                        .append(fault.get("reason").asText())
                                        .append('\n'));
        return report.toString();
    }

    /**
     * Lets two calls begin that then wait for a table, and returns what a third one is told; the
     * two are done afterwards.
     *
     * @param waiting how the statement begins that they wait with
     */
    static <T> T third(String table, String waiting, Supplier<T> call, Consumer<T> two) {
        try (Connection held = Database.connect();
                Statement lock = held.createStatement()) {
            held.setAutoCommit(false);
            lock.execute("LOCK TABLE " + table + " IN ACCESS EXCLUSIVE MODE");
            List<CompletableFuture<T>> begun =
                    List.of(
                            CompletableFuture.supplyAsync(call),
                            CompletableFuture.supplyAsync(call));
            long deadline = System.nanoTime() + LIMIT.toNanos();
            while (!Database.value(
                            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                                    + " AND query LIKE ?",
                            waiting + "%")
                    .equals(2L)) {
                assertTrue(System.nanoTime() < deadline, "nobody waits for " + table);
                pause();
            }
            T third = call.get();
            held.rollback();
            begun.forEach(each -> two.accept(each.join()));
            return third;
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** Made up, and nobody else's. */
    static String mark() {
        return "i" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);
    }

    static byte[] gzip(byte[] plain) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream zipped = new GZIPOutputStream(out)) {
            zipped.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
