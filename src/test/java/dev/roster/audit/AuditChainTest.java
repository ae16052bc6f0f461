package dev.roster.audit;

import static dev.roster.testing.Problems.assertViolations;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.roster.platform.crypto.Digests;
import dev.roster.testing.AtOnce;
import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.Rest;
import dev.roster.testing.Statements;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The trail is shared by all tests, and as it was written before and after each of these. */
@QuarkusTest
@DisplayName("The chain over the audit trail")
class AuditChainTest {

    private static final String VERIFY = "/api/v1/audit-events/verify";

    @Inject AuditLog log;
    @Inject AuditChain chain;
    @Inject OldAuditEvents oldEvents;

    private final UUID actor = UUID.randomUUID();
    private Caller admin;

    /** Asks for what was written since the test began: all there is takes a second. */
    private String recent;

    @BeforeEach
    void everythingIsSealed() {
        admin = Caller.admin();
        recent =
                "?from="
                        + Database.value(
                                "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC',"
                                        + " 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')");
        JsonNode found = verify(recent);
        assertTrue(found.get("valid").asBoolean(), found.toString());
        assertEquals(0, found.get("unsealed").asInt());
    }

    private void write(int number) {
        QuarkusTransaction.requiringNew()
                .run(
                        () ->
                                log.recordAll(
                                        AuditAction.USER_UPDATED,
                                        actor,
                                        "user",
                                        Stream.generate(UUID::randomUUID).limit(number).toList(),
                                        new ObjectMapper().createObjectNode().put("name", "Ädä")));
    }

    private JsonNode verify(String query) {
        Response answer = Rest.get(admin, VERIFY + query);
        assertEquals(200, answer.statusCode(), answer.asString());
        return Rest.json(answer);
    }

    private List<Map<String, Object>> links() {
        return Database.query(
                "SELECT c.position, c.hash, (SELECT p.hash FROM audit_chain p WHERE p.position ="
                        + " c.position - 1) AS previous, e.*, to_char(e.occurred_at AT TIME ZONE"
                        + " 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') AS at, e.after::text AS a"
                        + " FROM audit_chain c JOIN audit_events e ON e.id = c.event_id WHERE"
                        + " e.actor_id = ? ORDER BY c.position",
                actor);
    }

    @Test
    @DisplayName("can be followed by anyone, by the form that ADR 0018 documents")
    void outsider() {
        write(3);
        verify("");
        List<Map<String, Object>> links = links();
        assertEquals(3, links.size());
        for (Map<String, Object> link : links) {
            byte[] details =
                    Digests.sha256(
                            link.get("details_salt")
                                    + "{\"after\": {\"name\": \"Ädä\"}, \"before\": null,"
                                    + " \"ipAddress\": \"\", \"userAgent\": \"\"}");
            String event =
                    "{\"id\": \"%s\", \"actor\": \"%s\", \"action\": \"user.updated\", \"target\": \"%s\", \"details\": \"%s\", \"requestId\": \"\", \"occurredAt\": \"%s\", \"targetType\": \"user\"}"
                            .formatted(
                                    link.get("id"),
                                    actor,
                                    link.get("target_id"),
                                    HexFormat.of().formatHex(details),
                                    link.get("at"));
            byte[] previous = (byte[]) link.get("previous");
            byte[] text = event.getBytes(UTF_8);
            byte[] both = new byte[previous.length + text.length];
            System.arraycopy(previous, 0, both, 0, previous.length);
            System.arraycopy(text, 0, both, previous.length, text.length);
            assertEquals(
                    HexFormat.of().formatHex(sha256(both)),
                    HexFormat.of().formatHex((byte[]) link.get("hash")));
        }
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return java.security.MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @Nested
    @DisplayName("shows that somebody with all rights")
    class Tampering {

        private List<UUID> ids;
        private long position;
        private String head;

        @BeforeEach
        void write() throws SQLException {
            AuditChainTest.this.write(3);
            head = verify(recent).get("head").asText();
            List<Map<String, Object>> links = links();
            ids = links.stream().map(link -> (UUID) link.get("id")).toList();
            position = (long) links.get(1).get("position");
            all(
                    "CREATE SCHEMA tampering",
                    "CREATE TABLE tampering.events AS SELECT * FROM audit_events WHERE actor_id = '"
                            + actor
                            + "'",
                    "CREATE TABLE tampering.links AS SELECT * FROM audit_chain WHERE event_id IN"
                            + " (SELECT id FROM tampering.events)");
        }

        @AfterEach
        void restore() throws SQLException {
            all(
                    "DELETE FROM audit_events WHERE actor_id = '"
                            + actor
                            + "' OR id IN (SELECT id FROM tampering.events)",
                    "INSERT INTO audit_events SELECT * FROM tampering.events",
                    "DELETE FROM audit_chain WHERE position >= (SELECT min(position) FROM"
                            + " tampering.links)",
                    "INSERT INTO audit_chain SELECT * FROM tampering.links",
                    "DELETE FROM audit_unsealed",
                    "DROP SCHEMA tampering CASCADE");
            assertTrue(verify(recent + "&head=" + head).get("valid").asBoolean());
        }

        /** Past the triggers, which only who administers the server can do. */
        private void all(String... statements) throws SQLException {
            try (Connection connection = Database.connect();
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute("SET LOCAL session_replication_role = replica");
                for (String sql : statements) {
                    statement.execute(sql);
                }
                connection.commit();
            }
        }

        private void assertBroken(String reason, UUID event, int number) {
            assertBroken(reason, event, number, recent);
        }

        private void assertBroken(String reason, UUID event, int number, String query) {
            JsonNode found = verify(query);
            assertFalse(found.get("valid").asBoolean(), found.toString());
            assertEquals(reason, found.at("/firstBroken/reason").asText(), found.toString());
            assertEquals(
                    event.toString(), found.at("/firstBroken/eventId").asText(), found.toString());
            assertEquals(number, found.get("broken").asInt(), found.toString());
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "action = 'user.banned'",
                    "actor_id = NULL",
                    "target_id = '01900000-0000-7000-8000-000000000003'",
                    "target_type = 'role'",
                    "request_id = 'x'",
                    "after = '{\"name\":\"Eve\"}'",
                    "after = NULL",
                    "before = '{}'",
                    "ip_address = '192.0.2.1'",
                    "details_salt = NULL",
                    "details_digest = sha256('')",
                    "after = '{}', details_digest = audit_details_digest(details_salt, NULL,"
                            + " '{}', '', '')"
                })
        @DisplayName("changed an event")
        void changed(String change) throws SQLException {
            all("UPDATE audit_events SET " + change + " WHERE id = '" + ids.get(1) + "'");
            assertBroken("changed", ids.get(1), 1);
        }

        @Test
        @DisplayName("changed when it happened")
        void moved() throws SQLException {
            all(
                    "UPDATE audit_events SET occurred_at = occurred_at - interval '1 second' WHERE"
                            + " id = '"
                            + ids.get(1)
                            + "'");
            assertBroken("removed", ids.get(1), 2, "");
        }

        @Test
        @DisplayName("removed an event")
        void removed() throws SQLException {
            all("DELETE FROM audit_events WHERE id = '" + ids.get(1) + "'");
            assertBroken("removed", ids.get(1), 1);
        }

        @ParameterizedTest
        @ValueSource(strings = {"infinity", "2199-01-01T00:00:00Z", "0000-13-01T00:00:00Z", "soon"})
        @DisplayName("removed an event, and wrote one that would excuse it")
        void excused(String before) throws SQLException {
            UUID forged = UUID.randomUUID();
            Database.update(
                    "INSERT INTO audit_events (id, occurred_at, action, target_type, after) VALUES (?,"
                            + " now(), 'audit_events.dropped', 'audit_events',"
                            + " jsonb_build_object('before', CAST(? AS text), 'events', 1))",
                    forged,
                    before);
            try {
                all("DELETE FROM audit_events WHERE id = '" + ids.get(1) + "'");
                assertBroken("removed", ids.get(1), 1, "");
            } finally {
                all("DELETE FROM audit_events WHERE id = '" + forged + "'");
            }
        }

        @Test
        @DisplayName("removed an event and its link")
        void unlinked() throws SQLException {
            all(
                    "DELETE FROM audit_events WHERE id = '" + ids.get(1) + "'",
                    "DELETE FROM audit_chain WHERE position = " + position);
            assertBroken("unlinked", ids.get(2), 1);
        }

        @Test
        @DisplayName("removed an event before it was sealed")
        void removedUnsealed() throws SQLException {
            AuditChainTest.this.write(1);
            UUID late =
                    (UUID)
                            Database.value(
                                    "SELECT event_id FROM audit_unsealed u JOIN audit_events e ON"
                                            + " e.id = u.event_id WHERE e.actor_id = ?",
                                    actor);
            all("DELETE FROM audit_events WHERE id = '" + late + "'");
            assertBroken("removed", late, 1);
        }

        @Test
        @DisplayName("smuggled in an event")
        void inserted() throws SQLException {
            UUID id = UUID.randomUUID();
            all(
                    ("INSERT INTO audit_events (id, occurred_at, action, target_type, actor_id,"
                                    + " details_digest) SELECT '%s', occurred_at, action,"
                                    + " target_type, actor_id, details_digest FROM audit_events"
                                    + " WHERE id = '%s'")
                            .formatted(id, ids.get(1)));
            assertBroken("unknown", id, 1);
        }

        @Test
        @DisplayName("copied an event to another time")
        void copied() throws SQLException {
            all(
                    ("INSERT INTO audit_events SELECT (jsonb_populate_record(e,"
                                    + " jsonb_build_object('occurred_at', occurred_at - interval '1"
                                    + " day'))).* FROM audit_events e WHERE id = '%s'")
                            .formatted(ids.get(1)));
            assertBroken("unknown", ids.get(1), 1, "");
        }

        @Test
        @DisplayName("changed an event and made its link anew")
        void relinked() throws SQLException {
            all(
                    "UPDATE audit_events SET action = 'user.banned' WHERE id = '"
                            + ids.get(1)
                            + "'",
                    "UPDATE audit_chain c SET hash = audit_link((SELECT p.hash FROM audit_chain p"
                            + " WHERE p.position = c.position - 1), (SELECT audit_canonical(e) FROM"
                            + " audit_events e WHERE e.id = c.event_id)) WHERE position = "
                            + position);
            assertBroken("changed", ids.get(2), 1);
        }

        @Test
        @DisplayName("cut off the end, where the head was noted")
        void cutOff() throws SQLException {
            all(
                    "DELETE FROM audit_events WHERE id = '" + ids.get(2) + "'",
                    "DELETE FROM audit_chain WHERE position > " + position);
            assertTrue(verify(recent).get("valid").asBoolean());
            JsonNode found = verify(recent + "&head=" + head);
            assertFalse(found.get("valid").asBoolean());
            assertEquals("head_missing", found.at("/firstBroken/reason").asText());
            assertEquals(position + 1, found.at("/firstBroken/position").asLong());
        }

        @Test
        @DisplayName("did so at some other time than the one that is asked for")
        void elsewhere() throws SQLException {
            all("UPDATE audit_events SET action = 'user.banned' WHERE id = '" + ids.get(1) + "'");
            String time =
                    (String)
                            Database.value(
                                    "SELECT at FROM (SELECT to_char(occurred_at AT TIME ZONE 'UTC',"
                                            + " 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') AS at FROM"
                                            + " tampering.events LIMIT 1) t");
            assertTrue(verify("?to=" + time).get("valid").asBoolean());
            assertFalse(verify("?from=" + time).get("valid").asBoolean());
            assertEquals(3, verify("?from=" + time).get("verified").asInt() + 1);
        }
    }

    @Nested
    @DisplayName("stays whole")
    class Whole {

        @Test
        @DisplayName("over more events than one statement seals or reads")
        void batches() {
            long before = verify("").get("verified").asLong();
            write(2 * AuditChain.BATCH + 1);
            JsonNode found = verify("");
            assertTrue(found.get("valid").asBoolean());
            assertEquals(before + 2 * AuditChain.BATCH + 1, found.get("verified").asLong());
        }

        @Test
        @DisplayName("when events are redacted")
        void redacted() {
            write(3);
            long before = verify(recent).get("redacted").asLong();
            Database.query("SELECT audit_redact(?)", actor);
            JsonNode found = verify(recent);
            assertTrue(found.get("valid").asBoolean());
            assertEquals(before + 3, found.get("redacted").asLong());
        }

        @Test
        @DisplayName("when many write, seal and verify at once")
        void atOnce() throws InterruptedException {
            Callable<Boolean> writing =
                    () -> {
                        for (int i = 0; i < 5; i++) {
                            write(20);
                        }
                        return true;
                    };
            Callable<Boolean> sealing = () -> verify(recent).get("valid").asBoolean();
            List<Boolean> all =
                    AtOnce.run(List.of(writing, sealing, writing, sealing, writing, sealing));
            assertEquals(List.of(true), all.stream().distinct().toList());
            JsonNode found = verify(recent);
            assertTrue(found.get("valid").asBoolean());
            assertEquals(0, found.get("unsealed").asInt());
            assertEquals(300, links().size());
        }

        @Test
        @DisplayName("while another replica is at it, and says what waits")
        void otherReplica() throws SQLException {
            try (Connection other = Database.connect();
                    PreparedStatement lock =
                            other.prepareStatement("SELECT pg_advisory_xact_lock(?)")) {
                other.setAutoCommit(false);
                lock.setLong(1, 0x617564697473L);
                lock.execute();
                write(3);
                JsonNode found = verify(recent);
                assertTrue(found.get("valid").asBoolean());
                assertEquals(3, found.get("unsealed").asInt());
                assertEquals(List.of(), links());
                chain.sealWritten();
                assertEquals(List.of(), links());
                other.rollback();
            }
            // it is still to be done
            chain.sealWritten();
            assertEquals(3, links().size());
        }

        @Test
        @DisplayName("without waiting for a verification, and without a statement for nothing")
        void sealsItself() {
            write(1);
            chain.sealWritten();
            assertEquals(1, links().size());
            assertEquals(List.of(), Statements.of(chain::sealWritten));
        }

        @Test
        @DisplayName("when the transaction of an event is rolled back")
        void rolledBack() {
            assertThrows(
                    IllegalStateException.class,
                    () ->
                            QuarkusTransaction.requiringNew()
                                    .run(
                                            () -> {
                                                write(0);
                                                log.record(
                                                        AuditAction.USER_UPDATED,
                                                        actor,
                                                        "user",
                                                        actor);
                                                throw new IllegalStateException();
                                            }));
            assertEquals(0, verify(recent).get("unsealed").asInt());
            assertEquals(List.of(), links());
        }
    }

    @Nested
    @DisplayName("once months have had their time")
    class Dropped {

        private void write(String month) {
            Database.update(
                    "INSERT INTO audit_events (id, occurred_at, action, target_type, actor_id)"
                            + " SELECT gen_random_uuid(), CAST(? AS timestamptz), 'user.updated',"
                            + " 'user', ? FROM generate_series(1, 3)",
                    month,
                    actor);
            Database.query("SELECT audit_partitions_make()");
        }

        private long events() {
            return (long)
                    Database.value("SELECT count(*) FROM audit_events WHERE actor_id = ?", actor);
        }

        @Test
        @DisplayName("keeps their links, so that the rest is still valid; the trail tells of it")
        void dropped() {
            write("2003-05-05T00:00:00Z");
            long before = verify("").get("dropped").asLong();
            AuditChainTest.this.write(1);
            purge();
            assertEquals(1, events());
            JsonNode found = verify("");
            assertTrue(found.get("valid").asBoolean(), found.toString());
            assertTrue(found.get("dropped").asLong() >= before + 3);
            JsonNode event =
                    Rest.json(
                                    Rest.get(
                                            admin,
                                            "/api/v1/audit-events?action=audit_events.dropped&size=1"))
                            .at("/items/0");
            assertTrue(event.at("/after/events").asLong() >= 3);
            assertTrue(event.at("/after/before").asText().endsWith("-01T00:00:00Z"));
        }

        @Test
        @DisplayName("does not lose what is not sealed yet")
        void unsealed() {
            write("2003-06-05T00:00:00Z");
            assertEquals(
                    0L, Database.value("SELECT audit_partitions_drop(now() - interval '1 year')"));
            assertEquals(3, events());
            verify(recent);
            purge();
            assertEquals(0, events());
        }

        @Test
        @DisplayName("never loses the last 90 days, whatever it is told")
        void recent() {
            AuditChainTest.this.write(2);
            verify(recent);
            Database.query("SELECT audit_partitions_drop(now() + interval '10 years')");
            assertEquals(2, events());
        }

        private void purge() {
            QuarkusTransaction.requiringNew()
                    .run(() -> oldEvents.purge(java.time.Instant.now(), 500));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "head=1, head",
        "head=1-ab, head",
        "head=0-9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08, head",
        "from=now, from",
        "to=now, to",
        "since=1, since",
        "size=1, size"
    })
    @DisplayName("refuses what it does not understand, and names it")
    void refused(String query, String parameter) {
        assertViolations(Rest.get(admin, VERIFY + "?" + query), "query", parameter);
    }

    @Test
    @DisplayName("is itself append-only")
    void appendOnly() {
        for (String sql :
                List.of(
                        "UPDATE audit_chain SET hash = sha256('')",
                        "DELETE FROM audit_chain",
                        "TRUNCATE audit_chain")) {
            AssertionError refused =
                    assertThrows(AssertionError.class, () -> Database.update(sql), sql);
            assertTrue(
                    refused.getCause().getMessage().contains("the audit trail is append-only"),
                    sql);
        }
    }
}
