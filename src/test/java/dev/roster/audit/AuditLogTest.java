package dev.roster.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.platform.crypto.Digests;
import dev.roster.testing.Database;
import dev.roster.testing.Rest;
import dev.roster.testing.Statements;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@QuarkusTest
@DisplayName("The same change to many records")
class AuditLogTest {

    @Inject AuditLog log;

    private final UUID actor = UUID.randomUUID();
    private final ObjectNode after = new ObjectMapper().createObjectNode().put("banned", true);

    private void record(List<UUID> targets, UUID who, ObjectNode what) {
        QuarkusTransaction.requiringNew()
                .run(() -> log.recordAll(AuditAction.USER_BANNED, who, "user", targets, what));
    }

    private static List<UUID> targets(int number) {
        return Stream.generate(UUID::randomUUID).limit(number).toList();
    }

    private static List<Map<String, Object>> events(UUID actor) {
        return Database.query(
                "SELECT action, target_type, target_id, after::text, before, ip_address,"
                        + " request_id FROM audit_events WHERE actor_id = ? ORDER BY id",
                actor);
    }

    @Test
    @DisplayName("is an event for each of them, in their order")
    void each() {
        List<UUID> targets = targets(3);
        record(targets, actor, after);
        List<Map<String, Object>> events = events(actor);
        assertEquals(targets, events.stream().map(event -> event.get("target_id")).toList());
        for (Map<String, Object> event : events) {
            assertEquals("user.banned", event.get("action"));
            assertEquals("user", event.get("target_type"));
            assertEquals(after, Rest.json((String) event.get("after")));
            assertEquals(null, event.get("before"));
            assertEquals("", event.get("ip_address"));
            assertEquals("", event.get("request_id"));
        }
    }

    @Test
    @DisplayName("is one statement, whatever their number, and none for nobody")
    void oneStatement() {
        assertEquals(1, Statements.of(() -> record(targets(1), actor, after)).size());
        assertEquals(1, Statements.of(() -> record(targets(10_000), actor, after)).size());
        assertEquals(10_001, events(actor).size());
        assertEquals(List.of(), Statements.of(() -> record(List.of(), actor, after)));
    }

    @Test
    @DisplayName("can show nothing, and be of the service's own doing")
    void nothing() {
        UUID target = UUID.randomUUID();
        record(List.of(target), null, null);
        Map<String, Object> event =
                Database.query(
                                "SELECT actor_id, after FROM audit_events WHERE target_id = ?",
                                target)
                        .get(0);
        assertEquals(null, event.get("actor_id"));
        assertEquals(null, event.get("after"));
    }

    @Test
    @DisplayName("is gone with the transaction of the change")
    void rollback() {
        assertThrows(
                IllegalStateException.class,
                () ->
                        QuarkusTransaction.requiringNew()
                                .run(
                                        () -> {
                                            log.recordAll(
                                                    AuditAction.USER_BANNED,
                                                    actor,
                                                    "user",
                                                    targets(2),
                                                    after);
                                            throw new IllegalStateException();
                                        }));
        assertEquals(List.of(), events(actor));
    }

    private static long largest(UUID actor) {
        return ((Number)
                        Database.value(
                                "SELECT max(octet_length(coalesce(before::text, '')) +"
                                        + " octet_length(coalesce(after::text, ''))) FROM audit_events"
                                        + " WHERE actor_id = ?",
                                actor))
                .longValue();
    }

    private static ObjectNode details(int members, String value) {
        ObjectNode details = new ObjectMapper().createObjectNode();
        for (int i = 0; i < members; i++) {
            details.put("member " + i, value + i);
        }
        return details;
    }

    @Test
    @DisplayName(
            "keeps 8 KiB of details at most, however they are written, and recognises the rest")
    void bounded() {
        String name = "n".repeat(100_000);
        List<ObjectNode> sides =
                List.of(
                        details(1, "x".repeat(1_000_000)),
                        details(5, "\u732b".repeat(330)),
                        details(2000, ":,"),
                        new ObjectMapper().createObjectNode().put(name, 1));
        for (ObjectNode side : sides) {
            UUID who = UUID.randomUUID();
            ObjectNode other = details(3000, "y");
            QuarkusTransaction.requiringNew()
                    .run(
                            () -> {
                                log.record(
                                        AuditAction.USER_UPDATED,
                                        who,
                                        "user",
                                        UUID.randomUUID(),
                                        other,
                                        side);
                                log.recordAll(
                                        AuditAction.USER_UPDATED, who, "user", targets(2), side);
                                log.recordEach(
                                        AuditAction.USER_UPDATED,
                                        who,
                                        "user",
                                        Map.of(
                                                UUID.randomUUID(),
                                                new AuditLog.Change(other, side)));
                            });
            assertEquals(4, events(who).size());
            assertTrue(largest(who) <= 8192, () -> "of " + largest(who));
        }
    }

    @Test
    @DisplayName("replaces a long value by its length and digest, and keeps what is beside it")
    void digest() {
        UUID who = UUID.randomUUID();
        record(targets(1), who, details(1, "x".repeat(5000)).put("banned", true));
        String text = "x".repeat(5000) + "0";
        ObjectNode expected = new ObjectMapper().createObjectNode().put("banned", true);
        expected.putObject("member 0")
                .put("length", 5001)
                .put("sha256", HexFormat.of().formatHex(Digests.sha256(text)));
        assertEquals(expected, Rest.json((String) events(who).get(0).get("after")));
    }
}
