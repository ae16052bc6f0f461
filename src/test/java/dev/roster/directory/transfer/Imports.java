package dev.roster.directory.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.roster.testing.Caller;
import dev.roster.testing.Rest;
import io.restassured.response.Response;
import java.time.Duration;
import java.util.UUID;

/** Imports by HTTP, and what came of them. */
final class Imports {

    static final String PATH = "/api/v1/users/import";
    static final String CSV = "text/csv";
    static final String LINES = "application/x-ndjson";

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private Imports() {}

    static Response send(Caller caller, String type, String query, String body) {
        return Rest.body(caller.request(), type, body).post(PATH + query);
    }

    /** Imports and waits for the end of the job, which is returned. */
    static JsonNode done(Caller caller, String type, String query, String body) {
        return await(caller, send(caller, type, query, body));
    }

    static JsonNode await(Caller caller, Response accepted) {
        assertEquals(202, accepted.statusCode(), accepted::asString);
        return await(caller, accepted.header("Location"));
    }

    /** The job as it is once it has ended. */
    static JsonNode await(Caller caller, String location) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            JsonNode job = Rest.json(Rest.get(caller, path(location)));
            if (job.hasNonNull("finishedAt")) {
                return job;
            }
            assertTrue(System.nanoTime() < deadline, () -> "not done in time: " + job);
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        }
    }

    /** The report of a job, as it is downloaded: a line for each fault. */
    static String report(Caller caller, JsonNode job) {
        Response answer = Rest.get(caller, "/api/v1/jobs/" + job.get("id").asText() + "/report");
        assertEquals(200, answer.statusCode());
        return answer.asString();
    }

    /** Made up, and nobody else's. */
    static String mark() {
        return "i" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);
    }

    private static String path(String location) {
        return location.substring(location.indexOf("/api/"));
    }
}
