package dev.roster.users;

import static dev.roster.testing.Problems.assertInvalid;
import static dev.roster.testing.Problems.assertProblem;
import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.roster.testing.AtOnce;
import dev.roster.testing.AuditTrail;
import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.Rest;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@DisplayName("/api/v1/me")
class MeResourceTest {

    private static final String ME = "/api/v1/me";
    private static final String PROFILE = "/api/v1/me/profile";

    private static final String ADA =
            """
            {"firstName":"Ada","lastName":"Lovelace","bio":"Writes programs","birthDate":"1815-12-10",
             "phone":"+442079460000","locale":"en-GB","timezone":"Europe/London","website":"https://ada.example"}
            """;

    private static final Set<String> PROFILE_MEMBERS =
            Set.of(
                    "userId",
                    "firstName",
                    "lastName",
                    "fullName",
                    "bio",
                    "birthDate",
                    "phone",
                    "locale",
                    "timezone",
                    "website",
                    "updatedAt");

    @Nested
    @DisplayName("for a stranger")
    class Stranger {

        @Test
        @DisplayName("is 401 by every method, and nothing is changed or told")
        void unauthenticated() {
            assertProblem(401, "unauthenticated", Rest.get(ME));
            assertProblem(401, "unauthenticated", Rest.get(PROFILE));
            assertProblem(401, "unauthenticated", Rest.body(given(), Rest.JSON, "{}").put(PROFILE));
            assertProblem(
                    401, "unauthenticated", Rest.body(given(), Rest.JSON, "{}").patch(PROFILE));
        }

        @Test
        @DisplayName("is 401 whatever id the body names")
        void idInBody() {
            Caller victim = Caller.signUp();
            assertProblem(
                    401,
                    "unauthenticated",
                    Rest.body(
                                    given().header("If-Match", "*"),
                                    Rest.JSON,
                                    "{\"userId\":\"" + victim.id + "\",\"bio\":\"x\"}")
                            .put(PROFILE));
        }

        static Stream<String> authorizations() {
            return Stream.of(
                    "",
                    " ",
                    "Bearer",
                    "Bearer ",
                    "bearer",
                    "Bearer  ",
                    "Bearer x",
                    "Bearer .",
                    "Bearer ..",
                    "Bearer a.b",
                    "Bearer a.b.c",
                    "Bearer %",
                    "Bearer %zz.%zz",
                    "Bearer %00.%00",
                    "Bearer %E0%A4%A.x",
                    "Bearer \t",
                    "Bearer " + "a".repeat(32),
                    "Bearer " + "a".repeat(31),
                    "Bearer " + "a".repeat(32) + "." + "b".repeat(44),
                    "Bearer " + "a".repeat(7000),
                    "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.",
                    "Bearer null",
                    "Bearer \u00e9\u00ff\u00e9\u00ff\u00e9\u00ff\u00e9\u00ff",
                    "Bearer ' OR 1=1 --",
                    "Bearer a, Bearer b",
                    "Basic",
                    "Basic YTpi",
                    "Basic !!!",
                    "Digest username=\"x\"",
                    "Negotiate oRQwEqADCgEA",
                    ":",
                    "=",
                    ",,,,",
                    "\"");
        }

        @ParameterizedTest(name = "[{0}]")
        @MethodSource("authorizations")
        @DisplayName("is 401 with an Authorization header that names no session")
        void malformedAuthorization(String authorization) {
            assertProblem(
                    401, "unauthenticated", given().header("Authorization", authorization).get(ME));
        }

        @ParameterizedTest(name = "{0}")
        @ValueSource(ints = {0, 1, 15, 30, 31})
        @DisplayName("is 401 with a token of which one character differs")
        void mutatedToken(int position) {
            StringBuilder token = new StringBuilder(Caller.signUp().token);
            token.setCharAt(position, token.charAt(position) == 'a' ? 'b' : 'a');
            assertProblem(401, "unauthenticated", Caller.as(token.toString()).get(ME));
        }

        @ParameterizedTest(name = "{0}")
        @ValueSource(ints = {1, 16, 31})
        @DisplayName("is 401 with the beginning of a token, or more than one")
        void truncatedToken(int length) {
            String token = Caller.signUp().token;
            assertProblem(401, "unauthenticated", Caller.as(token.substring(0, length)).get(ME));
            assertProblem(
                    401, "unauthenticated", Caller.as(token + token.substring(length)).get(ME));
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
        @DisplayName("shows exactly the members of a user")
        void user() {
            Response answer = Rest.get(ada, ME);
            assertEquals(200, answer.statusCode());
            assertEquals("application/json;charset=UTF-8", answer.header("Content-Type"));
            assertEquals("no-store", answer.header("Cache-Control"));
            JsonNode user = Rest.json(answer);
            assertEquals(
                    Set.of(
                            "id",
                            "name",
                            "email",
                            "emailVerified",
                            "username",
                            "displayUsername",
                            "image",
                            "roles",
                            "status",
                            "banned",
                            "banReason",
                            "banExpires",
                            "createdAt",
                            "updatedAt"),
                    members(user));
            assertEquals(ada.id.toString(), user.get("id").asText());
            assertEquals(ada.email, user.get("email").asText());
            assertEquals("Test User", user.get("name").asText());
            assertFalse(user.get("emailVerified").asBoolean());
            assertFalse(user.get("banned").asBoolean());
            assertEquals("[\"user\"]", user.get("roles").toString());
            assertTrue(
                    user.get("createdAt")
                            .asText()
                            .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z"));
        }

        @Test
        @DisplayName("shows a profile of nulls before the first change")
        void emptyProfile() {
            JsonNode profile = Rest.json(Rest.get(ada, PROFILE));
            assertEquals(PROFILE_MEMBERS, members(profile));
            assertEquals(ada.id.toString(), profile.get("userId").asText());
            profile.properties().stream()
                    .filter(member -> !member.getKey().equals("userId"))
                    .forEach(member -> assertTrue(member.getValue().isNull(), member.getKey()));
        }

        @Test
        @DisplayName("stores a whole profile by PUT and shows it again")
        void put() {
            Response answer = Rest.replace(ada, PROFILE, ADA);
            JsonNode profile = Rest.json(answer);
            assertEquals(PROFILE_MEMBERS, members(profile));
            assertEquals("Ada Lovelace", profile.get("fullName").asText());
            for (Map.Entry<String, JsonNode> given : Rest.json(ADA).properties()) {
                assertEquals(given.getValue(), profile.get(given.getKey()), given.getKey());
            }
            Response read = Rest.get(ada, PROFILE);
            assertEquals(profile, Rest.json(read));
            assertEquals(answer.header("ETag"), read.header("ETag"));
        }

        @Test
        @DisplayName("clears by PUT what the document leaves out or says null of")
        void putClears() {
            Rest.replace(ada, PROFILE, ADA);
            JsonNode profile =
                    Rest.json(
                            Rest.replace(ada, PROFILE, "{\"firstName\":\"Augusta\",\"bio\":null}"));
            assertEquals("Augusta", profile.get("firstName").asText());
            assertEquals("Augusta", profile.get("fullName").asText());
            for (String cleared :
                    List.of(
                            "lastName",
                            "bio",
                            "birthDate",
                            "phone",
                            "locale",
                            "timezone",
                            "website")) {
                assertTrue(profile.get(cleared).isNull(), cleared);
            }
            assertEquals(
                    0L,
                    Database.value(
                            "SELECT count(*) FROM user_profiles WHERE user_id = ? AND phone IS NOT"
                                    + " NULL",
                            ada.id));
        }

        @Test
        @DisplayName("changes by PATCH what the patch names, clears by null, and leaves the rest")
        void patch() {
            Rest.replace(ada, PROFILE, ADA);
            Response answer =
                    Rest.patch(
                            ada,
                            PROFILE,
                            Rest.tag(ada, PROFILE),
                            "{\"lastName\":\"King\",\"bio\":null}");
            assertEquals(200, answer.statusCode(), answer.asString());
            JsonNode profile = Rest.json(answer);
            assertEquals("Ada King", profile.get("fullName").asText());
            assertTrue(profile.get("bio").isNull());
            assertEquals("+442079460000", profile.get("phone").asText());
            assertEquals("1815-12-10", profile.get("birthDate").asText());
            assertEquals("https://ada.example", profile.get("website").asText());
        }

        @Test
        @DisplayName("takes a merge patch under the name of plain JSON, and changes nothing by {}")
        void patchAsJson() {
            Rest.replace(ada, PROFILE, ADA);
            Response before = Rest.get(ada, PROFILE);
            Response answer =
                    Rest.body(
                                    ada.request().header("If-Match", before.header("ETag")),
                                    Rest.JSON,
                                    "{}")
                            .patch(PROFILE);
            assertEquals(200, answer.statusCode(), answer.asString());
            assertEquals(Rest.json(before), Rest.json(answer));
            assertEquals(before.header("ETag"), answer.header("ETag"));
        }

        @ParameterizedTest(name = "{0}")
        @ValueSource(strings = {"{\"first\":\"Ada\"}", "{\"first\":null}", "{}"})
        @DisplayName("refuses a patch that nests an object where a text belongs")
        void nestedPatch(String nested) {
            Rest.replace(ada, PROFILE, ADA);
            assertInvalid(
                    Rest.patch(ada, PROFILE, "*", "{\"firstName\":" + nested + "}"), "firstName");
            assertEquals("Ada", Rest.json(Rest.get(ada, PROFILE)).get("firstName").asText());
        }

        @Test
        @DisplayName("makes the full name of what there is of first and last name")
        void fullName() {
            assertEquals("Ada", fullName("{\"firstName\":\"Ada\"}"));
            assertEquals("Lovelace", fullName("{\"lastName\":\"Lovelace\"}"));
            assertEquals("null", fullName("{}"));
            assertEquals(
                    "Ádám Ő\uD83D\uDE00",
                    fullName("{\"firstName\":\"Ádám\",\"lastName\":\"Ő\uD83D\uDE00\"}"));
        }

        private String fullName(String document) {
            return Rest.json(Rest.replace(ada, PROFILE, document)).get("fullName").asText();
        }

        static Stream<Arguments> accepted() {
            return Stream.of(
                    Arguments.of("firstName", "\"A\""),
                    Arguments.of("firstName", "\"" + "x".repeat(100) + "\""),
                    Arguments.of("lastName", "\"" + "é".repeat(100) + "\""),
                    Arguments.of("lastName", "\"O'Neil; DROP TABLE users; --\""),
                    Arguments.of("bio", "\"\""),
                    Arguments.of("bio", "\"" + "x".repeat(2000) + "\""),
                    Arguments.of("bio", "\"a\\n\\t\\u0001\\uFFFF\\uD83D\\uDE00\""),
                    Arguments.of("birthDate", "\"0001-01-01\""),
                    Arguments.of("birthDate", "\"1582-10-10\""),
                    Arguments.of("birthDate", "\"2000-02-29\""),
                    Arguments.of("phone", "\"+1234567\""),
                    Arguments.of("phone", "\"+123456789012345\""),
                    Arguments.of("locale", "\"de\""),
                    Arguments.of("locale", "\"zh-Hant-TW\""),
                    Arguments.of("locale", "\"de-DE-u-co-phonebk\""),
                    Arguments.of("timezone", "\"UTC\""),
                    Arguments.of("timezone", "\"America/Argentina/Buenos_Aires\""),
                    Arguments.of("website", "\"https://example.com:8443/a?b=c#d\""),
                    Arguments.of("website", "\"https://" + "a".repeat(2040) + "\""));
        }

        @ParameterizedTest(name = "{0}: {1}")
        @MethodSource("accepted")
        @DisplayName("stores what the rules allow, unchanged")
        void accepts(String member, String value) {
            Response answer = Rest.put(ada, PROFILE, "*", "{\"" + member + "\":" + value + "}");
            assertEquals(200, answer.statusCode(), answer.asString());
            assertEquals(Rest.json(value), Rest.json(answer).get(member));
            assertEquals(Rest.json(value), Rest.json(Rest.get(ada, PROFILE)).get(member));
        }

        static Stream<Arguments> refused() {
            LocalDate tomorrow = LocalDate.now(ZoneOffset.UTC).plusDays(2);
            return Stream.of(
                    Arguments.of("firstName", "\"\""),
                    Arguments.of("firstName", "\"" + "x".repeat(101) + "\""),
                    Arguments.of("lastName", "\"\""),
                    Arguments.of("lastName", "\"" + "x".repeat(101) + "\""),
                    Arguments.of("bio", "\"" + "x".repeat(2001) + "\""),
                    Arguments.of("birthDate", "\"" + tomorrow + "\""),
                    Arguments.of("birthDate", "\"9999-12-31\""),
                    Arguments.of("birthDate", "\"\""),
                    Arguments.of("birthDate", "\"yesterday\""),
                    Arguments.of("birthDate", "\"1815-02-29\""),
                    Arguments.of("birthDate", "\"1815-13-01\""),
                    Arguments.of("birthDate", "\"1815-1-1\""),
                    Arguments.of("birthDate", "\" 1815-12-10\""),
                    Arguments.of("birthDate", "\"1815-12-10T00:00:00\""),
                    Arguments.of("birthDate", "\"1815-12-10T00:00:00Z\""),
                    Arguments.of("birthDate", "\"0000-01-01\""),
                    Arguments.of("birthDate", "\"-0001-01-01\""),
                    Arguments.of("birthDate", "\"-99999-01-01\""),
                    Arguments.of("birthDate", "\"-999999999-01-01\""),
                    Arguments.of("birthDate", "0"),
                    Arguments.of("birthDate", "-1000000"),
                    Arguments.of("birthDate", "1.5"),
                    Arguments.of("birthDate", "[1815,12,10]"),
                    Arguments.of("birthDate", "{}"),
                    Arguments.of("birthDate", "true"),
                    Arguments.of("phone", "\"\""),
                    Arguments.of("phone", "\"442079460000\""),
                    Arguments.of("phone", "\"+0442079460000\""),
                    Arguments.of("phone", "\"+123456\""),
                    Arguments.of("phone", "\"+1234567890123456\""),
                    Arguments.of("phone", "\"+44 20 7946 0000\""),
                    Arguments.of("phone", "\"+442079460000\\n\""),
                    Arguments.of(
                            "phone",
                            "\"+\\u0664\\u0664\\u0662\\u0660\\u0667\\u0669\\u0664\\u0666\""),
                    Arguments.of("locale", "\"\""),
                    Arguments.of("locale", "\"en_GB\""),
                    Arguments.of("locale", "\"english language\""),
                    Arguments.of("locale", "\"x\""),
                    Arguments.of("locale", "\"-\""),
                    Arguments.of("locale", "\"en-x" + "-abcdefgh".repeat(7) + "\""),
                    Arguments.of("timezone", "\"\""),
                    Arguments.of("timezone", "\"Mars/Olympus\""),
                    Arguments.of("timezone", "\"europe/london\""),
                    Arguments.of("timezone", "\"+02:00\""),
                    Arguments.of("timezone", "\"Europe/London \""),
                    Arguments.of("website", "\"\""),
                    Arguments.of("website", "\"http://ada.example\""),
                    Arguments.of("website", "\"ada.example\""),
                    Arguments.of("website", "\"//ada.example\""),
                    Arguments.of("website", "\"https:\""),
                    Arguments.of("website", "\"https://\""),
                    Arguments.of("website", "\"https:///path\""),
                    Arguments.of("website", "\"https://user:password@ada.example\""),
                    Arguments.of("website", "\"https://user@ada.example\""),
                    Arguments.of("website", "\"https://ada.example/a b\""),
                    Arguments.of("website", "\"https://ada.example\\\\@evil.example\""),
                    Arguments.of("website", "\"javascript:alert(1)\""),
                    Arguments.of("website", "\"data:text/html,x\""),
                    Arguments.of("website", "\" https://ada.example\""),
                    Arguments.of("website", "\"https://" + "a".repeat(2041) + "\""));
        }

        @ParameterizedTest(name = "{0}: {1}")
        @MethodSource("refused")
        @DisplayName("refuses what a rule forbids and names the member, by PUT and PATCH")
        void refuses(String member, String value) {
            String document = "{\"" + member + "\":" + value + "}";
            assertInvalid(Rest.put(ada, PROFILE, "*", document), member);
            assertInvalid(Rest.patch(ada, PROFILE, "*", document), member);
            assertTrue(Rest.json(Rest.get(ada, PROFILE)).get(member).isNull());
        }

        static Stream<String> texts() {
            return Stream.of(
                    "firstName", "lastName", "bio", "phone", "locale", "timezone", "website");
        }

        @ParameterizedTest(name = "{0}")
        @MethodSource("texts")
        @DisplayName("refuses what is no text: other types, NUL and half surrogate pairs")
        void noText(String member) {
            for (String value :
                    List.of(
                            "1",
                            "1.5",
                            "true",
                            "[]",
                            "[\"x\"]",
                            "{}",
                            "\"\\u0000\"",
                            "\"a\\u0000b\"",
                            "\"\\ud800\"",
                            "\"\\udc00\"",
                            "\"\\udc00\\ud800\"",
                            "\"a\\ud800b\"")) {
                String document = "{\"" + member + "\":" + value + "}";
                assertInvalid(Rest.put(ada, PROFILE, "*", document), member);
                assertInvalid(Rest.patch(ada, PROFILE, "*", document), member);
            }
        }

        @ParameterizedTest(name = "{0}")
        @ValueSource(strings = {"\\u0000", "a\\u0000", "\\ud800", "\\udfff"})
        @DisplayName("refuses a member whose name is no text")
        void noName(String name) {
            for (String value : List.of("null", "1", "{}")) {
                String document = "{\"" + name + "\":" + value + "}";
                for (Response answer :
                        List.of(
                                Rest.put(ada, PROFILE, "*", document),
                                Rest.patch(ada, PROFILE, "*", document))) {
                    // the reader itself refuses some names
                    String code = Rest.json(answer).path("code").asText();
                    assertTrue(Set.of("validation_failed", "malformed_json").contains(code), code);
                    assertProblem(400, code, answer);
                }
            }
        }

        @Test
        @DisplayName("names every member that breaks a rule, in order of name")
        void manyViolations() {
            assertInvalid(
                    Rest.put(
                            ada,
                            PROFILE,
                            "*",
                            "{\"website\":\"x\",\"phone\":\"1\",\"firstName\":\"\",\"bio\":\"fine\"}"),
                    "firstName",
                    "phone",
                    "website");
        }

        @ParameterizedTest(name = "{0}")
        @ValueSource(
                strings = {
                    "userId",
                    "id",
                    "user",
                    "fullName",
                    "updatedAt",
                    "createdAt",
                    "version",
                    "preferences",
                    "attributes",
                    "sealedPhone",
                    "role",
                    "email",
                    "__proto__",
                    "FirstName"
                })
        @DisplayName("refuses members that are not the caller's to set, even to clear")
        void massAssignment(String member) {
            Rest.replace(ada, PROFILE, ADA);
            String row = row();
            for (String value : List.of("\"x\"", "1", "true", "{}", "null")) {
                String document = "{\"bio\":\"changed\",\"" + member + "\":" + value + "}";
                assertInvalid(Rest.put(ada, PROFILE, "*", document), member);
                assertInvalid(Rest.patch(ada, PROFILE, "*", document), member);
            }
            assertEquals(row, row());
            assertEquals(1, AuditTrail.changesOf(ada.id).size());
        }

        private String row() {
            return Database.query("SELECT p::text FROM user_profiles p WHERE user_id = ?", ada.id)
                    .toString();
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

        @ParameterizedTest(name = "[{0}]")
        @ValueSource(strings = {"", " "})
        @DisplayName("refuses a change with an empty If-Match by 428")
        void empty(String header) {
            assertProblem(428, "precondition_required", Rest.put(ada, PROFILE, header, "{}"));
        }

        @Test
        @DisplayName("refuses a change without If-Match by 428")
        void missing() {
            assertProblem(428, "precondition_required", Rest.put(ada, PROFILE, null, "{}"));
            assertProblem(428, "precondition_required", Rest.patch(ada, PROFILE, null, "{}"));
        }

        @Test
        @DisplayName("refuses a stale tag by 412 and changes nothing")
        void stale() {
            String old = Rest.tag(ada, PROFILE);
            String now = Rest.replace(ada, PROFILE, ADA).header("ETag");
            assertNotEquals(old, now);
            assertProblem(
                    412, "precondition_failed", Rest.put(ada, PROFILE, old, "{\"bio\":\"lost\"}"));
            assertProblem(
                    412,
                    "precondition_failed",
                    Rest.patch(ada, PROFILE, old, "{\"bio\":\"lost\"}"));
            assertEquals(now, Rest.tag(ada, PROFILE));
            assertEquals("Writes programs", Rest.json(Rest.get(ada, PROFILE)).get("bio").asText());
            assertEquals(1, AuditTrail.changesOf(ada.id).size());
        }

        @Test
        @DisplayName("takes the tag alone, in a list, and the asterisk; never a weak one")
        void forms() {
            Rest.replace(ada, PROFILE, ADA);
            for (String form : List.of("%s", "\"x\", %s", "%s,\"x\"", " %s ", "W/\"y\", %s", "*")) {
                Response answer =
                        Rest.patch(
                                ada,
                                PROFILE,
                                form.formatted(Rest.tag(ada, PROFILE)),
                                "{\"bio\":" + Rest.quote(form) + "}");
                assertEquals(200, answer.statusCode(), form + " " + answer.asString());
            }
            String tag = Rest.tag(ada, PROFILE);
            for (String form :
                    List.of(
                            "W/" + tag,
                            "w/" + tag,
                            tag.replace("\"", ""),
                            tag.replace("\"", "'"),
                            "\"*\"",
                            "\"" + tag,
                            "\"\"",
                            ",",
                            "\"x\", \"y\"")) {
                assertProblem(
                        412,
                        "precondition_failed",
                        Rest.patch(ada, PROFILE, form, "{\"bio\":null}"));
            }
            assertEquals(tag, Rest.tag(ada, PROFILE));
        }

        @Test
        @DisplayName("stores a website with an internationalised domain in its ASCII form")
        void internationalised() {
            Rest.patch(ada, PROFILE, "*", "{\"website\":\"https://b\u00fccher.example/x\"}")
                    .then()
                    .statusCode(200);
            assertEquals(
                    "https://xn--bcher-kva.example/x",
                    Rest.get(ada, PROFILE).path("website").toString());
            assertProblem(
                    400,
                    "validation_failed",
                    Rest.patch(ada, PROFILE, "*", "{\"website\":\"https://\u2764.example\"}"));
        }

        @Test
        @DisplayName("takes a list of tags in several header lines")
        void lines() {
            String tag = Rest.replace(ada, PROFILE, ADA).header("ETag");
            assertEquals(
                    304,
                    ada.request()
                            .header("If-None-Match", "\"x\"", "W/" + tag)
                            .get(PROFILE)
                            .statusCode());
            Rest.body(
                            ada.request().header("If-Match", "\"x\"", tag),
                            Rest.MERGE_PATCH,
                            "{\"bio\":null}")
                    .patch(PROFILE)
                    .then()
                    .statusCode(200);
        }

        @Test
        @DisplayName("explains a 412 by what the header names")
        void explained() {
            String old = Rest.tag(ada, PROFILE);
            String tag = Rest.replace(ada, PROFILE, ADA).header("ETag");
            Map.of(
                            old,
                            "another version",
                            "W/" + tag,
                            "A proxy that compresses",
                            tag.replace("\"", ""),
                            "in double quotes")
                    .forEach(
                            (form, reason) -> {
                                Response answer = Rest.patch(ada, PROFILE, form, "{\"bio\":null}");
                                assertEquals(412, answer.statusCode());
                                assertTrue(
                                        answer.path("detail").toString().contains(reason),
                                        answer.asString());
                            });
        }

        @Test
        @DisplayName("answers a read by 304 without a body where the caller has the tag")
        void notModified() {
            for (String path : List.of(ME, PROFILE)) {
                String tag = Rest.tag(ada, path);
                for (String form : List.of("%s", "W/%s", "\"x\", %s", "*")) {
                    Response answer =
                            ada.request().header("If-None-Match", form.formatted(tag)).get(path);
                    assertEquals(304, answer.statusCode(), form);
                    assertEquals("", answer.asString());
                    assertEquals(tag, answer.header("ETag"));
                }
                for (String form : List.of("\"x\"", "x", "\"", "", ",", "W/", "\u00ff")) {
                    Response answer = ada.request().header("If-None-Match", form).get(path);
                    assertEquals(200, answer.statusCode(), form);
                    assertEquals(tag, answer.header("ETag"));
                }
            }
        }

        @Test
        @DisplayName("answers a read by 200 again after a change")
        void modified() {
            String tag = Rest.tag(ada, PROFILE);
            Rest.replace(ada, PROFILE, ADA);
            ada.request().header("If-None-Match", tag).get(PROFILE).then().statusCode(200);
            tag = Rest.tag(ada, ME);
            Database.update(
                    "INSERT INTO role_grants (user_id, role_id) SELECT ?, id FROM roles WHERE name"
                            + " = 'admin'",
                    ada.id);
            Response answer = ada.request().header("If-None-Match", tag).get(ME);
            assertEquals(200, answer.statusCode(), "the roles have changed");
            assertEquals("[\"admin\"]", Rest.json(answer).get("roles").toString());
        }

        @ParameterizedTest(name = "first change: {0}")
        @ValueSource(booleans = {true, false})
        @DisplayName("lets exactly one of several changes with the same tag pass")
        void concurrent(boolean first) throws Exception {
            if (!first) {
                Rest.replace(ada, PROFILE, ADA);
            }
            int before = AuditTrail.changesOf(ada.id).size();
            String tag = Rest.tag(ada, PROFILE);
            List<Response> answers =
                    AtOnce.numbered(
                            6,
                            i -> Rest.patch(ada, PROFILE, tag, "{\"bio\":\"writer " + i + "\"}"));
            List<Response> passed = answers.stream().filter(a -> a.statusCode() == 200).toList();
            assertEquals(1, passed.size());
            answers.stream()
                    .filter(a -> a.statusCode() != 200)
                    .forEach(a -> assertProblem(412, "precondition_failed", a));
            assertEquals(Rest.json(passed.get(0)), Rest.json(Rest.get(ada, PROFILE)));
            assertEquals(before + 1, AuditTrail.changesOf(ada.id).size());
        }
    }

    @Nested
    @DisplayName("a phone number")
    class Phone {

        private static final String NUMBER = "+442079460123";

        @Test
        @DisplayName("is not in clear anywhere in the database")
        void encrypted() {
            Caller ada = Caller.signUp();
            Rest.replace(ada, PROFILE, "{\"phone\":\"" + NUMBER + "\"}");
            byte[] sealed = sealed(ada);
            assertFalse(new String(sealed, StandardCharsets.ISO_8859_1).contains("2079460123"));
            assertTrue(sealed.length > NUMBER.length() + 28, HexFormat.of().formatHex(sealed));
            for (String table : List.of("user_profiles", "audit_events", "users")) {
                assertEquals(
                        0L,
                        Database.value(
                                "SELECT count(*) FROM "
                                        + table
                                        + " t WHERE t::text LIKE '%2079460123%'"),
                        table);
            }
        }

        @Test
        @DisplayName("is sealed anew for each user and not touched by other changes")
        void randomised() {
            Caller ada = Caller.signUp();
            Caller bob = Caller.signUp();
            Rest.replace(ada, PROFILE, "{\"phone\":\"" + NUMBER + "\"}");
            Rest.replace(bob, PROFILE, "{\"phone\":\"" + NUMBER + "\"}");
            String first = HexFormat.of().formatHex(sealed(ada));
            assertNotEquals(first, HexFormat.of().formatHex(sealed(bob)));
            Rest.replace(ada, PROFILE, "{\"phone\":\"" + NUMBER + "\",\"bio\":\"x\"}");
            assertEquals(first, HexFormat.of().formatHex(sealed(ada)));
        }

        @Test
        @DisplayName("copied to another user's row, or altered, does not open")
        void boundToItsRow() {
            Caller ada = Caller.signUp();
            Caller bob = Caller.signUp();
            Rest.replace(ada, PROFILE, "{\"phone\":\"" + NUMBER + "\"}");
            Rest.replace(bob, PROFILE, "{\"phone\":\"+442079460999\"}");
            Database.update(
                    "UPDATE user_profiles SET phone = (SELECT phone FROM user_profiles WHERE"
                            + " user_id = ?) WHERE user_id = ?",
                    ada.id,
                    bob.id);
            Response answer = Rest.get(bob, PROFILE);
            assertProblem(500, "internal_error", answer);
            assertFalse(answer.asString().contains("2079460123"));
            Database.update(
                    "UPDATE user_profiles SET phone = set_byte(phone, length(phone) - 1,"
                            + " get_byte(phone, length(phone) - 1) # 1) WHERE user_id = ?",
                    ada.id);
            assertProblem(500, "internal_error", Rest.get(ada, PROFILE));
        }

        private byte[] sealed(Caller caller) {
            return (byte[])
                    Database.value("SELECT phone FROM user_profiles WHERE user_id = ?", caller.id);
        }
    }

    @Nested
    @DisplayName("by cookie")
    class ByCookie {

        private Caller ada;
        private String cookie;

        @BeforeEach
        void enter() {
            ada = Caller.signUp();
            cookie = Caller.signIn(ada.email, Caller.PASSWORD).cookie("better-auth.session_token");
        }

        private Response put(Map<String, String> headers) {
            return Rest.body(
                            given().header("Cookie", "better-auth.session_token=" + cookie)
                                    .header("If-Match", "*")
                                    .headers(headers),
                            Rest.JSON,
                            "{\"bio\":\"by cookie\"}")
                    .put(PROFILE);
        }

        @Test
        @DisplayName("reads from anywhere")
        void read() {
            given().header("Cookie", "better-auth.session_token=" + cookie)
                    .header("Origin", "https://evil.example")
                    .get(ME)
                    .then()
                    .statusCode(200)
                    .header("Access-Control-Allow-Origin", (String) null);
        }

        @ParameterizedTest(name = "{0}")
        @ValueSource(
                strings = {Caller.ORIGIN, "http://trusted.example:3000", "https://a.wild.example"})
        @DisplayName("writes from a page of a trusted origin")
        void trusted(String origin) {
            assertEquals(200, put(Map.of("Origin", origin)).statusCode());
            assertEquals(200, put(Map.of("Referer", origin + "/page")).statusCode());
        }

        @ParameterizedTest(name = "{0}")
        @ValueSource(
                strings = {
                    "https://evil.example",
                    "http://trusted.example:3001",
                    "https://trusted.example:3000",
                    "http://trusted.example:3000.evil.example",
                    "http://trusted.example:3000@evil.example",
                    "https://wild.example.evil.example",
                    "http://localhost",
                    "null"
                })
        @DisplayName("is refused by 403 from any other page, and changes nothing")
        void untrusted(String origin) {
            assertProblem(403, "untrusted_origin", put(Map.of("Origin", origin)));
            assertProblem(403, "untrusted_origin", put(Map.of("Referer", origin + "/page")));
            assertEquals(List.of(), AuditTrail.changesOf(ada.id));
        }

        @Test
        @DisplayName("is refused by 403 without an origin")
        void missing() {
            assertProblem(403, "untrusted_origin", put(Map.of()));
        }

        @Test
        @DisplayName("needs the signature")
        void signature() {
            given().header("Cookie", "better-auth.session_token=" + ada.token)
                    .get(ME)
                    .then()
                    .statusCode(401);
        }

        @Test
        @DisplayName("is not asked for an origin where a bearer token comes along")
        void bearer() {
            Response answer =
                    Rest.body(
                                    ada.request()
                                            .header("If-Match", "*")
                                            .header("Cookie", "theme=dark"),
                                    Rest.JSON,
                                    "{\"bio\":\"by bearer\"}")
                            .put(PROFILE);
            assertEquals(200, answer.statusCode(), answer.asString());
        }
    }

    @Nested
    @DisplayName("in the audit trail")
    class Audit {

        private Caller ada;

        @BeforeEach
        void enter() {
            ada = Caller.signUp();
        }

        @Test
        @DisplayName("leaves one event for each change: who, what, before and after, from where")
        void change() {
            Rest.replace(ada, PROFILE, ADA);
            Response answer =
                    Rest.body(
                                    ada.request()
                                            .header("If-Match", Rest.tag(ada, PROFILE))
                                            .header("X-Request-Id", "audit-test-0001")
                                            .header("User-Agent", "Analytical Engine"),
                                    Rest.MERGE_PATCH,
                                    "{\"lastName\":\"King\",\"bio\":null,\"locale\":\"fr\"}")
                            .patch(PROFILE);
            assertEquals(200, answer.statusCode(), answer.asString());
            List<AuditTrail.Event> events = AuditTrail.changesOf(ada.id);
            assertEquals(2, events.size());
            AuditTrail.Event event = events.get(1);
            assertEquals("profile.updated", event.action());
            assertEquals(ada.id, event.actor());
            assertEquals("user", event.targetType());
            assertEquals(ada.id, event.target());
            assertEquals(
                    Rest.json(
                            "{\"lastName\":\"Lovelace\",\"bio\":\"Writes"
                                    + " programs\",\"locale\":\"en-GB\"}"),
                    event.before());
            assertEquals(Rest.json("{\"lastName\":\"King\",\"locale\":\"fr\"}"), event.after());
            assertEquals("audit-test-0001", event.requestId());
            assertEquals("Analytical Engine", event.userAgent());
            assertTrue(Set.of("127.0.0.1", "0:0:0:0:0:0:0:1").contains(event.ipAddress()));
            assertEquals(
                    Database.value(
                            "SELECT xmin::text FROM user_profiles WHERE user_id = ?", ada.id),
                    event.transaction(),
                    "written in the transaction of the change");
        }

        @Test
        @DisplayName("tells of a phone number that it came, changed or went, never which it is")
        void phone() {
            Rest.replace(ada, PROFILE, "{\"phone\":\"+442079460001\"}");
            Rest.replace(ada, PROFILE, "{\"phone\":\"+442079460002\"}");
            Rest.replace(ada, PROFILE, "{\"phone\":\"+442079460002\",\"bio\":\"x\"}");
            Rest.replace(ada, PROFILE, "{}");
            List<AuditTrail.Event> events = AuditTrail.changesOf(ada.id);
            assertEquals(4, events.size());
            assertFalse(events.toString().contains("20794600"), events.toString());
            assertFalse(events.get(0).before().has("phone"));
            assertTrue(events.get(0).after().has("phone"));
            assertTrue(events.get(1).before().has("phone"), "changed");
            assertTrue(events.get(1).after().has("phone"), "changed");
            assertFalse(events.get(2).before().has("phone"), "stayed");
            assertFalse(events.get(2).after().has("phone"), "stayed");
            assertTrue(events.get(3).before().has("phone"));
            assertFalse(events.get(3).after().has("phone"));
        }

        @Test
        @DisplayName("leaves nothing of a refused change or one that changes nothing")
        void nothing() {
            Rest.replace(ada, PROFILE, ADA);
            Rest.put(ada, PROFILE, "\"stale\"", "{}");
            Rest.put(ada, PROFILE, null, "{}");
            Rest.put(ada, PROFILE, "*", "{\"phone\":\"1\"}");
            Rest.put(ada, PROFILE, "*", "{\"role\":\"admin\"}");
            Rest.put(ada, PROFILE, "*", "{");
            Rest.replace(ada, PROFILE, ADA);
            assertEquals(1, AuditTrail.changesOf(ada.id).size());
        }
    }

    @Nested
    @DisplayName("once the user is deleted")
    class Deleted {

        @Test
        @DisplayName("is 401 at once in every session, for reads and writes")
        void gone() {
            Caller ada = Caller.signUp();
            String other = ada.signInAgain();
            Rest.body(ada.request(), Rest.JSON, "{\"password\":\"" + Caller.PASSWORD + "\"}")
                    .post("/api/auth/delete-user")
                    .then()
                    .statusCode(200);
            for (String token : List.of(ada.token, other)) {
                assertProblem(401, "unauthenticated", Caller.as(token).get(ME));
                assertProblem(
                        401,
                        "unauthenticated",
                        Rest.body(
                                        Caller.as(token).header("If-Match", "*"),
                                        Rest.JSON,
                                        "{\"bio\":\"x\"}")
                                .put(PROFILE));
            }
        }

        @Test
        @DisplayName("is 401 at once even where the session has been left behind")
        void sessionLeft() {
            Caller ada = Caller.signUp();
            Database.update("UPDATE users SET deleted_at = now() WHERE id = ?", ada.id);
            assertProblem(401, "unauthenticated", Rest.get(ada, ME));
        }

        @Test
        @DisplayName("or banned, is 401 at once")
        void banned() {
            Caller ada = Caller.signUp();
            Database.update("UPDATE users SET banned = true WHERE id = ?", ada.id);
            assertProblem(401, "unauthenticated", Rest.get(ada, ME));
        }
    }

    private static Set<String> members(JsonNode object) {
        Set<String> names = new TreeSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
