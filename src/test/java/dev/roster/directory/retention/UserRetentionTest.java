package dev.roster.directory.retention;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.roster.retention.Retention;
import dev.roster.testing.AtOnce;
import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.Plans;
import dev.roster.testing.Statements;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Times are so long ago that nobody of another test is meant. */
@QuarkusTest
@DisplayName("Retention of users")
class UserRetentionTest {

    private static final Duration TEN_YEARS = Duration.ofDays(3650);

    @Inject Retention retention;
    @Inject DeletedUsers deleted;
    @Inject AbandonedGuests guests;
    @Inject Purge purge;
    @Inject Clock clock;

    /** Policies that are off by default. */
    private record Policies(Optional<Duration> unverifiedAfter, Optional<Duration> inactiveAfter)
            implements UserRetentionConfig {

        @Override
        public Duration deletedUsersAfter() {
            return TEN_YEARS;
        }

        @Override
        public Duration guestsAfter() {
            return TEN_YEARS;
        }
    }

    private static final Policies ON = new Policies(Optional.of(TEN_YEARS), Optional.of(TEN_YEARS));
    private static final Policies OFF = new Policies(Optional.empty(), Optional.empty());

    @Nested
    @DisplayName("of deleted ones")
    class Deleted {

        @Test
        @DisplayName("ends them with all they have after 30 days, and the trail remembers")
        void ends() {
            Caller ada = Caller.signUp();
            Caller bob = Caller.signUp();
            String word = "zq" + ada.id.toString().replaceAll("[0-9-]", "") + "zq";
            Database.update("UPDATE users SET name = ? WHERE id = ?", word, ada.id);
            assertEquals(1L, rows("search_words", "word", word));
            delete(ada, 31);
            delete(bob, 29);
            retention.purge(deleted);
            assertEquals(0L, rows("users", "id", ada.id));
            assertEquals(0L, rows("sessions", "user_id", ada.id));
            assertEquals(0L, rows("credentials", "user_id", ada.id));
            assertEquals(0L, rows("search_words", "word", word));
            assertEquals(1L, rows("users", "id", bob.id), "can still be restored");
            assertEquals(
                    List.of("user.signed_up", "user.purged"),
                    events(ada.id).stream().filter(action -> action.startsWith("user.")).toList());
            assertEquals(
                    Map.of("actor", "none", "after", "{\"policy\": \"deleted-users\"}"),
                    Database.query(
                                    "SELECT coalesce(actor_id::text, 'none') AS actor, after::text AS"
                                            + " after FROM audit_events WHERE target_id = ? AND action ="
                                            + " 'user.purged'",
                                    ada.id)
                            .get(0));
        }

        @Test
        @DisplayName("goes on over many batches, in a fixed number of statements each")
        void batches() {
            String mark = "purge-" + UUID.randomUUID();
            make(1203, mark, "deleted_at", "now() - interval '40 years'");
            assertTrue(retention.purge(deleted) >= 1203);
            assertEquals(0L, rows("users", "name", mark));
            make(3, mark, "deleted_at", "now() - interval '40 years'");
            int few = Statements.of(() -> retention.purge(deleted)).size();
            make(300, mark, "deleted_at", "now() - interval '40 years'");
            assertEquals(few, Statements.of(() -> retention.purge(deleted)).size());
        }

        @Test
        @DisplayName("leaves those in use for the next run, and waits for nobody")
        void inUse() throws SQLException {
            String mark = "purge-" + UUID.randomUUID();
            make(5, mark, "deleted_at", "now() - interval '40 years'");
            try (Connection other = Database.connect()) {
                other.setAutoCommit(false);
                try (PreparedStatement hold =
                        other.prepareStatement(
                                "SELECT id FROM users WHERE name = ? LIMIT 2 FOR UPDATE")) {
                    hold.setString(1, mark);
                    hold.execute();
                }
                retention.purge(deleted);
                assertEquals(2L, rows("users", "name", mark));
                other.rollback();
            }
            retention.purge(deleted);
            assertEquals(0L, rows("users", "name", mark));
        }

        @Test
        @DisplayName("is done once, by however many replicas at a time")
        void replicas() throws InterruptedException {
            String mark = "purge-" + UUID.randomUUID();
            List<UUID> made = make(40, mark, "deleted_at", "now() - interval '40 years'");
            AtOnce.run(
                    4,
                    () ->
                            QuarkusTransaction.requiringNew()
                                    .call(() -> deleted.purge(clock.instant(), 20)));
            AtOnce.run(4, () -> retention.purge(deleted));
            assertEquals(0L, rows("users", "name", mark));
            assertEquals(
                    40L,
                    Database.value(
                            "SELECT count(*) FROM audit_events WHERE action = 'user.purged' AND"
                                    + " target_id = ANY (?)",
                            (Object) made.toArray(UUID[]::new)));
        }
    }

    @Nested
    @DisplayName("of guests")
    class Guests {

        @Test
        @DisplayName("ends those who have not been there for 30 days")
        void abandoned() {
            UUID gone = make(1, "guest", "anonymous", "true").get(0);
            UUID seen = make(1, "guest", "anonymous", "true").get(0);
            UUID person = make(1, "person", "anonymous", "false").get(0);
            List.of(gone, seen, person).forEach(id -> age(id, 31, 31));
            age(seen, 31, 3);
            retention.purge(guests);
            assertEquals(
                    List.of(0L, 1L, 1L),
                    List.of(
                            rows("users", "id", gone),
                            rows("users", "id", seen),
                            rows("users", "id", person)));
        }
    }

    @Nested
    @DisplayName("of sign-ups that were never verified")
    class Unverified {

        @Test
        @DisplayName("ends them by policy alone, but those who come, or hold a role")
        void policy() {
            UUID gone = old("email_verified", "false");
            UUID verified = old("email_verified", "true");
            UUID seen = old("email_verified", "false");
            age(seen, 20 * 365, 30);
            UUID holder = old("email_verified", "false");
            grant(holder);
            UUID machine = old("email_verified", "false");
            key(machine, "now()");
            // by an administrator who gave it another address, say, or by an import of old accounts
            UUID changed = old("email_verified", "false");
            Database.update("UPDATE users SET updated_at = now() WHERE id = ?", changed);
            retention.purge(new UnverifiedUsers(OFF, purge));
            assertEquals(1L, rows("users", "id", gone), "off");
            retention.purge(new UnverifiedUsers(ON, purge));
            assertEquals(0L, rows("users", "id", gone));
            for (UUID kept : List.of(verified, seen, holder, machine, changed)) {
                assertEquals(1L, rows("users", "id", kept));
            }
            assertTrue(events(gone).contains("user.purged"));
        }
    }

    @Nested
    @DisplayName("of those who come no more")
    class Inactive {

        @Test
        @DisplayName("deletes them by policy alone, so that they can be restored")
        void policy() {
            UUID gone = old("email_verified", "true");
            UUID never = make(1, "never", "email_verified", "true").get(0);
            age(never, 20 * 365, -1);
            UUID seen = old("email_verified", "true");
            age(seen, 20 * 365, 30);
            UUID holder = old("email_verified", "true");
            grant(holder);
            UUID machine = old("email_verified", "true");
            key(machine, "now()");
            UUID idle = old("email_verified", "true");
            key(idle, "now() - interval '15 years'");
            UUID group = UUID.randomUUID();
            Database.update(
                    "INSERT INTO groups (id, name, slug) VALUES (?, 'g', ?)",
                    group,
                    group.toString());
            Database.update(
                    "INSERT INTO memberships (id, group_id, user_id, roles) VALUES"
                            + " (gen_random_uuid(), ?, ?, '{owner}')",
                    group,
                    gone);
            retention.purge(new InactiveUsers(OFF, purge));
            assertNull(deletedAt(gone), "off");
            retention.purge(new InactiveUsers(ON, purge));
            for (UUID id : List.of(gone, never, idle)) {
                assertTrue(deletedAt(id) != null);
                assertTrue(
                        (boolean)
                                Database.value("SELECT address_held FROM users WHERE id = ?", id));
                assertEquals(List.of("user.deleted"), events(id));
            }
            for (UUID kept : List.of(seen, holder, machine)) {
                assertNull(deletedAt(kept));
            }
            assertEquals(0L, rows("memberships", "user_id", gone));
            assertEquals(0L, retention.purge(new InactiveUsers(ON, purge)), "none is left");
            assertEquals(
                    200,
                    Caller.admin()
                            .request()
                            .post("/api/v1/users/" + gone + "/restore")
                            .statusCode());
            assertEquals(0L, retention.purge(new InactiveUsers(ON, purge)));
            assertNull(deletedAt(gone), "restored, and not deleted at once again");
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "deleted, users_deleted_at_idx",
        // of the few rows here other indexes are as good as the one made for it
        "guests, created_at_",
        "unverified, created_at_",
        "inactive, user_activity_"
    })
    @DisplayName("finds them by an index")
    void plans(String policy, String index) {
        String due =
                switch (policy) {
                    case "deleted" -> DeletedUsers.DUE;
                    case "guests" -> AbandonedGuests.DUE;
                    case "unverified" -> UnverifiedUsers.DUE;
                    default -> InactiveUsers.DUE;
                };
        String plan =
                Plans.of(
                        "SELECT u.id FROM users u WHERE " + due + " LIMIT 500",
                        Map.of("before", "CAST('2000-01-01' AS timestamptz)"));
        assertTrue(plan.contains(index), plan);
        assertFalse(plan.contains("Seq Scan on user"), plan);
    }

    private static UUID old(String column, String value) {
        UUID id = make(1, "old", column, value).get(0);
        age(id, 20 * 365, 19 * 365);
        return id;
    }

    /** Came so many days ago, and was last seen so many days ago; -1 for never. */
    private static void age(UUID id, int came, int seen) {
        Database.update(
                "UPDATE users SET created_at = t.time, updated_at = t.time FROM (SELECT now() - ? *"
                        + " interval '1 day' AS time) AS t WHERE id = ?",
                came,
                id);
        Database.update(
                "UPDATE user_activity SET last_seen_at = CASE WHEN ? < 0 THEN '-infinity' ELSE now()"
                        + " - ? * interval '1 day' END WHERE user_id = ?",
                seen,
                seen,
                id);
    }

    private static void grant(UUID id) {
        Database.update(
                "INSERT INTO role_grants (user_id, role_id) SELECT ?, id FROM roles WHERE name ="
                        + " 'support'",
                id);
    }

    private static void key(UUID id, String lastUsed) {
        Database.update(
                "INSERT INTO api_keys (id, user_id, key_digest, last_request_at) VALUES"
                        + " (gen_random_uuid(), ?, sha256(CAST(? AS bytea)), "
                        + lastUsed
                        + ")",
                id,
                id.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static List<UUID> make(int number, String name, String column, String value) {
        List<UUID> ids = new ArrayList<>();
        Database.query(
                        "INSERT INTO users (id, name, email, "
                                + column
                                + ") SELECT g.id, ?, g.id || '@example.com', "
                                + value
                                + " FROM (SELECT gen_random_uuid() AS id FROM generate_series(1, ?)) g"
                                + " RETURNING id",
                        name,
                        number)
                .forEach(row -> ids.add((UUID) row.get("id")));
        return ids;
    }

    private static void delete(Caller caller, int days) {
        Database.update(
                "UPDATE users SET deleted_at = now() - ? * interval '1 day' WHERE id = ?",
                days,
                caller.id);
    }

    private static Object deletedAt(UUID id) {
        return Database.value("SELECT deleted_at FROM users WHERE id = ?", id);
    }

    private static long rows(String table, String column, Object value) {
        return (long)
                Database.value(
                        "SELECT count(*) FROM " + table + " WHERE " + column + " = ?", value);
    }

    private static List<String> events(UUID target) {
        return Database.query(
                        "SELECT action FROM audit_events WHERE target_id = ? ORDER BY id", target)
                .stream()
                .map(row -> (String) row.get("action"))
                .toList();
    }
}
