package dev.roster.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What every error of the REST dialect is held to. */
public final class Problems {

    /** Stack frames, class and package names, SQL, and what the frameworks call themselves. */
    private static final Pattern INTERNALS =
            Pattern.compile(
                    "(?i)exception|\\bat [\\w.$]+\\(|\\b(java|javax|jakarta|org|com|io|dev)\\.[a-z]+"
                            + "\\.|\\b(select|insert into|update|delete from)\\b.*\\b(from|set|values|where)\\b"
                            + "|user_profiles|users_|pgsql|postgres|hibernate|jackson|vert\\.?x"
                            + "|quarkus|resteasy");

    private Problems() {}

    /** The answer is a problem of this status and code, and tells nothing internal. */
    public static void assertProblem(int status, String code, Response answer) {
        assertProblem(
                status,
                code,
                answer.statusCode(),
                answer.header("Content-Type"),
                answer.asString());
        assertTrue(
                answer.header("X-Request-Id") != null && !answer.header("X-Request-Id").isEmpty(),
                "no request id");
    }

    /** The same for an answer that came another way. */
    public static void assertProblem(
            int status, String code, int actualStatus, String contentType, String body) {
        assertEquals(status, actualStatus, body);
        assertEquals("application/problem+json", contentType, body);
        JsonNode problem = Rest.json(body);
        assertEquals(code, problem.path("code").asText(), body);
        assertEquals("urn:roster:problem:" + code, problem.path("type").asText(), body);
        assertEquals(status, problem.path("status").asInt(), body);
        assertTrue(problem.path("title").isTextual(), body);
        assertFalse(INTERNALS.matcher(body).find(), "tells of its insides: " + body);
    }

    /** 400 for exactly these fields of the body. */
    public static void assertInvalid(Response answer, String... fields) {
        assertViolations(answer, "body", fields);
    }

    /** 400 for exactly these fields. */
    public static void assertViolations(Response answer, String in, String... fields) {
        assertProblem(400, "validation_failed", answer);
        List<String> named = new ArrayList<>();
        for (JsonNode violation : Rest.json(answer).path("violations")) {
            named.add(violation.path("field").asText());
            assertEquals(in, violation.path("in").asText(), answer.asString());
            assertFalse(violation.path("message").asText().isBlank(), answer.asString());
        }
        assertEquals(List.of(fields), named, answer.asString());
    }
}
