package dev.roster.directory.transfer;

import static dev.roster.testing.Problems.assertProblem;
import static dev.roster.testing.Problems.assertViolations;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.Rest;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@DisplayName("An export")
class ExportResourceTest {

    private static final String PATH = "/api/v1/users/export";
    private static final String HASH =
            "$2b$04$abcdefghijklmnopqrstuupOWRSKKNe562z1DsLEArFuJDHVyRIMa";

    private Caller admin;
    private String mark;

    @BeforeEach
    void arrange() {
        admin = Caller.admin();
        mark = Imports.mark();
    }

    private void users(String lines) {
        JsonNode job = Imports.done(admin, Imports.LINES, "", lines.replaceAll("\\bM\\b", mark));
        assertEquals(0, job.get("refused").asInt(), () -> Imports.report(admin, job));
    }

    private List<JsonNode> lines(String query) {
        Response answer = Rest.get(admin, PATH + "?q=" + mark + query);
        assertEquals(200, answer.statusCode(), answer::asString);
        assertEquals("application/x-ndjson", answer.contentType());
        return answer.asString().lines().map(Rest::json).toList();
    }

    @Test
    @DisplayName("of HEAD answers the headers of GET, and is no event")
    void head() {
        int before = 0;
        for (String format : List.of("ndjson", "csv")) {
            String path = PATH + "?format=" + format + "&q=" + mark;
            Response head = admin.request().head(path);
            assertEquals(before, events());
            Response get = Rest.get(admin, path);
            assertEquals(++before, events());
            for (String name : List.of("Content-Type", "Content-Disposition", "Vary")) {
                assertEquals(get.header(name), head.header(name));
            }
            assertEquals(200, head.statusCode());
        }
    }

    private int events() {
        return Database.query(
                        "SELECT id FROM audit_events WHERE action = 'users.exported' AND actor_id"
                                + " = ?",
                        admin.id)
                .size();
    }

    @Test
    @DisplayName("holds everything that administrators see of a user, and no secret")
    void everything() {
        String slug = Imports.mark();
        Database.update(
                "INSERT INTO groups (id, name, slug) VALUES (?, 'Some', ?)",
                UUID.randomUUID(),
                slug);
        users(
                """
                {"email":"ada@M.example","name":"Ada","emailVerified":true,"username":"Ada.M","image":"https://img.example/a.png","createdAt":"2020-02-29T10:00:00Z","externalId":"old-M","passwordHash":"HASH","roles":["support"],"groups":["SLUG"],"firstName":"Ada","lastName":"Lovelace","bio":"Two\\nlines","birthDate":"1815-12-10","phone":"+442079460000","locale":"en-GB","timezone":"Europe/London","website":"https://ada.example","attributes":{"department":"x"}}
                """
                        .replace("HASH", HASH)
                        .replace("SLUG", slug));
        JsonNode ada = lines("").get(0);
        UUID id = UUID.fromString(ada.get("id").asText());
        JsonNode expected =
                Rest.json(
                        """
                        {"id":"ID","externalId":"old-M","email":"ada@M.example","name":"Ada","emailVerified":true,
                         "username":"ada.M","displayUsername":"Ada.M","image":"https://img.example/a.png","status":"active",
                         "banned":false,"banReason":null,"banExpires":null,"twoFactorEnabled":false,"roles":["support"],
                         "groups":["SLUG"],"createdAt":"2020-02-29T10:00:00.000Z","updatedAt":"UPDATED","deletedAt":null,
                         "firstName":"Ada","lastName":"Lovelace","bio":"Two\\nlines","birthDate":"1815-12-10",
                         "phone":"+442079460000","locale":"en-GB","timezone":"Europe/London","website":"https://ada.example",
                         "attributes":{"department":"x"}}
                        """
                                .replaceAll("\\bM\\b", mark)
                                .replace("SLUG", slug)
                                .replace("ID", id.toString())
                                .replace("UPDATED", ada.get("updatedAt").asText()));
        assertEquals(expected, ada);
    }

    @Test
    @DisplayName("as CSV is what a spreadsheet reads, and no formula in it")
    void csv() {
        users(
                """
                {"email":"a@M.example","name":"=HYPERLINK(\\"https://evil.example\\",\\"x\\")"}
                {"email":"b@M.example","name":"@SUM(A1)","firstName":"+1","lastName":"-1","bio":"a, \\"b\\"\\nc","phone":"+442079460000"}
                {"email":"c@M.example","name":"\\tTab"}
                """);
        Response answer = Rest.get(admin, PATH + "?format=csv&q=" + mark);
        assertEquals("text/csv;charset=UTF-8", answer.contentType());
        assertEquals("attachment; filename=\"users.csv\"", answer.header("Content-Disposition"));
        assertEquals(
                answer.asString(),
                admin.request().accept("text/csv").get(PATH + "?q=" + mark).asString());
        List<NamedCsvRecord> rows =
                CsvReader.builder().ofNamedCsvRecord(answer.asString()).stream().toList();
        assertEquals(
                List.of("'=HYPERLINK(\"https://evil.example\",\"x\")", "'@SUM(A1)", "'\tTab"),
                rows.stream().map(row -> row.getField("name")).toList());
        NamedCsvRecord second = rows.get(1);
        assertEquals("'+1", second.getField("firstName"));
        assertEquals("'-1", second.getField("lastName"));
        assertEquals("a, \"b\"\nc", second.getField("bio"));
        assertEquals("+442079460000", second.getField("phone"));
    }

    private byte[] file(String format) {
        Response answer = Rest.get(admin, PATH + "?format=" + format + "&q=" + mark);
        assertEquals(200, answer.statusCode(), answer::asString);
        return answer.asByteArray();
    }

    @ParameterizedTest
    @ValueSource(strings = {"csv", "ndjson"})
    @DisplayName("can be imported where nobody is, and is the same file then")
    void roundTrip(String format) {
        String slug = mark + ",a";
        Database.update(
                "INSERT INTO groups (id, name, slug) VALUES (?, 'Some', ?)",
                UUID.randomUUID(),
                slug);
        users(
                """
                {"email":"a@M.example","name":"=HYPERLINK(1)","emailVerified":true,"username":"ada.M","displayUsername":"@Ada","image":"https://img.example/a.png","status":"invited","createdAt":"2020-02-29T10:00:00Z","externalId":"old-M","roles":["support"],"groups":["M,a"],"firstName":"+1","lastName":"'-1","bio":" Two\\r\\nlines; \\"quoted\\", a\\ttab \\u00a0","birthDate":"1815-12-10","phone":"+442079460000","locale":"en-GB","timezone":"Europe/London","website":"https://ada.example","attributes":{"department":"=x","shoeSize":42}}
                {"email":"b@M.example","name":"'","banned":true,"banReason":"-spam","banExpires":"2999-01-01T00:00:00.123Z"}
                {"email":"c@M.example","name":"'\\uff1dC","username":"c.M"}
                {"email":"d@M.example","name":"\\tD","banned":true}
                """);
        byte[] first = file(format);
        Database.update("DELETE FROM users WHERE email LIKE ?", "%@" + mark + ".example");
        JsonNode job =
                Imports.await(
                        admin,
                        Imports.send(
                                Imports.request(
                                        admin,
                                        format.equals("csv") ? Imports.CSV : Imports.LINES,
                                        ""),
                                first));
        assertEquals(4, job.get("succeeded").asInt(), () -> Imports.report(admin, job));
        assertEquals(
                """
                1 twoFactorEnabled: is ignored: second factors are no part of a file, users set them up again
                1 updatedAt: is ignored: it is the time of the import
                """,
                Imports.report(admin, job));
        assertEquals(withoutUpdate(first), withoutUpdate(file(format)));
    }

    /** An export without the time of the last change. */
    private static String withoutUpdate(byte[] file) {
        String text = new String(file, StandardCharsets.UTF_8);
        if (text.startsWith("{")) {
            return text.replaceAll("\"updatedAt\":\"[^\"]*\"", "");
        }
        return CsvReader.builder().ofNamedCsvRecord(text).stream()
                .map(
                        row -> {
                            Map<String, String> fields = row.getFieldsAsMap();
                            fields.remove("updatedAt");
                            return fields.toString();
                        })
                .collect(Collectors.joining("\n"));
    }

    @Test
    @DisplayName("begins with a byte order mark where that is asked for, and as CSV alone")
    void byteOrderMark() {
        byte[] marked = Rest.get(admin, PATH + "?format=csv&bom=true&q=" + mark).asByteArray();
        assertEquals("\ufeffid,", new String(marked, StandardCharsets.UTF_8).substring(0, 4));
        assertEquals('i', file("csv")[0]);
        assertViolations(Rest.get(admin, PATH + "?bom=true"), "query", "bom");
        assertViolations(Rest.get(admin, PATH + "?format=csv&bom=yes"), "query", "bom");
    }

    @Test
    @DisplayName("takes the filters of the list")
    void filters() {
        users(
                """
                {"email":"a@M.example","name":"A","roles":["support"]}
                {"email":"b@M.example","name":"B","emailVerified":true}
                {"email":"c@M.example","name":"C","attributes":{"department":"M"}}
                """);
        assertEquals(3, lines("").size());
        assertEquals("A", lines("&role=support").get(0).get("name").asText());
        assertEquals(1, lines("&role=support").size());
        assertEquals("B", lines("&emailVerified=true").get(0).get("name").asText());
        assertEquals("C", lines("&attributes.department=" + mark).get(0).get("name").asText());
        assertEquals(0, lines("&banned=true").size());
        Database.update(
                "UPDATE users SET deleted_at = now() WHERE email = ?", "a@" + mark + ".example");
        assertEquals(2, lines("").size());
        assertEquals("A", lines("&deleted=true").get(0).get("name").asText());
    }

    @Test
    @DisplayName("is whole however many there are, in order of making")
    void many() {
        users(
                IntStream.range(0, 1700)
                        .mapToObj(
                                i -> "{\"email\":\"" + i + "@M.example\",\"name\":\"" + i + "\"}\n")
                        .collect(Collectors.joining()));
        assertEquals(
                IntStream.range(0, 1700).mapToObj(Integer::toString).toList(),
                lines("").stream().map(user -> user.get("name").asText()).toList());
    }

    @Test
    @DisplayName("is gzip where the client takes that")
    void gzip() throws Exception {
        users("{\"email\":\"a@M.example\",\"name\":\"A\"}\n");
        HttpResponse<byte[]> answer =
                HttpClient.newHttpClient()
                        .send(
                                HttpRequest.newBuilder(
                                                URI.create(
                                                        "http://localhost:"
                                                                + RestAssured.port
                                                                + PATH
                                                                + "?q="
                                                                + mark))
                                        .header("Authorization", "Bearer " + admin.token)
                                        .header("Accept-Encoding", "br, gzip;q=0.5")
                                        .build(),
                                HttpResponse.BodyHandlers.ofByteArray());
        assertEquals("gzip", answer.headers().firstValue("Content-Encoding").orElseThrow());
        try (GZIPInputStream plain = new GZIPInputStream(new ByteArrayInputStream(answer.body()))) {
            assertEquals(
                    "A",
                    Rest.json(new String(plain.readAllBytes(), StandardCharsets.UTF_8))
                            .get("name")
                            .asText());
        }
    }

    @Test
    @DisplayName("leaves an event that says which users were asked for, but not by what of them")
    void audited() {
        lines("&role=support");
        Map<String, Object> event =
                Database.query(
                                "SELECT after::text FROM audit_events WHERE action ="
                                        + " 'users.exported' AND actor_id = ?",
                                admin.id)
                        .get(0);
        assertEquals(
                Rest.json("{\"format\":\"ndjson\",\"q\":\"…\",\"role\":\"support\"}"),
                Rest.json(event.get("after").toString()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"formt=csv", "format=xml", "role=nosuch-x", "banned=maybe", "sort=id"})
    @DisplayName("of what nobody knows is 400, and names it")
    void invalid(String query) {
        Response answer = Rest.get(admin, PATH + "?" + query);
        assertViolations(answer, "query", query.substring(0, query.indexOf('=')));
    }

    @Test
    @DisplayName("is 503 where it is one too many at once, and the others are whole")
    void tooMany() {
        users("{\"email\":\"a@M.example\",\"name\":\"A\"}\n");
        Response third =
                Imports.third(
                        "memberships",
                        "SELECT u.id, u.external_id",
                        () -> Rest.get(admin, PATH + "?q=" + mark),
                        answer -> assertEquals(1, answer.asString().lines().count()));
        assertProblem(503, "service_unavailable", third);
        assertEquals(1, lines("").size());
    }

    @Test
    @DisplayName("is refused to whoever may not")
    void notAllowed() {
        assertProblem(401, "unauthenticated", Rest.get(PATH));
        assertProblem(403, "forbidden", Rest.get(Caller.signUp(), PATH));
        assertProblem(406, "not_acceptable", admin.request().accept("image/png").get(PATH));
    }

    @Test
    @DisplayName("shows the deleted to whoever may delete alone")
    void deleted() {
        Caller exporter = Caller.signUp();
        String role = Imports.mark();
        Database.update(
                "INSERT INTO roles (id, name, permissions) VALUES (?, ?, '{users:export}')",
                UUID.randomUUID(),
                role);
        Database.update(
                "INSERT INTO role_grants (user_id, role_id) SELECT ?, id FROM roles WHERE name = ?",
                exporter.id,
                role);
        assertProblem(403, "forbidden", Rest.get(exporter, PATH + "?deleted=true"));
        Response mine = Rest.get(exporter, PATH + "?q=" + exporter.email);
        assertTrue(mine.asString().contains(exporter.email));
        assertFalse(mine.asString().contains("$argon2id"));
    }

    @Test
    @DisplayName("whose reader is slow holds no connection, and reads users when they are due")
    void slowReader() throws Exception {
        int users = 30_000;
        Database.update(
                "INSERT INTO users (id, name, email) SELECT CAST(lpad(to_hex(n), 32, '0') AS uuid),"
                        + " 'Slow ' || ? || repeat('.', 60), n || '@' || ? || '.example' FROM"
                        + " generate_series(1, ?) n",
                mark,
                mark,
                users);
        try {
            HttpRequest request =
                    HttpRequest.newBuilder(
                                    URI.create(
                                            "http://localhost:"
                                                    + RestAssured.port
                                                    + PATH
                                                    + "?q="
                                                    + mark))
                            .header("Authorization", "Bearer " + admin.token)
                            .version(HttpClient.Version.HTTP_1_1)
                            .build();
            HttpResponse<InputStream> response =
                    HttpClient.newHttpClient()
                            .send(request, HttpResponse.BodyHandlers.ofInputStream());
            await(
                    () ->
                            Database.query(
                                            "SELECT FROM pg_stat_activity WHERE datname ="
                                                    + " current_database() AND xact_start IS NOT"
                                                    + " NULL AND pid <> pg_backend_pid() AND query"
                                                    + " LIKE '%FROM users u%'")
                                    .isEmpty());
            // more than the buffers on the way hold, so it has not been read yet
            Database.update("DELETE FROM users WHERE email = ?", users + "@" + mark + ".example");
            try (InputStream body = response.body()) {
                long lines =
                        new String(body.readAllBytes(), StandardCharsets.UTF_8).lines().count();
                assertEquals(users - 1, lines);
            }
        } finally {
            Database.update("DELETE FROM users WHERE email LIKE '%@' || ? || '.example'", mark);
        }
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "not within 30 seconds");
            Thread.sleep(50);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"identity", "gzip"})
    @DisplayName("that fails on the way is broken off, and never looks whole")
    void fails(String encoding) throws Exception {
        Database.update(
                "INSERT INTO users (id, name, email) SELECT CAST(lpad(to_hex(n), 32, '0') AS uuid),"
                        + " 'Fails ' || ?, n || '@' || ? || '.example' FROM generate_series(1,"
                        + " 2000) n",
                mark,
                mark);
        try {
            // what is random is not smaller when it is zipped; the last one's number cannot be read
            Database.update(
                    "INSERT INTO user_profiles (user_id, bio, phone) SELECT id, (SELECT"
                            + " string_agg(md5(random()::text || n || id), '') FROM generate_series(1,"
                            + " 10) n), CASE WHEN email LIKE '2000@%' THEN '\\x00'::bytea END FROM"
                            + " users WHERE email LIKE '%@' || ? || '.example'",
                    mark);
            HttpRequest request =
                    HttpRequest.newBuilder(
                                    URI.create(
                                            "http://localhost:"
                                                    + RestAssured.port
                                                    + PATH
                                                    + "?q="
                                                    + mark))
                            .header("Authorization", "Bearer " + admin.token)
                            .header("Accept-Encoding", encoding)
                            .build();
            HttpResponse<InputStream> answer =
                    HttpClient.newHttpClient()
                            .send(request, HttpResponse.BodyHandlers.ofInputStream());
            assertEquals(200, answer.statusCode());
            try (InputStream body = answer.body()) {
                assertThrows(IOException.class, body::readAllBytes);
            }
        } finally {
            Database.update("DELETE FROM users WHERE email LIKE '%@' || ? || '.example'", mark);
        }
    }
}
