package dev.roster.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.roster.testing.Database;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the database itself holds the trail to, whoever writes. */
@QuarkusTest
@DisplayName("An audit event")
class AuditEventTest {

    private static final String NEW_YEAR = "2001-01-01T00:00:00Z";

    private final UUID actor = UUID.randomUUID();
    private final UUID target = UUID.randomUUID();

    /** As the release before the partitions writes it. */
    private UUID insert(String occurredAt, UUID by, UUID about) {
        UUID id = UUID.randomUUID();
        Database.update(
                "INSERT INTO audit_events (action, actor_id, after, before, ip_address,"
                        + " occurred_at, request_id, target_id, target_type, user_agent, id) VALUES"
                        + " ('user.updated', ?, '{\"name\":\"Ada\"}', '{\"name\":\"A\"}',"
                        + " '192.0.2.1', CAST(? AS timestamptz), 'request', ?, 'user', 'agent', ?)",
                by,
                occurredAt,
                about,
                id);
        return id;
    }

    private UUID insert() {
        return insert(NEW_YEAR, actor, target);
    }

    private static Map<String, Object> read(UUID id) {
        List<Map<String, Object>> rows =
                Database.query(
                        "SELECT *, to_jsonb(e)::text AS event, tableoid::regclass::text AS"
                                + " partition, details_digest = audit_details_digest(details_salt,"
                                + " before, after, ip_address, user_agent) AS digested FROM"
                                + " audit_events e WHERE id = ?",
                        id);
        assertEquals(1, rows.size());
        return rows.get(0);
    }

    private static void assertRefused(String sql, Object... parameters) {
        AssertionError refused =
                assertThrows(AssertionError.class, () -> Database.update(sql, parameters), sql);
        assertTrue(refused.getCause().getMessage().contains("the audit trail is append-only"), sql);
    }

    @Nested
    @DisplayName("once written")
    class Written {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "action = 'x'",
                    "actor_id = NULL",
                    "target_id = actor_id",
                    "occurred_at = occurred_at + interval '1 hour'",
                    "occurred_at = occurred_at + interval '40 years'",
                    "before = NULL",
                    "ip_address = ''",
                    "request_id = ''",
                    "details_salt = NULL",
                    "details_digest = ''",
                    "before = NULL, after = NULL, ip_address = '', user_agent = ''",
                    "before = NULL, after = NULL, ip_address = '', user_agent = '', details_salt ="
                            + " NULL, action = 'x'"
                })
        @DisplayName("is never changed, not even by the table's owner")
        void unchanged(String change) {
            UUID id = insert();
            Object before = read(id).get("event");
            assertRefused("UPDATE audit_events SET " + change + " WHERE id = ?", id);
            assertEquals(before, read(id).get("event"));
        }

        @Test
        @DisplayName("is never deleted, neither alone nor with all others")
        void undeleted() {
            UUID id = insert();
            Object partition = read(id).get("partition");
            assertRefused("DELETE FROM audit_events WHERE id = ?", id);
            assertRefused("DELETE FROM " + partition + " WHERE id = ?", id);
            assertRefused("TRUNCATE audit_events");
            assertRefused("TRUNCATE " + partition);
            assertNotNull(read(id));
        }
    }

    @Nested
    @DisplayName("of a month without a partition")
    class Partitions {

        @Test
        @DisplayName("is written all the same, and moves to one as it is")
        void made() {
            UUID id = insert("1999-12-31T23:59:59.999999Z", actor, target);
            Object before = read(id).get("event");
            Database.query("SELECT audit_partitions_make()");
            Map<String, Object> after = read(id);
            assertEquals("audit_events_1999_12", after.get("partition"));
            assertEquals(before, after.get("event"));
            assertRefused("TRUNCATE audit_events_1999_12");
            assertRefused("DELETE FROM audit_events_1999_12");
            // the triggers that were off for the move are on again
            UUID next = insert("1998-01-01T00:00:00Z", actor, target);
            assertEquals("audit_events_default", read(next).get("partition"));
            assertRefused("DELETE FROM audit_events_default");
        }

        @Test
        @DisplayName("is a rarity: this month and the next two have theirs")
        void ahead() {
            assertEquals(
                    3L,
                    Database.value(
                            "SELECT count(*) FROM generate_series(0, 2) n WHERE"
                                    + " to_regclass('audit_events_' || to_char(now() AT TIME ZONE"
                                    + " 'UTC' + n * interval '1 month', 'YYYY_MM')) IS NOT NULL"));
            // of other tests
            Database.query("SELECT audit_partitions_make()");
            assertEquals(0, Database.value("SELECT audit_partitions_make()"));
        }
    }

    @Nested
    @DisplayName("that is redacted")
    class Redacted {

        @Test
        @DisplayName("loses what it tells of a person, and keeps the digest of that")
        void details() {
            UUID by = insert();
            UUID about = insert(NEW_YEAR, UUID.randomUUID(), actor);
            UUID record = insert(NEW_YEAR, UUID.randomUUID(), target);
            UUID other = insert(NEW_YEAR, UUID.randomUUID(), UUID.randomUUID());
            List<UUID> all = List.of(by, about, record, other);
            all.forEach(id -> assertEquals(true, read(id).get("digested")));

            assertEquals(
                    3L,
                    Database.value(
                            "SELECT audit_redact(?, ARRAY[CAST(? AS uuid)])", actor, target));
            for (UUID id : List.of(by, about, record)) {
                Map<String, Object> event = read(id);
                assertNull(event.get("before"));
                assertNull(event.get("after"));
                assertEquals("", event.get("ip_address"));
                assertEquals("", event.get("user_agent"));
                assertNull(event.get("details_salt"));
                assertNotNull(event.get("details_digest"));
                assertEquals("user.updated", event.get("action"));
                assertEquals("request", event.get("request_id"));
            }
            assertEquals(true, read(other).get("digested"));
            assertEquals(0L, Database.value("SELECT audit_redact(?)", actor));
        }
    }

    @Test
    @DisplayName("has a salt of its own, so that equal details cannot be told to be equal")
    void salt() {
        UUID first = insert();
        UUID second = insert();
        assertEquals(
                2L,
                Database.value(
                        "SELECT count(DISTINCT details_digest) FROM audit_events WHERE id IN (?,"
                                + " ?)",
                        first,
                        second));
    }
}
