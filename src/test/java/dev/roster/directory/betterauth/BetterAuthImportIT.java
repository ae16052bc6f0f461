package dev.roster.directory.betterauth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.roster.testing.NodeProject;
import dev.roster.testing.OwnProcesses;
import dev.roster.testing.PackagedProcess;
import dev.roster.testing.PackagedService;
import dev.roster.testing.Postgres;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real Better Auth server with 200 users is taken over: the package imports its database, and the
 * users go on with the same client, cookies and passwords.
 */
@DisplayName("Taking over a Better Auth database")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@OwnProcesses
class BetterAuthImportIT {

    private static final Duration LIMIT = Duration.ofMinutes(15);
    private static final Duration START = Duration.ofMinutes(2);
    private static final List<String> TABLES =
            List.of(
                    "user",
                    "account",
                    "session",
                    "verification",
                    "organization",
                    "member",
                    "team",
                    "teamMember",
                    "invitation",
                    "twoFactor",
                    "apikey");

    @TempDir static Path directory;

    private static EmbeddedPostgres postgres;
    private static NodeProject node;
    private static Path held;

    @BeforeAll
    static void seed() throws IOException, InterruptedException, SQLException {
        node = NodeProject.install("takeover", LIMIT);
        postgres = Postgres.builder().start();
        execute("postgres", "CREATE DATABASE before");
        execute("postgres", "CREATE DATABASE after");
        held = directory.resolve("held.json");
        int port = PackagedProcess.freePort();
        Path output = directory.resolve("server.log");
        Process server =
                node.start(
                        Map.of(
                                "PORT",
                                Integer.toString(port),
                                "SECRET",
                                PackagedService.SECRET,
                                "DATABASE_URL",
                                url("before")),
                        output,
                        "server.mjs");
        try {
            long deadline = System.nanoTime() + START.toNanos();
            while (!Files.readString(output).contains("listening")) {
                assertTrue(
                        server.isAlive() && System.nanoTime() < deadline,
                        () -> "the Better Auth server did not start: " + read(output));
                Thread.sleep(50);
            }
            node.node(
                    Map.of("SERVER", "http://localhost:" + port, "HELD", held.toString()),
                    "seed.mjs");
        } finally {
            server.destroy();
            server.onExit().join();
        }
    }

    @AfterAll
    static void stop() throws IOException {
        if (postgres != null) {
            postgres.close();
        }
    }

    @Test
    @Order(1)
    @DisplayName("goes on where it was killed, and writes no row twice")
    void resumes() throws IOException, InterruptedException, SQLException {
        String before = fingerprint();
        // another command, for the schema
        try (PackagedProcess export =
                PackagedProcess.start(directory, environment(Map.of()), "export")) {
            assertEquals(0, export.awaitExit(START), export::output);
        }
        // one row a transaction, and one in the middle waits for this one
        try (Connection waitedFor = postgres.getDatabase("postgres", "after").getConnection();
                PreparedStatement insert =
                        waitedFor.prepareStatement(
                                "INSERT INTO users (id, name, email) VALUES (gen_random_uuid(),"
                                        + " 'x', ?)");
                PackagedProcess killed = run(Map.of("ROSTER_IMPORT_BATCH", "1"))) {
            waitedFor.setAutoCommit(false);
            insert.setString(
                    1,
                    (String)
                            value(
                                    "before",
                                    "SELECT email FROM \"user\" ORDER BY ctid OFFSET 100 LIMIT"
                                            + " 1"));
            insert.executeUpdate();
            killed.await(
                    "the middle",
                    START,
                    () ->
                            count(
                                            "postgres",
                                            "pg_stat_activity WHERE datname = 'after' AND"
                                                    + " wait_event_type = 'Lock'")
                                    == 1);
            killed.kill();
            waitedFor.rollback();
        }
        // what the database does for a process that is gone it does to the end
        long deadline = System.nanoTime() + START.toNanos();
        while (count("postgres", "pg_stat_activity WHERE datname = 'after'") > 0) {
            assertTrue(System.nanoTime() < deadline);
            Thread.sleep(50);
        }
        assertEquals(100, count("after", "users"));
        try (PackagedProcess importer = run(Map.of())) {
            assertEquals(0, importer.awaitExit(START), importer::output);
            assertTrue(
                    importer.output().contains("user           201 of 201 read, 201 taken over"),
                    importer::output);
            assertTrue(importer.output().contains("Done. Nothing was refused."), importer::output);
        }
        assertEquals(count("before", "\"user\""), count("after", "users"));
        assertEquals(count("before", "account"), count("after", "credentials"));
        assertEquals(count("before", "session"), count("after", "sessions"));
        assertEquals(count("before", "organization"), count("after", "groups"));
        assertEquals(count("before", "member"), count("after", "memberships"));
        assertEquals(count("before", "team"), count("after", "teams"));
        assertEquals(count("before", "\"teamMember\""), count("after", "team_memberships"));
        assertEquals(count("before", "invitation"), count("after", "invitations"));
        assertEquals(count("before", "\"twoFactor\""), count("after", "two_factors"));
        assertEquals(count("before", "apikey"), count("after", "api_keys"));
        assertEquals(
                count("after", "users"),
                count("after", "audit_events WHERE action = 'user.imported'"));
        assertEquals(before, fingerprint(), "the source was changed");
    }

    @Test
    @Order(2)
    @DisplayName("does nothing a second time")
    void onceOnly() throws InterruptedException, SQLException {
        execute("after", "DELETE FROM sessions WHERE user_agent = 'nobody'");
        long sessions = count("after", "sessions");
        try (PackagedProcess importer = run(Map.of())) {
            assertEquals(0, importer.awaitExit(START), importer::output);
            assertTrue(importer.output().contains("taken over already"), importer::output);
        }
        assertEquals(sessions, count("after", "sessions"));
    }

    @Test
    @Order(3)
    @DisplayName("leaves every user signed in, with the same client, cookies and passwords")
    void users() throws IOException, InterruptedException {
        try (PackagedProcess roster = PackagedProcess.start(directory, environment(Map.of()))) {
            roster.awaitReady(START);
            String origin = "http://localhost:" + roster.port();
            node.node(
                    Map.of("ROSTER_URL", origin, "ROSTER_ORIGIN", origin, "HELD", held.toString()),
                    "--test",
                    "--test-reporter=spec",
                    "takeover.test.mjs");
        }
    }

    @Test
    @Order(4)
    @DisplayName("tells of each row that it refuses, and why")
    void reports() throws IOException, InterruptedException, SQLException {
        execute("postgres", "CREATE DATABASE faulty TEMPLATE before");
        execute("postgres", "CREATE DATABASE taken");
        execute(
                "faulty",
                "UPDATE \"user\" SET email = 'no address' WHERE email = 'person1@example.com'");
        execute(
                "faulty",
                "UPDATE account SET password = 'md5' WHERE \"accountId\" = (SELECT id FROM \"user\" WHERE email = 'person2@example.com')");
        execute("faulty", "UPDATE \"twoFactor\" SET secret = 'ff' || substr(secret, 3)");
        // a text there, and no jsonb here
        execute(
                "faulty",
                "UPDATE organization SET metadata = '{\"a\":\"\\u0000\"}' WHERE id = (SELECT min(id)"
                        + " FROM organization)");
        execute(
                "faulty",
                "UPDATE \"user\" SET role = 'Head of Sales,support' WHERE email ="
                        + " 'person3@example.com'");
        Path report = directory.resolve("refused.ndjson");
        Map<String, String> settings =
                Map.of(
                        "DATABASE_URL",
                        url("taken"),
                        "ROSTER_IMPORT_SOURCE",
                        url("faulty"),
                        "ROSTER_IMPORT_REPORT",
                        report.toString());
        try (PackagedProcess importer =
                PackagedProcess.start(directory, settings, "import-better-auth", "--dry-run")) {
            assertEquals(2, importer.awaitExit(START), importer::output);
            assertTrue(importer.output().contains("Dry run"), importer::output);
        }
        List<String> tried = Files.readAllLines(report);
        for (String table : List.of("users", "credentials", "groups", "imports")) {
            assertEquals(0, count("taken", table), table);
        }
        try (PackagedProcess importer =
                PackagedProcess.start(directory, settings, "import-better-auth")) {
            assertEquals(2, importer.awaitExit(START), importer::output);
            assertTrue(importer.output().contains("rows were refused"), importer::output);
            assertTrue(
                    importer.output().contains("1 x user: the role Head of Sales is left out"),
                    importer::output);
        }
        assertEquals(tried, Files.readAllLines(report));
        Object third =
                value("faulty", "SELECT id FROM \"user\" WHERE email = 'person3@example.com'");
        assertEquals(
                List.of(
                        "{\"table\":\"user\",\"id\":\""
                                + third
                                + "\",\"reason\":\"its role is left out: a role's name is lower-case"
                                + " letters, digits, _ and -\",\"user\":\""
                                + third
                                + "\",\"role\":\"Head of Sales\"}"),
                tried.stream().filter(line -> line.contains("\"role\"")).toList());
        assertEquals(
                "support",
                value(
                        "taken",
                        "SELECT string_agg(r.name, ',') FROM role_grants g JOIN roles r ON r.id ="
                                + " g.role_id JOIN users u ON u.id = g.user_id WHERE u.email ="
                                + " 'person3@example.com'"));
        String lines = Files.readString(report);
        assertTrue(lines.contains("\"table\":\"user\""), lines);
        assertTrue(lines.contains("its e-mail address is not valid"), lines);
        assertTrue(lines.contains("its password hash is of an unknown kind"), lines);
        assertTrue(lines.contains("its secret does not open"), lines);
        assertTrue(lines.contains("its metadata is not JSON that can be stored"), lines);
        assertTrue(lines.contains("its user was not taken over"), lines);
        // whoever it is about is named
        Object second =
                value("faulty", "SELECT id FROM \"user\" WHERE email = 'person2@example.com'");
        assertTrue(
                tried.stream()
                        .anyMatch(
                                line ->
                                        line.contains("\"table\":\"account\"")
                                                && line.contains("\"user\":\"" + second + "\"")),
                lines);
        assertTrue(!lines.contains("@example.com"), "the report names people:\n" + lines);
        // whose second factor cannot be read is still asked for one
        assertEquals(20, count("taken", "users WHERE two_factor_enabled"));
    }

    @Test
    @Order(5)
    @DisplayName("says what is wrong with a source that is none")
    void refusesAnotherSchema() throws InterruptedException, SQLException {
        execute("postgres", "CREATE DATABASE empty");
        try (PackagedProcess importer = run(Map.of("ROSTER_IMPORT_SOURCE", url("empty")))) {
            assertEquals(1, importer.awaitExit(START), importer::output);
            assertTrue(importer.output().contains("no table user"), importer::output);
        }
        try (PackagedProcess importer =
                PackagedProcess.start(
                        directory, environment(Map.of()), "import-better-auth", "--nonsense")) {
            assertEquals(64, importer.awaitExit(START), importer::output);
            assertTrue(importer.output().contains("Unknown: --nonsense"), importer::output);
        }
    }

    private static PackagedProcess run(Map<String, String> settings) {
        return PackagedProcess.start(directory, environment(settings), "import-better-auth");
    }

    private static Map<String, String> environment(Map<String, String> settings) {
        Map<String, String> environment = new HashMap<>();
        environment.put("DATABASE_URL", url("after"));
        environment.put("ROSTER_IMPORT_SOURCE", url("before"));
        environment.put(
                "ROSTER_IMPORT_REPORT", directory.resolve("nothing-refused.ndjson").toString());
        environment.putAll(settings);
        return environment;
    }

    /** Every row of the source. */
    private static String fingerprint() {
        StringBuilder all = new StringBuilder();
        for (String table : TABLES) {
            all.append(
                    value(
                            "before",
                            "SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), ''))"
                                    + " FROM \""
                                    + table
                                    + "\" t"));
        }
        return all.toString();
    }

    private static long count(String database, String table) {
        return (Long) value(database, "SELECT count(*) FROM " + table);
    }

    private static Object value(String database, String sql) {
        try (Connection connection = postgres.getDatabase("postgres", database).getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getObject(1);
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    private static void execute(String database, String sql) throws SQLException {
        try (Connection connection = postgres.getDatabase("postgres", database).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String url(String database) {
        return "postgresql://postgres:postgres@localhost:" + postgres.getPort() + "/" + database;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
