package dev.roster.directory.transfer;

import static dev.roster.directory.transfer.Imports.CSV;
import static dev.roster.directory.transfer.Imports.LINES;
import static dev.roster.testing.Problems.assertProblem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.roster.testing.AtOnce;
import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.Rest;
import dev.roster.testing.Statements;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@DisplayName("An import")
class ImportResourceTest {

    private Caller admin;
    private String mark;

    @BeforeEach
    void arrange() {
        admin = Caller.admin();
        mark = Imports.mark();
    }

    /** The test's own names in place of M. */
    private String marked(String text) {
        return text.replaceAll("\\bM\\b", mark);
    }

    private JsonNode done(String type, String body) {
        return Imports.done(admin, type, "", marked(body));
    }

    private HttpResponse<String> csv(String body) {
        return Imports.send(admin, CSV, "", marked(body));
    }

    private List<Map<String, Object>> users() {
        return Database.query(
                "SELECT u.*, p.*, u.id AS uid FROM users u LEFT JOIN user_profiles p ON p.user_id ="
                        + " u.id WHERE u.email LIKE ? ORDER BY u.email",
                "%@" + mark + ".example");
    }

    private static void assertCounts(JsonNode job, int succeeded, int skipped, int refused) {
        assertEquals("done", job.get("status").asText(), job::toString);
        assertEquals(
                List.of(succeeded, skipped, refused, succeeded + skipped + refused),
                List.of(
                        job.get("succeeded").asInt(),
                        job.get("skipped").asInt(),
                        job.get("refused").asInt(),
                        job.get("processed").asInt()),
                job::toString);
    }

    private static void assertProblemOf(int status, String code, HttpResponse<String> answer) {
        assertProblem(
                status,
                code,
                answer.statusCode(),
                answer.headers().firstValue("Content-Type").orElse(null),
                answer.body());
    }

    /** A caller with a role of these permissions. */
    private static Caller with(String... permissions) {
        Caller caller = Caller.signUp();
        String role = Imports.mark();
        Database.update(
                "INSERT INTO roles (id, name, permissions) VALUES (?, ?, ?)",
                UUID.randomUUID(),
                role,
                permissions);
        Database.update(
                "INSERT INTO role_grants (user_id, role_id) SELECT ?, id FROM roles WHERE name = ?",
                caller.id,
                role);
        return caller;
    }

    @Nested
    @DisplayName("by somebody who may not")
    class NotAllowed {

        @Test
        @DisplayName("is 401 for a stranger, 403 for a user and for support")
        void refused() {
            byte[] body = "email,name\n".getBytes(StandardCharsets.US_ASCII);
            assertProblemOf(
                    401, "unauthenticated", Imports.send(Imports.request(null, CSV, ""), body));
            assertProblemOf(
                    403,
                    "forbidden",
                    Imports.send(Imports.request(Caller.signUp(), CSV, ""), body));
            Caller support = Caller.signUp();
            Database.update(
                    "INSERT INTO role_grants (user_id, role_id) SELECT ?, id FROM roles WHERE name"
                            + " = 'support'",
                    support.id);
            assertProblemOf(
                    403, "forbidden", Imports.send(Imports.request(support, CSV, ""), body));
        }

        @Test
        @DisplayName("gives neither roles nor groups without the permissions for those")
        void importsAlone() {
            Caller importer = with("users:import");
            JsonNode job =
                    Imports.done(
                            importer,
                            CSV,
                            "",
                            marked(
                                    """
                                    email,name,roles,groups,emailVerified,banned,banReason
                                    a@M.example,A,support,,,,
                                    b@M.example,B,,some,,,
                                    c@M.example,C,,,,,
                                    d@M.example,D,,,true,,
                                    e@M.example,E,,,false,false,
                                    f@M.example,F,,,,true,
                                    g@M.example,G,,,,,spam
                                    """));
            assertCounts(job, 2, 0, 5);
            assertEquals(
                    """
                    2 roles: names a role that allows more than you may; needs the permission users:set-role
                    3 groups: needs the permission groups:update
                    5 emailVerified: needs the permission users:set-email
                    7 banned: needs the permission users:ban
                    8 banned: needs the permission users:ban
                    """,
                    Imports.report(importer, job));
        }

        @Test
        @DisplayName("gives no role that allows more than the caller may")
        void noHigherRole() {
            Caller importer = with("users:import", "users:set-role", "users:list");
            String within = Imports.mark();
            Database.update(
                    "INSERT INTO roles (id, name, permissions) VALUES (?, ?, '{users:list}')",
                    UUID.randomUUID(),
                    within);
            JsonNode job =
                    Imports.done(
                            importer,
                            LINES,
                            "",
                            marked(
                                    """
                                    {"email":"a@M.example","name":"A","roles":["admin"]}
                                    {"email":"b@M.example","name":"B","roles":["WITHIN","user"]}
                                    {"email":"c@M.example","name":"C","roles":["no-such-role"]}
                                    """
                                            .replace("WITHIN", within)));
            assertCounts(job, 1, 0, 2);
            assertEquals(
                    """
                    1 roles: names a role that allows more than you may
                    3 roles: names a role that does not exist
                    """,
                    Imports.report(importer, job));
            assertEquals(
                    within,
                    Database.value(
                            "SELECT r.name FROM role_grants g JOIN roles r ON r.id = g.role_id JOIN"
                                    + " users u ON u.id = g.user_id WHERE u.email = ?",
                            "b@" + mark + ".example"));
        }

        @Test
        @DisplayName("ends where whoever started it may no longer import")
        void demotedMeanwhile() throws Exception {
            Caller importer = with("users:import");
            String location;
            try (Connection held = Database.connect()) {
                // the runner is busy until this lets go
                held.setAutoCommit(false);
                insert(held, "x@" + mark + ".example");
                String first = Imports.location(csv("email,name\nx@M.example,X\n"));
                location =
                        Imports.location(
                                Imports.send(
                                        importer, CSV, "", marked("email,name\ny@M.example,Y\n")));
                Database.update("DELETE FROM role_grants WHERE user_id = ?", importer.id);
                held.rollback();
                Imports.await(admin, first);
            }
            JsonNode job = Imports.await(admin, location);
            assertEquals("failed", job.get("status").asText());
            assertEquals("Whoever started it may no longer import", job.get("error").asText());
            assertEquals(1, users().size());
        }
    }

    @Nested
    @DisplayName("of CSV")
    class OfCsv {

        @Test
        @DisplayName("takes every column")
        void everyColumn() {
            String slug = Imports.mark();
            Database.update(
                    "INSERT INTO groups (id, name, slug) VALUES (?, 'Some', ?)",
                    UUID.randomUUID(),
                    slug);
            JsonNode job =
                    done(
                            CSV,
                            """
                            email,name,emailVerified,username,image,createdAt,externalId,passwordHash,roles,groups,firstName,lastName,bio,birthDate,phone,locale,timezone,website,attributes,attributes.department
                            Ada@M.example,"Ada, ""Countess""\",true,Ada.M,https://img.example/a.png,2020-02-29T10:00:00+02:00,old-M,$scrypt$ln=10,SLUG,x
                            Ada@M.example,"Ada, ""Countess""\",true,Ada.M,https://img.example/a.png,2020-02-29T10:00:00+02:00,old-M,"$scrypt$ln=10,r=8,p=1$c2FsdHNhbHQ$s0UMUnNdHSyP69LRZi8IAzgsB2IK6jih+pfd76Fl7GI","support,user",SLUG,Ada,Lovelace,"Two
                            lines, a\ttab, a \\ and 'quotes'",1815-12-10,+442079460000,en-GB,Europe/London,https://ada.example,"{""skills"":[""a"",""b""]}",gold
                            b@M.example,Bob,,,,,,,,,,,,,,,,,,
                            """
                                    .replace("SLUG", slug));
            assertCounts(job, 2, 0, 1);
            assertEquals("2 : has 10 fields where the header has 20\n", report(job));
            Map<String, Object> ada = users().get(0);
            assertEquals("Ada, \"Countess\"", ada.get("name"));
            assertEquals("Ada@" + mark + ".example", ada.get("email"));
            assertEquals(true, ada.get("email_verified"));
            assertEquals("ada." + mark, ada.get("username"));
            assertEquals("Ada." + mark, ada.get("display_username"));
            assertEquals("old-" + mark, ada.get("external_id"));
            assertEquals("https://img.example/a.png", ada.get("image"));
            assertEquals(
                    "2020-02-29 08:00:00",
                    Database.value(
                            "SELECT to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"
                                    + " HH24:MI:SS') FROM users WHERE id = ?",
                            ada.get("uid")));
            assertEquals("Two\nlines, a\ttab, a \\ and 'quotes'", ada.get("bio"));
            JsonNode profile =
                    Rest.json(Rest.get(admin, "/api/v1/users/" + ada.get("uid") + "/profile"));
            assertEquals("+442079460000", profile.get("phone").asText());
            assertEquals("1815-12-10", profile.get("birthDate").asText());
            assertEquals("Ada Lovelace", profile.get("fullName").asText());
            assertEquals(
                    Rest.json("{\"skills\":[\"a\",\"b\"],\"department\":\"gold\"}"),
                    Rest.json(ada.get("attributes").toString()));
            assertEquals(
                    List.of("support"),
                    Database.query(
                                    "SELECT r.name, g.granted_by FROM role_grants g JOIN roles r ON"
                                            + " r.id = g.role_id WHERE g.user_id = ? AND"
                                            + " g.granted_by = ?",
                                    ada.get("uid"),
                                    admin.id)
                            .stream()
                            .map(row -> row.get("name"))
                            .toList());
            assertEquals(
                    1L,
                    Database.value(
                            "SELECT count(*) FROM memberships m JOIN groups g ON g.id = m.group_id"
                                    + " WHERE m.user_id = ? AND g.slug = ? AND m.roles ="
                                    + " '{member}'",
                            ada.get("uid"),
                            slug));
            Caller.signIn("ada@" + mark + ".example", Caller.PASSWORD).then().statusCode(200);
            Map<String, Object> bob = users().get(1);
            assertEquals(null, bob.get("user_id"), "nothing was told of Bob");
            assertEquals(
                    0L,
                    Database.value(
                            "SELECT count(*) FROM credentials WHERE user_id = ?", bob.get("uid")));
        }

        private String report(JsonNode job) {
            return Imports.report(admin, job);
        }

        @Test
        @DisplayName("takes a byte order mark, line ends of any kind, and no line end at the end")
        void lineEnds() {
            JsonNode job =
                    done(
                            CSV,
                            "\uFEFFemail,name\r\na@M.example,A\r\n\r\nb@M.example,B\nc@M.example,C");
            assertCounts(job, 3, 0, 0);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "email,name,passwort,is_admin\n",
                    "email,name,email\n",
                    "name\nA\n",
                    "",
                    "email,name,attributes.\n",
                    "email,name\n\"a@M.example,A\n",
                    "email,name\n\"a@M.example\"x,A\n",
                })
        @DisplayName("that cannot be read as a whole is 400, and loads nothing")
        void malformed(String file) {
            assertProblemOf(400, "validation_failed", csv(file));
            assertEquals(List.of(), users());
        }

        @Test
        @DisplayName("that is not UTF-8 is 400, and loads nothing")
        void notUtf8() {
            byte[] latin =
                    marked("email,name\na@M.example,A\nb@M.example,J\u00FCrgen\n")
                            .getBytes(StandardCharsets.ISO_8859_1);
            HttpResponse<String> answer = Imports.send(Imports.request(admin, CSV, ""), latin);
            assertProblemOf(400, "validation_failed", answer);
            assertEquals(List.of(), users());
        }

        @Test
        @DisplayName("takes no user who is deleted elsewhere")
        void deletedElsewhere() {
            JsonNode job =
                    done(
                            CSV,
                            "email,name,deletedAt\na@M.example,A,2020-01-01T00:00:00Z\nb@M.example,B,\n");
            assertCounts(job, 1, 0, 1);
            assertEquals(
                    "2 deletedAt: must be empty: deleted users are not imported\n", report(job));
        }

        @Test
        @DisplayName("keeps a banned user out")
        void banned() {
            done(
                    CSV,
                    "email,name,banned,passwordHash\na@M.example,A,1,$2b$04$abcdefghijklmnopqrstuupOWRSKKNe562z1DsLEArFuJDHVyRIMa\n");
            Caller.signIn("a@" + mark + ".example", Caller.PASSWORD).then().statusCode(403);
        }

        @Test
        @DisplayName("of a header alone is a job with nothing to do")
        void empty() {
            assertCounts(done(CSV, "email,name\n"), 0, 0, 0);
        }
    }

    @Nested
    @DisplayName("of NDJSON")
    class OfLines {

        @Test
        @DisplayName("refuses each line at fault by number, field and reason, and takes the others")
        void faults() {
            JsonNode job =
                    done(
                            LINES,
                            """
                            {"email":"a@M.example","name":"A"}

                            {"email":"no address","name":"B"}
                            {"name":"C"}
                            {"email":"d@M.example"}
                            {"email":"e@M.example","name":5}
                            {"email":"f@M.example","name":"F","is_admin":true,"version":7}
                            [1]
                            {"email":"g@M.example","email":"g@M.example","name":"G"}
                            not json
                            {"email":"h@M.example","name":"H","emailVerified":"yes"}
                            {"email":"i@M.example","name":"I","birthDate":"2999-01-01","phone":"12","locale":"x","website":"http://x"}
                            {"email":"j@M.example","name":"J","birthDate":"1.1.2000","timezone":"Moon"}
                            {"email":"k@M.example","name":"K","createdAt":"2999-01-01T00:00:00Z"}
                            {"email":"l@M.example","name":"L","username":"x"}
                            {"email":"m@M.example","name":"\\u0000"}
                            {"email":"n@M.example","name":"\\ud800"}
                            {"email":"o@M.example","name":"O","passwordHash":"5f4dcc3b5aa765d61d8327deb882cf99"}
                            {"email":"p@M.example","name":"P","roles":"admin","groups":[1]}
                            {"email":"q@M.example","name":"Q","attributes":[1]}
                            {"email":"r@M.example","name":"R","groups":["M-none"]}
                            null
                            {"email":"z@M.example","name":"Z"}
                            """);
            assertCounts(job, 2, 0, 20);
            assertEquals(
                    marked(
                            """
                            3 email: must be an e-mail address
                            4 email: must be an e-mail address, not empty
                            5 name: is missing
                            6 name: must be a string, not a number
                            7 is_admin: is unknown
                            7 version: is unknown
                            8 : is not one JSON object, or has a member twice
                            9 : is not one JSON object, or has a member twice
                            10 : is not one JSON object, or has a member twice
                            11 emailVerified: must be true or false
                            12 birthDate: must be a past date
                            12 locale: must be a BCP 47 language tag of at most 64 characters, such as en-GB
                            12 phone: must be an E.164 number such as +442079460000
                            12 website: must be an absolute https URL of at most 2048 characters
                            13 birthDate: must be a date of the form YYYY-MM-DD, not a date of another form
                            13 timezone: must be an IANA time zone such as Europe/London
                            14 createdAt: must be a past time such as 2024-05-01T12:00:00Z, from 1970 on
                            15 username: Username is too short
                            16 name: holds characters that are not text
                            17 name: holds characters that are not text
                            18 passwordHash: is no hash of a known kind, or one too costly to verify
                            19 groups: must be an array of strings
                            19 roles: must be an array of strings
                            20 attributes: must be an object, not an array
                            21 groups: names groups that do not exist: M-none
                            22 : is not one JSON object, or has a member twice
                            """),
                    Imports.report(admin, job));
            assertEquals(
                    List.of("A", "Z"), users().stream().map(user -> user.get("name")).toList());
        }

        @Test
        @DisplayName("holds attributes to their schemas")
        void attributes() {
            JsonNode job =
                    done(
                            LINES,
                            """
                            {"email":"a@M.example","name":"A","attributes":{"shoeSize":"big"}}
                            {"email":"b@M.example","name":"B","attributes":{"unheardOf":1}}
                            {"email":"c@M.example","name":"C","attributes":{"shoeSize":42,"costCentre":"x"}}
                            """);
            assertCounts(job, 1, 0, 2);
            String report = Imports.report(admin, job);
            assertTrue(report.startsWith("1 attributes.shoeSize: "), report);
            assertTrue(
                    report.endsWith(
                            "2 attributes.unheardOf: is no attribute that can be written here\n"),
                    report);
        }

        @Test
        @DisplayName("refuses a line that is too long, and takes the next one")
        void tooLong() {
            JsonNode job =
                    done(
                            LINES,
                            "{\"email\":\"a@M.example\",\"name\":\""
                                    + "x".repeat(3_000_000)
                                    + "\"}\n{\"email\":\"b@M.example\",\"name\":\"B\"}\n");
            assertCounts(job, 1, 0, 1);
            assertEquals("1 : is longer than 1048576 characters\n", Imports.report(admin, job));
        }

        @Test
        @DisplayName("stores what looks like SQL or COPY as the text it is")
        void injection() {
            String name = "Robert'); DROP TABLE users; -- \\N \\. \\t";
            JsonNode job =
                    done(
                            LINES,
                            "{\"email\":\"a@M.example\",\"name\":"
                                    + Rest.quote(name)
                                    + ",\"externalId\":\"{\\\"a\\\",\\\\}M\"}\n");
            assertCounts(job, 1, 0, 0);
            assertEquals(name, users().get(0).get("name"));
            assertEquals("{\"a\",\\}" + mark, users().get(0).get("external_id"));
        }

        @Test
        @DisplayName("keeps an id of the service's own form as the key")
        void ownId() {
            UUID id = UUID.randomUUID();
            assertCounts(
                    done(
                            LINES,
                            "{\"email\":\"a@M.example\",\"name\":\"A\",\"externalId\":\""
                                    + id
                                    + "\"}\n"),
                    1,
                    0,
                    0);
            assertEquals(id, users().get(0).get("uid"));
            assertEquals(null, users().get(0).get("external_id"));
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "argon2id|$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4|password",
                    "bcrypt|$2b$04$abcdefghijklmnopqrstuupOWRSKKNe562z1DsLEArFuJDHVyRIMa|correct-horse-battery",
                    "better-auth|00112233445566778899aabbccddeeff:05f938626fce292168c4ce0f135203a12ac9386e7ecb1285d76a87065c594cf26c13ce803bccf45165dfc730f1560adaba29fd8fe49b05e33ab176e054d0f20d|correct-horse-battery",
                    "scrypt|$scrypt$ln=10,r=8,p=1$c2FsdHNhbHQ$s0UMUnNdHSyP69LRZi8IAzgsB2IK6jih+pfd76Fl7GI|correct-horse-battery",
                    "passlib|$pbkdf2-sha256$1000$c2FsdHNhbHQ$..aQoEp7zCGTb5wCzcSSww5XBBCykPgSfrAXm.KhZnA|correct-horse-battery",
                    "django|pbkdf2_sha256$1000$seasalt$MPVGz9UwoYxxAG7MRxArq6wZsN5A2DHuDBHMlQgf/4I=|correct-horse-battery",
                })
        @DisplayName("lets users sign in with the passwords they had")
        void passwords(String kind, String hash, String password) {
            String email = kind + "@" + mark + ".example";
            assertCounts(
                    done(
                            LINES,
                            "{\"email\":\""
                                    + email
                                    + "\",\"name\":\"A\",\"passwordHash\":\""
                                    + hash
                                    + "\"}"),
                    1,
                    0,
                    0);
            Caller.signIn(email, "wrong" + password).then().statusCode(401);
            Caller.signIn(email, password).then().statusCode(200);
        }
    }

    @Nested
    @DisplayName("of somebody who is there already")
    class Duplicates {

        private static final String TWICE =
                """
                email,name,username,externalId
                a@M.example,A,first.M,1-M
                A@m.EXAMPLE,B,,
                c@M.example,C,FIRST.M,
                d@M.example,D,,1-M
                e@M.example,E,,
                """;

        @Test
        @DisplayName("takes the first of several lines with the same key, and names it")
        void withinTheFile() {
            JsonNode job = done(CSV, TWICE.replace("A@m.EXAMPLE", "A@M.EXAMPLE"));
            assertCounts(job, 2, 0, 3);
            assertEquals(
                    """
                    3 email: is in line 2 too
                    4 username: is in line 2 too
                    5 externalId: is in line 2 too
                    """,
                    Imports.report(admin, job));
        }

        @Test
        @DisplayName("refuses who is in the table, or skips where asked to, and changes nobody")
        void inTheTable() {
            String file =
                    "email,name,username,externalId\n"
                            + "a@M.example,A,first.M,1-M\n"
                            + "b@M.example,B,second.M,2-M\n";
            assertCounts(done(CSV, file), 2, 0, 0);
            String again =
                    "email,name,username,externalId\n"
                            + "A@M.example,Changed,,\n"
                            + "x@M.example,X,second.M,\n"
                            + "y@M.example,Y,,2-M\n"
                            + "z@M.example,Z,,\n";
            JsonNode refused = done(CSV, again);
            assertCounts(refused, 1, 0, 3);
            assertEquals(
                    """
                    2 email: is another user's
                    3 username: is another user's
                    4 externalId: is another user's
                    """,
                    Imports.report(admin, refused));
            JsonNode skipped = Imports.done(admin, CSV, "?onDuplicate=skip", marked(again));
            assertCounts(skipped, 0, 3, 1);
            assertEquals("3 username: is another user's\n", Imports.report(admin, skipped));
            assertEquals(
                    List.of("A", "B", "Z"),
                    users().stream().map(user -> user.get("name")).toList());
        }

        @Test
        @DisplayName("knows users by their id too, whether it comes as id or as external id")
        void byId() {
            String first = UUID.randomUUID().toString();
            String second = UUID.randomUUID().toString();
            String file =
                    "email,name,id,externalId\n"
                            + "a@M.example,A,FIRST,old-M\n"
                            + "b@M.example,B,FIRST,new-M\n"
                            + "c@M.example,C,,FIRST\n"
                            + "d@M.example,D,SECOND,\n"
                            + "e@M.example,E,,old-M\n"
                            + "f@M.example,F,SECOND,FIRST\n";
            file = file.replaceFirst("FIRST", first.toUpperCase(Locale.ROOT));
            JsonNode job = done(CSV, file.replace("FIRST", first).replace("SECOND", second));
            assertCounts(job, 2, 0, 4);
            assertEquals(
                    """
                    3 id: is in line 2 too
                    4 externalId: is in line 2 too
                    6 externalId: is in line 2 too
                    7 externalId: must not be a UUID other than id
                    """,
                    Imports.report(admin, job));
            assertEquals(UUID.fromString(first), users().get(0).get("uid"));
            assertEquals("old-" + mark, users().get(0).get("external_id"));
            assertEquals(UUID.fromString(second), users().get(1).get("uid"));
            assertEquals(null, users().get(1).get("external_id"));
            JsonNode again =
                    done(
                            CSV,
                            ("email,name,id,externalId\nx@M.example,X,FIRST,\n"
                                            + "y@M.example,Y,,SECOND\nz@M.example,Z,,old-M\n")
                                    .replace("FIRST", first)
                                    .replace("SECOND", second));
            assertEquals(
                    """
                    2 id: is another user's
                    3 externalId: is another user's
                    4 externalId: is another user's
                    """,
                    Imports.report(admin, again));
        }

        @Test
        @DisplayName("tries everything and writes nothing where it is a dry run")
        void dryRun() {
            done(CSV, "email,name\nold@M.example,Old\n");
            String file = "email,name\na@M.example,A\nold@M.example,B\na@M.example,C\n,D\n";
            JsonNode tried = Imports.done(admin, CSV, "?dryRun=true", marked(file));
            assertCounts(tried, 1, 0, 3);
            assertEquals(1, users().size());
            JsonNode job = done(CSV, file);
            assertCounts(job, 1, 0, 3);
            assertEquals(Imports.report(admin, tried), Imports.report(admin, job));
            assertEquals(2, users().size());
        }

        @Test
        @DisplayName("loads a user once from two imports at once")
        void atOnce() throws Exception {
            String file =
                    "email,name\n"
                            + IntStream.range(0, 500)
                                    .mapToObj(i -> "u" + i + "@M.example,U\n")
                                    .collect(Collectors.joining());
            List<JsonNode> jobs = AtOnce.run(2, () -> done(CSV, file));
            assertEquals(
                    500,
                    jobs.get(0).get("succeeded").asInt() + jobs.get(1).get("succeeded").asInt());
            assertEquals(500, users().size());
        }
    }

    @Nested
    @DisplayName("whose body")
    class Body {

        @Test
        @DisplayName("is gzip is read")
        void gzip() {
            byte[] body =
                    Imports.gzip(
                            marked("email,name\na@M.example,A\n").getBytes(StandardCharsets.UTF_8));
            assertCounts(Imports.await(admin, gzipped(CSV, body)), 1, 0, 0);
        }

        @Test
        @DisplayName("is broken gzip, or none, is 400, and loads nothing")
        void brokenGzip() {
            byte[] whole =
                    Imports.gzip(
                            marked("email,name\na@M.example,A\n").getBytes(StandardCharsets.UTF_8));
            for (byte[] body :
                    List.of(
                            Arrays.copyOf(whole, whole.length - 9),
                            Arrays.copyOf(whole, 5),
                            new byte[0],
                            "email,name\n".getBytes(StandardCharsets.US_ASCII))) {
                assertProblemOf(400, "validation_failed", gzipped(CSV, body));
            }
            assertEquals(List.of(), users());
        }

        @Test
        @DisplayName("says that it is gzip and is none is told so")
        void noGzip() {
            HttpResponse<String> answer =
                    gzipped(CSV, "email,name\n".getBytes(StandardCharsets.US_ASCII));
            assertProblemOf(400, "validation_failed", answer);
            assertEquals(
                    "The body is not well-formed gzip",
                    Rest.json(answer.body()).get("detail").asText());
        }

        private HttpResponse<String> gzipped(String type, byte[] body) {
            return Imports.send(
                    Imports.request(admin, type, "").header("Content-Encoding", "gzip"), body);
        }

        private byte[] member(String text) {
            return Imports.gzip(marked(text).getBytes(StandardCharsets.UTF_8));
        }

        private byte[] together(byte[] first, byte[] second) {
            byte[] both = Arrays.copyOf(first, first.length + second.length);
            System.arraycopy(second, 0, both, first.length, second.length);
            return both;
        }

        @Test
        @DisplayName("is several gzip files, one behind the other, is read to the last")
        void gzipMembers() {
            byte[] members =
                    together(
                            together(member("email,name\na@M.example,A\n"), member("")),
                            named(member("b@M.example,B\n")));
            assertCounts(Imports.await(admin, gzipped(CSV, members)), 2, 0, 0);
        }

        /** With every optional part that a header may have. */
        private byte[] named(byte[] gzip) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.writeBytes(Arrays.copyOf(gzip, 3));
            out.write(2 + 4 + 8 + 16);
            out.writeBytes(Arrays.copyOfRange(gzip, 4, 10));
            out.writeBytes(new byte[] {3, 0, 1, 2, 3});
            out.writeBytes("people.csv\0of today\0".getBytes(StandardCharsets.US_ASCII));
            CRC32 crc = new CRC32();
            crc.update(out.toByteArray());
            out.write((int) crc.getValue());
            out.write((int) crc.getValue() >> 8);
            out.writeBytes(Arrays.copyOfRange(gzip, 10, gzip.length));
            return out.toByteArray();
        }

        @Test
        @DisplayName("is several gzip files that arrive one by one is read to the last")
        void gzipMembersInChunks() throws Exception {
            try (Socket socket = new Socket("localhost", RestAssured.port)) {
                OutputStream out = socket.getOutputStream();
                out.write(head("Content-Encoding: gzip\r\nTransfer-Encoding: chunked"));
                chunk(out, member("email,name\na@M.example,A\n"));
                out.flush();
                awaitCopy();
                chunk(out, member("b@M.example,B\n"));
                chunk(out, new byte[0]);
                byte[] status = socket.getInputStream().readNBytes(12);
                assertEquals("HTTP/1.1 202", new String(status, StandardCharsets.US_ASCII));
            }
            String id =
                    Database.value("SELECT id FROM jobs WHERE created_by = ?", admin.id).toString();
            assertCounts(Imports.await(admin, "/api/v1/jobs/" + id), 2, 0, 0);
        }

        private void chunk(OutputStream out, byte[] bytes) throws IOException {
            out.write(
                    (Integer.toHexString(bytes.length) + "\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            out.write(bytes);
            out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
        }

        /** Until a body is being read. */
        private void awaitCopy() {
            long deadline = System.nanoTime() + 20_000_000_000L;
            while (Database.value(
                            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'COPY"
                                    + " import_rows%'")
                    .equals(0L)) {
                assertTrue(System.nanoTime() < deadline);
                Imports.pause();
            }
        }

        @Test
        @DisplayName("goes on behind its gzip with something else is 400, and loads nothing")
        void behindGzip() {
            byte[] whole = member("email,name\na@M.example,A\n");
            byte[] other = member("b@M.example,B\n");
            for (byte[] behind :
                    List.of(
                            new byte[] {0},
                            "b".getBytes(StandardCharsets.US_ASCII),
                            "b@M.example,B\n".repeat(5000).getBytes(StandardCharsets.US_ASCII))) {
                HttpResponse<String> answer = gzipped(CSV, together(whole, behind));
                assertProblemOf(400, "validation_failed", answer);
                assertEquals(
                        "Behind the end of the gzip stream is something that is no gzip",
                        Rest.json(answer.body()).get("detail").asText());
            }
            for (int length : new int[] {1, 5, other.length - 9, other.length - 1}) {
                assertProblemOf(
                        400,
                        "validation_failed",
                        gzipped(CSV, together(whole, Arrays.copyOf(other, length))));
            }
            // the checksum
            other[other.length - 5]++;
            assertProblemOf(400, "validation_failed", gzipped(CSV, together(whole, other)));
            assertEquals(List.of(), users());
        }

        @Test
        @DisplayName("expands out of proportion is 413, and loads nothing")
        void bomb() {
            Map.of(
                            LINES,
                            "{\"email\":\"a@M.example\",\"name\":\"A\"}\n",
                            CSV,
                            "email,name\na@M.example,A\n")
                    .forEach(
                            (type, rows) -> {
                                byte[] body = member(rows + "\n".repeat(40_000_000));
                                assertTrue(body.length < 100_000);
                                assertProblemOf(413, "payload_too_large", gzipped(type, body));
                            });
            assertEquals(List.of(), users());
        }

        @Test
        @DisplayName("is longer than any other request's is taken, in one piece or in chunks")
        void longerThanOthers() throws Exception {
            String bio = "b".repeat(2000);
            StringBuilder file = new StringBuilder("email,name,bio\n");
            for (int i = 0; i < 6000; i++) {
                file.append("u").append(i).append("@M.example,U,").append(bio).append('\n');
            }
            byte[] body = marked(file.toString()).getBytes(StandardCharsets.UTF_8);
            assertTrue(body.length > 11_000_000);
            assertCounts(
                    Imports.await(
                            admin, Imports.send(Imports.request(admin, CSV, "?dryRun=true"), body)),
                    6000,
                    0,
                    0);
            try (Socket socket = new Socket("localhost", RestAssured.port)) {
                OutputStream out = socket.getOutputStream();
                out.write(head("Transfer-Encoding: chunked"));
                for (int at = 0; at < body.length; at += 100_000) {
                    chunk(out, Arrays.copyOfRange(body, at, Math.min(at + 100_000, body.length)));
                }
                chunk(out, new byte[0]);
                byte[] status = socket.getInputStream().readNBytes(12);
                assertEquals("HTTP/1.1 202", new String(status, StandardCharsets.US_ASCII));
            }
            long deadline = System.nanoTime() + 60_000_000_000L;
            while (!Database.value(
                            "SELECT count(*) FROM users WHERE email LIKE ?",
                            "%@" + mark + ".example")
                    .equals(6000L)) {
                assertTrue(System.nanoTime() < deadline);
                Imports.pause();
            }
        }

        @Test
        @DisplayName("breaks off loads nothing, and keeps nobody waiting")
        void breaksOff() throws Exception {
            for (int i = 0; i < 3; i++) {
                try (Socket socket = new Socket("localhost", RestAssured.port)) {
                    OutputStream out = socket.getOutputStream();
                    out.write(head("Content-Length: 1000000"));
                    out.write(
                            marked("email,name\na@M.example,A\n")
                                    .getBytes(StandardCharsets.US_ASCII));
                    out.flush();
                    // until it is being read
                    Imports.pause();
                }
            }
            long deadline = System.nanoTime() + 20_000_000_000L;
            HttpResponse<String> next = csv("email,name\nb@M.example,B\n");
            while (next.statusCode() == 503) {
                assertTrue(System.nanoTime() < deadline);
                Imports.pause();
                next = csv("email,name\nb@M.example,B\n");
            }
            assertCounts(Imports.await(admin, next), 1, 0, 0);
            assertEquals(List.of("B"), users().stream().map(user -> user.get("name")).toList());
            assertEquals(
                    1L, Database.value("SELECT count(*) FROM jobs WHERE created_by = ?", admin.id));
        }

        private byte[] head(String framing) {
            return ("POST "
                            + Imports.PATH
                            + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                            + admin.token
                            + "\r\nContent-Type: text/csv\r\n"
                            + framing
                            + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII);
        }

        @Test
        @DisplayName("is one too many at once is 503, and the others are taken")
        void tooMany() {
            HttpResponse<String> third =
                    Imports.third(
                            "import_rows",
                            "COPY import_rows",
                            () -> csv("email,name\n"),
                            answer -> assertEquals(202, answer.statusCode()));
            assertProblemOf(503, "service_unavailable", third);
            assertTrue(third.headers().firstValue("Retry-After").isPresent());
            assertCounts(done(CSV, "email,name\na@M.example,A\n"), 1, 0, 0);
        }

        @Test
        @DisplayName("is of another type, charset or encoding is 415")
        void unsupported() {
            byte[] body = "email,name\n".getBytes(StandardCharsets.US_ASCII);
            for (String type :
                    List.of(
                            "application/json",
                            "application/octet-stream",
                            "multipart/form-data",
                            "text/csv;charset=iso-8859-1",
                            "application/x-ndjson;charset=windows-1252")) {
                assertProblemOf(
                        415,
                        "unsupported_media_type",
                        Imports.send(Imports.request(admin, type, ""), body));
            }
            assertProblemOf(
                    415,
                    "unsupported_media_type",
                    Imports.send(
                            Imports.request(admin, CSV, "").header("Content-Encoding", "br"),
                            body));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "?dryrun=true",
                    "?dryRun=yes",
                    "?onDuplicate=update",
                    "?dryRun=true&dryRun=false"
                })
        @DisplayName("comes with a parameter that is none is 400")
        void parameters(String query) {
            HttpResponse<String> answer = Imports.send(admin, CSV, query, "email,name\n");
            assertProblemOf(400, "validation_failed", answer);
            assertEquals("query", Rest.json(answer.body()).at("/violations/0/in").asText());
        }
    }

    @Nested
    @DisplayName("with an Idempotency-Key")
    class WithAKey {

        private HttpResponse<String> send(Caller caller, String key, String query, String body) {
            return Imports.send(
                    Imports.request(caller, CSV, query).header("Idempotency-Key", key),
                    marked(body).getBytes(StandardCharsets.UTF_8));
        }

        @Test
        @DisplayName("is the same job when it is sent again")
        void replays() {
            String body = "email,name\na@M.example,A\n";
            HttpResponse<String> first = send(admin, "key-1", "", body);
            HttpResponse<String> second = send(admin, "key-1", "", body);
            assertEquals(Imports.location(first), Imports.location(second));
            assertFalse(first.headers().firstValue("Idempotency-Replayed").isPresent());
            assertEquals("true", second.headers().firstValue("Idempotency-Replayed").orElseThrow());
            assertCounts(Imports.await(admin, first), 1, 0, 0);
            // somebody else's key is another one
            Caller other = Caller.admin();
            assertFalse(
                    Imports.location(send(other, "key-1", "", body))
                            .equals(Imports.location(first)));
        }

        @Test
        @DisplayName("is 422 when the key comes with another file or other options")
        void reused() {
            Imports.location(send(admin, "key-2", "", "email,name\na@M.example,A\n"));
            assertProblemOf(
                    422,
                    "idempotency_key_reused",
                    send(admin, "key-2", "", "email,name\nb@M.example,B\n"));
            assertProblemOf(
                    422,
                    "idempotency_key_reused",
                    send(admin, "key-2", "?dryRun=true", "email,name\na@M.example,A\n"));
        }

        @Test
        @DisplayName("means the same in the quotes of the draft as without")
        void quoted() {
            String body = "email,name\na@M.example,A\n";
            assertEquals(
                    Imports.location(send(admin, "key-4", "", body)),
                    Imports.location(send(admin, "\"key-4\"", "", body)));
        }

        @Test
        @DisplayName("is one job when it is sent twice at once")
        void atOnce() throws Exception {
            String body = "email,name\na@M.example,A\n";
            List<HttpResponse<String>> answers =
                    AtOnce.run(2, () -> send(admin, "key-3", "", body));
            assertTrue(answers.stream().anyMatch(answer -> answer.statusCode() == 202));
            answers.stream()
                    .filter(answer -> answer.statusCode() != 202)
                    .forEach(answer -> assertProblemOf(409, "conflict", answer));
            assertEquals(
                    1L, Database.value("SELECT count(*) FROM jobs WHERE created_by = ?", admin.id));
        }

        @Test
        @DisplayName("is 400 when the key is none")
        void invalid() {
            assertProblemOf(
                    400, "validation_failed", send(admin, "x".repeat(256), "", "email,name\n"));
        }
    }

    @Nested
    @DisplayName("as a job")
    class AsAJob {

        @Test
        @DisplayName("leaves an event for itself and for each user, and no staged row")
        void traces() {
            JsonNode job = done(CSV, "email,name,roles\na@M.example,A,support\nb@M.example,B,\n");
            UUID id = UUID.fromString(job.get("id").asText());
            assertEquals(
                    2L,
                    Database.value(
                            "SELECT count(*) FROM audit_events WHERE action = 'user.imported' AND"
                                    + " actor_id = ? AND after ->> 'job' = ?",
                            admin.id,
                            id.toString()));
            assertEquals(
                    1L,
                    Database.value(
                            "SELECT count(*) FROM audit_events WHERE action = 'import.started' AND"
                                    + " actor_id = ? AND target_id = ?",
                            admin.id,
                            id));
            assertEquals(
                    List.of(Map.of("email", "a@" + mark + ".example", "role", "support")),
                    Database.query(
                            "SELECT lower(u.email) AS email, e.after ->> 'role' AS role FROM"
                                    + " audit_events e JOIN users u ON u.id = e.target_id WHERE"
                                    + " e.action = 'roles.changed' AND e.actor_id = ? AND u.email"
                                    + " LIKE ?",
                            admin.id,
                            "%@" + mark + ".example"));
            long deadline = System.nanoTime() + 20_000_000_000L;
            while (!Database.value("SELECT count(*) FROM import_rows WHERE job_id = ?", id)
                    .equals(0L)) {
                assertTrue(System.nanoTime() < deadline);
                Imports.pause();
            }
        }

        @Test
        @DisplayName("takes as many statements for a thousand rows as for ten")
        void statements() {
            assertEquals(statementsFor(10), statementsFor(1000));
        }

        private List<String> statementsFor(int rows) {
            String name = Imports.mark();
            String file =
                    "email,name,firstName,roles\n"
                            + IntStream.range(0, rows)
                                    .mapToObj(i -> i + "@" + name + ".example,A,B,support\n")
                                    .collect(Collectors.joining());
            return Statements.of(
                            () -> {
                                JsonNode job = done(CSV, file);
                                assertCounts(job, rows, 0, 0);
                            })
                    .stream()
                    // waiting reads it some number of times, which is no matter here
                    .filter(sql -> sql.contains("import_rows") || sql.contains("audit_events"))
                    .filter(sql -> !sql.startsWith("DELETE"))
                    .toList();
        }

        @Test
        @DisplayName("is seen by whoever started it and by administrators, and by nobody else")
        void visible() {
            Caller importer = with("users:import");
            HttpResponse<String> accepted =
                    Imports.send(importer, CSV, "", marked("email,name\na@M.example,A\n"));
            String location = Imports.location(accepted);
            JsonNode job = Imports.await(importer, location);
            assertCounts(job, 1, 0, 0);
            assertEquals(importer.id.toString(), job.get("createdBy").asText());
            assertEquals(job, Rest.json(Rest.get(admin, location)));
            Caller other = with("users:import");
            for (String path : List.of(location, location + "/report")) {
                assertProblem(401, "unauthenticated", Rest.get(path));
                assertProblem(404, "not_found", Rest.get(other, path));
            }
            assertProblem(404, "not_found", other.request().post(location + "/cancel"));
            assertProblem(404, "not_found", Rest.get(admin, "/api/v1/jobs/" + UUID.randomUUID()));
            // who may no longer import may no longer see what was imported
            Database.update("DELETE FROM role_grants WHERE user_id = ?", importer.id);
            assertProblem(404, "not_found", Rest.get(importer, location));
        }

        @Test
        @DisplayName("is listed, newest first, and read on by cursor")
        void listed() {
            Caller importer = with("users:import");
            List<String> ids =
                    IntStream.range(0, 3)
                            .mapToObj(
                                    i ->
                                            Imports.done(importer, CSV, "", "email,name\n")
                                                    .get("id")
                                                    .asText())
                            .sorted(Comparator.reverseOrder())
                            .toList();
            JsonNode first = Rest.json(Rest.get(importer, "/api/v1/jobs?size=2"));
            JsonNode rest =
                    Rest.json(
                            Rest.get(
                                    importer,
                                    "/api/v1/jobs?size=2&cursor=" + first.get("next").asText()));
            assertEquals(
                    ids,
                    List.of(
                            first.at("/items/0/id").asText(),
                            first.at("/items/1/id").asText(),
                            rest.at("/items/0/id").asText()));
            assertTrue(rest.get("next").isNull());
            assertEquals(
                    0,
                    Rest.json(Rest.get(with("users:import"), "/api/v1/jobs")).get("items").size());
            for (String query : List.of("size=0", "size=101", "size=x", "cursor=x", "sort=id")) {
                assertProblem(
                        400, "validation_failed", Rest.get(importer, "/api/v1/jobs?" + query));
            }
            // its own fingerprint, and no key
            String forged =
                    new String(
                                    Base64.getUrlDecoder().decode(first.get("next").asText()),
                                    StandardCharsets.UTF_8)
                            .replaceFirst(",\".*\"]", ",null]");
            assertTrue(forged.endsWith(",null]"), forged);
            assertProblem(
                    400,
                    "validation_failed",
                    Rest.get(
                            importer,
                            "/api/v1/jobs?cursor="
                                    + Base64.getUrlEncoder()
                                            .withoutPadding()
                                            .encodeToString(
                                                    forged.getBytes(StandardCharsets.UTF_8))));
            // a cursor of one's own list is none of another's
            assertProblem(
                    400,
                    "validation_failed",
                    Rest.get(admin, "/api/v1/jobs?cursor=" + first.get("next").asText()));
        }

        @Test
        @DisplayName("can be cancelled before it began: nothing is loaded")
        void cancelledBefore() throws Exception {
            try (Connection held = Database.connect()) {
                held.setAutoCommit(false);
                insert(held, "x@" + mark + ".example");
                String busy = Imports.location(csv("email,name\nx@M.example,X\n"));
                String location = Imports.location(csv("email,name\ny@M.example,Y\n"));
                JsonNode cancelled = Rest.json(admin.request().post(location + "/cancel"));
                assertEquals("cancelled", cancelled.get("status").asText(), cancelled::toString);
                assertProblem(409, "conflict", admin.request().post(location + "/cancel"));
                held.rollback();
                Imports.await(admin, busy);
            }
            // the runner is free again, and has not taken it
            assertCounts(done(CSV, "email,name\nz@M.example,Z\n"), 1, 0, 0);
            assertEquals(
                    List.of("X", "Z"), users().stream().map(user -> user.get("name")).toList());
        }

        @Test
        @DisplayName("can be cancelled between two steps: what was loaded stays")
        void cancelledBetween() throws Exception {
            int rows = 3 * ImportJob.BATCH;
            String file =
                    "email,name\n"
                            + IntStream.range(0, rows)
                                    .mapToObj(i -> "u" + i + "@M.example,U\n")
                                    .collect(Collectors.joining());
            try (Connection held = Database.connect()) {
                held.setAutoCommit(false);
                // a row of the second step
                insert(held, "u" + (ImportJob.BATCH + 7) + "@" + mark + ".example");
                String location = Imports.location(csv(file));
                awaitWaiting("WITH s AS MATERIALIZED%");
                assertEquals(
                        ImportJob.BATCH,
                        Rest.json(Rest.get(admin, location)).get("processed").asInt());
                CompletableFuture<JsonNode> cancelling =
                        CompletableFuture.supplyAsync(
                                () -> Rest.json(admin.request().post(location + "/cancel")));
                awaitWaiting("%pg_advisory_xact_lock(hashtextextended(%");
                held.rollback();
                JsonNode job = cancelling.get();
                assertEquals("cancelled", job.get("status").asText(), job::toString);
                assertEquals(2 * ImportJob.BATCH, job.get("succeeded").asInt(), job::toString);
                assertEquals(2 * ImportJob.BATCH, users().size());
            }
        }

        /** A step of an import waits while this is done. */
        private JsonNode meanwhile(Caller caller, String file, int row, Runnable change)
                throws Exception {
            try (Connection held = Database.connect()) {
                held.setAutoCommit(false);
                insert(held, "u" + row + "@" + mark + ".example");
                String location = Imports.location(Imports.send(caller, CSV, "", marked(file)));
                awaitWaiting("WITH s AS MATERIALIZED%");
                change.run();
                held.rollback();
                return Imports.await(admin, location);
            }
        }

        private String rows(String header, int rows, String more) {
            return IntStream.range(0, rows)
                    .mapToObj(i -> "u" + i + "@M.example,U" + more + "\n")
                    .collect(Collectors.joining("", header + "\n", ""));
        }

        @Test
        @DisplayName("refuses lists and attributes that are too long, and keeps no null")
        void tooLong() {
            String names =
                    IntStream.range(0, 101)
                            .mapToObj(i -> "\"r" + i + "\"")
                            .collect(Collectors.joining(","));
            String row = "{\"email\":\"%s@M.example\",\"name\":\"A\",%s}\n";
            JsonNode job =
                    done(
                            LINES,
                            row.formatted("a", "\"roles\":[" + names + "]")
                                    + row.formatted("b", "\"groups\":[" + names + "]")
                                    + row.formatted(
                                            "c",
                                            "\"attributes\":{\"costCentre\":\""
                                                    + "x".repeat(16 * 1024)
                                                    + "\"}")
                                    + row.formatted(
                                            "d",
                                            "\"attributes\":{\"costCentre\":null,\"department\":\"D\"}"));
            assertCounts(job, 1, 0, 3);
            assertEquals(
                    """
                    1 roles: must name at most 100
                    2 groups: must name at most 100
                    3 attributes: At most 16384 bytes of attributes
                    """,
                    Imports.report(admin, job));
            assertEquals(
                    "{\"department\": \"D\"}",
                    Database.value(
                            "SELECT CAST(attributes AS text) FROM user_profiles p JOIN users u ON"
                                    + " u.id = p.user_id WHERE u.email = ?",
                            "d@" + mark + ".example"));
        }

        @Test
        @DisplayName("does no further step for somebody who was banned meanwhile")
        void bannedMeanwhile() throws Exception {
            Caller importer = with("users:import");
            JsonNode job =
                    meanwhile(
                            importer,
                            rows("email,name", ImportJob.BATCH + 10, ""),
                            7,
                            () ->
                                    Database.update(
                                            "UPDATE users SET banned = true WHERE id = ?",
                                            importer.id));
            assertEquals("failed", job.get("status").asText(), job::toString);
            assertEquals("Whoever started it may no longer import", job.get("error").asText());
            assertEquals(ImportJob.BATCH, users().size());
        }

        @Test
        @DisplayName("gives in no further step what may not be given any more")
        void demotedBetween() throws Exception {
            Caller importer =
                    with(
                            "users:import",
                            "users:set-role",
                            "users:set-email",
                            "users:read",
                            "users:list");
            String file =
                    "email,name,roles,emailVerified\n"
                            + IntStream.range(0, ImportJob.BATCH)
                                    .mapToObj(i -> "u" + i + "@M.example,U,,\n")
                                    .collect(Collectors.joining())
                            + "v1@M.example,V,support,\nv2@M.example,V,,true\nv3@M.example,V,,\n";
            Database.update(
                    "UPDATE roles SET permissions = permissions || (SELECT permissions FROM roles"
                            + " WHERE name = 'support') WHERE id IN (SELECT role_id FROM"
                            + " role_grants WHERE user_id = ?)",
                    importer.id);
            JsonNode job =
                    meanwhile(
                            importer,
                            file,
                            7,
                            () ->
                                    Database.update(
                                            "UPDATE roles SET permissions = '{users:import}' WHERE"
                                                    + " id IN (SELECT role_id FROM role_grants"
                                                    + " WHERE user_id = ?)",
                                            importer.id));
            assertCounts(job, ImportJob.BATCH + 1, 0, 2);
            assertEquals(
                    (ImportJob.BATCH + 2)
                            + " roles: names a role that is gone, or allows more than you may\n"
                            + (ImportJob.BATCH + 3)
                            + " emailVerified: needs a permission that is gone\n",
                    Imports.report(admin, job));
        }

        @Test
        @DisplayName("refuses the rows of a group that goes while a step waits for it")
        void groupGone() throws Exception {
            Database.update(
                    "INSERT INTO groups (id, name, slug) VALUES (gen_random_uuid(), 'G', ?)", mark);
            try (Connection held = Database.connect();
                    PreparedStatement delete =
                            held.prepareStatement("DELETE FROM groups WHERE slug = ?")) {
                held.setAutoCommit(false);
                delete.setString(1, mark);
                delete.executeUpdate();
                String location =
                        Imports.location(
                                csv(
                                        "email,name,groups\nu1@M.example,A,"
                                                + mark
                                                + "\nu2@M.example,B,\n"));
                awaitWaiting("SELECT id FROM groups%FOR NO KEY UPDATE%");
                held.commit();
                JsonNode job = Imports.await(admin, location);
                assertCounts(job, 1, 0, 1);
                assertEquals(
                        "2 groups: names groups that do not exist: " + mark + "\n",
                        Imports.report(admin, job));
            }
        }

        @Test
        @DisplayName("does a step again that the database could not order among others")
        void serializationFailure() {
            Database.update("CREATE SEQUENCE unordered");
            Database.update(
                    marked(
                            "CREATE FUNCTION unordered() RETURNS trigger LANGUAGE plpgsql AS $$"
                                    + " BEGIN IF NEW.email = 'a@M.example' AND nextval('unordered') = 1"
                                    + " THEN RAISE EXCEPTION 'could not serialize access' USING ERRCODE"
                                    + " = '40001'; END IF; RETURN NEW; END $$"));
            try {
                Database.update(
                        "CREATE TRIGGER unordered BEFORE INSERT ON users FOR EACH ROW EXECUTE"
                                + " FUNCTION unordered()");
                assertCounts(done(CSV, "email,name\na@M.example,A\n"), 1, 0, 0);
            } finally {
                Database.update("DROP FUNCTION unordered CASCADE");
                Database.update("DROP SEQUENCE unordered");
            }
        }

        /** Until such a statement waits for a lock. */
        private void awaitWaiting(String statement) {
            long deadline = System.nanoTime() + 60_000_000_000L;
            while (!(Boolean)
                    Database.value(
                            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type ="
                                    + " 'Lock' AND query LIKE ?)",
                            statement)) {
                assertTrue(System.nanoTime() < deadline, statement);
                Imports.pause();
            }
        }

        @Test
        @DisplayName("gives its report as CSV too")
        void csvReport() {
            JsonNode job = done(CSV, "email,name\nx,\n");
            String report =
                    admin.request()
                            .accept("text/csv")
                            .get("/api/v1/jobs/" + job.get("id").asText() + "/report")
                            .asString();
            assertEquals(
                    "line,field,reason\r\n2,email,must be an e-mail address\r\n2,name,is missing\r\n",
                    report);
        }

        @Test
        @DisplayName("has no formula in its report as CSV")
        void csvReportWithoutFormula() {
            JsonNode job =
                    done(LINES, "{\"email\":\"a@M.example\",\"name\":\"A\",\"=HYPERLINK(1)\":1}\n");
            assertEquals("1 =HYPERLINK(1): is unknown\n", Imports.report(admin, job));
            assertEquals(
                    "line,field,reason\r\n1,'=HYPERLINK(1),is unknown\r\n",
                    admin.request()
                            .accept("text/csv")
                            .get("/api/v1/jobs/" + job.get("id").asText() + "/report")
                            .asString());
        }
    }

    /** Somebody signs up with this address, and does not come to an end. */
    private static void insert(Connection connection, String email) throws Exception {
        try (PreparedStatement statement =
                connection.prepareStatement(
                        "INSERT INTO users (id, name, email) VALUES (?, 'Held', ?)")) {
            statement.setObject(1, UUID.randomUUID());
            statement.setString(2, email);
            statement.executeUpdate();
        }
    }
}
