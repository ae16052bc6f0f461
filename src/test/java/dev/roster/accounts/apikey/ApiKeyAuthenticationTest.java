package dev.roster.accounts.apikey;

import static dev.roster.testing.Problems.assertProblem;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.roster.testing.AtOnce;
import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.Rest;
import dev.roster.testing.Statements;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@DisplayName("A REST request with x-api-key")
class ApiKeyAuthenticationTest {

    private static final String ME = "/api/v1/me";

    private Caller owner;
    private Keys.Key key;

    @BeforeEach
    void makeKey() {
        owner = Caller.signUp();
        key = Keys.of(owner);
    }

    private Response use() {
        return Keys.with(key.text()).get(ME);
    }

    private void assertRefused(Response answer) {
        assertProblem(401, "unauthenticated", answer);
        assertNotNull(answer.header("WWW-Authenticate"));
    }

    @Nested
    @DisplayName("of a good key")
    class Good {

        @Test
        @DisplayName("is its owner's, and counted")
        void owner() {
            use().then().statusCode(200).body("id", equalTo(owner.id.toString()));
            assertEquals(1, Keys.column(key, "request_count"));
            assertNotNull(Keys.column(key, "last_request_at"));
        }

        @Test
        @DisplayName("changes what its owner may change, without an origin")
        void changes() {
            Rest.body(
                            Keys.with(key.text())
                                    .header("If-Match", "*")
                                    .header("Origin", "https://evil.example"),
                            Rest.MERGE_PATCH,
                            "{\"bio\":\"x\"}")
                    .patch(ME + "/profile")
                    .then()
                    .statusCode(200);
        }

        @Test
        @DisplayName("costs one statement more than the user it reads")
        void oneStatement() {
            List<String> statements = Statements.of(() -> use());
            assertEquals(2, statements.size(), statements.toString());
            assertTrue(statements.get(0).startsWith("UPDATE api_keys"), statements.toString());
        }

        @Test
        @DisplayName("has the permissions of its owner's roles")
        void roles() {
            Caller admin = Caller.admin();
            Keys.Key adminKey = Keys.of(admin);
            Keys.with(adminKey.text())
                    .get("/api/v1/users/" + owner.id)
                    .then()
                    .statusCode(200)
                    .body("email", equalTo(owner.email));
            Response other = Keys.with(key.text()).get("/api/v1/users/" + admin.id);
            other.then().statusCode(200).body("email", equalTo(null));
        }

        @Test
        @DisplayName(
                "counts for nothing else that it shows: cookie and bearer token are not looked at")
        void besideOthers() {
            Caller other = Caller.signUp();
            other.request()
                    .header("x-api-key", key.text())
                    .get(ME)
                    .then()
                    .body("id", equalTo(owner.id.toString()));
            String cookie =
                    Caller.signIn(other.email, Caller.PASSWORD).cookie("better-auth.session_token");
            Keys.with(key.text())
                    .cookie("better-auth.session_token", cookie)
                    .header("Origin", Caller.ORIGIN)
                    .get(ME)
                    .then()
                    .body("id", equalTo(owner.id.toString()));
            assertRefused(other.request().header("x-api-key", "wrong").get(ME));
            assertRefused(other.request().header("x-api-key", "").get(ME));
        }
    }

    @Nested
    @DisplayName("of a key that is not good")
    class Bad {

        @ParameterizedTest(name = "{0}")
        @ValueSource(strings = {"x", "", "ü", "a' OR '1'='1"})
        @DisplayName("is nobody's")
        void unknown(String text) {
            assertRefused(Keys.with(text).get(ME));
        }

        @Test
        @DisplayName("is nobody's where the header is there twice")
        void twice() {
            assertRefused(Keys.with(key.text()).header("x-api-key", key.text()).get(ME));
        }

        @ParameterizedTest(name = "{0}")
        @ValueSource(
                strings = {
                    "enabled = false",
                    "expires_at = now() - interval '1 second'",
                    "remaining = 0",
                    "remaining = 0, refill_amount = 5"
                })
        @DisplayName("is nobody's, and counts nothing")
        void state(String assignments) {
            Keys.set(key, assignments);
            assertRefused(use());
            assertEquals(0, Keys.column(key, "request_count"));
        }

        @ParameterizedTest(name = "{0}")
        @ValueSource(
                strings = {
                    "banned = true",
                    "banned = true, ban_expires = now() + interval '1 hour'",
                    "deleted_at = now()"
                })
        @DisplayName("is nobody's where its owner is out")
        void ownerIsOut(String assignments) {
            Database.update("UPDATE users SET " + assignments + " WHERE id = ?", owner.id);
            assertRefused(use());
            assertEquals(0, Keys.column(key, "request_count"));
        }

        @Test
        @DisplayName("is its owner's again once the ban has ended")
        void banEnded() {
            Database.update(
                    "UPDATE users SET banned = true, ban_expires = now() - interval '1 second'"
                            + " WHERE id = ?",
                    owner.id);
            use().then().statusCode(200);
        }

        @Test
        @DisplayName("is nobody's once it was deleted")
        void deleted() {
            Keys.post(owner.request(), "delete", "{\"keyId\":\"" + key.id() + "\"}");
            assertRefused(use());
        }
    }

    @Nested
    @DisplayName("of a key with a rate limit")
    class RateLimit {

        @Test
        @DisplayName("passes ten times in a day, then waits")
        void ten() {
            for (int i = 0; i < 10; i++) {
                use().then().statusCode(200);
            }
            Response limited = use();
            assertProblem(429, "rate_limited", limited);
            int wait = Integer.parseInt(limited.header("Retry-After"));
            assertTrue(wait > 86_300 && wait <= 86_400, limited.header("Retry-After"));
            assertTrue(limited.path("detail").toString().contains(" " + wait + " "));
            assertEquals(10, Keys.column(key, "request_count"));
            Keys.set(key, "last_request_at = now() - interval '24 hours 1 second'");
            use().then().statusCode(200);
            assertEquals(1, Keys.column(key, "request_count"));
        }

        @Test
        @DisplayName("passes as often as it may, however many come at once")
        void atOnce() throws Exception {
            Keys.set(key, "rate_limit_max = 3");
            List<Integer> answers = AtOnce.run(8, () -> use().statusCode());
            assertEquals(3, answers.stream().filter(status -> status == 200).count());
            assertEquals(5, answers.stream().filter(status -> status == 429).count());
            assertEquals(3, Keys.column(key, "request_count"));
        }

        @ParameterizedTest(name = "{0}")
        @ValueSource(
                strings = {
                    "rate_limit_enabled = false",
                    "rate_limit_max = NULL",
                    "rate_limit_time_window = NULL"
                })
        @DisplayName("passes without end where the limit is none")
        void none(String assignments) {
            Keys.set(key, assignments + ", request_count = 10, last_request_at = now()");
            use().then().statusCode(200);
            assertEquals(10, Keys.column(key, "request_count"));
        }
    }

    @Nested
    @DisplayName("of a key with so many uses")
    class Remaining {

        @Test
        @DisplayName("uses one up each time, and never more than there are, however many at once")
        void atOnce() throws Exception {
            Keys.set(key, "remaining = 3");
            List<Integer> answers = AtOnce.run(8, () -> use().statusCode());
            assertEquals(3, answers.stream().filter(status -> status == 200).count());
            assertEquals(5, answers.stream().filter(status -> status == 401).count());
            assertEquals(0, Keys.column(key, "remaining"));
        }

        @Test
        @DisplayName("is refilled once when that is due, however many come at once")
        void refill() throws Exception {
            Keys.set(
                    key,
                    "remaining = 0, refill_amount = 2, refill_interval = 60000, created_at = now()"
                            + " - interval '61 seconds'");
            List<Integer> answers = AtOnce.run(6, () -> use().statusCode());
            assertEquals(2, answers.stream().filter(status -> status == 200).count());
            assertEquals(4, answers.stream().filter(status -> status == 429).count());
            assertEquals(0, Keys.column(key, "remaining"));
            Response exhausted = use();
            assertProblem(429, "rate_limited", exhausted);
            int wait = Integer.parseInt(exhausted.header("Retry-After"));
            assertTrue(wait > 0 && wait <= 60, exhausted.header("Retry-After"));
        }
    }

    @Nested
    @DisplayName("of a key with permissions")
    class Permissions {

        @ParameterizedTest(name = "{0}: {1} {2} is {3}")
        @CsvSource(
                delimiter = '|',
                value = {
                    "{} | GET | /api/v1/me | 403",
                    "{\"me\":[\"read\"]} | GET | /api/v1/me | 200",
                    "{\"me\":[\"read\"]} | GET | /api/v1/me/profile | 200",
                    "{\"me\":[\"read\"]} | HEAD | /api/v1/me | 200",
                    "{\"me\":[\"read\"]} | PATCH | /api/v1/me/profile | 403",
                    "{\"me\":[\"update\"]} | PATCH | /api/v1/me/profile | 200",
                    "{\"me\":[\"update\"]} | GET | /api/v1/me | 403",
                    "{\"me\":[\"update\"]} | DELETE | /api/v1/me/preferences/x | 403",
                    "{\"me\":[\"delete\"]} | DELETE | /api/v1/me/preferences/x | 404",
                    "{\"me\":[\"read\"]} | GET | /api/v1/users/{id} | 403",
                    "{\"users\":[\"read\"]} | GET | /api/v1/users/{id} | 200",
                    "{\"users\":[\"read\"]} | GET | /api/v1/me | 403",
                    "{\"*\":[\"*\"]} | GET | /api/v1/me | 403",
                    "{\"me\":[\"*\"]} | GET | /api/v1/me | 403",
                    "{\"me\":[\"read\"]} | GET | /api/v1/me/../users/{id} | 403",
                    "{\"me\":[\"read\"]} | GET | /api/v1/me;x=1 | 403",
                    "{\"me\":[\"read\"]} | GET | /api/v1/%75sers/{id} | 403"
                })
        @DisplayName("may what they name, and nothing else")
        void limits(String permissions, String method, String path, int status) {
            Keys.set(key, "permissions = '" + permissions + "'");
            Response answer =
                    Rest.body(
                                    Keys.with(key.text())
                                            .urlEncodingEnabled(false)
                                            .header("If-Match", "*"),
                                    Rest.MERGE_PATCH,
                                    "{\"bio\":\"x\"}")
                            .request(method, path.replace("{id}", owner.id.toString()));
            assertEquals(status, answer.statusCode(), answer.asString());
        }

        @Test
        @DisplayName("hold of an administrator's permissions those that they name")
        void administrator() {
            Caller admin = Caller.admin();
            key = Keys.of(admin);
            Keys.set(key, "permissions = '{\"users\":[\"read\"]}'");
            String path = "/api/v1/users/" + owner.id;
            Keys.with(key.text())
                    .get(path)
                    .then()
                    .statusCode(200)
                    .body("email", equalTo(owner.email));
            assertProblem(
                    403,
                    "forbidden",
                    Rest.body(
                                    Keys.with(key.text()).header("If-Match", "*"),
                                    Rest.MERGE_PATCH,
                                    "{\"name\":\"x\"}")
                            .patch(path));
        }

        @Test
        @DisplayName("give a key nothing that its owner may not")
        void noMore() {
            Keys.set(key, "permissions = '{\"users\":[\"read\",\"update\"]}'");
            String other = "/api/v1/users/" + Caller.signUp().id;
            Keys.with(key.text()).get(other).then().statusCode(200).body("email", equalTo(null));
            assertProblem(
                    403,
                    "forbidden",
                    Rest.body(
                                    Keys.with(key.text()).header("If-Match", "*"),
                                    Rest.MERGE_PATCH,
                                    "{\"name\":\"x\"}")
                            .patch(other));
        }
    }
}
