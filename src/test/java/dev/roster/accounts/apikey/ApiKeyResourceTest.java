package dev.roster.accounts.apikey;

import static dev.roster.accounts.apikey.Keys.create;
import static dev.roster.accounts.apikey.Keys.get;
import static dev.roster.accounts.apikey.Keys.post;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.roster.testing.AtOnce;
import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.Rest;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@DisplayName("API keys")
class ApiKeyResourceTest {

    private static final String SERVER_ONLY =
            "The property you're trying to set can only be set from the server auth instance only.";

    static void assertError(Response answer, int status, String code, String message) {
        answer.then()
                .statusCode(status)
                .body("code", equalTo(code))
                .body("message", equalTo(message));
    }

    static void assertError(Response answer, int status, String code) {
        answer.then().statusCode(status).body("code", equalTo(code));
    }

    @Nested
    @DisplayName("their owner")
    class Owner {

        private Caller caller;

        @BeforeEach
        void signUp() {
            caller = Caller.signUp();
        }

        @Test
        @DisplayName("makes one and sees it this once; all that is kept of it is its digest")
        void creates() throws Exception {
            Response made =
                    create(caller, "{\"name\":\"ci\",\"prefix\":\"ci_\",\"expiresIn\":604800}");
            made.then().statusCode(200).header("cache-control", "no-store");
            JsonNode json = Rest.json(made);
            List<String> members = new ArrayList<>();
            json.fieldNames().forEachRemaining(members::add);
            assertEquals(
                    List.of(
                            "configId,name,start,referenceId,prefix,key,refillInterval,refillAmount,lastRefillAt,enabled,rateLimitEnabled,rateLimitTimeWindow,rateLimitMax,requestCount,remaining,lastRequest,expiresAt,createdAt,updatedAt,permissions,metadata,id"
                                    .split(",")),
                    members);
            String key = json.get("key").asText();
            assertTrue(key.matches("ci_[a-zA-Z]{64}"), "its form");
            assertEquals(key.substring(0, 6), json.get("start").asText());
            assertEquals("default", json.get("configId").asText());
            assertEquals(caller.id.toString(), json.get("referenceId").asText());
            assertEquals(86_400_000, json.get("rateLimitTimeWindow").asLong());
            assertEquals(10, json.get("rateLimitMax").asInt());
            assertTrue(json.get("enabled").asBoolean() && json.get("rateLimitEnabled").asBoolean());
            Instant createdAt = Instant.parse(json.get("createdAt").asText());
            assertEquals(
                    Duration.ofDays(7),
                    Duration.between(createdAt, Instant.parse(json.get("expiresAt").asText())));
            for (String none : List.of("remaining", "lastRequest", "permissions", "metadata")) {
                assertTrue(json.get(none).isNull(), none);
            }
            UUID id = UUID.fromString(json.get("id").asText());
            assertArrayEquals(
                    MessageDigest.getInstance("SHA-256")
                            .digest(key.getBytes(StandardCharsets.UTF_8)),
                    (byte[]) Database.value("SELECT key_digest FROM api_keys WHERE id = ?", id));
            String stored =
                    (String) Database.value("SELECT k::text FROM api_keys k WHERE id = ?", id);
            assertFalse(stored.contains(key.substring(6)), "the key itself");
        }

        @ParameterizedTest(name = "{0}")
        @ValueSource(
                strings = {
                    "{}",
                    "{\"name\":\"\"}",
                    "{\"remaining\":null,\"expiresIn\":null,\"metadata\":null}",
                    "{\"organizationId\":\"o\",\"configId\":\"other\"}",
                    "{\"expiresIn\":86400.5}",
                    "{\"name\":\"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn\",\"prefix\":\"pppppppppppppppppppppppppppppppp\"}",
                    "{\"expiresIn\":31536000}"
                })
        @DisplayName("makes one of whatever the settings allow")
        void createsAnything(String body) {
            Response made = create(caller, body);
            made.then()
                    .statusCode(200)
                    .body("configId", equalTo("default"))
                    .body("referenceId", equalTo(caller.id.toString()));
        }

        @ParameterizedTest(name = "{0}")
        @CsvSource(
                delimiter = '|',
                value = {
                    "{\"prefix\":\"a b\"} | VALIDATION_ERROR | [body.prefix] Invalid prefix format, must be alphanumeric and contain only underscores and hyphens.",
                    "{\"prefix\":\"\"} | VALIDATION_ERROR | [body.prefix] Invalid prefix format, must be alphanumeric and contain only underscores and hyphens.",
                    "{\"prefix\":\"ppppppppppppppppppppppppppppppppp\"} | INVALID_PREFIX_LENGTH | The prefix length is either too large or too small.",
                    "{\"name\":5} | VALIDATION_ERROR | [body.name] Invalid input: expected string, received number",
                    "{\"name\":\"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn\"} | INVALID_NAME_LENGTH | The name length is either too large or too small.",
                    "{\"name\":\"\\u0000\"} | VALIDATION_ERROR | [body.name] Invalid input: holds characters that are not text",
                    "{\"expiresIn\":0} | VALIDATION_ERROR | [body.expiresIn] Too small: expected number to be >=1",
                    "{\"expiresIn\":\"x\"} | VALIDATION_ERROR | [body.expiresIn] Invalid input: expected number, received string",
                    "{\"expiresIn\":86399} | EXPIRES_IN_IS_TOO_SMALL | The expiresIn is smaller than the predefined minimum value.",
                    "{\"expiresIn\":31536001} | EXPIRES_IN_IS_TOO_LARGE | The expiresIn is larger than the predefined maximum value.",
                    "{\"expiresIn\":1e300} | EXPIRES_IN_IS_TOO_LARGE | The expiresIn is larger than the predefined maximum value.",
                    "{\"metadata\":{\"a\":1}} | METADATA_DISABLED | Metadata is disabled.",
                    "{\"metadata\":\"x\"} | METADATA_DISABLED | Metadata is disabled.",
                    "{\"remaining\":-1} | VALIDATION_ERROR | [body.remaining] Too small: expected number to be >=0",
                    "{\"refillAmount\":null} | VALIDATION_ERROR | [body.refillAmount] Invalid input: expected number, received null",
                    "{\"refillAmount\":0} | VALIDATION_ERROR | [body.refillAmount] Too small: expected number to be >=1",
                    "{\"permissions\":5} | VALIDATION_ERROR | [body.permissions] Invalid input: expected record, received number",
                    "{\"rateLimitEnabled\":1} | VALIDATION_ERROR | [body.rateLimitEnabled] Invalid input: expected boolean, received number"
                })
        @DisplayName("is told what is wrong with the one it wants")
        void refused(String body, String code, String message) {
            assertError(create(caller, body), 400, code, message);
        }

        @ParameterizedTest(name = "{0}")
        @ValueSource(
                strings = {
                    "\"remaining\":5",
                    "\"refillAmount\":5",
                    "\"refillInterval\":1000",
                    "\"rateLimitTimeWindow\":1",
                    "\"rateLimitMax\":1000",
                    "\"rateLimitEnabled\":false",
                    "\"permissions\":{\"users\":[\"read\"]}"
                })
        @DisplayName("cannot lift its limits, neither at making nor by a change")
        void serverOnly(String member) {
            assertError(
                    create(caller, "{" + member + "}"), 400, "SERVER_ONLY_PROPERTY", SERVER_ONLY);
            Keys.Key key = Keys.of(caller);
            assertError(
                    post(
                            caller.request(),
                            "update",
                            "{\"keyId\":\"" + key.id() + "\"," + member + "}"),
                    400,
                    "SERVER_ONLY_PROPERTY",
                    SERVER_ONLY);
            assertError(
                    post(
                            caller.request(),
                            "update",
                            "{\"keyId\":\"" + key.id() + "\",\"permissions\":null}"),
                    400,
                    "SERVER_ONLY_PROPERTY");
        }

        @Test
        @DisplayName("reads, lists, changes and deletes it, and the trail tells so")
        void lifeCycle() {
            Keys.Key key = Keys.of(caller);
            JsonNode read = Rest.json(get(caller.request(), "get?id=" + key.id()));
            assertEquals(key.id().toString(), read.get("id").asText());
            assertFalse(read.has("key"));
            JsonNode list = Rest.json(get(caller.request(), "list"));
            assertEquals(1, list.get("total").asInt());
            assertEquals(read, list.get("apiKeys").get(0));
            assertFalse(list.has("limit") || list.has("offset"));
            Response updated =
                    post(
                            caller.request(),
                            "update",
                            "{\"keyId\":\""
                                    + key.id()
                                    + "\",\"name\":\"renamed\",\"enabled\":false,\"expiresIn\":86400}");
            updated.then()
                    .statusCode(200)
                    .body("name", equalTo("renamed"))
                    .body("enabled", equalTo(false));
            assertFalse(Rest.json(updated).has("key"));
            assertEquals(
                    Rest.json(updated), Rest.json(get(caller.request(), "get?id=" + key.id())));
            Response forever =
                    post(
                            caller.request(),
                            "update",
                            "{\"keyId\":\"" + key.id() + "\",\"expiresIn\":null}");
            assertTrue(Rest.json(forever).get("expiresAt").isNull());
            post(caller.request(), "delete", "{\"keyId\":\"" + key.id() + "\"}")
                    .then()
                    .statusCode(200)
                    .body("success", equalTo(true));
            assertEquals(0, Rest.json(get(caller.request(), "list")).get("total").asInt());
            List<Object> trail =
                    Database.query(
                                    "SELECT action || ' ' || coalesce(before::text, '') || ' ' ||"
                                            + " coalesce(after::text, '') AS event FROM"
                                            + " audit_events WHERE target_id = ? AND actor_id = ?"
                                            + " AND target_type = 'api_key' ORDER BY id",
                                    key.id(),
                                    caller.id)
                            .stream()
                            .map(row -> row.get("event"))
                            .toList();
            assertEquals(4, trail.size(), trail.toString());
            assertTrue(trail.get(0).toString().startsWith("api_key.created"), trail.toString());
            assertTrue(trail.get(1).toString().contains("\"renamed\""), trail.toString());
            assertTrue(trail.get(3).toString().startsWith("api_key.deleted"), trail.toString());
            assertFalse(trail.toString().contains(key.text().substring(0, 6)), "the key");
        }

        @ParameterizedTest(name = "{0}")
        @CsvSource(
                delimiter = '|',
                value = {
                    "'' | NO_VALUES_TO_UPDATE",
                    ",\"metadata\":{\"a\":1} | NO_VALUES_TO_UPDATE",
                    ",\"name\":\"\" | INVALID_NAME_LENGTH",
                    ",\"name\":\"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn\" | INVALID_NAME_LENGTH",
                    ",\"expiresIn\":60 | EXPIRES_IN_IS_TOO_SMALL",
                    ",\"expiresIn\":999999999 | EXPIRES_IN_IS_TOO_LARGE",
                    ",\"enabled\":1 | VALIDATION_ERROR",
                    ",\"remaining\":0 | VALIDATION_ERROR"
                })
        @DisplayName("is told what is wrong with a change")
        void refusedChange(String members, String code) {
            Keys.Key key = Keys.of(caller);
            assertError(
                    post(
                            caller.request(),
                            "update",
                            "{\"keyId\":\"" + key.id() + "\"" + members + "}"),
                    400,
                    code);
        }

        @Test
        @DisplayName("makes a hundred and no more, at once either; expired ones do not count")
        void limit() throws Exception {
            Database.update(
                    "INSERT INTO api_keys (id, user_id, key_digest, expires_at) SELECT"
                            + " gen_random_uuid(), u.id, sha256(convert_to(u.id::text || n,"
                            + " 'UTF8')), CASE n WHEN 0 THEN now() END FROM users u,"
                            + " generate_series(0, 98) n WHERE u.id = ?",
                    caller.id);
            List<Response> answers = AtOnce.run(4, () -> create(caller, "{}"));
            assertEquals(2, answers.stream().filter(a -> a.statusCode() == 200).count());
            assertError(create(caller, "{}"), 403, "KEY_LIMIT_REACHED");
        }

        @Test
        @DisplayName("makes none while it is put out")
        void putOut() {
            assertError(
                    AtOnce.whilePutOut(caller.id, () -> create(caller, "{}")),
                    401,
                    "UNAUTHORIZED_SESSION");
            assertEquals(
                    0L,
                    Database.value("SELECT count(*) FROM api_keys WHERE user_id = ?", caller.id));
        }

        @Test
        @DisplayName("changes it while it is used: no count is lost")
        void changesWhileUsed() throws Exception {
            Keys.Key key = Keys.of(caller);
            Keys.set(key, "rate_limit_max = 1000");
            AtOnce.numbered(
                    8,
                    i ->
                            i % 2 == 0
                                    ? Keys.with(key.text()).get("/api/v1/me")
                                    : post(
                                            caller.request(),
                                            "update",
                                            "{\"keyId\":\"" + key.id() + "\",\"enabled\":true}"));
            assertEquals(4, Keys.column(key, "request_count"));
        }

        @Test
        @DisplayName("lists them by page and in order")
        void pages() {
            for (String name : List.of("b", "c", "a")) {
                create(caller, "{\"name\":\"" + name + "\"}").then().statusCode(200);
            }
            Response page =
                    get(caller.request(), "list?limit=2&offset=1&sortBy=name&sortDirection=desc");
            page.then()
                    .body("total", equalTo(3))
                    .body("limit", equalTo(2))
                    .body("offset", equalTo(1))
                    .body("apiKeys.name", equalTo(List.of("b", "a")));
            get(caller.request(), "list?limit=0").then().body("apiKeys.size()", equalTo(0));
            get(caller.request(), "list?limit=").then().body("limit", equalTo(0));
            get(caller.request(), "list?limit=99999999999&offset=2")
                    .then()
                    .body("apiKeys.name", equalTo(List.of("a")));
            get(caller.request(), "list?configId=zz").then().body("total", equalTo(0));
            get(caller.request(), "list?configId=default").then().body("total", equalTo(3));
        }

        @ParameterizedTest(name = "{0}")
        @CsvSource(
                delimiterString = " | ",
                value = {
                    "limit=x | [query.limit] Invalid input: expected number, received NaN",
                    "limit=-1 | [query.limit] Too small: expected number to be >=0",
                    "limit=1.5 | [query.limit] Invalid input: expected int, received number",
                    "offset=1e999999999 | [query.offset] Invalid input: expected number, received NaN",
                    "sortDirection=x | [query.sortDirection] Invalid option: expected one of \"asc\"|\"desc\"",
                    "sortBy=keyDigest | [query.sortBy] Invalid option: expected a property of a key",
                    "limit=1&limit=2 | [query.limit] Invalid input: expected string, received array"
                })
        @DisplayName("is told what is wrong with a query")
        void badQuery(String query, String message) {
            assertError(get(caller.request(), "list?" + query), 400, "VALIDATION_ERROR", message);
        }

        @Test
        @DisplayName("sees no keys of organizations, which own none")
        void organizations() {
            assertError(
                    get(caller.request(), "list?organizationId=o"),
                    403,
                    "USER_NOT_MEMBER_OF_ORGANIZATION",
                    "You are not a member of the organization that owns this API key.");
        }

        @Test
        @DisplayName("does not see an expired one any more")
        void expired() {
            Keys.Key key = Keys.of(caller);
            Keys.set(key, "expires_at = now() - interval '1 second'");
            assertEquals(0, Rest.json(get(caller.request(), "list")).get("total").asInt());
            assertNotFound(caller, key.id().toString());
        }

        @Test
        @DisplayName("knows an imported one by the identifier it always had")
        void imported() {
            Keys.Key key = Keys.of(caller);
            String old = "pHczk1IT3U5ueFEZE36kvYUF" + UUID.randomUUID().toString().substring(0, 8);
            Database.update("UPDATE api_keys SET external_id = ? WHERE id = ?", old, key.id());
            get(caller.request(), "get?id=" + old).then().statusCode(200).body("id", equalTo(old));
            Keys.with(key.text()).get("/api/v1/me").then().statusCode(200);
            assertNotFound(Caller.signUp(), old);
            post(caller.request(), "delete", "{\"keyId\":\"" + old + "\"}").then().statusCode(200);
        }

        @Test
        @DisplayName("deletes it once, however often at once")
        void deletesOnce() throws Exception {
            Keys.Key key = Keys.of(caller);
            List<Integer> answers =
                    AtOnce.run(
                            4,
                            () ->
                                    post(
                                                    caller.request(),
                                                    "delete",
                                                    "{\"keyId\":\"" + key.id() + "\"}")
                                            .statusCode());
            assertEquals(1, answers.stream().filter(status -> status == 200).count());
            assertEquals(3, answers.stream().filter(status -> status == 404).count());
        }
    }

    private static void assertNotFound(Caller caller, String id) {
        List<Response> answers =
                List.of(
                        get(caller.request(), "get?id=" + id),
                        post(
                                caller.request(),
                                "update",
                                "{\"keyId\":\"" + id + "\",\"name\":\"x\"}"),
                        post(caller.request(), "delete", "{\"keyId\":\"" + id + "\"}"));
        answers.forEach(answer -> assertError(answer, 404, "KEY_NOT_FOUND", "API Key not found"));
    }

    @Nested
    @DisplayName("another user")
    class Other {

        @Test
        @DisplayName("is told of none, whoever's it is, whatever it names")
        void notFound() {
            Keys.Key key = Keys.of(Caller.signUp());
            Caller other = Caller.admin();
            Keys.Key deleted = Keys.of(other);
            post(other.request(), "delete", "{\"keyId\":\"" + deleted.id() + "\"}");
            for (String id :
                    Arrays.asList(
                            key.id().toString(),
                            UUID.randomUUID().toString(),
                            "malformed",
                            "%27",
                            "",
                            deleted.id().toString())) {
                assertNotFound(other, id);
            }
            assertEquals(true, Keys.column(key, "enabled"));
            assertEquals(0, Rest.json(get(other.request(), "list")).get("total").asInt());
        }

        @Test
        @DisplayName("cannot name the owner in its place")
        void namesTheOwner() {
            Caller owner = Caller.signUp();
            Keys.Key key = Keys.of(owner);
            Caller other = Caller.signUp();
            assertError(
                    create(other, "{\"userId\":\"" + owner.id + "\"}"),
                    401,
                    "UNAUTHORIZED_SESSION");
            assertError(
                    post(
                            other.request(),
                            "update",
                            "{\"keyId\":\""
                                    + key.id()
                                    + "\",\"userId\":\""
                                    + owner.id
                                    + "\",\"name\":\"x\"}"),
                    401,
                    "UNAUTHORIZED_SESSION");
            assertEquals(null, Keys.column(key, "name"));
        }
    }

    @Nested
    @DisplayName("a stranger")
    class Stranger {

        @Test
        @DisplayName("CVE-2025-61928: mints no key for the user that the body names")
        void cve202561928() {
            Caller victim = Caller.signUp();
            Object before = Database.value("SELECT count(*) FROM api_keys");
            for (String user : List.of("\"" + victim.id + "\"", "5", "null", "[\"x\"]", "\"\"")) {
                assertError(
                        post(given(), "create", "{\"userId\":" + user + ",\"name\":\"x\"}"),
                        401,
                        "UNAUTHORIZED_SESSION",
                        "Unauthorized or invalid session");
                assertError(
                        post(
                                given(),
                                "update",
                                "{\"userId\":" + user + ",\"keyId\":\"x\",\"name\":\"x\"}"),
                        401,
                        "UNAUTHORIZED_SESSION");
            }
            assertEquals(before, Database.value("SELECT count(*) FROM api_keys"));
        }

        @Test
        @DisplayName("gets nothing from any route")
        void unauthorized() {
            assertError(post(given(), "create", "{}"), 401, "UNAUTHORIZED_SESSION");
            assertError(
                    post(given(), "update", "{\"keyId\":\"x\",\"name\":\"x\"}"),
                    401,
                    "UNAUTHORIZED_SESSION");
            assertError(post(given(), "delete", "{\"keyId\":\"x\"}"), 401, "UNAUTHORIZED");
            assertError(get(given(), "get?id=x"), 401, "UNAUTHORIZED");
            assertError(get(given(), "list"), 401, "UNAUTHORIZED");
        }

        @Test
        @DisplayName("is told of a body's faults first")
        void validation() {
            for (String route : List.of("update", "delete")) {
                assertError(
                        post(given(), route, "{}"),
                        400,
                        "VALIDATION_ERROR",
                        "[body.keyId] Invalid input: expected string, received undefined");
            }
            assertError(
                    get(given(), "get"),
                    400,
                    "VALIDATION_ERROR",
                    "[query.id] Invalid input: expected string, received undefined");
            assertError(post(given(), "create", "{\"remaining\":1}"), 400, "SERVER_ONLY_PROPERTY");
        }

        @Test
        @DisplayName("cannot ask whether a key is good")
        void verify() {
            assertEquals(404, post(given(), "verify", "{\"key\":\"x\"}").statusCode());
        }

        @Test
        @DisplayName("with a key is no session in the dialect, unless the settings say so")
        void noSession() {
            Keys.Key key = Keys.of(Caller.signUp());
            assertEquals("null", Keys.with(key.text()).get("/api/auth/get-session").asString());
            assertError(get(Keys.with(key.text()), "list"), 401, "UNAUTHORIZED");
            assertEquals(0, Keys.column(key, "request_count"));
            assertNotEquals(null, key.text());
        }
    }
}
