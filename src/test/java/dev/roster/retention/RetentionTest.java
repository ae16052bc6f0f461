package dev.roster.retention;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.roster.platform.jobs.PurgeTask;
import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@QuarkusTest
@DisplayName("Retention")
class RetentionTest {

    private static final int BATCH = 500;

    @Inject Retention retention;
    @Inject RetentionConfig config;
    @Inject EntityManager entityManager;
    @Inject MeterRegistry meters;
    @Inject Clock clock;

    private Caller caller;

    @BeforeEach
    void nothingIsDue() {
        retention.run();
        caller = Caller.signUp();
    }

    @Test
    @DisplayName("deletes expired sessions and one-time tokens, however many, and no others")
    void purges() {
        sessions(2 * BATCH + 3, "-1 second");
        sessions(2, "1 hour");
        verifications(BATCH + 1, "-1 second");
        verifications(2, "1 hour");
        retention.run();
        assertEquals(List.of(0L, 0L), List.of(expired("sessions"), expired("verifications")));
        // the caller's own among them
        assertEquals(3L, count("sessions"));
        assertEquals(2L, count("verifications"));
        assertEquals(200, Caller.as(caller.token).get("/api/auth/list-sessions").statusCode());
    }

    @Test
    @DisplayName("works in batches until one is not full")
    void batches() {
        Counting task = new Counting(call -> call < 3 ? BATCH : 7);
        assertEquals(2 * BATCH + 7, retention.purge(task));
        assertEquals(List.of(BATCH, BATCH, BATCH), task.limits);
    }

    @Test
    @DisplayName("goes on with the other tasks where one fails, and counts that")
    void failure() {
        Counting failing =
                new Counting(
                        call -> {
                            throw new IllegalStateException("meant to fail");
                        });
        Counting next = new Counting(call -> 0);
        new Retention(List.of(failing, next), config, entityManager, meters, clock).run();
        assertEquals(List.of(BATCH), failing.limits);
        assertEquals(List.of(BATCH), next.limits);
        assertEquals(1, meters.counter("roster.retention.failed", "task", "counting").count());
    }

    @Test
    @DisplayName("does nothing while another replica is at it")
    void otherReplica() throws SQLException {
        sessions(3, "-1 second");
        Counting task = new Counting(call -> 1);
        try (Connection other = Database.connect();
                PreparedStatement lock =
                        other.prepareStatement("SELECT pg_advisory_xact_lock(?)")) {
            other.setAutoCommit(false);
            lock.setLong(1, 0x726f73746572L);
            lock.execute();
            assertEquals(0, retention.purge(task));
            assertEquals(List.of(), task.limits, "not even asked");
            retention.run();
            assertEquals(3L, expired("sessions"));
            other.rollback();
        }
        retention.run();
        assertEquals(0L, expired("sessions"));
    }

    @Test
    @DisplayName("waits for nobody: rows in use are left for the next run")
    void lockedRows() throws SQLException {
        sessions(5, "-1 second");
        verifications(5, "-1 second");
        try (Connection other = Database.connect()) {
            other.setAutoCommit(false);
            for (String table : List.of("sessions", "verifications")) {
                try (PreparedStatement hold =
                        other.prepareStatement(
                                "SELECT id FROM "
                                        + table
                                        + " WHERE expires_at < now() AND user_id = ? LIMIT 2 FOR"
                                        + " UPDATE")) {
                    hold.setObject(1, caller.id);
                    hold.execute();
                }
            }
            retention.run();
            assertEquals(List.of(2L, 2L), List.of(expired("sessions"), expired("verifications")));
            other.rollback();
        }
        retention.run();
        assertEquals(List.of(0L, 0L), List.of(expired("sessions"), expired("verifications")));
    }

    /** Deletes nothing and notes what it was asked for. */
    private static final class Counting implements PurgeTask {

        private final List<Integer> limits = new ArrayList<>();
        private final IntUnaryOperator purged;

        Counting(IntUnaryOperator purged) {
            this.purged = purged;
        }

        @Override
        public String name() {
            return "counting";
        }

        @Override
        public int purge(Instant now, int limit) {
            limits.add(limit);
            return purged.applyAsInt(limits.size());
        }
    }

    private void sessions(int number, String expiresIn) {
        assertEquals(
                number,
                Database.update(
                        "INSERT INTO sessions (id, user_id, token_digest, expires_at) SELECT"
                                + " gen_random_uuid(), ?, sha256(CAST(CAST(gen_random_uuid() AS"
                                + " text) AS bytea)), now() + CAST(? AS interval) FROM"
                                + " generate_series(1, ?)",
                        caller.id,
                        expiresIn,
                        number));
    }

    private void verifications(int number, String expiresIn) {
        assertEquals(
                number,
                Database.update(
                        "INSERT INTO verifications (id, purpose, user_id, token_digest, expires_at)"
                                + " SELECT gen_random_uuid(), 'DELETE_USER', ?,"
                                + " sha256(CAST(CAST(gen_random_uuid() AS text) AS bytea)), now() +"
                                + " CAST(? AS interval) FROM generate_series(1, ?)",
                        caller.id,
                        expiresIn,
                        number));
    }

    /** Of the caller's alone: what other tests have left expires at any time. */
    private long expired(String table) {
        return (long)
                Database.value(
                        "SELECT count(*) FROM "
                                + table
                                + " WHERE expires_at <= now() AND user_id = ?",
                        caller.id);
    }

    private long count(String table) {
        UUID id = caller.id;
        return (long) Database.value("SELECT count(*) FROM " + table + " WHERE user_id = ?", id);
    }
}
