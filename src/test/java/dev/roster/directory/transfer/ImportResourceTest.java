package dev.roster.directory.transfer;

import static dev.roster.directory.transfer.Imports.CSV;
import static dev.roster.directory.transfer.Imports.LINES;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

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

    @Nested
    @DisplayName("by an administrator")
    class ByAnAdministrator {

        @Test
        @DisplayName("takes users from CSV")
        void csv() {
            JsonNode job =
                    Imports.done(
                            admin,
                            CSV,
                            "",
                            """
                            email,name,emailVerified,attributes.plan
                            a@M.example,"Ada, Countess",true,gold
                            b@M.example,Bob,,
                            """
                                    .replace("M", mark));
            assertEquals("done", job.get("status").asText(), job::toString);
            assertEquals(2, job.get("succeeded").asInt(), job::toString);
            List<Map<String, Object>> users =
                    Database.query(
                            "SELECT name, email_verified FROM users WHERE email LIKE ? ORDER BY"
                                    + " email",
                            "%@" + mark + ".example");
            assertEquals("Ada, Countess", users.get(0).get("name"));
            assertEquals(true, users.get(0).get("email_verified"));
            assertEquals(false, users.get(1).get("email_verified"));
        }

        @Test
        @DisplayName("takes users from NDJSON")
        void lines() {
            JsonNode job =
                    Imports.done(
                            admin,
                            LINES,
                            "",
                            """
                            {"email":"a@M.example","name":"Ada"}

                            {"email":"no address","name":"Nobody"}
                            """
                                    .replace("M", mark));
            assertEquals(1, job.get("succeeded").asInt(), job::toString);
            assertEquals(1, job.get("refused").asInt(), job::toString);
            assertEquals(
                    "{\"line\":3,\"field\":\"email\",\"reason\":\"must be an e-mail address\"}\n",
                    Imports.report(admin, job));
        }
    }
}
