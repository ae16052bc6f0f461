package dev.roster.users;

import static dev.roster.testing.Problems.assertInvalid;
import static org.hamcrest.Matchers.lessThan;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.Rest;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@QuarkusTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@DisplayName("A field has one rule, whichever way it comes")
class OneRuleTest {

    private static final String DATA_URL = "data:image/png;base64," + "A".repeat(5000);
    private static final String LONG_URL = "https://img.example/" + "a".repeat(2048);

    private static final ObjectMapper JSON = new ObjectMapper();

    private Caller admin;

    @BeforeEach
    void signIn() {
        admin = admin == null ? Caller.admin() : admin;
    }

    /** The ways in which a user comes to have a member, each with a member of its own at fault. */
    private enum Way {
        SIGN_UP {
            @Override
            Response send(Caller admin, Map<String, Object> member) {
                return auth(null, "/sign-up/email", merged(signUp(), member));
            }
        },
        UPDATE_USER {
            @Override
            Response send(Caller admin, Map<String, Object> member) {
                return auth(Caller.signUp(), "/update-user", member);
            }
        },
        ADMIN_CREATE {
            @Override
            Response send(Caller admin, Map<String, Object> member) {
                return auth(admin, "/admin/create-user", merged(signUp(), Map.of("data", member)));
            }
        },
        ADMIN_UPDATE {
            @Override
            Response send(Caller admin, Map<String, Object> member) {
                return auth(
                        admin,
                        "/admin/update-user",
                        Map.of("userId", Caller.signUp().id, "data", member));
            }
        },
        REST_CREATE {
            @Override
            Response send(Caller admin, Map<String, Object> member) {
                return rest(admin, "/api/v1/users", merged(newUser(), member), "application/json");
            }
        },
        REST_PATCH {
            @Override
            Response send(Caller admin, Map<String, Object> member) {
                String user = "/api/v1/users/" + Caller.signUp().id;
                return Rest.patch(admin, user, "*", json(member));
            }
        },
        BULK_CREATE {
            @Override
            Response send(Caller admin, Map<String, Object> member) {
                return rest(
                        admin,
                        "/api/v1/users/bulk",
                        Map.of("users", List.of(merged(newUser(), member))),
                        "application/json");
            }
        };

        abstract Response send(Caller admin, Map<String, Object> member);

        private static Map<String, Object> signUp() {
            return Map.of("name", "Ada", "email", Caller.newEmail(), "password", Caller.PASSWORD);
        }

        private static Map<String, Object> newUser() {
            return Map.of("name", "Ada", "email", Caller.newEmail());
        }

        private static Map<String, Object> merged(
                Map<String, Object> document, Map<String, Object> member) {
            Map<String, Object> merged = new LinkedHashMap<>(document);
            merged.putAll(member);
            return merged;
        }
    }

    private static String json(Object body) {
        return JSON.valueToTree(body).toString();
    }

    private static Response auth(Caller caller, String path, Object body) {
        return (caller == null ? RestAssured.given() : caller.request())
                .contentType(ContentType.JSON)
                .body(json(body))
                .post("/api/auth" + path);
    }

    private static Response rest(Caller caller, String path, Object body, String type) {
        return caller.request().contentType(type).body(json(body)).post(path);
    }

    static Stream<Arguments> faults() {
        Map<String, List<String>> faults =
                Map.of(
                        "name", List.of("x".repeat(201)),
                        "image",
                                List.of(
                                        DATA_URL,
                                        LONG_URL,
                                        "http://img.example/a.png",
                                        "javascript:alert(1)",
                                        "https://a:b@img.example/a.png",
                                        "x".repeat(5000)),
                        "displayUsername", List.of("x".repeat(101)),
                        "username", List.of("x".repeat(31), "a b"));
        return faults.entrySet().stream()
                .flatMap(
                        fault ->
                                fault.getValue().stream()
                                        .flatMap(
                                                value ->
                                                        Stream.of(Way.values())
                                                                .map(
                                                                        way ->
                                                                                Arguments.of(
                                                                                        way,
                                                                                        fault
                                                                                                .getKey(),
                                                                                        value))));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("faults")
    @DisplayName("and a value that breaks it is refused with 400")
    void refused(Way way, String member, String value) {
        Response response = way.send(admin, Map.of(member, value));
        assertEquals(400, response.statusCode(), response.asString());
        if (value.equals(DATA_URL)) {
            assertTrue(response.asString().contains("data URL"), response.asString());
        }
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    @DisplayName("but that the Better Auth API takes an empty name, as the contract does")
    void emptyName(Way way) {
        int status = way.send(admin, Map.of("name", "")).statusCode();
        boolean betterAuth =
                EnumSet.of(Way.SIGN_UP, Way.UPDATE_USER, Way.ADMIN_CREATE, Way.ADMIN_UPDATE)
                        .contains(way);
        assertEquals(betterAuth ? 200 : 400, status);
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    @DisplayName("and the longest values that meet it are taken, an empty image as none")
    void taken(Way way) {
        String image = "https://img.example/" + "a".repeat(2048 - 20);
        way.send(admin, Map.of("name", "x".repeat(200), "image", image))
                .then()
                .statusCode(lessThan(300));
        way.send(admin, Map.of("image", "")).then().statusCode(lessThan(300));
        assertEquals(0L, Database.value("SELECT count(*) FROM users WHERE image = ''"));
    }

    @Test
    @DisplayName("and a reason for a ban has 1,000 characters at most in both APIs")
    void banReason() {
        Caller ada = Caller.signUp();
        String reason = "x".repeat(1001);
        assertInvalid(
                rest(
                        admin,
                        "/api/v1/users/" + ada.id + "/ban",
                        Map.of("reason", reason),
                        Rest.JSON),
                "reason");
        assertEquals(
                400,
                auth(admin, "/admin/ban-user", Map.of("userId", ada.id, "banReason", reason))
                        .statusCode());
        assertEquals(
                400,
                auth(
                                admin,
                                "/admin/update-user",
                                Map.of(
                                        "userId",
                                        ada.id,
                                        "data",
                                        Map.of("banned", true, "banReason", reason)))
                        .statusCode());
    }

    @Test
    @DisplayName("and a sign-in by a mailed link or code holds to it")
    void mailed() {
        assertEquals(
                400,
                auth(
                                null,
                                "/sign-in/magic-link",
                                Map.of("email", Caller.newEmail(), "name", "x".repeat(201)))
                        .statusCode());
        for (Map<String, String> member :
                List.of(Map.of("name", "x".repeat(201)), Map.of("image", DATA_URL))) {
            Map<String, Object> body = new LinkedHashMap<>(member);
            body.put("email", Caller.newEmail());
            body.put("otp", "000000");
            Response response = auth(null, "/sign-in/email-otp", body);
            assertEquals("VALIDATION_ERROR", response.path("code"), response.asString());
        }
    }

    @Test
    @DisplayName("and groups and teams have theirs in both APIs")
    void groups() {
        Caller ada = Caller.signUp();
        Map<String, Object> big = Map.of("a", "x".repeat(16 * 1024));
        Map<String, Object> faults =
                Map.of("name", "x".repeat(201), "logo", DATA_URL, "metadata", big);
        String slug = "org-" + UUID.randomUUID();
        String id =
                auth(ada, "/organization/create", Map.of("name", "Acme", "slug", slug)).path("id");
        faults.forEach(
                (member, value) -> {
                    Map<String, Object> body = new LinkedHashMap<>();
                    body.put("name", "Acme");
                    body.put("slug", "org-" + UUID.randomUUID());
                    body.put(member, value);
                    assertInvalid(rest(admin, "/api/v1/groups", body, Rest.JSON), member);
                    assertEquals(400, auth(ada, "/organization/create", body).statusCode());
                    Map<String, Object> change =
                            Map.of("organizationId", id, "data", Map.of(member, value));
                    assertEquals(400, auth(ada, "/organization/update", change).statusCode());
                });
        String name = "x".repeat(201);
        assertEquals(
                400,
                auth(ada, "/organization/create-team", Map.of("name", name, "organizationId", id))
                        .statusCode());
    }

    @Test
    @DisplayName("and a stored value that breaks it does not stand in the way of another change")
    void changedElsewhere() {
        Caller ada = Caller.signUp();
        Database.update(
                "UPDATE users SET image = ?, name = '', display_username = ? WHERE id = ?",
                DATA_URL,
                "x".repeat(500),
                ada.id);
        String user = "/api/v1/users/" + ada.id;
        assertEquals(200, Rest.patch(admin, user, "*", "{\"emailVerified\":true}").statusCode());
        assertEquals(200, Rest.patch(ada, user, "*", "{\"name\":\"Ada\"}").statusCode());
        assertEquals(
                200,
                auth(ada, "/update-user", Map.of("name", "A.", "image", DATA_URL)).statusCode());
        assertEquals(
                200,
                auth(
                                admin,
                                "/admin/update-user",
                                Map.of("userId", ada.id, "data", Map.of("name", "Ada")))
                        .statusCode());
        assertInvalid(Rest.patch(ada, user, "*", "{\"image\":\"" + DATA_URL + "x\"}"), "image");
        JsonNode after = Rest.json(Rest.get(ada, user));
        assertEquals("Ada", after.get("name").asText());
        assertEquals(DATA_URL, after.get("image").asText());
        assertEquals(200, Rest.patch(ada, user, "*", "{\"image\":null}").statusCode());
    }

    @Test
    @DisplayName("and so it is with profiles, replaced ones too")
    void profile() {
        Caller ada = Caller.signUp();
        String profile = "/api/v1/me/profile";
        Rest.replace(ada, profile, "{\"firstName\":\"Ada\",\"website\":\"https://ada.example\"}");
        Database.update(
                "UPDATE user_profiles SET website = 'ftp://ada.example', locale = 'no locale' WHERE"
                        + " user_id = ?",
                ada.id);
        assertEquals(200, Rest.patch(ada, profile, "*", "{\"bio\":\"B\"}").statusCode());
        Response replaced =
                Rest.put(
                        ada,
                        profile,
                        "*",
                        "{\"lastName\":\"L\",\"website\":\"ftp://ada.example\"}");
        assertEquals(200, replaced.statusCode(), replaced.asString());
        assertInvalid(
                Rest.patch(ada, profile, "*", "{\"website\":\"ftp://b.example\"}"), "website");
    }

    @Test
    @DisplayName("and with groups, whose metadata may be none of today's")
    void group() {
        String slug = "org-" + UUID.randomUUID();
        Caller ada = Caller.signUp();
        String id =
                auth(ada, "/organization/create", Map.of("name", "Acme", "slug", slug)).path("id");
        Database.update(
                "UPDATE groups SET metadata = '[1, 2]', logo = ? WHERE slug = ?", DATA_URL, slug);
        String group = "/api/v1/groups/" + id;
        Response renamed = Rest.patch(admin, group, "*", "{\"name\":\"Acme 2\"}");
        assertEquals(200, renamed.statusCode(), renamed.asString());
        assertEquals("[1,2]", Rest.json(renamed).get("metadata").toString());
        assertEquals(
                200,
                auth(
                                ada,
                                "/organization/update",
                                Map.of(
                                        "organizationId",
                                        id,
                                        "data",
                                        Map.of("name", "Acme 3", "logo", DATA_URL)))
                        .statusCode());
        assertEquals(200, Rest.patch(admin, group, "*", "{\"metadata\":{\"a\":1}}").statusCode());
    }

    @Test
    @DisplayName("and with attributes")
    void attributes() {
        Caller ada = Caller.signUp();
        String attributes = "/api/v1/users/" + ada.id + "/attributes";
        Rest.replace(ada, "/api/v1/me/profile", "{\"firstName\":\"Ada\"}");
        Database.update(
                "UPDATE user_profiles SET attributes = CAST(? AS jsonb) WHERE user_id = ?",
                "{\"department\":\"" + "x".repeat(50) + "\",\"riskScore\":7,\"shoeSize\":5}",
                ada.id);
        for (String patch :
                List.of(
                        "{\"badge\":\"AB1234\"}",
                        "{\"newsletter\":true}",
                        "{\"costCentre\":\"c\"}",
                        "{\"riskScore\":0.5,\"costCentre\":\"c\"}")) {
            Response changed = Rest.patch(admin, attributes, "*", patch);
            assertEquals(200, changed.statusCode(), patch + ": " + changed.asString());
        }
        for (String patch :
                List.of(
                        "{\"department\":\"" + "y".repeat(50) + "\"}",
                        "{\"riskScore\":8}",
                        "{\"costCentre\":null}")) {
            assertEquals(400, Rest.patch(admin, attributes, "*", patch).statusCode(), patch);
        }
    }

    @Test
    @DisplayName("and numbers of metadata and attributes keep their value")
    void numbers() {
        Caller ada = Caller.signUp();
        String metadata = "{\"a\":19.90,\"b\":0.1234567890123456789,\"c\":12345678901234567890}";
        String slug = "org-" + UUID.randomUUID();
        Response made =
                ada.request()
                        .contentType(ContentType.JSON)
                        .body(
                                "{\"name\":\"Acme\",\"slug\":\""
                                        + slug
                                        + "\",\"metadata\":"
                                        + metadata
                                        + "}")
                        .post("/api/auth/organization/create");
        made.then().statusCode(200);
        assertTrue(made.asString().contains(metadata), made.asString());
        String group = "/api/v1/groups/" + made.path("id");
        Response patched = Rest.patch(admin, group, "*", "{\"metadata\":{\"d\":1.50}}");
        String merged = patched.asString().replace(" ", "");
        assertTrue(merged.contains(metadata.replace("}", ",\"d\":1.50}")), patched.asString());
        String attributes = "/api/v1/users/" + ada.id + "/attributes";
        Response attribute =
                Rest.patch(
                        admin,
                        attributes,
                        "*",
                        "{\"riskScore\":0.1234567890123456789,\"costCentre\":\"c\"}");
        assertTrue(attribute.asString().contains("0.1234567890123456789"), attribute.asString());
        String export = ada.request().get("/api/v1/me/export").asString();
        assertTrue(export.contains("12345678901234567890"), export);
        assertTrue(export.contains("0.1234567890123456789"), export);
    }
}
