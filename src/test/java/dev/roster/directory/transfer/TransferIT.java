package dev.roster.directory.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.roster.testing.Caller;
import dev.roster.testing.OwnProcesses;
import dev.roster.testing.PackagedProcess;
import dev.roster.testing.PackagedService;
import dev.roster.testing.Postgres;
import dev.roster.testing.Rest;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The package as processes that die: by HTTP and as commands. */
@DisplayName("Import and export by the package")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@OwnProcesses
class TransferIT {

    private static final Duration START = Duration.ofMinutes(2);
    private static final int BATCH = ImportJob.BATCH;
    private static final int ROWS = 2 * BATCH + 500;
    private static final String HASH =
            "$2b$04$abcdefghijklmnopqrstuupOWRSKKNe562z1DsLEArFuJDHVyRIMa";

    @TempDir static Path directory;

    private static EmbeddedPostgres postgres;

    @BeforeAll
    static void start() throws IOException, SQLException {
        postgres = Postgres.builder().start();
        execute("postgres", "CREATE DATABASE service");
        execute("postgres", "CREATE DATABASE command");
    }

    @AfterAll
    static void stop() throws IOException {
        if (postgres != null) {
            postgres.close();
        }
    }

    @Test
    @Order(1)
    @DisplayName("goes on where the process was killed, and loads no row twice")
    void killed() throws Exception {
        String location;
        try (PackagedProcess service = service()) {
            service.awaitReady(START);
            String token = signIn(service);
            try (Connection held = connect("service");
                    Statement statement = held.createStatement()) {
                held.setAutoCommit(false);
                // the second step waits for this one
                statement.execute(user("u" + (BATCH + 7)));
                location = accepted(send(service, token, file("u", ROWS)));
                service.await(
                        "the middle",
                        START,
                        () -> count("service", "users") >= BATCH && isWaiting("service"));
                service.kill();
                held.rollback();
            }
        }
        assertEquals(BATCH + 1, count("service", "users"));
        assertEquals(ROWS, count("service", "import_rows"));
        try (PackagedProcess service = service()) {
            service.awaitReady(START);
            String token = signIn(service);
            JsonNode[] job = new JsonNode[1];
            service.await(
                    "the end",
                    START,
                    () -> (job[0] = get(service, token, location)).hasNonNull("finishedAt"));
            assertEquals("done", job[0].get("status").asText(), job[0]::toString);
            assertEquals(ROWS, job[0].get("succeeded").asInt(), job[0]::toString);
            assertEquals(ROWS, job[0].get("processed").asInt(), job[0]::toString);
            // after the end, in a transaction of its own
            service.await(
                    "the staged rows gone", START, () -> count("service", "import_rows") == 0);
        }
        assertLoaded("service", ROWS);
    }

    @Test
    @Order(2)
    @DisplayName("loads nothing of a file that was arriving when the process was killed")
    void killedWhileArriving() throws Exception {
        long before = count("service", "users");
        try (PackagedProcess service = service()) {
            service.awaitReady(START);
            String token = signIn(service);
            try (Socket socket = new Socket("localhost", service.port())) {
                OutputStream out = socket.getOutputStream();
                out.write(
                        ("POST "
                                        + Imports.PATH
                                        + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                                        + token
                                        + "\r\nContent-Type: text/csv\r\nContent-Length: 99000000\r\n\r\n"
                                        + file("v", 5000))
                                .getBytes(StandardCharsets.US_ASCII));
                out.flush();
                service.await(
                        "the COPY",
                        START,
                        () ->
                                count(
                                                "service",
                                                "pg_stat_activity WHERE query LIKE 'COPY import_rows%' AND state = 'active'")
                                        == 1);
            }
            service.kill();
        }
        try (PackagedProcess service = service()) {
            service.awaitReady(START);
            service.await(
                    "the end of the COPY",
                    START,
                    () ->
                            count(
                                            "service",
                                            "pg_stat_activity WHERE query LIKE 'COPY import_rows%'")
                                    == 0);
        }
        assertEquals(before, count("service", "users"));
        assertEquals(0, count("service", "import_rows"));
        assertEquals(1, count("service", "jobs"));
    }

    @Test
    @Order(3)
    @DisplayName("is a command: killed, resumed, and told of by its exit code")
    void command() throws Exception {
        Path people = Files.writeString(directory.resolve("people.csv"), file("u", ROWS));
        // the schema
        assertEquals(
                65,
                exit(
                        "The header names unknown columns: nonsense",
                        "import",
                        Files.writeString(directory.resolve("bad.csv"), "nonsense\n").toString()));
        try (Connection held = connect("command");
                Statement statement = held.createStatement()) {
            held.setAutoCommit(false);
            statement.execute(user("u" + (BATCH + 7)));
            try (PackagedProcess importing = command("import", people.toString())) {
                importing.await(
                        "the middle",
                        START,
                        () -> count("command", "users") >= BATCH && isWaiting("command"));
            }
            held.rollback();
        }
        assertEquals(BATCH, count("command", "users"));
        assertEquals(0, exit("1 jobs were brought to their end", "import", "--resume"));
        assertLoaded("command", ROWS);

        assertEquals(
                2,
                exit(
                        "done: 0 of 10,500 rows taken, 0 skipped, 10,500 refused",
                        "import",
                        people.toString(),
                        "--report",
                        "refused.csv"));
        List<String> refused = Files.readAllLines(directory.resolve("refused.csv"));
        assertEquals("line,field,reason", refused.get(0));
        assertEquals("2,email,is another user's", refused.get(1));
        assertEquals(ROWS + 1, refused.size());

        Path lines =
                Files.write(
                        directory.resolve("more.ndjson.gz"),
                        Imports.gzip(
                                "{\"email\":\"more@example.com\",\"name\":\"=More\"}\n"
                                        .getBytes(StandardCharsets.UTF_8)));
        assertEquals(
                0, exit("done: 1 of 1 rows can be taken", "import", lines.toString(), "--dry-run"));
        assertEquals(ROWS, count("command", "users"));
        assertEquals(
                0,
                exit("done: 1 of 1 rows taken", "import", lines.toString(), "--skip-duplicates"));
        assertEquals(64, exit("Unknown: --nonsense", "import", "--nonsense"));
        assertEquals(66, exit("There is no file", "import", "missing.csv"));
    }

    @Test
    @Order(4)
    @DisplayName("writes what was imported into a file")
    void export() throws Exception {
        assertEquals(
                0, exit("10,501  users", "export", "--format", "csv", "--output", "users.csv"));
        List<String> csv = Files.readAllLines(directory.resolve("users.csv"));
        assertEquals(ROWS + 2, csv.size());
        assertTrue(csv.get(ROWS + 1).contains(",more@example.com,'=More,"), csv.get(ROWS + 1));
        assertFalse(String.join("\n", csv).contains("$2b$"), "a secret was exported");
        assertEquals(0, exit("\"email\":\"more@example.com\"", "export", "q=more@example.com"));
        assertEquals(64, exit("nonsense is unknown", "export", "nonsense=1"));
    }

    @Test
    @Order(5)
    @DisplayName("has nothing but the users on standard output, whatever there is to log")
    void standardOutput() throws Exception {
        Path users = directory.resolve("users.ndjson");
        Map<String, String> environment = environment("command");
        environment.put("QUARKUS_LOG_CATEGORY__IO_QUARKUS__LEVEL", "INFO");
        try (PackagedProcess export =
                PackagedProcess.start(
                        directory, users, environment, "export", "q=more@example.com")) {
            assertEquals(0, export.awaitExit(START), export::output);
            assertTrue(export.output().contains("INFO"), export::output);
        }
        List<String> lines = Files.readAllLines(users);
        assertEquals(1, lines.size(), lines::toString);
        assertEquals("more@example.com", Rest.json(lines.get(0)).get("email").asText());
    }

    @Test
    @Order(6)
    @DisplayName("looks whether a report can be written, and else says where it is")
    void report() throws Exception {
        Path fine =
                Files.writeString(
                        directory.resolve("fine.csv"), "email,name\nfine@example.com,F\n");
        Path kept = Files.writeString(directory.resolve("kept.csv"), "kept");
        long jobs = count("command", "jobs");
        assertEquals(
                64,
                exit(
                        "The report cannot be written: missing",
                        "import",
                        fine.toString(),
                        "--report",
                        "missing/refused.csv"));
        assertEquals(jobs, count("command", "jobs"));
        for (String report : List.of("none.csv", "kept.csv")) {
            assertEquals(
                    0,
                    exit(
                            "done: 1 of 1 rows can be taken",
                            "import",
                            fine.toString(),
                            "--dry-run",
                            "--report",
                            report));
        }
        assertFalse(Files.exists(directory.resolve("none.csv")));
        assertEquals("kept", Files.readString(kept));

        Path bad = Files.writeString(directory.resolve("bad.csv"), "email,name\nbad,B\n");
        Files.createDirectory(directory.resolve("import-refused.csv"));
        Path said = directory.resolve("said");
        try (PackagedProcess importing =
                PackagedProcess.start(
                        directory, said, environment("command"), "import", bad.toString())) {
            assertEquals(2, importing.awaitExit(START), importing::output);
            String job = value("command", "SELECT max(id::text) FROM jobs");
            assertTrue(
                    importing.output().contains("/api/v1/jobs/" + job + "/report"),
                    importing::output);
        }
        assertTrue(Files.readString(said).contains("done: 0 of 1 rows taken, 0 skipped, 1 ref"));
    }

    @Test
    @Order(7)
    @DisplayName("tells of each job that it resumes, and of the worst by its exit code")
    void resumed() throws Exception {
        // as if it had been killed behind its last step
        String refused =
                value(
                        "command",
                        "UPDATE jobs SET status = 'queued', finished_at = NULL WHERE id = (SELECT"
                                + " max(id::text)::uuid FROM jobs WHERE refused = 1) RETURNING id");
        assertEquals(
                2, exit("done: 0 of 1 rows taken, 0 skipped, 1 refused", "import", "--resume"));
        assertEquals(
                List.of("line,field,reason", "2,email,must be an e-mail address"),
                Files.readAllLines(directory.resolve("import-refused-" + refused + ".csv")));

        value(
                "command",
                "UPDATE jobs SET status = 'queued', finished_at = NULL, attempts = CASE WHEN id = '"
                        + refused
                        + "' THEN 0 ELSE 5 END WHERE kind = 'users.import' AND (id = '"
                        + refused
                        + "' OR id = (SELECT min(id::text)::uuid FROM jobs)) RETURNING id");
        assertEquals(1, exit("No attempt came any further", "import", "--resume"));
        assertEquals(0, exit("Nothing waits.", "import", "--resume"));
        assertEquals(64, exit("a report each", "import", "--resume", "--report", "x.csv"));
    }

    @ParameterizedTest
    @Order(8)
    @ValueSource(strings = {"csv", "ndjson"})
    @DisplayName("imports its own export into an empty database, and exports the same again")
    void roundTrip(String format) throws Exception {
        String copy = "copy_" + format;
        execute("postgres", "CREATE DATABASE " + copy);
        Path first = directory.resolve("first." + format);
        Path second = directory.resolve("second." + format);
        Path report = directory.resolve("ignored-" + format + ".csv");
        List<String> export = new ArrayList<>(List.of("export", "--format", format, "--output"));
        export.add(first.toString());
        if (format.equals("csv")) {
            export.add("--bom");
        }
        assertEquals(0, exitOn("command", "users", export.toArray(String[]::new)));
        assertEquals(
                0,
                exitOn(
                        copy,
                        "rows taken, 0 skipped, 0 refused",
                        "import",
                        first.toString(),
                        "--report",
                        report.toString()));
        List<String> notes = Files.readAllLines(report);
        assertEquals(3, notes.size(), notes::toString);
        assertTrue(notes.get(1).startsWith("1,twoFactorEnabled,\"is ignored"), notes::toString);
        assertTrue(notes.get(2).startsWith("1,updatedAt,is ignored"), notes::toString);
        export.set(4, second.toString());
        assertEquals(0, exitOn(copy, "users", export.toArray(String[]::new)));
        // of several times in a row the one of the last change is the second
        Function<String, String> unchanged =
                line ->
                        format.equals("csv")
                                ? line.replaceFirst(
                                        "(\\d{4}-\\d\\d-\\d\\dT[^,]*,)\\d{4}-\\d\\d-\\d\\dT[^,]*",
                                        "$1")
                                : line.replaceFirst("\"updatedAt\":\"[^\"]*\"", "");
        assertEquals(
                Files.readAllLines(first).stream().map(unchanged).toList(),
                Files.readAllLines(second).stream().map(unchanged).toList());
    }

    private static void assertLoaded(String database, int rows) throws SQLException {
        String loaded = "users WHERE email LIKE 'u%@example.com'";
        assertEquals(rows, count(database, loaded));
        assertEquals(
                rows,
                count(
                        database,
                        "credentials c JOIN users u ON u.id = c.user_id WHERE u.email LIKE"
                                + " 'u%@example.com'"));
        assertEquals(
                rows,
                count(
                        database,
                        "(SELECT DISTINCT target_id FROM audit_events WHERE action ="
                                + " 'user.imported') e"));
        assertEquals(rows, count(database, "audit_events WHERE action = 'user.imported'"));
        assertEquals(rows, count(database, "user_profiles WHERE first_name = 'First'"));
        assertEquals(0, count(database, "import_rows"));
    }

    private static String file(String prefix, int rows) {
        return "email,name,passwordHash,firstName\n"
                + IntStream.range(0, rows)
                        .mapToObj(i -> prefix + i + "@example.com,Name," + HASH + ",First\n")
                        .collect(Collectors.joining());
    }

    private static String user(String name) {
        return "INSERT INTO users (id, name, email) VALUES (gen_random_uuid(), 'Held', '"
                + name
                + "@example.com')";
    }

    // ---- processes

    private static PackagedProcess service() {
        Map<String, String> environment = environment("service");
        environment.put("ROSTER_ADMIN_EMAIL", PackagedService.ADMIN_EMAIL);
        environment.put("ROSTER_ADMIN_PASSWORD", Caller.PASSWORD);
        return PackagedProcess.start(directory, environment);
    }

    private static PackagedProcess command(String... arguments) {
        return PackagedProcess.start(directory, environment("command"), arguments);
    }

    private static Map<String, String> environment(String database) {
        Map<String, String> environment = new HashMap<>();
        environment.put("DATABASE_URL", url(database));
        environment.put("ROSTER_JOBS_LEASE", "1S");
        environment.put("ROSTER_JOBS_POLL_EVERY", "1S");
        environment.put("ROSTER_SHUTDOWN_DELAY", "0S");
        return environment;
    }

    /** The exit code of a command that has said this. */
    private static int exit(String said, String... arguments) throws InterruptedException {
        return exitOn("command", said, arguments);
    }

    private static int exitOn(String database, String said, String... arguments)
            throws InterruptedException {
        try (PackagedProcess command =
                PackagedProcess.start(directory, environment(database), arguments)) {
            int code = command.awaitExit(START);
            assertTrue(command.output().contains(said), command::output);
            return code;
        }
    }

    private static String signIn(PackagedProcess service) throws Exception {
        HttpResponse<String> answer =
                service.send(
                        service.request("/api/auth/sign-in/email")
                                .header("Content-Type", "application/json")
                                .POST(
                                        HttpRequest.BodyPublishers.ofString(
                                                "{\"email\":\""
                                                        + PackagedService.ADMIN_EMAIL
                                                        + "\",\"password\":\""
                                                        + Caller.PASSWORD
                                                        + "\"}")));
        assertEquals(200, answer.statusCode(), answer::body);
        return Rest.json(answer.body()).get("token").asText();
    }

    private static HttpResponse<String> send(PackagedProcess service, String token, String file)
            throws Exception {
        return service.send(
                service.request(Imports.PATH)
                        .header("Authorization", "Bearer " + token)
                        .header("Content-Type", "text/csv")
                        .POST(HttpRequest.BodyPublishers.ofString(file)));
    }

    private static String accepted(HttpResponse<String> answer) {
        return Imports.location(answer);
    }

    private static JsonNode get(PackagedProcess service, String token, String path) {
        try {
            return Rest.json(
                    service.send(service.request(path).header("Authorization", "Bearer " + token))
                            .body());
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    // ---- database

    private static String url(String database) {
        return "postgresql://postgres:postgres@localhost:" + postgres.getPort() + "/" + database;
    }

    private static Connection connect(String database) throws SQLException {
        return postgres.getDatabase("postgres", database).getConnection();
    }

    private static void execute(String database, String sql) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** A step waits for a user who is not committed. */
    private static boolean isWaiting(String database) {
        return count(
                        "postgres",
                        "pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = '"
                                + database
                                + "' AND query LIKE 'WITH s AS MATERIALIZED%'")
                > 0;
    }

    private static String value(String database, String sql) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    private static long count(String database, String from) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM " + from)) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new AssertionError(from, e);
        }
    }
}
