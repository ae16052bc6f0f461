package dev.roster.platform.persistence;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.roster.access.Role;
import dev.roster.access.RoleGrant;
import dev.roster.access.Roles;
import dev.roster.accounts.password.Credential;
import dev.roster.accounts.session.Session;
import dev.roster.accounts.verification.Verification;
import dev.roster.audit.AuditEvent;
import dev.roster.platform.crypto.Digests;
import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.users.Profile;
import dev.roster.users.User;
import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusMock;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.OptimisticLockException;
import jakarta.persistence.SchemaValidationException;
import jakarta.persistence.Table;
import jakarta.persistence.metamodel.EntityType;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hibernate.SessionFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The entities on the migrated schema: what the mapping promises, the database does. */
@QuarkusTest
class EntitiesTest {

    private static final Instant THEN = Instant.parse("2030-01-02T03:04:05.678Z");
    private static final Instant LATER = THEN.plus(Duration.ofHours(1));

    @Inject EntityManager entityManager;
    @Inject SessionFactory sessionFactory;
    @Inject Roles roles;

    @BeforeEach
    void stopTheClock() {
        at(THEN);
    }

    @Nested
    class Schema {

        @Test
        @DisplayName("every entity fits the migrated schema")
        void entitiesFit() {
            assertDoesNotThrow(() -> sessionFactory.getSchemaManager().validate());
        }

        @Test
        @DisplayName("an entity that does not fit would be found")
        void validationCanFail() {
            Database.update("ALTER TABLE verifications RENAME COLUMN payload TO renamed");
            try {
                assertThrows(
                        SchemaValidationException.class,
                        () -> sessionFactory.getSchemaManager().validate());
            } finally {
                Database.update("ALTER TABLE verifications RENAME COLUMN renamed TO payload");
            }
        }

        @Test
        @DisplayName("every table has its entity, but the one that a single statement works on")
        void everyTableHasAnEntity() throws SQLException {
            Set<String> mapped =
                    sessionFactory.getMetamodel().getEntities().stream()
                            .map(EntityType::getJavaType)
                            .map(type -> type.getAnnotation(Table.class).name())
                            .collect(Collectors.toCollection(TreeSet::new));
            try (Connection connection = Database.connect()) {
                Set<String> tables = new TreeSet<>(Catalogue.tables(connection));
                // written by the database itself, and read by few statements
                assertTrue(tables.removeAll(Set.of("audit_chain", "audit_unsealed")));
                assertTrue(tables.remove("rate_limits"));
                // kept by the import itself, on a connection of its own
                tables.remove("imports");
                // written and read by single statements of the import and the reports
                tables.remove("import_rows");
                tables.remove("job_refusals");
                // moved to and from by single statements
                assertTrue(
                        tables.removeAll(
                                Set.of("deleted_memberships", "deleted_team_memberships")));
                // counted by SQL and read as it is
                assertTrue(tables.remove("user_statistics"));
                // kept by triggers, to find users by
                assertTrue(
                        tables.removeAll(
                                Set.of("user_activity", "user_attributes", "search_words")));
                assertEquals(tables, mapped);
            }
        }
    }

    @Nested
    class Records {

        @TestFactory
        @DisplayName("keep by the injected clock when they came and changed, and count the changes")
        Stream<DynamicTest> timesAndVersion() {
            return Stream.of(
                    record("User", () -> newUser(), user -> user.name = "Changed"),
                    record("Profile", () -> newProfile(newUser()), p -> p.bio = "Changed"),
                    record("Credential", () -> newCredential(newUser()), c -> c.passwordHash = "x"),
                    record("Session", () -> newSession(newUser()), s -> s.userAgent = "Changed"),
                    record("Verification", () -> newVerification(newUser()), v -> v.payload = "[]"),
                    record("Role", () -> newRole(), role -> role.description = "Changed"));
        }

        private <T extends BaseEntity> DynamicTest record(
                String name, Callable<T> make, Consumer<T> change) {
            return DynamicTest.dynamicTest(
                    name,
                    () -> {
                        at(THEN);
                        T made = inTransaction(make);
                        Object id = id(made);
                        assertTimes(id, made.getClass(), THEN, THEN, 0);

                        at(LATER);
                        inTransaction(
                                () -> {
                                    T found = find(made, id);
                                    // looking at it changes nothing
                                    entityManager.flush();
                                    return found;
                                });
                        assertTimes(id, made.getClass(), THEN, THEN, 0);

                        inTransaction(
                                () -> {
                                    T found = find(made, id);
                                    change.accept(found);
                                    return found;
                                });
                        assertTimes(id, made.getClass(), THEN, LATER, 1);
                    });
        }

        private void assertTimes(
                Object id, Class<?> type, Instant created, Instant updated, long version)
                throws Exception {
            BaseEntity stored = inTransaction(() -> (BaseEntity) entityManager.find(type, id));
            assertEquals(created, stored.createdAt, "createdAt");
            assertEquals(updated, stored.updatedAt, "updatedAt");
            assertEquals(version, stored.version, "version");
        }

        @TestFactory
        @DisplayName("refuse the second of two writers who read the same version")
        Stream<DynamicTest> optimisticLock() {
            return Stream.of(
                    stale("User", () -> newUser(), (user, text) -> user.name = text),
                    stale("Profile", () -> newProfile(newUser()), (p, text) -> p.bio = text),
                    stale(
                            "Credential",
                            () -> newCredential(newUser()),
                            (c, text) -> c.passwordHash = text),
                    stale("Session", () -> newSession(newUser()), (s, text) -> s.userAgent = text),
                    stale("Role", () -> newRole(), (role, text) -> role.description = text));
        }

        private <T extends BaseEntity> DynamicTest stale(
                String name, Callable<T> make, BiConsumer<T, String> write) {
            return DynamicTest.dynamicTest(
                    name,
                    () -> {
                        T made = inTransaction(make);
                        Object id = id(made);
                        Callable<Void> second =
                                () -> {
                                    T read = find(made, id);
                                    inTransaction(
                                            () -> {
                                                write.accept(find(made, id), "first");
                                                return null;
                                            });
                                    write.accept(read, "second");
                                    entityManager.flush();
                                    return null;
                                };
                        assertThrows(OptimisticLockException.class, () -> inTransaction(second));
                        assertEquals(1, inTransaction(() -> find(made, id)).version);
                    });
        }

        @Test
        @DisplayName("have keys of version 7, in order of making")
        void keys() throws Exception {
            List<UUID> ids = inTransaction(() -> List.of(newUser().id, newUser().id, newUser().id));
            assertEquals(
                    ids.stream().sorted((a, b) -> a.toString().compareTo(b.toString())).toList(),
                    ids);
            ids.forEach(id -> assertEquals(7, id.version()));
        }
    }

    @Nested
    class Parts {

        @Test
        @DisplayName("a profile is stored with its user, and deleted when it is taken from it")
        void profileIsPartOfItsUser() throws Exception {
            UUID id =
                    inTransaction(
                            () -> {
                                User user = user();
                                user.profile = profile(user);
                                user.persist();
                                return user.id;
                            });
            assertEquals(1, count("user_profiles", "user_id", id));
            inTransaction(
                    () -> {
                        User user = User.findActiveWithProfile(id).orElseThrow();
                        assertEquals(user, user.profile.user);
                        user.profile = null;
                        return null;
                    });
            assertEquals(0, count("user_profiles", "user_id", id));
            assertEquals(1, count("users", "id", id));
        }

        @Test
        @DisplayName("a user has one profile at most")
        void oneProfile() throws Exception {
            UUID id = inTransaction(() -> newProfile(newUser()).user.id);
            assertThrows(
                    AssertionError.class,
                    () -> Database.update("INSERT INTO user_profiles (user_id) VALUES (?)", id));
        }

        @Test
        @DisplayName("a user has many sessions and credentials, and each of them one user")
        void manySessionsAndCredentials() throws Exception {
            User user = inTransaction(EntitiesTest.this::newUser);
            UUID other = inTransaction(() -> newSession(newUser()).user.id);
            List<UUID> sessions =
                    inTransaction(() -> List.of(newSession(user).id, newSession(user).id));
            List<UUID> credentials =
                    inTransaction(() -> List.of(newCredential(user).id, newCredential(user).id));
            inTransaction(
                    () -> {
                        List<Session> active = Session.listActive(user.id, THEN);
                        assertEquals(sessions, active.stream().map(it -> it.id).toList());
                        active.forEach(it -> assertEquals(user.email, it.user.email));
                        assertEquals(1, Session.listActive(other, THEN).size());
                        List<Credential> ways = Credential.listFor(user.id);
                        assertEquals(credentials, ways.stream().map(it -> it.id).toList());
                        ways.forEach(it -> assertEquals(user.email, it.user.email));
                        return null;
                    });
        }

        @Test
        @DisplayName("a user has many roles and a role many users, in order of granting")
        void manyRoles() throws Exception {
            User first = inTransaction(EntitiesTest.this::newUser);
            User second = inTransaction(EntitiesTest.this::newUser);
            String late = inTransaction(EntitiesTest.this::newRole).name;
            String early = inTransaction(EntitiesTest.this::newRole).name;
            roles.grant(first, early, null);
            roles.grant(second, late, first.id);
            at(LATER);
            roles.grant(first, late, second.id);

            inTransaction(
                    () -> {
                        assertEquals(
                                List.of(early, late),
                                RoleGrant.rolesOf(first.id).stream().map(it -> it.name).toList());
                        assertEquals(
                                List.of(early, late),
                                User.findActive(first.id).orElseThrow().roles());
                        assertEquals(2, RoleGrant.count("role.name", late));
                        RoleGrant grant =
                                RoleGrant.find("user.id = ?1 and role.name = ?2", first.id, late)
                                        .firstResult();
                        assertEquals(second.id, grant.grantedBy);
                        assertEquals(LATER, grant.grantedAt);
                        assertEquals(first.email, grant.user.email);
                        return null;
                    });
            assertTrue(inTransaction(() -> RoleGrant.isHeld(late)));
            assertThrows(RuntimeException.class, () -> roles.grant(first, late, null));
        }

        @Test
        @DisplayName("what cannot outlive a user goes with its row; the trail stays")
        void deletingAUser() throws Exception {
            User giver = inTransaction(EntitiesTest.this::newUser);
            User taker = inTransaction(EntitiesTest.this::newUser);
            inTransaction(
                    () -> {
                        newProfile(entityManager.find(User.class, giver.id));
                        newSession(giver);
                        newCredential(giver);
                        newVerification(giver);
                        return null;
                    });
            roles.grant(giver, Role.ADMIN, null);
            roles.grant(taker, Role.ADMIN, giver.id);

            inTransaction(
                    () -> {
                        PanacheEntityBase found = User.findById(giver.id);
                        found.delete();
                        return null;
                    });

            for (String table :
                    List.of(
                            "user_profiles",
                            "sessions",
                            "credentials",
                            "verifications",
                            "role_grants")) {
                assertEquals(0, count(table, "user_id", giver.id), table);
            }
            assertEquals(0, count("users", "id", giver.id));
            assertEquals(1, count("audit_events", "target_id", giver.id));
            // what somebody gave stays given
            assertEquals(1, count("role_grants", "user_id", taker.id));
            assertNull(
                    Database.value(
                            "SELECT granted_by FROM role_grants WHERE user_id = ?", taker.id));
        }
    }

    @Nested
    class Columns {

        @Test
        @DisplayName("the full name is the database's, read back after each write")
        void fullName() throws Exception {
            UUID id =
                    inTransaction(
                            () -> {
                                Profile profile = newProfile(newUser());
                                assertNull(profile.fullName);
                                return profile.user.id;
                            });
            inTransaction(
                    () -> {
                        Profile profile = Profile.findById(id);
                        profile.firstName = "Ada";
                        store(profile);
                        assertEquals("Ada", profile.fullName);
                        profile.lastName = "Lovelace";
                        store(profile);
                        assertEquals("Ada Lovelace", profile.fullName);
                        profile.firstName = null;
                        store(profile);
                        assertEquals("Lovelace", profile.fullName);
                        return null;
                    });
            UUID named =
                    inTransaction(
                            () -> {
                                Profile profile = profile(newUser());
                                profile.firstName = "Ada";
                                profile.lastName = id.toString();
                                profile.persist();
                                entityManager.flush();
                                assertEquals("Ada " + id, profile.fullName);
                                return profile.user.id;
                            });
            List<Profile> found =
                    inTransaction(
                            () -> Profile.list("fullName like ?1 order by fullName", "Ada " + id));
            assertEquals(List.of(named), found.stream().map(profile -> profile.id).toList());
        }

        private void store(Profile profile) {
            entityManager.flush();
            entityManager.refresh(profile);
        }

        @Test
        @DisplayName("preferences are found by what is inside them")
        void preferences() throws Exception {
            String theme = "theme-" + UUID.randomUUID();
            UUID id =
                    inTransaction(
                            () -> {
                                Profile profile = profile(newUser());
                                profile.preferences =
                                        "{\"editor\": {\"theme\": \"%s\", \"sizes\": [11, 13]}}"
                                                .formatted(theme);
                                profile.persist();
                                return profile.user.id;
                            });
            List<?> found =
                    inTransaction(
                            () ->
                                    entityManager
                                            .createNativeQuery(
                                                    "SELECT * FROM user_profiles WHERE preferences"
                                                            + " #>> '{editor,theme}' = :theme AND"
                                                            + " jsonb_path_exists(preferences,"
                                                            + " '$.editor.sizes[*] ? (@ > 12)')",
                                                    Profile.class)
                                            .setParameter("theme", theme)
                                            .getResultList());
            assertEquals(1, found.size());
            assertEquals(id, ((Profile) found.get(0)).id);
        }

        @Test
        @DisplayName("a profile read before preferences were stored does not undo them")
        void preferencesAreNotOverwritten() throws Exception {
            UUID id = inTransaction(() -> newProfile(newUser()).user.id);
            inTransaction(
                    () -> {
                        Profile profile = Profile.findById(id);
                        Database.update(
                                "UPDATE user_profiles SET preferences = '{\"a\": {}}' WHERE"
                                        + " user_id = ?",
                                id);
                        profile.bio = "Changed";
                        return null;
                    });
            assertEquals(
                    "{\"a\": {}}",
                    Database.value(
                            "SELECT preferences::text FROM user_profiles WHERE user_id = ?", id));
        }

        @Test
        @DisplayName("an address is free again once its user is deleted, and not before")
        void softDelete() throws Exception {
            User user = inTransaction(EntitiesTest.this::newUser);
            User again = user();
            again.email = user.email.toUpperCase(Locale.ROOT);
            Callable<Void> storeAgain =
                    () -> {
                        again.id = null;
                        again.persist();
                        return null;
                    };
            assertThrows(RuntimeException.class, () -> inTransaction(storeAgain));
            inTransaction(
                    () -> {
                        User.findActive(user.id).orElseThrow().delete(THEN, false);
                        return null;
                    });
            assertTrue(inTransaction(() -> User.findActive(user.id)).isEmpty());
            inTransaction(storeAgain);
            assertNotNull(again.id);
        }

        @Test
        @DisplayName("an audit event that was written is not changed by changing its object")
        void eventsAreImmutable() throws Exception {
            User user = inTransaction(EntitiesTest.this::newUser);
            roles.grant(user, Role.ADMIN, null);
            inTransaction(
                    () -> {
                        AuditEvent event = AuditEvent.find("targetId", user.id).firstResult();
                        event.action = "changed";
                        return null;
                    });
            assertEquals(
                    "role.granted",
                    Database.value("SELECT action FROM audit_events WHERE target_id = ?", user.id));
        }
    }

    private static void at(Instant now) {
        QuarkusMock.installMockForType(Clock.fixed(now, ZoneOffset.UTC), Clock.class);
    }

    private static <T> T inTransaction(Callable<T> work) throws Exception {
        return QuarkusTransaction.requiringNew().call(work);
    }

    @SuppressWarnings("unchecked")
    private <T> T find(T example, Object id) {
        return (T) entityManager.find(example.getClass(), id);
    }

    private Object id(Object entity) {
        return sessionFactory.getPersistenceUnitUtil().getIdentifier(entity);
    }

    private static long count(String table, String column, UUID id) {
        return (Long)
                Database.value("SELECT count(*) FROM " + table + " WHERE " + column + " = ?", id);
    }

    private static User user() {
        User user = new User();
        user.name = "Test User";
        user.email = Caller.newEmail();
        return user;
    }

    private User newUser() {
        User user = user();
        user.persist();
        return user;
    }

    private static Profile profile(User user) {
        Profile profile = new Profile();
        profile.user = user;
        return profile;
    }

    private Profile newProfile(User user) {
        Profile profile = profile(user);
        profile.persist();
        return profile;
    }

    private Credential newCredential(User user) {
        Credential credential = Credential.password(user, "hash");
        credential.accountId = UUID.randomUUID().toString();
        credential.persist();
        return credential;
    }

    private Session newSession(User user) {
        Session session = new Session();
        session.user = user;
        session.tokenDigest = Digests.sha256(UUID.randomUUID().toString());
        session.remember = true;
        session.ipAddress = "";
        session.userAgent = "";
        session.expiresAt = LATER;
        session.persist();
        return session;
    }

    private Verification newVerification(User user) {
        Verification verification = new Verification();
        verification.purpose = Verification.Purpose.DELETE_USER;
        verification.userId = user.id;
        verification.tokenDigest = Digests.sha256(UUID.randomUUID().toString());
        verification.expiresAt = LATER;
        verification.persist();
        return verification;
    }

    private Role newRole() {
        Role role = new Role();
        role.name = "role-" + UUID.randomUUID();
        role.persist();
        return role;
    }
}
