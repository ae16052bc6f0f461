package dev.roster.platform.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.roster.testing.Postgres;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.core.api.output.MigrateResult;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The migrations on a PostgreSQL of their own, through Flyway as the service calls it. On another
 * server, such as the oldest version that is supported, with {@code
 * -Dmigrations.server=jdbc:postgresql://host:port/postgres?user=...&password=...}, whose user may
 * create databases.
 */
class MigrationsTest {

    private static final Path SCRIPTS = Path.of("src", "main", "resources", "db");
    private static final Pattern FILE_NAME =
            Pattern.compile(
                    "([VU])(\\d{3})__[a-z0-9_]+_(create|add|alter|backfill|drop|rename|seed)(_[a-z0-9_]+)?\\.sql");

    private static final String FOREIGN_KEYS_WITHOUT_INDEX =
            """
            SELECT k.conname FROM pg_constraint k
            WHERE k.contype = 'f' AND NOT EXISTS (
                SELECT FROM pg_index i
                WHERE i.indrelid = k.conrelid AND i.indisvalid AND i.indpred IS NULL
                    AND (string_to_array(i.indkey::text, ' ')::int2[])[1:cardinality(k.conkey)] @> k.conkey)
            """;

    /**
     * Of an index the leading columns are enough, and more of its name is free, such as what it is
     * limited to; a generated column x_key may be called x.
     */
    private static final String ILL_NAMED =
            """
            WITH named AS (
                SELECT t.relname AS tab, k.conname AS name, k.conkey AS cols, k.contype::text AS kind
                FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid
                WHERE k.connamespace = 'public'::regnamespace AND k.contype IN ('p', 'u', 'f', 'c', 'x')
                UNION ALL
                SELECT t.relname, x.relname, string_to_array(i.indkey::text, ' ')::int2[],
                    CASE WHEN i.indisunique THEN 'u' ELSE 'i' END
                FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
                WHERE t.relnamespace = 'public'::regnamespace
                    AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)
            ), expected AS (
                SELECT n.*, lead.n AS led,
                    n.tab || '_' || coalesce((
                        SELECT string_agg(CASE WHEN a.attgenerated = 's' THEN regexp_replace(a.attname, '_key$', '') ELSE a.attname END, '_' ORDER BY c.nr)
                        FROM unnest(n.cols) WITH ORDINALITY c (attnum, nr)
                        JOIN pg_attribute a ON a.attrelid = ('public.' || quote_ident(n.tab))::regclass AND a.attnum = c.attnum
                        WHERE c.nr <= lead.n), '') AS stem
                FROM named n, generate_series(1, greatest(1, cardinality(n.cols))) lead (n)
            )
            SELECT tab, name FROM expected WHERE tab NOT LIKE 'flyway\\_%'
            GROUP BY tab, name
            HAVING NOT bool_or(CASE kind
                WHEN 'p' THEN name = tab || '_pkey'
                WHEN 'u' THEN name = stem || '_key'
                WHEN 'f' THEN name = stem || '_fkey' AND led = cardinality(cols)
                WHEN 'c' THEN name LIKE stem || '%\\_check'
                WHEN 'x' THEN name LIKE tab || '\\_%\\_excl'
                ELSE starts_with(name, rtrim(stem, '_') || '_') AND name LIKE '%\\_idx' END)
            """;

    private static final String TIMES_WITHOUT_ZONE =
            """
            SELECT table_name, column_name, data_type FROM information_schema.columns
            WHERE table_schema = 'public' AND table_name NOT LIKE 'flyway\\_%' AND (
                data_type IN ('timestamp without time zone', 'time without time zone', 'time with time zone')
                OR column_name ~ '_(at|expires)$' AND data_type <> 'timestamp with time zone')
            """;

    /** A grant is only given and taken, the trail only written, a bucket is no record. */
    private static final String INCOMPLETE_RECORDS =
            """
            SELECT t.table_name, c.name FROM information_schema.tables t,
                (VALUES ('created_at'), ('updated_at'), ('version')) c (name)
            WHERE t.table_schema = 'public' AND t.table_name NOT LIKE 'flyway\\_%'
                AND t.table_name NOT IN ('role_grants', 'rate_limits', 'import_rows', 'job_refusals', 'user_statistics', 'user_activity', 'user_attributes', 'user_search', 'search_words')
                AND t.table_name NOT LIKE 'audit\\_%'
                AND NOT EXISTS (SELECT FROM information_schema.columns x
                    WHERE x.table_schema = 'public' AND x.table_name = t.table_name AND x.column_name = c.name AND x.is_nullable = 'NO')
            """;

    private static EmbeddedPostgres embedded;
    private static String server;
    private static int databases;

    private String database;
    private Connection connection;

    @BeforeAll
    static void startServer() throws IOException {
        server = System.getProperty("migrations.server");
        if (server == null) {
            embedded = Postgres.builder().start();
            server = embedded.getJdbcUrl("postgres", "postgres");
        }
    }

    @AfterAll
    static void stopServer() throws IOException {
        if (embedded != null) {
            embedded.close();
        }
    }

    @BeforeEach
    void createDatabase() throws SQLException {
        database = "migrations_" + ProcessHandle.current().pid() + "_" + ++databases;
        onServer("CREATE DATABASE " + database);
        connection = DriverManager.getConnection(url());
    }

    @AfterEach
    void dropDatabase() throws SQLException {
        connection.close();
        onServer("DROP DATABASE " + database + " WITH (FORCE)");
    }

    @Nested
    class Scripts {

        @Test
        @DisplayName("every migration has its undo, and there is no undo without a migration")
        void pairs() {
            assertEquals(
                    names("migration").stream().map(name -> "U" + name.substring(1)).toList(),
                    names("undo"));
        }

        @Test
        @DisplayName("names are three digits, the table or feature, and what happens to it")
        void fileNames() {
            Set<String> versions = new HashSet<>();
            for (String name : names("migration")) {
                Matcher matcher = FILE_NAME.matcher(name);
                assertTrue(matcher.matches() && matcher.group(1).equals("V"), name);
                assertTrue(versions.add(matcher.group(2)), "two migrations: " + name);
            }
        }

        @Test
        @DisplayName("every constraint and index is given its name, none takes the server's")
        void explicitNames() {
            Pattern constraint =
                    Pattern.compile("\\b(PRIMARY KEY|FOREIGN KEY|UNIQUE|CHECK|EXCLUDE)\\b");
            for (String name : names("migration")) {
                String sql = withoutCommentsAndTexts(read("migration", name));
                Matcher matcher = constraint.matcher(sql);
                while (matcher.find()) {
                    String before = sql.substring(0, matcher.start());
                    boolean index = sql.startsWith("UNIQUE INDEX", matcher.start());
                    assertTrue(
                            index || before.matches("(?s).*\\bCONSTRAINT \\w+\\s+"),
                            () -> name + ": a constraint without a name after " + tail(before));
                }
                matcher = Pattern.compile("\\bREFERENCES\\b").matcher(sql);
                while (matcher.find()) {
                    String before = sql.substring(0, matcher.start());
                    assertTrue(
                            before.matches("(?s).*\\bFOREIGN KEY\\s*\\([^()]*\\)\\s*"),
                            () -> name + ": a foreign key without a name after " + tail(before));
                }
                matcher = Pattern.compile("\\bINDEX\\b").matcher(sql);
                while (matcher.find()) {
                    assertTrue(
                            sql.substring(matcher.start())
                                    .matches(
                                            "(?s)INDEX\\s+(CONCURRENTLY\\s+)?(IF (NOT )?EXISTS\\s+)?(?!ON\\b)\\w+.*"),
                            () -> name + ": an index without a name");
                }
            }
        }
    }

    @Nested
    class UpAndDown {

        @Test
        @DisplayName("up, down step by step, and up again give the same schemas")
        void upDownUp() throws SQLException {
            List<String> empty = dump();
            TreeMap<String, List<String>> schemas = new TreeMap<>();
            for (String version : versions()) {
                migrate(version);
                List<String> schema = dump();
                assertFalse(schemas.containsValue(schema), version + " changes nothing");
                schemas.put(version, schema);
            }

            for (String version : schemas.descendingKeySet()) {
                List<String> below =
                        schemas.lowerKey(version) == null
                                ? empty
                                : schemas.get(schemas.lowerKey(version));
                undo(version);
                assertSame(below, version + " undone");
                // what an undo leaves behind shows at the latest when its migration runs again
                migrate(version);
                assertSame(schemas.get(version), version + " undone and done again");
                undo(version);
                assertSame(below, version + " undone twice");
            }
            assertEquals(
                    List.of("0"),
                    lines("SELECT count(*) FROM flyway_schema_history WHERE version IS NOT NULL"));

            flyway(null).migrate();
            assertSame(schemas.lastEntry().getValue(), "after all was undone");
            flyway(null).validate();
        }

        @Test
        @DisplayName("the trail is moved with what was being written to it")
        void trailIsMovedWhole() throws Exception {
            flyway("032").migrate();
            try (Connection writer = DriverManager.getConnection(url())) {
                writer.setAutoCommit(false);
                writer.createStatement()
                        .execute(
                                "INSERT INTO audit_events (id, occurred_at, action, target_type)"
                                        + " VALUES (gen_random_uuid(), now(), 'user.updated',"
                                        + " 'user')");
                CompletableFuture<MigrateResult> moving =
                        CompletableFuture.supplyAsync(
                                () ->
                                        Flyway.configure()
                                                .configuration(flyway(null).getConfiguration())
                                                .locations(
                                                        "classpath:db/migration",
                                                        "classpath:db/callback")
                                                .load()
                                                .migrate());
                while (lines(
                                "SELECT count(*) FROM pg_locks WHERE NOT granted AND database ="
                                        + " (SELECT oid FROM pg_database WHERE datname ="
                                        + " current_database())")
                        .equals(List.of("0"))) {
                    assertFalse(moving.isDone(), "nobody waits for the writer");
                    Thread.onSpinWait();
                }
                writer.commit();
                moving.join();
            }
            assertEquals(List.of("1"), lines("SELECT count(*) FROM audit_events"));
        }

        @Test
        @DisplayName("a second run finds nothing to do")
        void secondRun() throws SQLException {
            assertEquals(versions().size(), flyway(null).migrate().migrationsExecuted);
            List<String> schema = dump();
            assertEquals(0, flyway(null).migrate().migrationsExecuted);
            assertSame(schema, "the second run");
        }

        @Test
        @DisplayName("the comparison sees a default, a comment, an index and a row")
        void comparisonSees() throws SQLException {
            flyway(null).migrate();
            for (String change :
                    List.of(
                            "ALTER TABLE users ALTER COLUMN banned SET DEFAULT true",
                            "ALTER TABLE users ALTER COLUMN name DROP NOT NULL",
                            "COMMENT ON COLUMN users.name IS 'changed'",
                            "DROP INDEX sessions_expires_at_idx",
                            "ALTER TABLE sessions DROP CONSTRAINT sessions_token_digest_check",
                            "ALTER TABLE user_profiles DROP COLUMN full_name",
                            "UPDATE roles SET permissions = '{}' WHERE name = 'admin'",
                            "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
                            "CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION"
                                    + " suppress_redundant_updates_trigger()")) {
                List<String> before = dump();
                execute(change);
                assertNotEquals(before, dump(), change);
            }
        }
    }

    @Nested
    class Locales {

        private static final String FOUND =
                "SELECT string_agg(u.name, ',' ORDER BY u.name COLLATE \"C\") FROM users u JOIN"
                        + " user_search s ON s.user_id = u.id WHERE search_matches(s.text,"
                        + " search_term('%s'))";

        private static final List<String> NAMES =
                List.of(
                        "ISIK",
                        "\u0130rem",
                        "irem",
                        "\u00C9MILE",
                        "\u00E9mile",
                        "Stra\u00DFe",
                        "\u039F\u0394\u03A5\u03A3\u03A3\u0395\u03A5\u03A3",
                        "\u738B\u5C0F\u660E",
                        "\u0418\u0412\u0410\u041D");

        @ParameterizedTest(name = "{0}")
        @ValueSource(
                strings = {
                    "LOCALE 'C'",
                    "LOCALE 'C.UTF-8'",
                    "LOCALE_PROVIDER icu ICU_LOCALE 'tr-TR' LOCALE 'C'",
                    "LOCALE_PROVIDER icu ICU_LOCALE 'lt-LT' LOCALE 'C'",
                })
        @DisplayName("addresses and names are compared in the same way in a database of any locale")
        void anyLocale(String locale) throws SQLException {
            connection.close();
            onServer("DROP DATABASE " + database);
            onServer(
                    "CREATE DATABASE %s ENCODING 'UTF8' %s TEMPLATE template0"
                            .formatted(database, locale));
            connection = DriverManager.getConnection(url());
            flyway(null).migrate();
            for (String name : NAMES) {
                execute(
                        "INSERT INTO users (id, name, email) SELECT i, '%s', i || '@X.EXAMPLE' FROM gen_random_uuid() i"
                                .formatted(name));
            }
            execute("UPDATE users SET email = 'IPEK@X.EXAMPLE' WHERE name = 'ISIK'");
            assertEquals(
                    List.of("ipek@x.example"),
                    lines("SELECT email_key FROM users WHERE name = 'ISIK'"));
            assertFound("isik", "ISIK");
            assertFound("\u0131\u015F\u0131k", "ISIK");
            assertFound("IREM", "irem,\u0130rem");
            assertFound("emile", "\u00C9MILE,\u00E9mile");
            assertFound("STRASSE", "Stra\u00DFe");
            assertFound("\u03BF\u03B4\u03C5\u03C3\u03C3\u03AD\u03C5\u03C2", NAMES.get(6));
            assertFound("\u5C0F\u660E", NAMES.get(7));
            assertFound("\u0432\u0430\u043D", NAMES.get(8));
            assertEquals(
                    List.of("7"),
                    lines("SELECT count(DISTINCT name_key) FROM user_search"),
                    "names that differ in case or accents alone are in one place of the list");
        }

        private void assertFound(String q, String names) throws SQLException {
            assertEquals(List.of(names), lines(FOUND.formatted(q)), q);
        }
    }

    @Nested
    class Schema {

        @BeforeEach
        void migrateAll() {
            flyway(null).migrate();
        }

        @Test
        @DisplayName("every foreign key has an index that begins with its columns")
        void foreignKeysHaveAnIndex() throws SQLException {
            assertNone(FOREIGN_KEYS_WITHOUT_INDEX);
            // the rule is not kept for want of foreign keys
            assertNotEquals(
                    List.of("0"), lines("SELECT count(*) FROM pg_constraint WHERE contype = 'f'"));
        }

        @Test
        @DisplayName("constraints and indexes are named for their table, columns and kind")
        void names() throws SQLException {
            assertNone(ILL_NAMED);
        }

        @Test
        @DisplayName("every point in time has its time zone")
        void timesHaveAZone() throws SQLException {
            assertNone(TIMES_WITHOUT_ZONE);
        }

        @Test
        @DisplayName("every mutable table keeps created_at, updated_at and version")
        void mutableTables() throws SQLException {
            assertNone(INCOMPLETE_RECORDS);
        }

        @Test
        @DisplayName("a table that keeps none of these rules is found by each")
        void rulesCanFail() throws SQLException {
            execute(
                    """
                    CREATE TABLE wrongs (
                        id uuid CONSTRAINT wrong_pk PRIMARY KEY,
                        user_id uuid CONSTRAINT wrongs_owner_fkey REFERENCES users (id),
                        role_id uuid CONSTRAINT wrongs_role_id_fkey REFERENCES roles (id),
                        ended_at timestamp,
                        CONSTRAINT wrongs_unique UNIQUE (id, user_id));
                    CREATE INDEX wrongs_role_id_idx ON wrongs (id, role_id);
                    """);
            assertEquals(
                    List.of("wrongs_owner_fkey", "wrongs_role_id_fkey"),
                    lines(FOREIGN_KEYS_WITHOUT_INDEX + " ORDER BY 1"));
            assertEquals(
                    List.of(
                            "wrongs | wrong_pk",
                            "wrongs | wrongs_owner_fkey",
                            "wrongs | wrongs_role_id_idx",
                            "wrongs | wrongs_unique"),
                    lines(ILL_NAMED + " ORDER BY 2"));
            assertEquals(
                    List.of("wrongs | ended_at | timestamp without time zone"),
                    lines(TIMES_WITHOUT_ZONE));
            assertEquals(3, lines(INCOMPLETE_RECORDS).size());
        }

        private void assertNone(String offendersSql) throws SQLException {
            assertEquals(List.of(), lines(offendersSql));
        }
    }

    private static List<String> names(String directory) {
        try (Stream<Path> files = Files.list(SCRIPTS.resolve(directory))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> versions() {
        return names("migration").stream().map(name -> name.substring(1, 4)).toList();
    }

    private static String read(String directory, String name) {
        try {
            return Files.readString(SCRIPTS.resolve(directory).resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String withoutCommentsAndTexts(String sql) {
        return sql.replaceAll("--[^\n]*", "").replaceAll("'(?:[^']|'')*'", "''");
    }

    private static String tail(String text) {
        return text.substring(Math.max(0, text.length() - 60));
    }

    private Flyway flyway(String target) {
        FluentConfiguration configuration =
                Flyway.configure()
                        .dataSource(url(), null, null)
                        .locations("classpath:db/migration")
                        .target(
                                target == null
                                        ? MigrationVersion.LATEST
                                        : MigrationVersion.fromVersion(target));
        new MigrationConnections(null, List.of()).customize(configuration);
        return configuration.load();
    }

    /** Exactly one step up, to this version. */
    private void migrate(String version) {
        MigrateResult result = flyway(version).migrate();
        assertEquals(1, result.migrationsExecuted, version);
        assertEquals(version, result.targetSchemaVersion);
    }

    private void undo(String version) throws SQLException {
        String name =
                names("undo").stream()
                        .filter(file -> file.startsWith("U" + version))
                        .collect(Collectors.collectingAndThen(Collectors.toList(), l -> l.get(0)));
        connection.setAutoCommit(false);
        execute(read("undo", name));
        connection.commit();
        connection.setAutoCommit(true);
        assertEquals(
                List.of("0"),
                lines(
                        "SELECT count(*) FROM flyway_schema_history WHERE version = '%s'"
                                .formatted(version)),
                name + " leaves its row in Flyway's history");
    }

    private List<String> dump() throws SQLException {
        return Catalogue.dump(connection);
    }

    private List<String> lines(String sql) throws SQLException {
        return Catalogue.lines(connection, sql);
    }

    /** Names only the lines that differ: a whole schema is too long to read. */
    private void assertSame(List<String> expected, String when) throws SQLException {
        List<String> actual = dump();
        if (actual.equals(expected)) {
            return;
        }
        List<String> missing = new ArrayList<>(expected);
        List<String> added = new ArrayList<>(actual);
        added.removeAll(expected);
        missing.removeAll(actual);
        assertEquals(List.of(), missing, "missing: " + when);
        assertEquals(List.of(), added, "too much: " + when);
        // the same lines in another order, or more often
        assertEquals(expected, actual, when);
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void onServer(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(server);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private String url() {
        return server.replaceFirst("(//[^/]+/)[^?]*", "$1" + database);
    }
}
