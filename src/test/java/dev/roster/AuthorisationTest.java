package dev.roster;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.testing.Database;
import dev.roster.testing.Rest;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Who may do what, as {@code authorisation.csv} has it: every operation of the OpenAPI document is
 * called as everybody. The request is made from the document; a new operation needs its row, and
 * beside it only what the document does not tell:
 *
 * <ul>
 *   <li>{@link #BODIES}: a body, where the members that the schema requires are not enough,
 *   <li>{@link #QUERIES}: a query, where one is required,
 *   <li>{@link #ARRANGED}: what must be so before the call, such as a user being deleted,
 *   <li>{@link Target#parameter}: what a path parameter of a new name stands for.
 * </ul>
 */
@QuarkusTest
@DisplayName("Authorisation")
class AuthorisationTest {

    private static final String TABLE = "authorisation.csv";

    private static final String ALLOW = "allow";

    /** What says nothing of whether one may: the test's own request was at fault. */
    private static final Set<Integer> MALFORMED = Set.of(400, 405, 406, 415, 422, 428);

    /** Bodies by operation; {owner} is the user whose the target is, {new} unique. */
    private static final Map<String, String> BODIES =
            Map.ofEntries(
                    Map.entry("batchGetUsers", "{\"ids\":[\"{owner}\"]}"),
                    Map.entry("createGroup", "{\"name\":\"G\",\"slug\":\"g{new}\"}"),
                    Map.entry("createRole", "{\"name\":\"r{new}\",\"permissions\":[\"ops:read\"]}"),
                    Map.entry("createUser", "{\"name\":\"Ada\",\"email\":\"{new}@example.com\"}"),
                    Map.entry(
                            "createUsers",
                            "{\"users\":[{\"name\":\"Ada\",\"email\":\"{new}@example.com\"}]}"),
                    Map.entry("deleteUsers", "{\"ids\":[\"{owner}\"]}"),
                    Map.entry("importUsers", "email,name\n{new}@example.com,Ada\n"),
                    Map.entry(
                            "patchUsers",
                            "{\"ids\":[\"{owner}\"],\"patch\":{\"status\":\"active\"}}"),
                    Map.entry("putGroupMember", "{\"roles\":[\"admin\"]}"),
                    Map.entry("putGroupParent", "{\"parentId\":null}"),
                    Map.entry("putUserRoles", "{\"roles\":[]}"));

    /** Queries by operation. */
    private static final Map<String, String> QUERIES =
            Map.ofEntries(
                    // few, so that it is quick
                    Map.entry("exportUsers", "?format=ndjson&role=support"),
                    Map.entry("importUsers", "?dryRun=true"),
                    Map.entry("reportInactiveUsers", "?since=2026-01-01"),
                    Map.entry("reportSessions", "?since=2026-01-01"),
                    Map.entry("verifyAuditEvents", "?to=2020-01-01T00:00:00Z"));

    /** Statements by operation, run before the call; the parameter is the owner's id. */
    private static final Map<String, String> ARRANGED =
            Map.ofEntries(
                    Map.entry("restoreUser", "UPDATE users SET deleted_at = now() WHERE id = ?"));

    /** Who calls; the names are the columns of the table. */
    private enum Who {
        STRANGER,
        SIGNED_IN,
        SELF,
        OTHER_USER,
        SUPPORT,
        ADMINISTRATOR,
        BANNED,
        DELETED;

        static Who of(String column) {
            return valueOf(column.toUpperCase(Locale.ROOT).replace(' ', '_'));
        }

        String column() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    private record Operation(String id, String method, String path, JsonNode node) {

        boolean takes(String header) {
            for (JsonNode parameter : node.path("parameters")) {
                if (header.equals(parameter.path("name").asText())) {
                    return true;
                }
            }
            return false;
        }
    }

    /** Hundreds of calls: by a client that is quicker than the other tests' one. */
    private final HttpClient http = HttpClient.newHttpClient();

    @TestHTTPResource URI service;

    /** Who was made here, and is taken away at the end: other tests look for their own. */
    private final List<UUID> users = new ArrayList<>();

    private Connection database;
    private JsonNode document;

    @BeforeEach
    void connect() throws SQLException {
        database = Database.connect();
        document = Rest.json(given().get("/q/openapi?format=json"));
    }

    @AfterEach
    void disconnect() throws SQLException {
        run(
                "DELETE FROM groups WHERE id IN (SELECT group_id FROM memberships WHERE user_id ="
                        + " ANY (?))",
                (Object) users.toArray(new UUID[0]));
        run("DELETE FROM users WHERE id = ANY (?)", (Object) users.toArray(new UUID[0]));
        database.close();
    }

    @Test
    @DisplayName("is decided for every operation, and for nothing that is none")
    void complete() throws IOException {
        Set<String> missing = new TreeSet<>(operations().keySet());
        missing.removeAll(table().keySet());
        assertEquals(
                Set.of(),
                missing,
                () ->
                        "add a row to src/test/resources/"
                                + TABLE
                                + " for each, from what was asked for, not from what the code does:\n"
                                + String.join(
                                        "\n",
                                        missing.stream()
                                                .map(id -> id + ",401,?,?,?,?,?,401,401")
                                                .toList()));
        Set<String> gone = new TreeSet<>(table().keySet());
        gone.removeAll(operations().keySet());
        assertEquals(Set.of(), gone, "take these rows out of " + TABLE + ": no such operations");
    }

    @TestFactory
    @DisplayName("is what the table says")
    Stream<DynamicTest> asInTheTable() throws IOException {
        Map<String, Map<Who, String>> table = table();
        return operations().values().stream()
                .filter(operation -> table.containsKey(operation.id))
                .map(
                        operation ->
                                DynamicTest.dynamicTest(
                                        operation.id,
                                        () -> assertRow(operation, table.get(operation.id))));
    }

    private void assertRow(Operation operation, Map<Who, String> row)
            throws SQLException, IOException, InterruptedException {
        List<String> faults = new ArrayList<>();
        for (Who who : Who.values()) {
            String expected = row.get(who);
            HttpResponse<String> answer = call(operation, who);
            int status = answer.statusCode();
            String got =
                    status == 401 || status == 403 || status == 404
                            ? Integer.toString(status)
                            : MALFORMED.contains(status) || status >= 500
                                    ? "no decision (" + status + ")"
                                    : ALLOW;
            if (!got.equals(expected)) {
                faults.add(
                        who.column()
                                + ": "
                                + expected
                                + " in the table, but "
                                + got
                                + ": "
                                + answer.body());
            }
        }
        assertEquals(
                List.of(),
                faults,
                operation.id
                        + " ("
                        + operation.method
                        + " "
                        + operation.path
                        + "); where the request is no good, see this class's Javadoc");
    }

    private HttpResponse<String> call(Operation operation, Who who)
            throws SQLException, IOException, InterruptedException {
        Target target = new Target(who);
        if (ARRANGED.containsKey(operation.id)) {
            run(ARRANGED.get(operation.id), target.owner);
        }
        String path =
                Pattern.compile("\\{(\\w+)}")
                        .matcher(operation.path)
                        .replaceAll(
                                match ->
                                        Matcher.quoteReplacement(
                                                target.parameter(operation, match)));
        HttpRequest.Builder request =
                HttpRequest.newBuilder(
                        service.resolve(path + QUERIES.getOrDefault(operation.id, "")));
        if (who != Who.STRANGER) {
            request.header("Authorization", "Bearer " + target.callerToken);
        }
        if (operation.takes("If-Match")) {
            request.header("If-Match", "*");
        }
        HttpRequest.BodyPublisher body = HttpRequest.BodyPublishers.noBody();
        if (operation.node.has("requestBody")) {
            JsonNode content = operation.node.at("/requestBody/content");
            String type =
                    content.has(Rest.MERGE_PATCH)
                            ? Rest.MERGE_PATCH
                            : content.has(Rest.JSON) ? Rest.JSON : content.fieldNames().next();
            request.header("Content-Type", type);
            body =
                    HttpRequest.BodyPublishers.ofString(
                            BODIES.getOrDefault(
                                            operation.id,
                                            example(content.path(type).path("schema")).toString())
                                    .replace("{owner}", target.owner.toString())
                                    .replace("{new}", UUID.randomUUID().toString()));
        }
        return http.send(
                request.method(operation.method.toUpperCase(Locale.ROOT), body).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** Who calls in one situation, and what is acted on; made anew for each call. */
    private final class Target {

        private final UUID caller;
        private final String callerToken;
        private final UUID owner;
        private final boolean exists;

        Target(Who who) throws SQLException {
            caller = UUID.randomUUID();
            callerToken = UUID.randomUUID().toString().replace("-", "");
            String role =
                    switch (who) {
                        case SUPPORT -> "support";
                        case ADMINISTRATOR, BANNED, DELETED -> "admin";
                        default -> "none";
                    };
            run(
                    "WITH caller AS (INSERT INTO users (id, name, email, banned, deleted_at) VALUES"
                            + " (?, 'Caller', ?, ?, CASE WHEN ? THEN now() END) RETURNING id),"
                            + " session AS (INSERT INTO sessions (id, user_id, token_digest,"
                            + " expires_at) SELECT gen_random_uuid(), id, sha256(convert_to(?,"
                            + " 'UTF8')), now() + interval '1 hour' FROM caller) INSERT INTO"
                            + " role_grants (user_id, role_id) SELECT c.id, r.id FROM caller c,"
                            + " roles r WHERE r.name = ?",
                    caller,
                    caller + "@example.com",
                    who == Who.BANNED,
                    who == Who.DELETED,
                    callerToken,
                    role);
            users.add(caller);
            exists = who != Who.SIGNED_IN;
            owner = who == Who.SELF ? caller : UUID.randomUUID();
            if (exists && who != Who.SELF) {
                users.add(owner);
                run(
                        "INSERT INTO users (id, name, email) VALUES (?, 'Owner', ?)",
                        owner,
                        owner + "@example.com");
            }
        }

        /** What a parameter of the path stands for, made now. */
        String parameter(Operation operation, MatchResult match) {
            String name = match.group(1);
            String before = operation.path.substring(0, match.start());
            try {
                return switch (before.substring("/api/v1/".length()) + name) {
                    case "users/id" -> owner.toString();
                    case "me/preferences/namespace" -> preferences();
                    case "roles/name" -> role();
                    case "groups/id" -> group();
                    case "jobs/id" -> job();
                    case "audit-events/id" -> event();
                    case "users/{id}/api-keys/keyId" -> key();
                    case "groups/{id}/members/userId" -> owner.toString();
                    default ->
                            throw new AssertionError(
                                    "say in AuthorisationTest.Target.parameter what {"
                                            + name
                                            + "} of "
                                            + operation.path
                                            + " is");
                };
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
        }

        private String preferences() throws SQLException {
            if (exists) {
                run(
                        "INSERT INTO user_profiles (user_id, preferences) VALUES (?,"
                                + " '{\"editor\":{}}')",
                        owner);
            }
            return "editor";
        }

        private String role() throws SQLException {
            String name = "role-" + UUID.randomUUID();
            if (exists) {
                run(
                        "INSERT INTO roles (id, name, permissions) VALUES (?, ?, '{ops:read}')",
                        UUID.randomUUID(),
                        name);
            }
            return name;
        }

        private String event() throws SQLException {
            UUID id = UUID.randomUUID();
            run(
                    "INSERT INTO audit_events (id, occurred_at, action, target_type, target_id)"
                            + " VALUES (?, now(), 'user.updated', 'user', ?)",
                    id,
                    owner);
            return id.toString();
        }

        private String key() throws SQLException {
            UUID id = UUID.randomUUID();
            if (exists) {
                run(
                        "INSERT INTO api_keys (id, user_id, key_digest) VALUES (?, ?,"
                                + " sha256(convert_to(?, 'UTF8')))",
                        id,
                        owner,
                        id.toString());
            }
            return id.toString();
        }

        /** An import, which its owner may no longer see who lost the permission to import. */
        private String job() throws SQLException {
            UUID id = UUID.randomUUID();
            if (exists) {
                run(
                        "INSERT INTO jobs (id, kind, permission, total, created_by) VALUES (?,"
                                + " 'test', 'users:import', 1, ?)",
                        id,
                        owner);
            }
            return id.toString();
        }

        private String group() throws SQLException {
            UUID id = UUID.randomUUID();
            if (exists) {
                run(
                        "WITH made AS (INSERT INTO groups (id, name, slug) VALUES (?, 'Group', ?)"
                                + " RETURNING id) INSERT INTO memberships (id, group_id, user_id,"
                                + " roles) SELECT gen_random_uuid(), id, ?, '{member}' FROM made",
                        id,
                        id.toString(),
                        owner);
            }
            return id.toString();
        }
    }

    private void run(String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = database.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            statement.executeUpdate();
        }
    }

    /** An object of the members that a schema requires, with the values of its examples. */
    private JsonNode example(JsonNode schema) {
        if (schema.has("$ref")) {
            return example(document.at(schema.get("$ref").asText().substring(1)));
        }
        if (schema.path("examples").has(0)) {
            return parsed(schema.at("/examples/0"));
        }
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        schema.path("required")
                .forEach(
                        name ->
                                object.set(
                                        name.asText(),
                                        example(schema.at("/properties/" + name.asText()))));
        return object;
    }

    /** An example is a value, or the text of one. */
    private static JsonNode parsed(JsonNode example) {
        if (!example.isTextual() || !example.asText().matches("(?s)[\\[{].*")) {
            return example;
        }
        try {
            return new ObjectMapper().readTree(example.asText());
        } catch (IOException e) {
            throw new AssertionError(example.asText(), e);
        }
    }

    private Map<String, Operation> operations() {
        Map<String, Operation> operations = new TreeMap<>();
        for (Map.Entry<String, JsonNode> path : document.get("paths").properties()) {
            for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
                if (method.getValue().has("responses")) {
                    String id = method.getValue().path("operationId").asText();
                    operations.put(
                            id,
                            new Operation(id, method.getKey(), path.getKey(), method.getValue()));
                }
            }
        }
        assertTrue(operations.size() >= 30, "so few operations: " + operations.keySet());
        return operations;
    }

    private static Map<String, Map<Who, String>> table() throws IOException {
        Map<String, Map<Who, String>> table = new LinkedHashMap<>();
        try (BufferedReader reader =
                new BufferedReader(
                        new InputStreamReader(
                                AuthorisationTest.class.getResourceAsStream("/" + TABLE),
                                StandardCharsets.UTF_8))) {
            List<List<String>> lines =
                    reader.lines()
                            .filter(line -> !line.isBlank() && !line.startsWith("#"))
                            .map(line -> Arrays.stream(line.split(",")).map(String::trim).toList())
                            .toList();
            List<Who> columns = lines.get(0).stream().skip(1).map(Who::of).toList();
            assertEquals(List.of(Who.values()), columns, "the columns of " + TABLE);
            for (List<String> line : lines.subList(1, lines.size())) {
                assertEquals(columns.size() + 1, line.size(), TABLE + ": " + line);
                Map<Who, String> row = new LinkedHashMap<>();
                for (int i = 0; i < columns.size(); i++) {
                    String cell = line.get(i + 1);
                    assertTrue(
                            Set.of(ALLOW, "401", "403", "404").contains(cell),
                            () -> TABLE + ": no " + cell + " in " + line);
                    row.put(columns.get(i), cell);
                }
                assertEquals(null, table.put(line.get(0), row), "twice in " + TABLE);
            }
        }
        return table;
    }
}
