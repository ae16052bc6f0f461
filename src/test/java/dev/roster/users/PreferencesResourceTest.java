package dev.roster.users;

import static dev.roster.testing.Problems.assertProblem;
import static dev.roster.testing.Problems.assertViolations;
import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.roster.testing.AtOnce;
import dev.roster.testing.AuditTrail;
import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.Rest;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@DisplayName("/api/v1/me/preferences/{namespace}")
class PreferencesResourceTest {

    private static final String PREFERENCES = "/api/v1/me/preferences/";
    private static final String EDITOR = PREFERENCES + "editor";
    private static final String PROFILE = "/api/v1/me/profile";
    private static final int LIMIT = 65_536;

    @Nested
    @DisplayName("for a stranger")
    class Stranger {

        @Test
        @DisplayName("is 401 by every method")
        void unauthenticated() {
            assertProblem(401, "unauthenticated", Rest.get(EDITOR));
            assertProblem(401, "unauthenticated", Rest.body(given(), Rest.JSON, "{}").put(EDITOR));
            assertProblem(401, "unauthenticated", given().delete(EDITOR));
        }
    }

    @Nested
    @DisplayName("for another user")
    class Another {

        @Test
        @DisplayName("holds that user's own preferences, never somebody else's")
        void separate() {
            Caller ada = Caller.signUp();
            Caller admin = Caller.admin();
            Rest.put(ada, EDITOR, null, "{\"theme\":\"dark\"}").then().statusCode(201);
            assertProblem(404, "not_found", Rest.get(admin, EDITOR));
            Rest.put(admin, EDITOR, null, "{\"theme\":\"light\"}").then().statusCode(201);
            assertEquals(Rest.json("{\"theme\":\"dark\"}"), Rest.json(Rest.get(ada, EDITOR)));
        }
    }

    @Nested
    @DisplayName("for the user itself")
    class Self {

        private Caller ada;

        @BeforeEach
        void enter() {
            ada = Caller.signUp();
        }

        @Test
        @DisplayName("is 404 before anything has been stored")
        void nothing() {
            assertProblem(404, "not_found", Rest.get(ada, EDITOR));
            assertProblem(404, "not_found", Rest.delete(ada, EDITOR, "*"));
            Rest.put(ada, PREFERENCES + "other", null, "{}").then().statusCode(201);
            assertProblem(404, "not_found", Rest.get(ada, EDITOR));
            assertProblem(404, "not_found", Rest.delete(ada, EDITOR, "*"));
        }

        @Test
        @DisplayName("is stored by PUT, 201 the first time and 200 after, and deleted by DELETE")
        void lifecycle() {
            Response created = Rest.put(ada, EDITOR, null, "{\"theme\":\"dark\",\"tab\":4}");
            assertEquals(201, created.statusCode(), created.asString());
            Response read = Rest.get(ada, EDITOR);
            assertEquals(200, read.statusCode());
            assertEquals("application/json;charset=UTF-8", read.header("Content-Type"));
            assertEquals(Rest.json("{\"theme\":\"dark\",\"tab\":4}"), Rest.json(read));
            assertEquals(created.header("ETag"), read.header("ETag"));
            Response replaced = Rest.put(ada, EDITOR, read.header("ETag"), "{\"tab\":2}");
            assertEquals(200, replaced.statusCode(), replaced.asString());
            assertEquals(Rest.json("{\"tab\":2}"), Rest.json(Rest.get(ada, EDITOR)), "not merged");
            assertEquals(204, Rest.delete(ada, EDITOR, replaced.header("ETag")).statusCode());
            assertProblem(404, "not_found", Rest.get(ada, EDITOR));
            assertEquals(201, Rest.put(ada, EDITOR, null, "{}").statusCode());
        }

        @ParameterizedTest(name = "{0}")
        @ValueSource(
                strings = {
                    "{}",
                    "{\"a\":null}",
                    "{\"a\":{\"b\":{\"c\":[1,[2,{\"d\":null}],[]]}}}",
                    "{\"\":\"empty name\"}",
                    "{\"n\":[0,-1,1.5,9007199254740993,123456789012345678901234567890]}",
                    "{\"t\":\"\\u0001 \\\" \\\\ \\n \\u2028 \\uD83D\\uDE00 é \\uFFFF\"}",
                    "{\"$set\":{\"role\":\"admin\"},\"__proto__\":{\"x\":1}}",
                    "{\"a.b\":1,\"a\":{\"b\":2}}"
                })
        @DisplayName("comes back as the same JSON")
        void roundTrip(String document) {
            Response stored = Rest.put(ada, EDITOR, null, document);
            assertEquals(201, stored.statusCode(), stored.asString());
            assertEquals(Rest.json(document), Rest.json(stored));
            assertEquals(Rest.json(document), Rest.json(Rest.get(ada, EDITOR)));
        }

        @Test
        @DisplayName(
                "is the same whatever the order and blanks it was sent with, and so is its tag")
        void canonical() {
            String tag = Rest.put(ada, EDITOR, null, "{\"b\":1, \"aa\" : [ 2 ]}").header("ETag");
            Response again = Rest.put(ada, EDITOR, tag, "{\"aa\":[2],\"b\":1}");
            assertEquals(200, again.statusCode());
            assertEquals(tag, again.header("ETag"));
        }

        @Test
        @DisplayName("takes exactly 64 KiB and refuses one byte more by 413")
        void boundary() {
            assertEquals(201, Rest.put(ada, EDITOR, null, document(LIMIT)).statusCode());
            assertProblem(
                    413,
                    "payload_too_large",
                    Rest.put(ada, PREFERENCES + "other", null, document(LIMIT + 1)));
            assertProblem(
                    413, "payload_too_large", Rest.put(ada, EDITOR, "*", document(LIMIT + 1)));
            assertEquals(LIMIT + 1, Rest.get(ada, EDITOR).asByteArray().length, "and a blank");
        }

        @Test
        @DisplayName("takes a hundred namespaces, and then changes alone")
        void hundred() {
            assertEquals(201, Rest.put(ada, EDITOR, null, "{}").statusCode());
            Database.update(
                    "UPDATE user_profiles SET preferences = preferences || (SELECT"
                            + " jsonb_object_agg('n' || n, '{}'::jsonb) FROM generate_series(1, 98)"
                            + " n) WHERE user_id = ?",
                    ada.id);
            assertEquals(201, Rest.put(ada, PREFERENCES + "last", null, "{}").statusCode());
            assertProblem(
                    413, "payload_too_large", Rest.put(ada, PREFERENCES + "more", null, "{}"));
            assertEquals(200, Rest.put(ada, EDITOR, "*", "{\"a\":1}").statusCode());
        }

        @Test
        @DisplayName("counts bytes, not characters")
        void bytes() {
            String wide = "{\"v\":\"" + "é".repeat((LIMIT - 8) / 2) + "\"}";
            assertEquals(201, Rest.put(ada, EDITOR, null, wide).statusCode());
            assertProblem(
                    413,
                    "payload_too_large",
                    Rest.put(ada, EDITOR, "*", wide.replace("\"v\"", "\"vv\"")));
        }

        private String document(int bytes) {
            return "{\"v\":\"" + "x".repeat(bytes - 8) + "\"}";
        }

        @ParameterizedTest(name = "{0}")
        @ValueSource(
                strings = {
                    "a",
                    "0",
                    "com.example.app",
                    "a_b-c.d",
                    "profile",
                    "0123456789012345678901234567890123456789012345678901234567890123"
                })
        @DisplayName("has names of lower case, digits, dot, underscore and hyphen")
        void names(String namespace) {
            assertEquals(
                    201, Rest.put(ada, PREFERENCES + namespace, null, "{\"a\":1}").statusCode());
            assertEquals(Rest.json("{\"a\":1}"), Rest.json(Rest.get(ada, PREFERENCES + namespace)));
        }

        @ParameterizedTest(name = "{0}")
        @ValueSource(
                strings = {
                    "A",
                    ".a",
                    "-a",
                    "_a",
                    "a%20b",
                    "a%00",
                    "%00",
                    "a%0A",
                    "a,b",
                    "a'b",
                    "%7Ba%7D",
                    "%C3%A9",
                    "%F0%9F%98%80",
                    "%ED%A0%80",
                    "01234567890123456789012345678901234567890123456789012345678901234"
                })
        @DisplayName("refuses other names by 400 for every method")
        void badNames(String namespace) {
            String path = PREFERENCES + namespace;
            assertViolations(
                    ada.request().urlEncodingEnabled(false).get(path), "path", "namespace");
            assertViolations(
                    Rest.body(ada.request().urlEncodingEnabled(false), Rest.JSON, "{}").put(path),
                    "path",
                    "namespace");
            assertViolations(
                    ada.request().urlEncodingEnabled(false).header("If-Match", "*").delete(path),
                    "path",
                    "namespace");
        }

        @ParameterizedTest(name = "{0}")
        @ValueSource(
                strings = {
                    "{\"a\":\"\\u0000\"}",
                    "{\"a\":\"\\ud800\"}",
                    "{\"a\":\"\\udc00x\"}",
                    "{\"a\":{\"b\":[\"fine\",\"\\u0000\"]}}",
                    "{\"\\u0000\":1}",
                    "{\"a\":{\"\\ud800\":1}}",
                    "{\"a\":[{\"x\\u0000\":null}]}",
                    "{\"a\":1e400}",
                    "{\"a\":[-1e999]}",
                    "{\"a\":1e999999999}"
                })
        @DisplayName("refuses texts and numbers that cannot be kept, however deep")
        void notStorable(String document) {
            Response answer = Rest.put(ada, EDITOR, null, document);
            assertEquals(400, answer.statusCode(), answer.asString());
            assertProblem(400, Rest.json(answer).get("code").asText(), answer);
            assertProblem(404, "not_found", Rest.get(ada, EDITOR));
        }

        @ParameterizedTest
        @ValueSource(strings = {"1e-2147483648", "1e2147483648", "1e99999999999"})
        @DisplayName("refuses a number whose exponent is out of range, in both APIs")
        void exponent(String number) {
            String body = "{\"a\": " + number + "}";
            assertEquals(400, Rest.put(ada, EDITOR, null, body).statusCode());
            assertEquals(
                    400,
                    ada.request()
                            .contentType("application/json")
                            .body(body)
                            .post("/api/auth/update-user")
                            .statusCode());
        }

        @Test
        @DisplayName("keeps the value of every number, through storing, reading and the export")
        void numbers() {
            String numbers =
                    "{\"a\": 19.90, \"b\": 0.1234567890123456789, \"c\": 12345678901234567890,"
                            + " \"d\": -0.00001, \"e\": 9007199254740993}";
            Response stored = Rest.put(ada, EDITOR, null, numbers);
            assertEquals(201, stored.statusCode(), stored.asString());
            assertEquals(numbers, stored.asString());
            assertEquals(numbers, Rest.get(ada, EDITOR).asString());
            String export = ada.request().get("/api/v1/me/export").asString();
            String trail =
                    (String)
                            Database.value(
                                    "SELECT after::text FROM audit_events WHERE target_id = ? AND"
                                            + " action = 'preferences.updated'",
                                    ada.id);
            for (String number : numbers.replaceAll("[^-0-9. ]", "").trim().split(" +")) {
                assertTrue(export.contains(number), number + " in " + export);
                assertTrue(trail.contains(number), number + " in " + trail);
            }
        }

        @Test
        @DisplayName("is nested 100 levels deep at most")
        void depth() {
            assertEquals(201, Rest.put(ada, EDITOR, null, nested(100)).statusCode());
            assertEquals(Rest.json(nested(100)), Rest.json(Rest.get(ada, EDITOR)));
            for (int depth : new int[] {101, 998, 999, 1000}) {
                assertProblem(400, "validation_failed", Rest.put(ada, EDITOR, "*", nested(depth)));
            }
            assertProblem(400, "malformed_json", Rest.put(ada, EDITOR, "*", nested(1002)));
        }

        private String nested(int depth) {
            return "{\"a\":".repeat(depth - 1) + "{}" + "}".repeat(depth - 1);
        }

        @Test
        @DisplayName("has one audit event for each change, in its transaction")
        void audit() {
            String tag = Rest.put(ada, EDITOR, null, "{\"theme\":\"dark\"}").header("ETag");
            tag = Rest.put(ada, EDITOR, tag, "{\"theme\":\"light\"}").header("ETag");
            List<AuditTrail.Event> events = AuditTrail.changesOf(ada.id);
            assertEquals(2, events.size());
            assertEquals("preferences.updated", events.get(0).action());
            assertEquals(null, events.get(0).before());
            assertEquals(Rest.json("{\"editor\":{\"theme\":\"dark\"}}"), events.get(0).after());
            assertEquals(Rest.json("{\"editor\":{\"theme\":\"dark\"}}"), events.get(1).before());
            assertEquals(Rest.json("{\"editor\":{\"theme\":\"light\"}}"), events.get(1).after());
            assertEquals(ada.id, events.get(1).actor());
            assertEquals(
                    Database.value(
                            "SELECT xmin::text FROM user_profiles WHERE user_id = ?", ada.id),
                    events.get(1).transaction());
            Rest.put(ada, EDITOR, null, "{}");
            Rest.put(ada, EDITOR, "\"stale\"", "{}");
            Rest.delete(ada, EDITOR, "\"stale\"");
            Rest.put(ada, EDITOR, tag, "[]");
            assertEquals(2, AuditTrail.changesOf(ada.id).size());
            Rest.delete(ada, EDITOR, tag).then().statusCode(204);
            AuditTrail.Event deleted = AuditTrail.changesOf(ada.id).get(2);
            assertEquals("preferences.deleted", deleted.action());
            assertEquals(Rest.json("{\"editor\":{\"theme\":\"light\"}}"), deleted.before());
            assertEquals(null, deleted.after());
        }
    }

    @Nested
    @DisplayName("under a precondition")
    class Preconditions {

        private Caller ada;

        @BeforeEach
        void enter() {
            ada = Caller.signUp();
        }

        @Test
        @DisplayName("needs If-Match once the namespace exists")
        void required() {
            String old = Rest.put(ada, EDITOR, null, "{\"a\":1}").header("ETag");
            assertProblem(428, "precondition_required", Rest.put(ada, EDITOR, null, "{\"a\":2}"));
            assertProblem(428, "precondition_required", Rest.delete(ada, EDITOR, null));
            assertEquals(200, Rest.put(ada, EDITOR, old, "{\"a\":2}").statusCode());
            assertProblem(412, "precondition_failed", Rest.put(ada, EDITOR, old, "{\"a\":3}"));
            assertProblem(412, "precondition_failed", Rest.delete(ada, EDITOR, old));
            assertProblem(
                    412,
                    "precondition_failed",
                    Rest.delete(ada, EDITOR, "W/" + Rest.tag(ada, EDITOR)));
            assertEquals(Rest.json("{\"a\":2}"), Rest.json(Rest.get(ada, EDITOR)));
            assertEquals(204, Rest.delete(ada, EDITOR, "*").statusCode());
        }

        @Test
        @DisplayName("does not create where the caller says that it exists")
        void absent() {
            assertProblem(412, "precondition_failed", Rest.put(ada, EDITOR, "*", "{}"));
            assertProblem(412, "precondition_failed", Rest.put(ada, EDITOR, "\"x\"", "{}"));
            assertProblem(404, "not_found", Rest.get(ada, EDITOR));
        }

        @Test
        @DisplayName("answers a read by 304 where the caller has the tag")
        void notModified() {
            String tag = Rest.put(ada, EDITOR, null, "{\"a\":1}").header("ETag");
            Response answer = ada.request().header("If-None-Match", tag).get(EDITOR);
            assertEquals(304, answer.statusCode());
            assertEquals("", answer.asString());
            ada.request().header("If-None-Match", "\"x\"").get(EDITOR).then().statusCode(200);
        }

        @Test
        @DisplayName("has a tag for each namespace that no other change moves")
        void independent() {
            String profile = Rest.tag(ada, PROFILE);
            String body = Rest.get(ada, PROFILE).asString();
            String editor = Rest.put(ada, EDITOR, null, "{\"a\":1}").header("ETag");
            String mail = Rest.put(ada, PREFERENCES + "mail", null, "{\"a\":2}").header("ETag");
            assertNotEquals(editor, mail);
            assertEquals(profile, Rest.tag(ada, PROFILE), "preferences are no part of the profile");
            assertEquals(body, Rest.get(ada, PROFILE).asString());
            assertEquals(200, Rest.put(ada, PROFILE, profile, "{\"bio\":\"x\"}").statusCode());
            assertEquals(editor, Rest.tag(ada, EDITOR));
            profile = Rest.tag(ada, PROFILE);
            body = Rest.get(ada, PROFILE).asString();
            assertEquals(200, Rest.put(ada, EDITOR, editor, "{\"a\":3}").statusCode());
            assertEquals(204, Rest.delete(ada, PREFERENCES + "mail", mail).statusCode());
            assertEquals(profile, Rest.tag(ada, PROFILE));
            assertEquals(body, Rest.get(ada, PROFILE).asString());
            assertEquals(Rest.json("{\"a\":3}"), Rest.json(Rest.get(ada, EDITOR)));
        }

        @Test
        @DisplayName("lets exactly one of several changes with the same tag pass")
        void concurrent() throws Exception {
            String tag = Rest.put(ada, EDITOR, null, "{}").header("ETag");
            List<Response> answers =
                    AtOnce.numbered(6, i -> Rest.put(ada, EDITOR, tag, "{\"writer\":" + i + "}"));
            assertEquals(1, answers.stream().filter(a -> a.statusCode() == 200).count());
            answers.stream()
                    .filter(a -> a.statusCode() != 200)
                    .forEach(a -> assertProblem(412, "precondition_failed", a));
        }

        @Test
        @DisplayName("lets exactly one of several first changes create the namespace")
        void concurrentCreation() throws Exception {
            List<Response> answers =
                    AtOnce.numbered(6, i -> Rest.put(ada, EDITOR, null, "{\"writer\":" + i + "}"));
            List<Response> created = answers.stream().filter(a -> a.statusCode() == 201).toList();
            assertEquals(1, created.size());
            answers.stream()
                    .filter(a -> a.statusCode() != 201)
                    .forEach(
                            a ->
                                    assertTrue(
                                            Set.of(412, 428).contains(a.statusCode()),
                                            a.asString()));
            assertEquals(Rest.json(created.get(0)), Rest.json(Rest.get(ada, EDITOR)));
            assertEquals(1, AuditTrail.changesOf(ada.id).size());
        }

        @Test
        @DisplayName("loses nothing when different namespaces and the profile are written at once")
        void concurrentNamespaces() throws Exception {
            String profile = Rest.tag(ada, PROFILE);
            List<Response> answers =
                    AtOnce.numbered(
                            6,
                            i ->
                                    i == 0
                                            ? Rest.put(ada, PROFILE, profile, "{\"bio\":\"x\"}")
                                            : Rest.put(
                                                    ada,
                                                    PREFERENCES + "n" + i,
                                                    null,
                                                    "{\"n\":" + i + "}"));
            assertEquals(200, answers.get(0).statusCode(), answers.get(0).asString());
            for (int i = 1; i < 6; i++) {
                assertEquals(201, answers.get(i).statusCode(), answers.get(i).asString());
                assertEquals(
                        Rest.json("{\"n\":" + i + "}"),
                        Rest.json(Rest.get(ada, PREFERENCES + "n" + i)));
            }
            assertEquals("x", Rest.json(Rest.get(ada, PROFILE)).get("bio").asText());
        }
    }
}
