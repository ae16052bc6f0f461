package dev.roster.platform.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.roster.testing.DatabaseRoles;
import dev.roster.testing.Postgres;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.TreeSet;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The roles of README.md on a PostgreSQL of their own, migrated as the service does it. */
@DisplayName("Of the database roles")
class DatabaseRolesTest {

    private static final String DENIED = "42501";

    private static EmbeddedPostgres server;

    @BeforeAll
    static void start() throws IOException, SQLException {
        server = Postgres.builder().start();
        // without any of them the service does as well
        assertTrue(flyway("postgres", "postgres", "postgres").migrate().migrationsExecuted > 0);
        try (Connection administrator = connect("postgres", "postgres", "postgres")) {
            DatabaseRoles.create(administrator);
        }
        assertThrows(
                ConfigurationException.class,
                () -> flyway(DatabaseRoles.APPLICATION).migrate(),
                "the service cannot make its tables");
        assertTrue(flyway(DatabaseRoles.OWNER).migrate().migrationsExecuted > 0);
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    private static Flyway flyway(String role) {
        return flyway(DatabaseRoles.DATABASE, role, DatabaseRoles.password(role));
    }

    private static Flyway flyway(String database, String role, String password) {
        FluentConfiguration configuration =
                Flyway.configure()
                        .dataSource(url(database), role, password)
                        .locations("classpath:db/migration", "classpath:db/callback");
        new MigrationConnections(null, List.of()).customize(configuration);
        return configuration.load();
    }

    private static String url(String database) {
        return "jdbc:postgresql://localhost:" + server.getPort() + "/" + database;
    }

    private static Connection connect(String database, String role, String password)
            throws SQLException {
        return DriverManager.getConnection(
                url(database) + "?preferQueryMode=simple", role, password);
    }

    private static Connection as(String role) throws SQLException {
        return connect(DatabaseRoles.DATABASE, role, DatabaseRoles.password(role));
    }

    private static List<String> lines(String role, String sql) throws SQLException {
        try (Connection connection = as(role)) {
            return Catalogue.lines(connection, sql);
        }
    }

    private static void execute(String role, String sql) throws SQLException {
        try (Connection connection = as(role);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void assertDenied(String role, String sql) {
        SQLException denied = assertThrows(SQLException.class, () -> execute(role, sql), sql);
        assertEquals(DENIED, denied.getSQLState(), sql + ": " + denied.getMessage());
        assertFalse(
                denied.getMessage().contains("append-only"), "not only the trigger refuses " + sql);
    }

    /** Tables with what a role may do with them. */
    private static List<String> grants(String role) throws SQLException {
        return lines(
                DatabaseRoles.OWNER,
                """
                SELECT c.relname, (SELECT string_agg(p, ' ' ORDER BY nr) FROM
                    unnest('{SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER}'::text[]) WITH ORDINALITY AS u (p, nr)
                    WHERE has_table_privilege('%s', c.oid, p))
                FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') ORDER BY 1
                """
                        .formatted(role));
    }

    @Nested
    @DisplayName("the application's")
    class Application {

        @Test
        @DisplayName("changes rows of every table but those of the trail and of the migrations")
        void tables() throws SQLException {
            List<String> grants = grants(DatabaseRoles.APPLICATION);
            assertTrue(grants.size() > 20);
            for (String grant : grants) {
                String table = grant.substring(0, grant.indexOf(' '));
                String expected =
                        switch (table) {
                            case "audit_events" -> "SELECT INSERT";
                            case "audit_chain", "audit_unsealed", "flyway_schema_history" ->
                                    "SELECT";
                            default ->
                                    table.startsWith("audit_events_")
                                            ? "null"
                                            : "SELECT INSERT UPDATE DELETE";
                        };
                assertEquals(table + " | " + expected, grant);
            }
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "UPDATE audit_events SET action = 'x'",
                    "DELETE FROM audit_events",
                    "TRUNCATE audit_events",
                    "DELETE FROM audit_events_default",
                    "INSERT INTO audit_events_default SELECT * FROM audit_events",
                    "DELETE FROM audit_unsealed",
                    "INSERT INTO audit_chain SELECT 1, gen_random_uuid(), now(), sha256('')",
                    "DELETE FROM flyway_schema_history",
                    "TRUNCATE users",
                    "DROP TABLE users",
                    "ALTER TABLE audit_events DISABLE TRIGGER USER",
                    "CREATE TABLE mine (id int)",
                    "CREATE TEMPORARY TABLE mine (id int)",
                    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
                    "SELECT audit_partition_make(now()::timestamp)",
                    "SELECT database_roles_grant()",
                    "SET session_replication_role = replica",
                    "SET ROLE roster_owner"
                })
        @DisplayName("may not")
        void denied(String sql) {
            assertDenied(DatabaseRoles.APPLICATION, sql);
        }

        @Test
        @DisplayName("writes events, has them sealed and redacted, and partitions made and dropped")
        void trail() throws SQLException {
            String id = "'01900000-0000-7000-8000-000000000009'";
            execute(
                    DatabaseRoles.APPLICATION,
                    "INSERT INTO audit_events (id, occurred_at, action, target_type, target_id,"
                            + " after) VALUES ("
                            + id
                            + ", '2001-01-01Z', 'user.updated', 'user', "
                            + id
                            + ", '{}')");
            assertEquals(
                    List.of("1 | 1 | 1 | 0"),
                    lines(
                            DatabaseRoles.APPLICATION,
                            "SELECT audit_partitions_make(), audit_redact("
                                    + id
                                    + "), audit_seal(10), audit_seal(10)"));
            assertEquals(
                    List.of("1"),
                    lines(
                            DatabaseRoles.APPLICATION,
                            "SELECT audit_partitions_drop('2002-01-01Z')"));
            assertEquals(
                    List.of("audit_events.dropped"),
                    lines(DatabaseRoles.APPLICATION, "SELECT action FROM audit_events"));
        }

        @Test
        @DisplayName("starts without the owner's when there is nothing to migrate")
        void nothingToMigrate() {
            assertEquals(0, flyway(DatabaseRoles.APPLICATION).migrate().migrationsExecuted);
            flyway(DatabaseRoles.APPLICATION).validate();
        }

        @Test
        @DisplayName("can use what a later migration makes; the reader's has to be given it")
        void later() throws SQLException {
            execute(
                    DatabaseRoles.OWNER,
                    "CREATE TABLE later (id bigint GENERATED ALWAYS AS IDENTITY, seal bytea)");
            try {
                execute(DatabaseRoles.APPLICATION, "INSERT INTO later (seal) VALUES ('x')");
                assertDenied(DatabaseRoles.READER, "SELECT id FROM later");
                execute(DatabaseRoles.OWNER, "SELECT database_roles_grant()");
                execute(DatabaseRoles.READER, "SELECT id FROM later");
                assertDenied(DatabaseRoles.READER, "SELECT seal FROM later");
            } finally {
                execute(DatabaseRoles.OWNER, "DROP TABLE later");
            }
        }
    }

    @Nested
    @DisplayName("the reader's")
    class Reader {

        @Test
        @DisplayName("changes nothing at all")
        void writes() throws SQLException {
            for (String grant : grants(DatabaseRoles.READER)) {
                assertTrue(
                        grant.endsWith("| null") || grant.endsWith("| SELECT"),
                        "more than to read: " + grant);
            }
            assertDenied(DatabaseRoles.READER, "CREATE TEMPORARY TABLE mine (id int)");
            assertDenied(DatabaseRoles.READER, "SELECT audit_redact(gen_random_uuid())");
            assertDenied(DatabaseRoles.READER, "SELECT audit_seal(1)");
        }

        @Test
        @DisplayName("sees no secret, whether in the open, encrypted or as a digest")
        void secrets() throws SQLException {
            TreeSet<String> readable =
                    new TreeSet<>(
                            lines(
                                    DatabaseRoles.OWNER,
                                    """
                                    SELECT c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, NULL)
                                    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
                                    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') AND a.attnum > 0
                                        AND NOT a.attisdropped AND has_column_privilege('roster_read', c.oid, a.attnum, 'SELECT')
                                    """));
            for (String column : readable) {
                assertFalse(
                        !column.startsWith("audit_")
                                && column.matches(
                                        ".*(bytea|secret|password|token|digest|hash|codes|private|payload).*"),
                        column);
                assertFalse(
                        column.matches(
                                "(credentials|two_factors|verifications|api_keys|signing_keys|device_codes"
                                        + "|mail_outbox|rate_limits|idempotency_keys|import_rows|flyway_.*)\\..*"),
                        column);
            }
            for (String needed :
                    List.of(
                            "users.email text",
                            "users.created_at timestamp with time zone",
                            "sessions.created_at timestamp with time zone",
                            "user_profiles.birth_date date",
                            "role_grants.user_id uuid",
                            "audit_chain.hash bytea")) {
                assertTrue(readable.contains(needed), needed);
            }
        }

        @Test
        @DisplayName("reads what reports are made of")
        void reports() throws SQLException {
            execute(
                    DatabaseRoles.READER,
                    "SELECT count(*), max(s.created_at) FROM users u JOIN sessions s ON s.user_id"
                            + " = u.id JOIN user_profiles p ON p.user_id = u.id");
            assertDenied(DatabaseRoles.READER, "SELECT token_digest FROM sessions");
            assertDenied(DatabaseRoles.READER, "SELECT count(*) FROM credentials");
        }
    }

    @Test
    @DisplayName("what each may do stays the same when it is granted again")
    void again() throws SQLException {
        String acls =
                "SELECT c.relname, c.relacl::text FROM pg_class c WHERE c.relnamespace ="
                        + " 'public'::regnamespace UNION ALL SELECT a.attname, a.attacl::text FROM"
                        + " pg_attribute a WHERE a.attacl IS NOT NULL ORDER BY 1, 2";
        execute(DatabaseRoles.OWNER, "SELECT database_roles_grant()");
        List<String> before = lines(DatabaseRoles.OWNER, acls);
        execute(DatabaseRoles.OWNER, "SELECT database_roles_grant()");
        assertEquals(before, lines(DatabaseRoles.OWNER, acls));
    }

    @Test
    @DisplayName("those that come later are granted by hand what they need")
    void comeLater() throws SQLException {
        try (Connection owner = connect("postgres", "postgres", "postgres")) {
            assertEquals(
                    List.of("false"),
                    Catalogue.lines(
                            owner,
                            "SELECT has_table_privilege('roster_app', 'users', 'SELECT')::text"));
            Catalogue.lines(owner, "SELECT database_roles_grant()");
            assertEquals(
                    List.of("true"),
                    Catalogue.lines(
                            owner,
                            "SELECT has_table_privilege('roster_app', 'users', 'SELECT')::text"));
        }
    }
}
