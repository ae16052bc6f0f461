package dev.roster.ops;

import static dev.roster.testing.Problems.assertProblem;
import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.Rest;
import io.quarkus.arc.Arc;
import io.quarkus.test.junit.DisabledOnIntegrationTest;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@DisplayName("The OpenAPI document")
class OpenApiTest {

    private static final String ME = "/api/v1/me";
    private static final String MY_PROFILE = "/api/v1/me/profile";
    private static final String MY_ATTRIBUTES = "/api/v1/me/attributes";
    private static final String ATTRIBUTES = "/api/v1/users/{id}/attributes";
    private static final String PREFERENCES = "/api/v1/me/preferences/{namespace}";
    private static final String USER = "/api/v1/users/{id}";
    private static final String PROFILE = "/api/v1/users/{id}/profile";

    /** What cannot be brought about by a request, or is the same everywhere: see HeadLimitTest. */
    private static final Set<String> NOT_PROVOKED = Set.of("414", "431", "500", "503");

    private JsonNode document;

    /** What a caller may do right or wrong. */
    private enum Situation {
        PLAIN,
        FIRST_TIME,
        UNMODIFIED,
        STRANGER,
        OTHER_USER,
        CROSS_SITE,
        UNKNOWN,
        BAD_NAME,
        MALFORMED,
        INVALID,
        TOO_LARGE,
        WRONG_TYPE,
        UNACCEPTABLE,
        STALE,
        NO_IF_MATCH,
        WEAK_KEY,
        USED_KEY,
        TAKEN
    }

    private record Operation(String method, String path, JsonNode node) {

        boolean has(String member) {
            return node.has(member);
        }

        /** Whether the situation makes a call of this operation differ from a plain one. */
        boolean knows(Situation situation) {
            return switch (situation) {
                case PLAIN, STRANGER, CROSS_SITE, UNACCEPTABLE, WEAK_KEY, USED_KEY -> true;
                case FIRST_TIME -> path.contains("{namespace}") && method.equals("put");
                case UNMODIFIED -> takes("If-None-Match");
                case OTHER_USER -> path.contains("{id}");
                case UNKNOWN -> path.contains("{id}") || path.contains("{namespace}");
                case BAD_NAME -> path.contains("{namespace}");
                case MALFORMED, INVALID, TOO_LARGE, WRONG_TYPE -> has("requestBody");
                case STALE, NO_IF_MATCH -> takes("If-Match");
                case TAKEN -> node.path("responses").has("409");
            };
        }

        boolean takes(String header) {
            for (JsonNode parameter : node.path("parameters")) {
                if (header.equals(parameter.path("name").asText())) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    @BeforeEach
    void read() {
        Response answer = given().get("/q/openapi?format=json");
        assertEquals(200, answer.statusCode());
        document = Rest.json(answer);
    }

    private List<Operation> operations() {
        List<Operation> operations = new ArrayList<>();
        for (Map.Entry<String, JsonNode> path : document.get("paths").properties()) {
            for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
                if (Set.of("get", "put", "post", "delete", "patch", "head", "options")
                        .contains(method.getKey())) {
                    operations.add(
                            new Operation(method.getKey(), path.getKey(), method.getValue()));
                }
            }
        }
        return operations;
    }

    @Test
    @DisplayName("says what it describes")
    void info() {
        assertTrue(document.get("openapi").asText().startsWith("3."));
        JsonNode info = document.get("info");
        assertEquals("Roster", info.get("title").asText());
        assertFalse(info.path("version").asText().isBlank());
        assertFalse(info.path("description").asText().isBlank());
        JsonNode schemes = document.at("/components/securitySchemes");
        assertEquals("apiKey", schemes.at("/session/type").asText());
        assertEquals("cookie", schemes.at("/session/in").asText());
        assertEquals("better-auth.session_token", schemes.at("/session/name").asText());
        assertEquals("http", schemes.at("/bearer/type").asText());
        assertEquals("bearer", schemes.at("/bearer/scheme").asText());
        assertEquals("header", schemes.at("/apiKey/in").asText());
        assertEquals("x-api-key", schemes.at("/apiKey/name").asText());
    }

    @Test
    @DisplayName("holds every operation of the REST dialect and none of the other")
    void complete() {
        Set<String> ids = new HashSet<>();
        for (Operation operation : operations()) {
            assertTrue(operation.path.startsWith("/api/v1/"), operation.toString());
            String id = operation.node.path("operationId").asText();
            assertTrue(ids.add(id), "twice: " + id);
        }
    }

    /** AuthorisationTest has a row for each of them: see mp.openapi.scan.packages. */
    @Test
    @DisabledOnIntegrationTest("asks the classes of the service")
    @DisplayName("leaves out nothing that is served")
    void whole() {
        Set<String> served = served();
        assertTrue(served.size() > 50, served.toString());
        assertEquals(
                served,
                operations().stream()
                        .map(
                                operation ->
                                        operation.method.toUpperCase(Locale.ROOT)
                                                + " "
                                                + operation.path)
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    /** Method and path of all that the resources of the REST dialect answer. */
    private static Set<String> served() {
        Set<String> served = new TreeSet<>();
        for (Bean<?> bean :
                Arc.container().beanManager().getBeans(Object.class, Any.Literal.INSTANCE)) {
            Path root = bean.getBeanClass().getAnnotation(Path.class);
            if (root == null || !("/" + root.value()).replace("//", "/").startsWith("/api/v1")) {
                continue;
            }
            for (Method method : bean.getBeanClass().getMethods()) {
                Path path = method.getAnnotation(Path.class);
                String template =
                        ("/" + root.value() + "/" + (path == null ? "" : path.value()))
                                .replaceAll("\\{(\\w+)\\s*:.*?}", "{$1}")
                                .replaceAll("/+", "/")
                                .replaceAll("/$", "");
                for (Annotation annotation : method.getAnnotations()) {
                    HttpMethod verb = annotation.annotationType().getAnnotation(HttpMethod.class);
                    if (verb != null) {
                        served.add(verb.value() + " " + template);
                    }
                }
            }
        }
        return served;
    }

    @Test
    @DisplayName("tells of each operation what it does, who may call it and what it answers")
    void described() {
        for (Operation operation : operations()) {
            String what = operation.toString();
            assertFalse(operation.node.path("summary").asText().isBlank(), what);
            assertFalse(operation.node.path("tags").isEmpty(), what);
            List<String> schemes = new ArrayList<>();
            operation
                    .node
                    .path("security")
                    .forEach(s -> s.fieldNames().forEachRemaining(schemes::add));
            assertEquals(List.of("session", "bearer", "apiKey"), schemes, what);
            boolean success = false;
            for (Map.Entry<String, JsonNode> response :
                    operation.node.get("responses").properties()) {
                String status = response.getKey();
                JsonNode content = response.getValue().path("content");
                assertFalse(
                        response.getValue().path("description").asText().isBlank(),
                        what + " " + status);
                if (status.startsWith("2")) {
                    success = true;
                    boolean schema = !content.isEmpty();
                    for (JsonNode type : content) {
                        schema &= type.has("schema");
                    }
                    assertEquals(!status.equals("204"), schema, what + " " + status);
                } else if (status.compareTo("400") >= 0) {
                    problem(what + " " + status, status, content);
                }
            }
            assertTrue(success, what);
        }
    }

    private void problem(String what, String status, JsonNode content) {
        assertEquals(Set.of("application/problem+json"), names(content), what);
        JsonNode problem = content.get("application/problem+json");
        assertEquals("#/components/schemas/Problem", problem.at("/schema/$ref").asText(), what);
        assertFalse(problem.path("examples").isEmpty(), what);
        for (Map.Entry<String, JsonNode> example : problem.get("examples").properties()) {
            JsonNode value = example.getValue().get("value");
            assertEquals(example.getKey(), value.get("code").asText(), what);
            assertEquals(status, value.get("status").asText(), what);
            assertMatches(what + " example", value, problem.get("schema"));
        }
    }

    @Test
    @DisplayName("tells of Idempotency-Key and its problems where it is honoured")
    void idempotent() {
        Set<String> idempotent = new TreeSet<>();
        for (Operation operation : operations()) {
            if (operation.takes("Idempotency-Key")) {
                idempotent.add(operation.node.path("operationId").asText());
                assertTrue(operation.node.path("responses").has("422"), operation.toString());
                assertTrue(
                        operation
                                .node
                                .at("/responses/409/content/application~1problem+json/examples")
                                .has("conflict"),
                        operation.toString());
            }
        }
        assertTrue(
                idempotent.containsAll(Set.of("createUser", "createUsers")), idempotent.toString());
    }

    @Test
    @DisplayName("gives bodies a schema that the rules are in")
    void rules() {
        JsonNode profile = document.at("/components/schemas/ProfileDocument/properties");
        assertEquals(
                Set.of(
                        "firstName",
                        "lastName",
                        "bio",
                        "birthDate",
                        "phone",
                        "locale",
                        "timezone",
                        "website"),
                names(profile));
        assertEquals(100, profile.at("/firstName/maxLength").asInt());
        assertEquals(2000, profile.at("/bio/maxLength").asInt());
        assertEquals("date", profile.at("/birthDate/format").asText());
        assertTrue(profile.at("/phone/pattern").asText().contains("[1-9]"));
        assertMatches(
                "what may be cleared",
                Rest.json("{\"firstName\":null,\"phone\":null,\"birthDate\":null,\"locale\":null}"),
                document.at("/components/schemas/ProfileDocument"));
        assertMatches(
                "a patch leaves out",
                Rest.json("{\"image\":null}"),
                document.at("/components/schemas/AdministeredUserDocument"));
        assertEquals(
                Set.of(
                        "displayUsername",
                        "email",
                        "emailVerified",
                        "image",
                        "name",
                        "roles",
                        "status",
                        "username"),
                names(document.at("/components/schemas/AdministeredUserDocument/properties")));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "getMe",
                "getMyProfile",
                "putMyProfile",
                "patchMyProfile",
                "getPreferences",
                "putPreferences",
                "deletePreferences",
                "getUser",
                "patchUser",
                "getUserProfile",
                "putUserProfile",
                "patchUserProfile",
                "getMyAttributes",
                "putMyAttributes",
                "patchMyAttributes",
                "getUserAttributes",
                "putUserAttributes",
                "patchUserAttributes"
            })
    @DisplayName("is the truth: each status given is documented, each documented one is given")
    void truth(String operationId) {
        Operation operation =
                operations().stream()
                        .filter(o -> operationId.equals(o.node.path("operationId").asText()))
                        .findFirst()
                        .orElseThrow();
        Map<String, Situation> given = new TreeMap<>();
        for (Situation situation : Situation.values()) {
            if (!operation.knows(situation)) {
                continue;
            }
            Response answer = call(operation, situation);
            String status = Integer.toString(answer.statusCode());
            String what = operation + " " + situation + " " + status + " " + answer.asString();
            given.put(status, situation);
            JsonNode documented = operation.node.get("responses").get(status);
            assertTrue(documented != null, "not documented: " + what);
            documented
                    .path("headers")
                    .fieldNames()
                    .forEachRemaining(
                            header -> assertTrue(answer.header(header) != null, header + what));
            if (answer.statusCode() >= 400) {
                String code = Rest.json(answer).path("code").asText();
                assertProblem(answer.statusCode(), code, answer);
                assertTrue(
                        documented.at("/content/application~1problem+json/examples").has(code),
                        "no example of " + code + ": " + what);
            }
            if (answer.asString().isEmpty()) {
                assertFalse(documented.has("content"), what);
            } else {
                String type = answer.header("Content-Type").split(";")[0];
                JsonNode schema = documented.path("content").path(type).path("schema");
                assertFalse(schema.isMissingNode(), what);
                assertMatches(what, Rest.json(answer), schema);
            }
        }
        Set<String> documented = names(operation.node.get("responses"));
        documented.removeAll(NOT_PROVOKED);
        assertEquals(documented, new TreeSet<>(given.keySet()), given.toString());
    }

    /** One call in a situation. */
    private Response call(Operation operation, Situation situation) {
        Caller owner = Caller.signUp();
        boolean byId = operation.path.contains("{id}");
        boolean byName = operation.path.contains("{namespace}");
        String id = owner.id.toString();
        String name = "editor";
        if (byName) {
            Rest.put(owner, path(PREFERENCES, id, name), null, "{\"a\":1}").then().statusCode(201);
        }
        Caller caller = owner;
        if (situation == Situation.OTHER_USER) {
            caller = byId ? Caller.signUp() : owner;
        }
        if (situation == Situation.TAKEN) {
            caller = Caller.admin();
        }
        if (situation == Situation.UNKNOWN) {
            caller = byId ? Caller.admin() : owner;
            id = UUID.randomUUID().toString();
            name = byName && operation.method.equals("put") ? name : "missing";
        }
        if (situation == Situation.FIRST_TIME && operation.method.equals("put")) {
            name = "other";
        }
        if (situation == Situation.BAD_NAME) {
            name = "NOT-A-NAME";
        }
        RequestSpecification request =
                switch (situation) {
                    case STRANGER -> given();
                    case CROSS_SITE ->
                            given().cookie(
                                            "better-auth.session_token",
                                            Caller.signIn(caller.email, Caller.PASSWORD)
                                                    .cookie("better-auth.session_token"))
                                    .header("Origin", "https://evil.example");
                    case WEAK_KEY -> given().header("x-api-key", key(caller, "permissions = '{}'"));
                    case USED_KEY ->
                            given().header(
                                            "x-api-key",
                                            key(
                                                    caller,
                                                    "request_count = 10, last_request_at = now()"));
                    default -> caller.request();
                };
        if (situation == Situation.UNACCEPTABLE) {
            request.accept("image/png");
        }
        if (operation.takes("If-None-Match") && situation == Situation.UNMODIFIED) {
            request.header("If-None-Match", "*");
        }
        if (operation.takes("If-Match")
                && situation != Situation.NO_IF_MATCH
                && !name.equals("other")) {
            request.header("If-Match", situation == Situation.STALE ? "\"stale\"" : "*");
        }
        if (operation.has("requestBody")) {
            String type =
                    situation == Situation.WRONG_TYPE
                            ? "text/plain"
                            : operation.method.equals("patch") ? Rest.MERGE_PATCH : Rest.JSON;
            Rest.body(request, type, body(operation, situation));
        }
        return request.request(
                operation.method.toUpperCase(Locale.ROOT), path(operation.path, id, name));
    }

    /** The text of a key of the caller's in some state. */
    private static String key(Caller caller, String assignments) {
        String key =
                Rest.body(caller.request(), Rest.JSON, "{}")
                        .post("/api/auth/api-key/create")
                        .path("key");
        Database.update("UPDATE api_keys SET " + assignments + " WHERE user_id = ?", caller.id);
        return key;
    }

    private static String body(Operation operation, Situation situation) {
        String valid =
                switch (operation.path) {
                    case USER -> "{\"name\":\"Ada\"}";
                    case PREFERENCES -> "{\"a\":2}";
                    case MY_ATTRIBUTES, ATTRIBUTES -> "{\"department\":\"Ada\"}";
                    case MY_PROFILE, PROFILE -> "{\"bio\":\"x\",\"phone\":\"+442079460000\"}";
                    default -> throw new AssertionError(operation);
                };
        return switch (situation) {
            case MALFORMED -> "{";
            case INVALID ->
                    valid.replace("\"A", "\"\\u0000A")
                            .replace(":2", ":\"\\u0000\"")
                            .replace("x", "\\u0000");
            case TOO_LARGE -> valid + " ".repeat(1_048_577);
            case TAKEN -> "{\"email\":\"" + Caller.signUp().email + "\"}";
            default -> valid;
        };
    }

    private static String path(String template, String id, String name) {
        return template.replace("{id}", id).replace("{namespace}", name);
    }

    /** As much of JSON Schema as the document uses; members that it does not name are refused. */
    private void assertMatches(String what, JsonNode value, JsonNode schema) {
        List<String> faults = new ArrayList<>();
        check("", value, schema, faults);
        assertEquals(List.of(), faults, what);
    }

    private void check(String path, JsonNode value, JsonNode schema, List<String> faults) {
        if (schema.has("$ref")) {
            String ref = schema.get("$ref").asText();
            JsonNode target = document.at(ref.substring(1));
            if (target.isMissingNode()) {
                faults.add(path + ": no " + ref);
            } else {
                check(path, value, target, faults);
            }
            return;
        }
        for (String choice : List.of("oneOf", "anyOf")) {
            if (schema.has(choice)) {
                int matching = 0;
                for (JsonNode option : schema.get(choice)) {
                    List<String> inner = new ArrayList<>();
                    check(path, value, option, inner);
                    matching += inner.isEmpty() ? 1 : 0;
                }
                if (matching != 1) {
                    faults.add(path + ": matches " + matching + " of " + choice);
                }
                return;
            }
        }
        Set<String> types = new HashSet<>();
        JsonNode type = schema.path("type");
        if (type.isArray()) {
            type.forEach(t -> types.add(t.asText()));
        } else if (type.isTextual()) {
            types.add(type.asText());
        }
        String actual =
                value.isNull()
                        ? "null"
                        : value.isObject()
                                ? "object"
                                : value.isArray()
                                        ? "array"
                                        : value.isTextual()
                                                ? "string"
                                                : value.isBoolean()
                                                        ? "boolean"
                                                        : value.isIntegralNumber()
                                                                ? "integer"
                                                                : "number";
        if (!types.isEmpty() && !types.contains(actual)) {
            faults.add(path + ": " + actual + " is none of " + types);
            return;
        }
        if (schema.has("enum") && !contains(schema.get("enum"), value)) {
            faults.add(path + ": not in " + schema.get("enum"));
        }
        if (value.isObject() && schema.has("properties")) {
            for (Map.Entry<String, JsonNode> member : value.properties()) {
                JsonNode known = schema.get("properties").get(member.getKey());
                if (known == null) {
                    faults.add(path + ": unknown member " + member.getKey());
                } else {
                    check(path + "/" + member.getKey(), member.getValue(), known, faults);
                }
            }
            for (JsonNode required : schema.path("required")) {
                if (!value.has(required.asText())) {
                    faults.add(path + ": no member " + required.asText());
                }
            }
        }
        if (value.isArray() && schema.has("items")) {
            for (JsonNode item : value) {
                check(path + "/-", item, schema.get("items"), faults);
            }
        }
    }

    private static boolean contains(JsonNode list, JsonNode value) {
        for (JsonNode item : list) {
            if (item.equals(value)) {
                return true;
            }
        }
        return false;
    }

    private static Set<String> names(JsonNode object) {
        Set<String> names = new TreeSet<>();
        (object.isMissingNode() ? JsonNodeFactory.instance.objectNode() : object)
                .fieldNames()
                .forEachRemaining(names::add);
        return names;
    }
}
