package dev.roster.directory.transfer;

import static dev.roster.directory.transfer.Imports.CSV;
import static dev.roster.testing.Problems.assertProblem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.Rest;
import io.quarkus.test.junit.QuarkusTest;
import java.net.http.HttpResponse;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@DisplayName("An import of what spreadsheets and people write")
class SpreadsheetImportTest {

    private Caller admin;
    private String mark;

    @BeforeEach
    void arrange() {
        admin = Caller.admin();
        mark = Imports.mark();
    }

    private String marked(String text) {
        return text.replaceAll("\\bM\\b", mark);
    }

    private HttpResponse<String> send(String type, Charset charset, String body) {
        return Imports.send(Imports.request(admin, type, ""), marked(body).getBytes(charset));
    }

    private JsonNode done(String body) {
        return Imports.done(admin, CSV, "", marked(body));
    }

    private List<Map<String, Object>> users() {
        return Database.query(
                "SELECT u.*, p.first_name, p.phone, p.attributes::text AS attributes FROM users u"
                        + " LEFT JOIN user_profiles p ON p.user_id = u.id WHERE u.email LIKE ?"
                        + " ORDER BY u.email",
                "%@" + mark + ".example");
    }

    /** Each user as {@code local part:name:verified}. */
    private String loaded() {
        return users().stream()
                .map(
                        user ->
                                user.get("email").toString().split("@")[0]
                                        + ":"
                                        + user.get("name")
                                        + ":"
                                        + user.get("email_verified"))
                .collect(Collectors.joining(" "));
    }

    private void assertTaken(JsonNode job, int succeeded) {
        assertEquals(succeeded, job.get("succeeded").asInt(), () -> Imports.report(admin, job));
        assertEquals(0, job.get("refused").asInt(), () -> Imports.report(admin, job));
    }

    private String refusal(HttpResponse<String> answer) {
        assertProblem(
                400,
                "validation_failed",
                answer.statusCode(),
                answer.headers().firstValue("Content-Type").orElse(null),
                answer.body());
        return Rest.json(answer.body()).get("detail").asText();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "TRUE|true",
                "False|false",
                "1|true",
                "0|false",
                "yes|true",
                "No|false",
                "Y|true",
                "n|false",
                "1.0|true",
                "0,0|false",
                "WAHR|true",
                "FALSCH|false",
                "vrai|true",
                "Faux|false",
                "on|true",
                "' true '|true",
                "'\u00a0true\u200b'|true",
                "''|false"
            })
    @DisplayName("takes truth values in the ways in which they are written")
    void truths(String cell, boolean verified) {
        assertTaken(done("email,name,emailVerified\na@M.example,A,\"" + cell + "\"\n"), 1);
        assertEquals("a:A:" + verified, loaded());
    }

    @Test
    @DisplayName("says of what kind a value is, and what is allowed, and nothing of the value")
    void kinds() {
        JsonNode job =
                done(
                        """
                        email,name,emailVerified,birthDate,createdAt,phone,externalId,id,status,banExpires
                        a@M.example,A,maybe,,,,,,,
                        b@M.example,B,2,,,,,,,
                        c@M.example,C,,31.12.1990,,,,,,
                        d@M.example,D,,12/31/1990,,,,,,
                        e@M.example,E,,33238,,,,,,
                        f@M.example,F,,1990-02-30,,,,,,
                        g@M.example,G,,,31.12.2020 10:00,,,,,
                        h@M.example,H,,,,4.42079E+11,,,,
                        i@M.example,I,,,,442079460000,,,,
                        j@M.example,J,,,,,1.23457E+15,,,
                        k@M.example,K,,,,,,17,,
                        l@M.example,L,,,,,,,banned,
                        m@M.example,M,,,,,,,,tomorrow
                        17,N,,,,,,,,
                        ,O,,,,,,,,
                        p@M.example,,,,,,,,,
                        """);
        assertEquals(
                """
                2 emailVerified: must be true or false
                3 emailVerified: must be true or false, not a number
                4 birthDate: must be a date of the form YYYY-MM-DD, not a date of another form
                5 birthDate: must be a date of the form YYYY-MM-DD, not a date of another form
                6 birthDate: must be a date of the form YYYY-MM-DD, not a number
                7 birthDate: must be a date of the form YYYY-MM-DD
                8 createdAt: must be a past time such as 2024-05-01T12:00:00Z, from 1970 on, not a date of another form
                9 phone: must be an E.164 number such as +442079460000, not a number in scientific notation
                10 phone: must be an E.164 number such as +442079460000
                11 externalId: must be the whole id, not a number in scientific notation
                12 id: must be a UUID; an id of another kind belongs in externalId
                13 status: must be active or invited
                14 banExpires: must be a time such as 2024-05-01T12:00:00Z, from 1970 on
                15 email: must be an e-mail address, not a number
                16 email: must be an e-mail address, not empty
                17 name: is missing
                """,
                Imports.report(admin, job));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "E-Mail,Name,Email Verified,First Name",
                "EMAIL,NAME,EMAILVERIFIED,FIRSTNAME",
                " email , name,email_verified ,first-name",
                "\"email\",\"name\",\"emailVerified\",\"firstName\"",
                "\"email\", \"name\", \"emailVerified\", \"firstName\"",
                "\u00a0email\u00a0,\u200bname,emailVerified\ufeff,firstName",
            })
    @DisplayName("knows a header by its letters, whatever their case and the blanks between")
    void headers(String header) {
        assertTaken(done(header + "\na@M.example,Ada,true,Ada\n"), 1);
        assertEquals("a:Ada:true", loaded());
        assertEquals("Ada", users().get(0).get("first_name"));
    }

    @Test
    @DisplayName("keeps the case of an attribute's name")
    void attributes() {
        assertTaken(done("email,name, Attributes.department \na@M.example,A,x\n"), 1);
        assertEquals("{\"department\": \"x\"}", users().get(0).get("attributes"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "email,Email,name~The header names columns twice: email",
                "first name,firstName,email,name~The header names columns twice: firstName",
                "name~The header has no column email",
                "name;phone~The header has no column email",
            })
    @DisplayName("refuses a header that names a column twice or no address, and says so")
    void malformedHeaders(String header, String detail) {
        assertEquals(detail, refusal(send(CSV, StandardCharsets.UTF_8, header + "\n")));
    }

    @Test
    @DisplayName("names the unknown columns of a header, and those that are allowed")
    void unknownColumns() {
        String detail = refusal(send(CSV, StandardCharsets.UTF_8, "email;name;Passwort\n"));
        assertTrue(
                detail.startsWith("The header names unknown columns: Passwort. Allowed are "),
                detail);
        assertTrue(detail.contains("passwordHash"), detail);
        assertTrue(
                refusal(send(CSV, StandardCharsets.UTF_8, "x".repeat(30_000) + "\n")).length()
                        < 1000);
    }

    @Test
    @DisplayName("takes as many empty columns as a spreadsheet has")
    void manyColumns() {
        String empty = ",".repeat(16_000);
        assertTaken(done("email,name" + empty + "\na@M.example,A" + empty + "\n"), 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "email;name;emailVerified\r\na@M.example;\"Ada; Countess\";1\r\nb@M.example;Bob;0\r\n",
                "email\tname\temailVerified\na@M.example\tAda; Countess\tyes\nb@M.example\tBob\t\n",
                "email|name|emailVerified\na@M.example|Ada; Countess|yes\nb@M.example|Bob|\n",
                "sep=;\r\nemail;name;emailVerified\r\na@M.example;\"Ada; Countess\";1\r\nb@M.example;Bob;\r\n",
                "\"sep=;\"\nemail;name;emailVerified\na@M.example;\"Ada; Countess\";1\nb@M.example;Bob;\n",
                "SEP=,\nemail,name,emailVerified\na@M.example,Ada; Countess,1\nb@M.example,Bob,\n",
                "sep=\t\nemail\tname\temailVerified\na@M.example\tAda; Countess\t1\nb@M.example\tBob\t\n",
                "\ufeffsep=;\nemail;name;emailVerified\na@M.example;\"Ada; Countess\";1\nb@M.example;Bob;\n",
                "email,name,emailVerified\ra@M.example,Ada; Countess,1\rb@M.example,Bob,\r",
                "\n\nemail,name,emailVerified\na@M.example,Ada; Countess,1\nb@M.example,Bob,\n",
                "\"email\", \"name\", \"emailVerified\"\n\"a@M.example\", \"Ada; Countess\", \"1\"\n\"b@M.example\", \"Bob\", \"\"\n",
            })
    @DisplayName("detects the separator, and line ends of any kind")
    void separators(String file) {
        assertTaken(done(file), 2);
        assertEquals("a:Ada; Countess:true b:Bob:false", loaded());
    }

    @Test
    @DisplayName("counts the line of the separator and blank ones in its report")
    void linesBefore() {
        assertEquals(
                "3 email: must be an e-mail address\n6 email: must be an e-mail address\n",
                Imports.report(admin, done("sep=;\nemail;name\nx;X\n;\n\ny;Y\n")));
    }

    @Test
    @DisplayName("passes over empty columns and rows of separators")
    void empty() {
        assertTaken(
                done(
                        """
                        email,name,,
                        a@M.example,A,,
                        ,,,
                        \u00a0, ,,
                        b@M.example,B
                        c@M.example,C,,,,,
                        """),
                3);
        assertEquals("a:A:false b:B:false c:C:false", loaded());
    }

    @Test
    @DisplayName("refuses rows with too few or too many values, and values without a header")
    void columnCounts() {
        JsonNode job =
                done(
                        """
                        email,name,,bio
                        a@M.example,A
                        b@M.example,B,,b,too much
                        c@M.example,C,c,
                        d@M.example,D,,
                        """);
        assertEquals(
                """
                2 : has 2 fields where the header has 4
                3 : has 5 fields where the header has 4
                4 : has a value in column 3, which has no name
                """,
                Imports.report(admin, job));
        assertEquals("d:D:false", loaded());
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE", "UTF-16"})
    @DisplayName("reads UTF-8 and UTF-16, with and without a byte order mark")
    void encodings(String charset) {
        for (String file :
                List.of("email;name\na@M.example;J\u00fcrgen \ud83d\ude00\n", "email\tname\n")) {
            assertEquals(202, send(CSV, Charset.forName(charset), file).statusCode());
            HttpResponse<String> second =
                    send(
                            CSV,
                            Charset.forName(charset),
                            (charset.equals("UTF-16") ? "" : "\ufeff")
                                    + "email;name\nb@M.example;\u5c0f\u660e\n");
            Imports.await(admin, second);
        }
        assertEquals("a:J\u00fcrgen \ud83d\ude00:false b:\u5c0f\u660e:false", loaded());
    }

    @Test
    @DisplayName("names the line and the byte of a file in windows-1252")
    void windows1252() {
        String file = "email;name\r\n" + "a@M.example;A\r\n".repeat(20_000) + "b@M.example;";
        assertEquals(
                "Line 20002 is not UTF-8 (byte 0xFC, as in windows-1252): save the file as UTF-8,"
                        + " which spreadsheets call CSV UTF-8",
                refusal(send(CSV, StandardCharsets.ISO_8859_1, file + "J\u00fcrgen\r\n")));
        assertTrue(
                refusal(
                                send(
                                        Imports.LINES,
                                        StandardCharsets.ISO_8859_1,
                                        "{\"email\":\"a@M.example\",\"name\":\"A\"}\n{\"name\":\"\u00fc\"}\n"))
                        .startsWith("Line 2 is not UTF-8"));
        assertEquals(List.of(), users());
    }

    @Test
    @DisplayName("says what a file is that is no text")
    void noText() {
        Map.of(
                        "PK\u0003\u0004 workbook",
                        "The file is a workbook and not text: save it as CSV UTF-8",
                        "\u001f\u008b gzip",
                        "The file is compressed: send it with Content-Encoding: gzip",
                        "\u00ff\u00fe\u0000\u0000e",
                        "The file is UTF-32: save it as UTF-8",
                        "\u00ff\u00fee",
                        "Line 1 is not UTF-16LE: save the file as UTF-8")
                .forEach(
                        (file, detail) ->
                                assertEquals(
                                        detail,
                                        refusal(send(CSV, StandardCharsets.ISO_8859_1, file))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/vnd.ms-excel",
                "application/csv",
                "TEXT/CSV; charset=\"UTF-8\"",
                "text/plain",
                "text/plain;charset=utf-8",
                "text/csv;charset=utf-16",
                "text/tab-separated-values"
            })
    @DisplayName("takes CSV under each media type that browsers and tools send")
    void csvTypes(String type) {
        assertTaken(
                Imports.await(
                        admin, send(type, StandardCharsets.UTF_8, "email,name\na@M.example,A\n")),
                1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/jsonl",
                "application/x-ndjson",
                "application/ndjson",
                "Application/X-NDJSON; charset=UTF-8",
                "application/jsonlines",
                "text/plain"
            })
    @DisplayName("takes NDJSON under each media type, with line ends of any kind")
    void ndjsonTypes(String type) {
        String rows =
                "\ufeff{\"email\":\"a@M.example\",\"name\":\"A\"}\r\r\n"
                        + "\u00a0{\"email\":\"b@M.example\",\"name\":\"B\"}\r{\"email\":\"c\"}\r\n";
        JsonNode job = Imports.await(admin, send(type, StandardCharsets.UTF_8, rows));
        assertEquals(2, job.get("succeeded").asInt(), job::toString);
        assertEquals(
                "4 email: must be an e-mail address\n4 name: is missing\n",
                Imports.report(admin, job));
    }

    @Test
    @DisplayName(
            "takes the apostrophe off again that an export puts before a formula, and no other")
    void apostrophes() {
        assertTaken(
                done(
                        """
                        email,name
                        a@M.example,'=A
                        b@M.example,''@B
                        c@M.example,'t Hooft
                        d@M.example,'
                        e@M.example,'\uff0bE
                        """),
                5);
        assertEquals("a:=A:false b:'@B:false c:'t Hooft:false d:':false e:\uff0bE:false", loaded());
    }

    @Test
    @DisplayName("takes lists with commas or semicolons between, or as a JSON array")
    void lists() {
        Database.update(
                "INSERT INTO groups (id, name, slug) VALUES (gen_random_uuid(), 'G', ?),"
                        + " (gen_random_uuid(), 'H', ?)",
                mark + ",1",
                mark + "-2");
        assertTaken(
                done(
                        "email,name,roles,groups\n"
                                + "a@M.example,A,support; user,\"[\"\"M,1\"\"]\"\n"
                                + "b@M.example,B,\" support , \",M-2\n"),
                2);
        assertEquals(
                "M,1 M-2".replace("M", mark),
                Database.value(
                        "SELECT string_agg(g.slug, ' ' ORDER BY u.email) FROM memberships m JOIN"
                                + " groups g ON g.id = m.group_id JOIN users u ON u.id ="
                                + " m.user_id WHERE u.email LIKE ?",
                        "%@" + mark + ".example"));
    }
}
