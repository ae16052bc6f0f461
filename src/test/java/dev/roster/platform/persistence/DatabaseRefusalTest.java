package dev.roster.platform.persistence;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.roster.testing.Postgres;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A database that cannot be used is refused before anything in it changes,")
class DatabaseRefusalTest {

    private static final String TABLES =
            "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog',"
                    + " 'information_schema')";

    private static final String FUNCTIONS =
            "SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace";

    private static EmbeddedPostgres server;

    @BeforeAll
    static void start() throws IOException, SQLException {
        server = Postgres.builder().start();
        execute("postgres", "CREATE ROLE app LOGIN", "CREATE ROLE owner LOGIN");
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    private static String url(String database) {
        return "jdbc:postgresql://localhost:" + server.getPort() + "/" + database;
    }

    private static void execute(String database, String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url(database), "postgres", "");
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static int count(String database, String query) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url(database), "postgres", "");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private static void migrate(String database, String role) {
        configuration(database, role).load().migrate();
    }

    private static FluentConfiguration configuration(String database, String role) {
        FluentConfiguration configuration =
                Flyway.configure()
                        .dataSource(url(database), role, null)
                        .locations("classpath:db/migration", "classpath:db/callback");
        new MigrationConnections(null, List.of()).customize(configuration);
        return configuration;
    }

    private static void assertRefusal(String database, String role, String... told)
            throws SQLException {
        ConfigurationException refusal =
                assertThrows(ConfigurationException.class, () -> migrate(database, role));
        assertTrue(
                refusal.getMessage().startsWith("ROSTER_DATABASE_OWNER_URL "),
                refusal.getMessage());
        for (String part : told) {
            assertTrue(refusal.getMessage().contains(part), refusal.getMessage());
        }
        String name = database.replaceFirst("\\?.*", "");
        if (!name.equals("nowhere")) {
            assertEquals(0, count(name, TABLES));
        }
    }

    @Test
    @DisplayName("where the role may not create tables")
    void mayNotCreate() throws SQLException {
        execute("postgres", "CREATE DATABASE locked");
        assertRefusal("locked", "app", "GRANT USAGE, CREATE ON SCHEMA public TO app");
    }

    @Test
    @DisplayName("where the extension is missing and the role may not create it")
    void mayNotExtend() throws SQLException {
        execute("postgres", "CREATE DATABASE plain");
        execute("plain", "GRANT CREATE ON SCHEMA public TO app");
        assertRefusal("plain", "app", "CREATE EXTENSION pg_trgm SCHEMA public", "role app");
    }

    @Test
    @DisplayName("where the extension is in a schema that the role may not use")
    void mayNotUseExtension() throws SQLException {
        execute("postgres", "CREATE DATABASE hidden OWNER owner");
        execute("hidden", "CREATE SCHEMA ext", "CREATE EXTENSION pg_trgm SCHEMA ext");
        assertRefusal("hidden", "owner", "GRANT USAGE ON SCHEMA ext TO owner");
    }

    @Test
    @DisplayName("where the schema that the URL names is missing")
    void schemaMissing() throws SQLException {
        execute("postgres", "CREATE DATABASE bare OWNER owner");
        assertRefusal(
                "bare?currentSchema=roster", "owner", "CREATE SCHEMA roster AUTHORIZATION owner");
    }

    @Test
    @DisplayName("where there is no such database or role")
    void missing() throws SQLException {
        assertRefusal("nowhere", "app", "CREATE DATABASE nowhere OWNER app");
        assertRefusal("postgres", "nobody", "\"nobody\" does not exist");
    }

    @Test
    @DisplayName("where the role may not connect")
    void mayNotConnect() throws SQLException {
        execute(
                "postgres",
                "CREATE DATABASE closed",
                "REVOKE CONNECT ON DATABASE closed FROM PUBLIC");
        assertRefusal("closed", "app", "GRANT CONNECT ON DATABASE closed TO app");
    }

    @Test
    @DisplayName("where the tables belong to another role and there is something to migrate")
    void ownedByOthers() throws SQLException {
        execute("postgres", "CREATE DATABASE owned OWNER owner");
        configuration("owned", "owner").target("053").load().migrate();
        execute(
                "owned",
                "GRANT CREATE ON SCHEMA public TO app",
                "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO app");
        int functions = count("owned", FUNCTIONS);
        Throwable failure = assertThrows(RuntimeException.class, () -> migrate("owned", "app"));
        while (failure.getCause() != null) {
            failure = failure.getCause();
        }
        assertInstanceOf(ConfigurationException.class, failure);
        assertTrue(failure.getMessage().contains("GRANT owner TO app"), failure.getMessage());
        assertEquals(functions, count("owned", FUNCTIONS));
        migrate("owned", "owner");
        execute("owned", "GRANT SELECT ON flyway_schema_history TO app");
        assertDoesNotThrow(() -> migrate("owned", "app"), "there is nothing left to migrate");
    }

    @Test
    @DisplayName("where it takes no writes")
    void readOnly() throws SQLException {
        execute(
                "postgres",
                "CREATE DATABASE silent OWNER owner",
                "ALTER DATABASE silent SET default_transaction_read_only = on");
        assertRefusal(
                "silent",
                "owner",
                "ALTER ROLE owner IN DATABASE silent SET default_transaction_read_only = off");
        execute(
                "postgres",
                "ALTER ROLE owner IN DATABASE silent SET default_transaction_read_only = off");
        assertDoesNotThrow(() -> migrate("silent", "owner"));
    }

    @ParameterizedTest
    @CsvSource({"currentSchema=roster", "options=-c%20search_path%3Droster"})
    @DisplayName("where a pooler drops the schema that the URL names")
    void schemaDropped(String parameter) throws SQLException {
        DatabaseRefusal refusal =
                new DatabaseRefusal("DATABASE_URL", url("postgres?") + parameter, user("app"));
        try (Connection pooled = DriverManager.getConnection(url("postgres"), user("app"))) {
            String told =
                    assertThrows(ConfigurationException.class, () -> refusal.requireSchema(pooled))
                            .getMessage();
            assertTrue(
                    told.contains("ALTER ROLE app IN DATABASE postgres SET search_path = roster"),
                    told);
        }
        try (Connection direct =
                DriverManager.getConnection(url("postgres?") + parameter, user("app"))) {
            assertDoesNotThrow(() -> refusal.requireSchema(direct));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "08P01, FATAL: unsupported startup parameter: search_path, true",
        "08004, The server does not support SSL., true",
        "28P01, FATAL: password authentication failed for user app, true",
        "42704, FATAL: unrecognized configuration parameter, true",
        "08P01, FATAL: query_wait_timeout, false",
        "08001, Connection refused, false",
        "08006, An I/O error occurred, false",
        "57P03, FATAL: the database system is starting up, false",
        "53300, FATAL: sorry too many clients already, false",
    })
    @DisplayName("unlike one that is away, which is waited for")
    void away(String state, String message, boolean refused) {
        DatabaseRefusal refusal = new DatabaseRefusal("DATABASE_URL", url("postgres"), user("app"));
        SQLException failure = new SQLException(message, state);
        if (refused) {
            assertThrows(ConfigurationException.class, () -> refusal.requireAway(failure));
        } else {
            assertDoesNotThrow(() -> refusal.requireAway(failure));
        }
    }

    @Test
    @DisplayName("but not for an extension in a schema of its own, which is found there")
    void extensionElsewhere() throws SQLException {
        execute("postgres", "CREATE DATABASE elsewhere OWNER owner");
        execute(
                "elsewhere",
                "CREATE SCHEMA extensions",
                "CREATE EXTENSION pg_trgm SCHEMA extensions",
                "GRANT USAGE ON SCHEMA extensions TO PUBLIC",
                "CREATE SCHEMA roster AUTHORIZATION owner");
        migrate("elsewhere?currentSchema=roster", "owner");
        assertEquals(
                1,
                count(
                        "elsewhere",
                        "SELECT count(*) FROM pg_tables WHERE tablename = 'users' AND schemaname ="
                                + " 'roster'"));
        assertEquals(0, count("elsewhere", TABLES + " AND schemaname NOT IN ('roster')"));
        assertEquals(
                1,
                count(
                        "elsewhere?currentSchema=roster",
                        "SELECT (search_distance('roster', 'roster') = 0)::int"),
                "requests find it without its schema in their search path");
    }

    private static Properties user(String role) {
        Properties properties = new Properties();
        properties.setProperty("user", role);
        return properties;
    }
}
