package dev.roster.platform.idempotency;

import static dev.roster.testing.Problems.assertInvalid;
import static dev.roster.testing.Problems.assertProblem;
import static dev.roster.testing.Problems.assertViolations;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.roster.retention.Retention;
import dev.roster.testing.AtOnce;
import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.Rest;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@DisplayName("Idempotency-Key")
class IdempotencyTest {

    private static final String PATH = "/api/v1/users";

    @Inject Retention retention;
    @Inject ExpiredIdempotencyKeys expired;

    private Caller admin;
    private String email;
    private String key;

    @BeforeEach
    void enter() {
        admin = Caller.admin();
        email = Caller.newEmail();
        key = UUID.randomUUID().toString();
    }

    private static String body(String email) {
        return "{\"name\":\"Ada\",\"sendLink\":false,\"email\":\"" + email + "\"}";
    }

    private static Response post(Caller caller, String key, String body) {
        return Rest.body(caller.request().header("Idempotency-Key", key), Rest.JSON, body)
                .post(PATH);
    }

    private static long users(String email) {
        return (Long) Database.value("SELECT count(*) FROM users WHERE email_key = ?", email);
    }

    private long stored() {
        return (Long)
                Database.value(
                        "SELECT count(*) FROM idempotency_keys WHERE caller_id = ?", admin.id);
    }

    @Test
    @DisplayName("has a request that is sent again be answered as the first time, and done once")
    void replays() {
        Response first = post(admin, key, body(email));
        assertEquals(201, first.statusCode(), first.asString());
        assertNull(first.header("Idempotency-Replayed"));
        for (int i = 0; i < 2; i++) {
            Response again = post(admin, key, body(email));
            assertEquals(201, again.statusCode(), again.asString());
            assertEquals("true", again.header("Idempotency-Replayed"));
            assertEquals(first.asString(), again.asString());
            for (String header : List.of("Location", "ETag", "Content-Type")) {
                assertEquals(first.header(header), again.header(header));
            }
        }
        assertEquals(1, users(email));
        assertEquals(
                1L,
                Database.value(
                        "SELECT count(*) FROM audit_events WHERE action = 'user.created' AND"
                                + " target_id = ?",
                        UUID.fromString(first.path("id"))));
    }

    @Test
    @DisplayName("replays what was answered, though the user is another by now")
    void remembers() {
        Response first = post(admin, key, body(email));
        Rest.patch(admin, first.header("Location"), "*", "{\"name\":\"Changed\"}")
                .then()
                .statusCode(200);
        assertEquals(first.asString(), post(admin, key, body(email)).asString());
    }

    @Test
    @DisplayName("is good for one request: another body is refused by 422")
    void reused() {
        post(admin, key, body(email)).then().statusCode(201);
        String other = Caller.newEmail();
        assertProblem(422, "idempotency_key_reused", post(admin, key, body(other)));
        assertProblem(422, "idempotency_key_reused", post(admin, key, body(email) + " "));
        assertEquals(0, users(other));
        assertEquals(1, stored());
    }

    @Test
    @DisplayName("is the caller's own")
    void owner() {
        Response first = post(admin, key, body(email));
        String other = Caller.newEmail();
        Response another = post(Caller.admin(), key, body(other));
        assertEquals(201, another.statusCode(), another.asString());
        assertNotEquals(first.path("id").toString(), another.path("id"));
        assertProblem(403, "forbidden", post(Caller.signUp(), key, body(email)));
    }

    @Test
    @DisplayName("with another of its kind at once is done once")
    void atOnce() throws Exception {
        List<Response> answers = AtOnce.run(6, () -> post(admin, key, body(email)));
        assertEquals(1, users(email));
        List<Response> done = answers.stream().filter(a -> a.statusCode() == 201).toList();
        assertFalse(done.isEmpty());
        assertEquals(1, done.stream().map(Response::asString).distinct().count());
        assertEquals(
                1, done.stream().filter(a -> a.header("Idempotency-Replayed") == null).count());
        answers.stream()
                .filter(a -> a.statusCode() != 201)
                .forEach(
                        a -> {
                            assertProblem(409, "conflict", a);
                            assertEquals("1", a.header("Retry-After"));
                        });
        assertEquals(201, post(admin, key, body(email)).statusCode());
    }

    @Test
    @DisplayName("of a request that is not done yet is 409 with Retry-After")
    void busy() throws Exception {
        try (Connection connection = Database.connect()) {
            connection.setAutoCommit(false);
            // the first request waits for this address
            try (PreparedStatement insert =
                    connection.prepareStatement(
                            "INSERT INTO users (id, name, email) VALUES (gen_random_uuid(), 'x',"
                                    + " ?)")) {
                insert.setString(1, email);
                insert.executeUpdate();
            }
            List<Response> answers =
                    AtOnce.run(
                            List.of(
                                    () -> post(admin, key, body(email)),
                                    () -> {
                                        awaitLock();
                                        Response second = post(admin, key, body(email));
                                        connection.rollback();
                                        return second;
                                    }));
            assertEquals(201, answers.get(0).statusCode(), answers.get(0).asString());
            assertProblem(409, "conflict", answers.get(1));
            assertEquals("1", answers.get(1).header("Retry-After"));
        }
        assertEquals("true", post(admin, key, body(email)).header("Idempotency-Replayed"));
    }

    /** Until the first request holds its key and waits. */
    private static void awaitLock() throws InterruptedException {
        while ((Long)
                        Database.value(
                                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type ="
                                        + " 'Lock' AND query ILIKE 'insert into users%'")
                == 0) {
            Thread.sleep(20);
        }
    }

    @Test
    @DisplayName("stays free where the request was refused")
    void refused() {
        assertInvalid(post(admin, key, "{\"name\":\"Ada\"}"), "email");
        Response taken = post(admin, key, body(admin.email));
        assertProblem(409, "email_taken", taken);
        assertEquals(0, stored());
        assertEquals(201, post(admin, key, body(email)).statusCode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"two words", "\u00e4", "\"", "\"open", "", "\"\""})
    @DisplayName("is 1 to 255 visible ASCII characters")
    void form(String odd) {
        byte[] bytes = odd.getBytes(StandardCharsets.UTF_8);
        String raw = new String(bytes, StandardCharsets.ISO_8859_1);
        assertViolations(post(admin, raw, body(email)), "header", "Idempotency-Key");
        assertViolations(post(admin, "k".repeat(256), body(email)), "header", "Idempotency-Key");
        assertEquals(0, users(email));
        assertEquals(201, post(admin, "k".repeat(255), body(email)).statusCode());
    }

    @Test
    @DisplayName("means the same in the quotes of the draft as without")
    void quoted() {
        Response first = post(admin, "\"" + key + "\"", body(email));
        assertEquals(201, first.statusCode());
        assertEquals(first.asString(), post(admin, key, body(email)).asString());
    }

    @Test
    @DisplayName("is remembered for 24 hours, then swept")
    void lifetime() {
        post(admin, key, body(email)).then().statusCode(201);
        age("23 hours 59 minutes");
        assertEquals("true", post(admin, key, body(email)).header("Idempotency-Replayed"));
        age("1 minute");
        assertProblem(409, "email_taken", post(admin, key, body(email)));
        String other = Caller.newEmail();
        assertEquals(201, post(admin, key, body(other)).statusCode());
        retention.purge(expired);
        assertEquals(1, stored());
        age("24 hours");
        assertTrue(retention.purge(expired) >= 1);
        assertEquals(0, stored());
    }

    private void age(String interval) {
        Database.update(
                "UPDATE idempotency_keys SET created_at = created_at - interval '"
                        + interval
                        + "' WHERE caller_id = ?",
                admin.id);
    }

    @Test
    @DisplayName("keeps answers that nobody reads who has the table alone")
    void sealed() {
        post(admin, key, body(email)).then().statusCode(201);
        byte[] answer =
                (byte[])
                        Database.value(
                                "SELECT answer FROM idempotency_keys WHERE caller_id = ?",
                                admin.id);
        assertFalse(new String(answer, StandardCharsets.ISO_8859_1).contains(email));
    }
}
