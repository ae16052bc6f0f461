package dev.roster.accounts.apikey;

import static dev.roster.accounts.apikey.ApiKeyResourceTest.assertError;
import static dev.roster.accounts.apikey.Keys.create;
import static dev.roster.accounts.apikey.Keys.get;
import static dev.roster.accounts.apikey.Keys.post;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.roster.testing.Caller;
import dev.roster.testing.Cookies;
import dev.roster.testing.Database;
import dev.roster.testing.Rest;
import dev.roster.testing.SettingsProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@TestProfile(SettingsProfile.class)
@DisplayName("API keys where every setting is another")
class ApiKeySettingsTest {

    private Caller caller;
    private Keys.Key key;

    @BeforeEach
    void makeKey() {
        caller = Caller.signUp();
        Response made = create(caller, "{\"name\":\"n\"}");
        made.then().statusCode(200);
        key = new Keys.Key(UUID.fromString(made.path("id")), made.path("key"));
    }

    @Nested
    @DisplayName("are made")
    class Made {

        @Test
        @DisplayName("with the default prefix, length, life and rate limit")
        void defaults() {
            Response made = create(caller, "{\"name\":\"n\",\"metadata\":{\"a\":[1]}}");
            assertTrue(made.path("key").toString().matches("roster_[a-zA-Z]{40}"));
            made.then()
                    .body("prefix", equalTo("roster_"))
                    .body("rateLimitTimeWindow", equalTo(60_000))
                    .body("rateLimitMax", equalTo(3))
                    .body("metadata", equalTo(Map.of("a", java.util.List.of(1))));
            Instant createdAt = Instant.parse(made.path("createdAt"));
            assertEquals(
                    Duration.ofDays(30),
                    Duration.between(createdAt, Instant.parse(made.path("expiresAt"))));
        }

        @ParameterizedTest(name = "{0}")
        @CsvSource(
                delimiter = '|',
                value = {
                    "{} | NAME_REQUIRED",
                    "{\"name\":\"\"} | NAME_REQUIRED",
                    "{\"name\":\"n\",\"expiresIn\":86400} | KEY_DISABLED_EXPIRATION",
                    "{\"name\":\"n\",\"metadata\":\"x\"} | INVALID_METADATA_TYPE",
                    "{\"name\":\"n\",\"metadata\":5} | INVALID_METADATA_TYPE",
                    "{\"name\":\"n\",\"metadata\":{\"a\":\"\\u0000\"}} | VALIDATION_ERROR"
                })
        @DisplayName("by these rules")
        void refused(String body, String code) {
            assertError(create(caller, body), 400, code);
        }
    }

    @Test
    @DisplayName("are changed by these rules")
    void changed() {
        String id = "{\"keyId\":\"" + key.id() + "\",";
        assertError(
                post(caller.request(), "update", id + "\"expiresIn\":null}"),
                400,
                "KEY_DISABLED_EXPIRATION");
        assertError(
                post(caller.request(), "update", id + "\"metadata\":5}"),
                400,
                "INVALID_METADATA_TYPE");
        post(caller.request(), "update", id + "\"metadata\":{\"a\":1}}")
                .then()
                .body("metadata.a", equalTo(1));
        post(caller.request(), "update", id + "\"metadata\":null}")
                .then()
                .body("metadata", equalTo(null));
    }

    @Test
    @DisplayName("keep the numbers of their metadata, which is bounded")
    void metadata() {
        String numbers = "{\"a\":19.90,\"b\":0.1234567890123456789,\"c\":12345678901234567890}";
        Response made = create(caller, "{\"name\":\"n\",\"metadata\":" + numbers + "}");
        assertTrue(made.asString().contains(numbers), made.asString());
        Response got = get(caller.request(), "get?id=" + made.path("id"));
        assertTrue(got.asString().contains(numbers), got.asString());
        String big = "\"metadata\":{\"a\":\"" + "x".repeat(16 * 1024) + "\"}}";
        assertError(create(caller, "{\"name\":\"n\"," + big), 400, "VALIDATION_ERROR");
        assertError(
                post(caller.request(), "update", "{\"keyId\":\"" + key.id() + "\"," + big),
                400,
                "VALIDATION_ERROR");
    }

    @Nested
    @DisplayName("act as sessions")
    class Sessions {

        private Response getSession() {
            return Keys.with(key.text()).get("/api/auth/get-session");
        }

        @Test
        @DisplayName("of their owner, which are not stored")
        void session() {
            Object before = Database.value("SELECT count(*) FROM sessions");
            Response answer = getSession();
            answer.then()
                    .statusCode(200)
                    .body("user.id", equalTo(caller.id.toString()))
                    .body("session.id", equalTo(key.id().toString()))
                    .body("session.userId", equalTo(caller.id.toString()))
                    .body("session.token", equalTo(key.text()));
            assertEquals(0, Cookies.set(answer).size());
            assertEquals(before, Database.value("SELECT count(*) FROM sessions"));
            get(Keys.with(key.text()), "list").then().statusCode(200).body("total", equalTo(1));
            assertEquals(2, Keys.column(key, "request_count"));
        }

        @Test
        @DisplayName("that make other keys, for as long as they are there themselves")
        void makesKeys() {
            String named = "{\"name\":\"another\"}";
            post(Keys.with(key.text()), "create", named).then().statusCode(200);
            Database.update("DELETE FROM api_keys WHERE id = ?", key.id());
            assertError(post(Keys.with(key.text()), "create", named), 401, "INVALID_API_KEY");
        }

        @Test
        @DisplayName("that are never fresh")
        void notFresh() {
            assertError(
                    Keys.with(key.text()).get("/api/auth/list-sessions"), 403, "SESSION_NOT_FRESH");
        }

        @Test
        @DisplayName("and alone count: a session beside them is not looked at")
        void besideASession() {
            Caller other = Caller.signUp();
            other.request()
                    .header("x-api-key", key.text())
                    .get("/api/auth/get-session")
                    .then()
                    .body("user.id", equalTo(caller.id.toString()));
            assertError(
                    other.request().header("x-api-key", "wrong").get("/api/auth/get-session"),
                    401,
                    "INVALID_API_KEY");
            other.request()
                    .get("/api/auth/get-session")
                    .then()
                    .body("user.id", equalTo(other.id.toString()));
        }

        @Test
        @DisplayName("that end none of their owner's but by name")
        void revoke() {
            Rest.body(Keys.with(key.text()), Rest.JSON, "{\"token\":\"" + key.text() + "\"}")
                    .post("/api/auth/revoke-session")
                    .then()
                    .statusCode(200);
            caller.request()
                    .get("/api/auth/get-session")
                    .then()
                    .body("user.id", equalTo(caller.id.toString()));
            getSession().then().statusCode(200);
        }

        @ParameterizedTest(name = "{0}: {1} {2}")
        @CsvSource(
                delimiter = '|',
                value = {
                    "enabled = false | 401 | KEY_DISABLED",
                    "expires_at = now() - interval '1 second' | 401 | KEY_EXPIRED",
                    "remaining = 0 | 429 | USAGE_EXCEEDED",
                    "permissions = '{}' | 403 | INSUFFICIENT_API_KEY_PERMISSIONS"
                })
        @DisplayName("unless they are not good")
        void refused(String assignments, int status, String code) {
            Keys.set(key, assignments);
            assertError(getSession(), status, code);
        }

        @ParameterizedTest(name = "{0}")
        @CsvSource({
            "banned = true, USER_BANNED",
            "deleted_at = now(), INVALID_REFERENCE_ID_FROM_API_KEY"
        })
        @DisplayName("unless their owner is out")
        void ownerIsOut(String assignments, String code) {
            Database.update("UPDATE users SET " + assignments + " WHERE id = ?", caller.id);
            assertError(getSession(), 401, code);
        }

        @Test
        @DisplayName("unless their rate limit is reached, which tells when to try again")
        void rateLimited() {
            for (int i = 0; i < 3; i++) {
                getSession().then().statusCode(200);
            }
            Response limited = getSession();
            limited.then()
                    .statusCode(429)
                    .body("code", equalTo("RATE_LIMITED"))
                    .body("message", equalTo("Rate limit exceeded."));
            int wait = limited.path("details.tryAgainIn");
            assertTrue(wait > 50_000 && wait <= 60_000, limited.asString());
        }

        @ParameterizedTest(name = "{0}")
        @ValueSource(strings = {"", "x"})
        @DisplayName("unless they are none")
        void unknown(String text) {
            Response answer = Keys.with(text).get("/api/auth/get-session");
            assertError(answer, 401, "INVALID_API_KEY", "Invalid API key.");
            answer.then().body("$", not(hasKey("details"))).body("message", startsWith("Invalid"));
        }
    }
}
