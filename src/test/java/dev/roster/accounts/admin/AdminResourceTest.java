package dev.roster.accounts.admin;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.roster.platform.readiness.StartupSettings;
import dev.roster.testing.Caller;
import dev.roster.testing.Cookies;
import dev.roster.testing.Database;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
@DisplayName("Administration")
class AdminResourceTest {

    private static final String PATH = "/api/auth/admin/";

    /** Every operation, with a body or query that is complete, and the code of who may not. */
    private record Operation(String method, String path, Map<String, ?> input, String refusal) {}

    private Caller admin;
    private Caller ada;

    @BeforeEach
    void users() {
        admin = Caller.admin();
        ada = Caller.signUp();
    }

    private static ValidatableResponse post(Caller caller, String path, Map<String, ?> body) {
        return post(caller.request(), path, body);
    }

    private static ValidatableResponse post(
            RequestSpecification request, String path, Map<String, ?> body) {
        return request.contentType(ContentType.JSON).body(body).post(PATH + path).then();
    }

    private static ValidatableResponse list(Caller caller, Map<String, ?> query) {
        return caller.request().queryParams(query).get(PATH + "list-users").then();
    }

    private static void refused(ValidatableResponse answer, int status, String code) {
        answer.statusCode(status).body("code", equalTo(code)).body("message", notNullValue());
    }

    /** A user whose only role allows these. */
    private static Caller withRole(String... permissions) {
        Caller caller = Caller.signUp();
        String role = "r" + UUID.randomUUID().toString().replace("-", "");
        Database.update(
                "INSERT INTO roles (id, name, permissions) VALUES (gen_random_uuid(), ?, ?)",
                role,
                permissions);
        Database.update(
                "INSERT INTO role_grants (user_id, role_id) SELECT ?, id FROM roles WHERE name = ?",
                caller.id,
                role);
        return caller;
    }

    private List<Operation> operations() {
        Map<String, ?> user = Map.of("userId", ada.id);
        return List.of(
                new Operation("GET", "list-users", Map.of(), "YOU_ARE_NOT_ALLOWED_TO_LIST_USERS"),
                new Operation(
                        "GET", "get-user", Map.of("id", ada.id), "YOU_ARE_NOT_ALLOWED_TO_GET_USER"),
                new Operation(
                        "POST",
                        "create-user",
                        Map.of("email", Caller.newEmail(), "name", "X"),
                        "YOU_ARE_NOT_ALLOWED_TO_CREATE_USERS"),
                new Operation(
                        "POST",
                        "update-user",
                        Map.of("userId", ada.id, "data", Map.of("name", "X")),
                        "YOU_ARE_NOT_ALLOWED_TO_UPDATE_USERS"),
                new Operation(
                        "POST",
                        "set-role",
                        Map.of("userId", ada.id, "role", "user"),
                        "YOU_ARE_NOT_ALLOWED_TO_CHANGE_USERS_ROLE"),
                new Operation("POST", "ban-user", user, "YOU_ARE_NOT_ALLOWED_TO_BAN_USERS"),
                new Operation("POST", "unban-user", user, "YOU_ARE_NOT_ALLOWED_TO_BAN_USERS"),
                new Operation(
                        "POST",
                        "list-user-sessions",
                        user,
                        "YOU_ARE_NOT_ALLOWED_TO_LIST_USERS_SESSIONS"),
                new Operation(
                        "POST",
                        "revoke-user-session",
                        Map.of("sessionToken", ada.token),
                        "YOU_ARE_NOT_ALLOWED_TO_REVOKE_USERS_SESSIONS"),
                new Operation(
                        "POST",
                        "revoke-user-sessions",
                        user,
                        "YOU_ARE_NOT_ALLOWED_TO_REVOKE_USERS_SESSIONS"),
                new Operation(
                        "POST",
                        "impersonate-user",
                        user,
                        "YOU_ARE_NOT_ALLOWED_TO_IMPERSONATE_USERS"),
                new Operation(
                        "POST",
                        "set-user-password",
                        Map.of("userId", ada.id, "newPassword", "a-new-password"),
                        "YOU_ARE_NOT_ALLOWED_TO_SET_USERS_PASSWORD"),
                new Operation("POST", "remove-user", user, "YOU_ARE_NOT_ALLOWED_TO_DELETE_USERS"));
    }

    private static Response call(RequestSpecification request, Operation operation) {
        return operation.method().equals("GET")
                ? request.queryParams(operation.input()).get(PATH + operation.path())
                : request.contentType(ContentType.JSON)
                        .body(operation.input())
                        .post(PATH + operation.path());
    }

    @TestFactory
    @DisplayName("tells a stranger nothing, and everybody else what is not allowed")
    Stream<DynamicTest> authorization() {
        users();
        Caller banned = Caller.admin();
        Database.update("UPDATE users SET banned = true WHERE id = ?", banned.id);
        Caller deleted = Caller.admin();
        Database.update("UPDATE users SET deleted_at = now() WHERE id = ?", deleted.id);
        Caller plain = Caller.signUp();
        Caller other = withRole("posts:write");
        List<DynamicTest> tests = new ArrayList<>();
        for (Operation operation : operations()) {
            tests.add(
                    dynamicTest(
                            operation.path(),
                            () -> {
                                for (RequestSpecification nobody :
                                        List.of(
                                                given(),
                                                Caller.as("x".repeat(32)),
                                                banned.request(),
                                                deleted.request())) {
                                    call(nobody, operation)
                                            .then()
                                            .statusCode(401)
                                            .body(emptyString());
                                }
                                for (Caller caller : List.of(plain, other)) {
                                    refused(
                                            call(caller.request(), operation).then(),
                                            403,
                                            operation.refusal());
                                }
                            }));
        }
        return tests.stream();
    }

    @Nested
    @DisplayName("of the list")
    class Lists {

        @Test
        @DisplayName("refuses a filter with a NUL")
        void filteredByNul() {
            list(admin, Map.of("filterValue", "a\0b", "filterOperator", "contains"))
                    .statusCode(400);
        }

        @Test
        @DisplayName("pages, searches, filters and sorts, and echoes the page it was asked for")
        void finds() {
            list(admin, Map.of("limit", 1, "sortBy", "createdAt", "sortDirection", "desc"))
                    .statusCode(200)
                    .body("users", hasSize(1))
                    .body("limit", equalTo(1))
                    .body("offset", nullValue())
                    .body("users[0].id", notNullValue());
            list(
                            admin,
                            Map.of(
                                    "searchValue",
                                    ada.email.toUpperCase(Locale.ROOT),
                                    "searchField",
                                    "email"))
                    .body("users.id", contains(ada.id.toString()))
                    .body("total", equalTo(1));
            list(admin, Map.of("filterField", "id", "filterValue", ada.id))
                    .body("users.id", contains(ada.id.toString()));
            list(
                            admin,
                            Map.of(
                                    "filterField", "role",
                                    "filterValue", "admin",
                                    "sortBy", "createdAt",
                                    "sortDirection", "desc"))
                    .body("users.role", everyItem(equalTo("admin")))
                    .body("users.id", hasItem(admin.id.toString()));
            list(
                            admin,
                            Map.of(
                                    "filterField",
                                    "createdAt",
                                    "filterOperator",
                                    "gt",
                                    "filterValue",
                                    Instant.now().plus(Duration.ofDays(1)).toString()))
                    .body("users", hasSize(0))
                    .body("total", equalTo(0));
            given().spec(admin.request())
                    .queryParam("filterField", "email")
                    .queryParam("filterOperator", "in")
                    .queryParam("filterValue", ada.email, admin.email)
                    .get(PATH + "list-users")
                    .then()
                    .body("total", equalTo(2));
        }

        @Test
        @DisplayName("searches and filters by parts of names and addresses at once")
        void parts() {
            String word = ada.email.substring(3, 12);
            Map<String, String> query =
                    Map.of(
                            "searchValue",
                            word,
                            "filterField",
                            "name",
                            "filterOperator",
                            "starts_with",
                            "filterValue",
                            "TEST");
            list(admin, query).body("users.id", hasItem(ada.id.toString()));
            Map<String, String> other = new HashMap<>(query);
            other.put("filterOperator", "ends_with");
            other.put("filterValue", "@" + word);
            list(admin, other).body("total", equalTo(0));
            for (String operator : List.of("starts_with", "ends_with")) {
                list(admin, Map.of("searchValue", word, "searchOperator", operator))
                        .body("users.id", not(hasItem(ada.id.toString())));
            }
        }

        @ParameterizedTest(name = "{0} {1} {2}: {3}")
        @CsvSource({
            "\u738B\u5C0F\u660E, contains, \u5C0F\u660E, true",
            "\u738B\u5C0F\u660E, ends_with, \u5C0F\u660E, true",
            "\u738B\u5C0F\u660E, starts_with, \u5C0F\u660E, false",
            "Jos\u00E9, contains, JOSE\u0301, true",
            "\u0130rem I\u015F\u0131k, starts_with, irem i\u015Fi, true",
            "Stra\u00DFe, ends_with, ASSE, true",
            "Ada Lovelace, contains, A LOVE, true",
            "Ada Lovelace, ends_with, A LOVE, false",
        })
        @DisplayName("finds a name by what people type, as the REST API does")
        void asTyped(String name, String operator, String value, boolean found) {
            Database.update("UPDATE users SET name = ? WHERE id = ?", name, ada.id);
            list(
                            admin,
                            Map.of(
                                    "searchField", "name",
                                    "searchValue", value,
                                    "searchOperator", operator,
                                    "sortBy", "createdAt",
                                    "sortDirection", "desc"))
                    .body(
                            "users.id",
                            found ? hasItem(ada.id.toString()) : not(hasItem(ada.id.toString())));
        }

        @Test
        @DisplayName("takes wildcards in a value for themselves")
        void wildcards() {
            list(admin, Map.of("searchValue", "%", "searchField", "name"))
                    .body("total", equalTo(0));
        }

        @Test
        @DisplayName("says which parameter it does not understand")
        void faults() {
            for (Map<String, ?> query :
                    List.of(
                            Map.of("sortBy", "passwordHash"),
                            Map.of("filterField", "tokenDigest", "filterValue", "x"),
                            Map.of("filterField", "banned", "filterValue", "perhaps"),
                            Map.of("filterField", "createdAt", "filterValue", "yesterday"),
                            Map.of(
                                    "filterField", "createdAt",
                                    "filterValue", "+300000-01-01T00:00:00Z"),
                            Map.of(
                                    "filterField",
                                    "banned",
                                    "filterOperator",
                                    "contains",
                                    "filterValue",
                                    "true"),
                            Map.of("searchValue", "x", "searchOperator", "regex"),
                            Map.of("sortBy", "name", "sortDirection", "sideways"))) {
                refused(list(admin, query), 400, "VALIDATION_ERROR");
            }
        }

        @Test
        @DisplayName("leaves out who was removed")
        void deleted() {
            post(admin, "remove-user", Map.of("userId", ada.id)).statusCode(200);
            list(admin, Map.of("searchValue", ada.email)).body("total", equalTo(0));
        }
    }

    @Nested
    @DisplayName("of accounts")
    class Accounts {

        @Test
        @DisplayName("makes a user who can sign in, with a role and a proven address")
        void creates() {
            String email = Caller.newEmail();
            post(
                            admin,
                            "create-user",
                            Map.of(
                                    "email",
                                    email,
                                    "name",
                                    "New",
                                    "password",
                                    Caller.PASSWORD,
                                    "role",
                                    List.of("user", "admin"),
                                    "data",
                                    Map.of("emailVerified", true, "image", "https://x.example/i")))
                    .statusCode(200)
                    .body("user.role", equalTo("user,admin"))
                    .body("user.emailVerified", equalTo(true))
                    .body("user.image", equalTo("https://x.example/i"));
            Caller.signIn(email, Caller.PASSWORD).then().statusCode(200);
            refused(
                    post(
                            admin,
                            "create-user",
                            Map.of("email", email.toUpperCase(Locale.ROOT), "name", "X")),
                    400,
                    "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL");
        }

        @Test
        @DisplayName("makes a user without a password")
        void createsWithoutPassword() {
            String email = Caller.newEmail();
            post(admin, "create-user", Map.of("email", email, "name", "New")).statusCode(200);
            Caller.signIn(email, Caller.PASSWORD).then().statusCode(401);
        }

        @Test
        @DisplayName("refuses what is no address, password, role or member")
        void refuses() {
            Map<String, Object> user = Map.of("email", Caller.newEmail(), "name", "X");
            refused(
                    post(admin, "create-user", Map.of("email", "bad", "name", "X")),
                    400,
                    "INVALID_EMAIL");
            refused(
                    post(admin, "create-user", Map.of("email", Caller.newEmail())),
                    400,
                    "VALIDATION_ERROR");
            for (Map.Entry<String, Map<String, ?>> wrong :
                    Map.<String, Map<String, ?>>of(
                                    "PASSWORD_TOO_SHORT",
                                    Map.of("password", "short"),
                                    "YOU_ARE_NOT_ALLOWED_TO_SET_NON_EXISTENT_VALUE",
                                    Map.of("role", "wizard"),
                                    "INVALID_ROLE_TYPE",
                                    Map.of("data", Map.of("role", 5)),
                                    "FIELD_NOT_ALLOWED",
                                    Map.of("data", Map.of("createdAt", "2020-01-01T00:00:00Z")),
                                    "VALIDATION_ERROR",
                                    Map.of("data", Map.of("banned", "yes")))
                            .entrySet()) {
                Map<String, Object> body = new java.util.HashMap<>(user);
                body.putAll(wrong.getValue());
                refused(post(admin, "create-user", body), 400, wrong.getKey());
            }
        }

        @Test
        @DisplayName("changes name, address, user name and image, and says so in the trail")
        void updates() {
            String email = Caller.newEmail();
            String name = "u" + UUID.randomUUID().toString().substring(0, 8);
            post(
                            admin,
                            "update-user",
                            Map.of(
                                    "userId",
                                    ada.id,
                                    "data",
                                    Map.of("name", "Renamed", "email", email, "username", name)))
                    .statusCode(200)
                    .body("name", equalTo("Renamed"))
                    .body("email", equalTo(email))
                    .body("username", equalTo(name));
            assertEquals(
                    admin.id,
                    Database.value(
                            "SELECT actor_id FROM audit_events WHERE target_id = ? AND action ="
                                    + " 'user.updated'",
                            ada.id));
            refused(
                    post(
                            admin,
                            "update-user",
                            Map.of("userId", admin.id, "data", Map.of("email", email))),
                    400,
                    "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL");
            refused(
                    post(
                            admin,
                            "update-user",
                            Map.of("userId", admin.id, "data", Map.of("username", name))),
                    400,
                    "USERNAME_IS_ALREADY_TAKEN");
        }

        @Test
        @DisplayName("does not change what is not its to change")
        void protectedMembers() {
            Map<String, Map<String, ?>> codes =
                    Map.of(
                            "NO_DATA_TO_UPDATE",
                            Map.of(),
                            "PASSWORD_CANNOT_BE_UPDATED_VIA_UPDATE_USER",
                            Map.of("password", "x"),
                            "USER_ID_CANNOT_BE_UPDATED",
                            Map.of("id", "x"),
                            "FIELD_NOT_ALLOWED",
                            Map.of("twoFactorEnabled", false),
                            "INVALID_EMAIL",
                            Map.of("email", "bad"));
            codes.forEach(
                    (code, data) ->
                            refused(
                                    post(
                                            admin,
                                            "update-user",
                                            Map.of("userId", ada.id, "data", data)),
                                    400,
                                    code));
        }

        @Test
        @DisplayName("sets a password, which is then the one to sign in by")
        void setsPassword() {
            refused(
                    post(admin, "set-user-password", Map.of("userId", ada.id, "newPassword", "x")),
                    400,
                    "PASSWORD_TOO_SHORT");
            post(
                            admin,
                            "set-user-password",
                            Map.of("userId", ada.id, "newPassword", "set-by-admin-1"))
                    .statusCode(200)
                    .body("status", equalTo(true));
            Caller.signIn(ada.email, Caller.PASSWORD).then().statusCode(401);
            Caller.signIn(ada.email, "set-by-admin-1").then().statusCode(200);
        }

        @Test
        @DisplayName("removes a user, whose sessions end, but never itself")
        void removes() {
            refused(
                    post(admin, "remove-user", Map.of("userId", admin.id)),
                    400,
                    "YOU_CANNOT_REMOVE_YOURSELF");
            post(admin, "remove-user", Map.of("userId", ada.id))
                    .statusCode(200)
                    .body("success", equalTo(true));
            ada.request().get("/api/v1/me").then().statusCode(401);
            refused(post(admin, "remove-user", Map.of("userId", ada.id)), 404, "USER_NOT_FOUND");
        }

        @Test
        @DisplayName("knows no user by what is no id, or the id of who is gone")
        void unknown() {
            String gone = Caller.signUp().id.toString();
            post(admin, "remove-user", Map.of("userId", gone)).statusCode(200);
            for (String id : List.of("nope", UUID.randomUUID().toString(), gone, "' OR 1=1 --")) {
                for (Operation operation : operations()) {
                    if (!operation.input().containsKey("userId")
                            || List.of("list-user-sessions", "revoke-user-sessions")
                                    .contains(operation.path())) {
                        continue;
                    }
                    Map<String, Object> body = new java.util.HashMap<>(operation.input());
                    body.put("userId", id);
                    refused(post(admin, operation.path(), body), 404, "USER_NOT_FOUND");
                }
            }
        }
    }

    @Nested
    @DisplayName("of roles")
    class RolesOfUsers {

        @Test
        @DisplayName("names any number of roles, and is told that there are no such ones")
        void manyRoles() {
            List<String> roles = IntStream.range(0, 70_000).mapToObj(Integer::toString).toList();
            refused(
                    post(admin, "set-role", Map.of("userId", ada.id, "role", roles)),
                    400,
                    "VALIDATION_ERROR");
            for (Object some : List.of(String.join(",", roles), roles.subList(0, 100))) {
                refused(
                        post(admin, "set-role", Map.of("userId", ada.id, "role", some)),
                        400,
                        "YOU_ARE_NOT_ALLOWED_TO_SET_NON_EXISTENT_VALUE");
            }
        }

        @Test
        @DisplayName("replaces them, in the order given")
        void sets() {
            post(admin, "set-role", Map.of("userId", ada.id, "role", List.of("user", "admin")))
                    .statusCode(200)
                    .body("user.role", equalTo("user,admin"));
            post(ada, "has-permission", Map.of("permissions", Map.of("user", List.of("ban"))))
                    .body("success", equalTo(true));
            post(admin, "set-role", Map.of("userId", ada.id, "role", "user"))
                    .body("user.role", equalTo("user"));
            assertEquals(
                    0L,
                    Database.value("SELECT count(*) FROM role_grants WHERE user_id = ?", ada.id));
            refused(
                    post(admin, "set-role", Map.of("userId", ada.id, "role", "wizard")),
                    400,
                    "YOU_ARE_NOT_ALLOWED_TO_SET_NON_EXISTENT_VALUE");
        }

        @Test
        @DisplayName("lets nobody give more than it has, or act on who has more")
        void noEscalation() {
            Caller support =
                    withRole(
                            "users:list",
                            "users:set-role",
                            "users:update",
                            "users:ban",
                            "users:set-password",
                            "users:set-email",
                            "users:delete",
                            "users:impersonate",
                            "sessions:revoke");
            post(support, "ban-user", Map.of("userId", ada.id)).statusCode(200);
            post(support, "unban-user", Map.of("userId", ada.id)).statusCode(200);
            refused(
                    post(support, "set-role", Map.of("userId", support.id, "role", "admin")),
                    403,
                    "YOU_ARE_NOT_ALLOWED_TO_CHANGE_USERS_ROLE");
            for (Operation operation : operations()) {
                if (!operation.input().containsKey("userId")
                        || operation.path().equals("list-user-sessions")) {
                    continue;
                }
                Map<String, Object> body = new java.util.HashMap<>(operation.input());
                body.put("userId", admin.id);
                post(support, operation.path(), body).statusCode(403);
            }
            post(support, "revoke-user-session", Map.of("sessionToken", admin.token))
                    .statusCode(403);
            admin.request().get("/api/v1/me").then().statusCode(200);
        }

        @Test
        @DisplayName("answers has-permission from what the roles hold")
        void hasPermission() {
            Caller support = withRole("users:ban", "project:create");
            Map<String, List<String>> may = Map.of("user", List.of("ban"));
            post(support, "has-permission", Map.of("permissions", may))
                    .statusCode(200)
                    .body("success", equalTo(true))
                    .body("error", nullValue());
            post(
                            support,
                            "has-permission",
                            Map.of("permissions", Map.of("user", List.of("ban", "delete"))))
                    .body("success", equalTo(false));
            post(
                            support,
                            "has-permission",
                            Map.of("permissions", Map.of("project", List.of("create"))))
                    .body("success", equalTo(true));
            post(
                            admin,
                            "has-permission",
                            Map.of("permissions", Map.of("user", List.of("impersonate-admins"))))
                    .body("success", equalTo(false));
            for (Map<String, List<String>> nothing :
                    List.of(Map.<String, List<String>>of(), Map.of("user", List.<String>of()))) {
                post(admin, "has-permission", Map.of("permissions", nothing))
                        .body("success", equalTo(false));
            }
            post(admin, "has-permission", Map.of()).statusCode(400);
            post(given(), "has-permission", Map.of("permissions", may)).statusCode(401);
        }
    }

    @Nested
    @DisplayName("of bans")
    class Bans {

        @Test
        @DisplayName("changes why and until when, for who is out alone")
        void amends() {
            update(Map.of("banReason", "spam"))
                    .body("banned", equalTo(false))
                    .body("banReason", nullValue());
            update(Map.of("banned", true, "banExpires", "2125-01-01T00:00:00Z"));
            update(Map.of("banReason", "spam"))
                    .body("banned", equalTo(true))
                    .body("banReason", equalTo("spam"))
                    .body("banExpires", equalTo("2125-01-01T00:00:00.000Z"));
            update(Map.of("banExpires", "2126-01-01T00:00:00Z"))
                    .body("banReason", equalTo("spam"))
                    .body("banExpires", equalTo("2126-01-01T00:00:00.000Z"));
            Map<String, Object> ever = new HashMap<>();
            ever.put("banExpires", null);
            update(ever).body("banReason", equalTo("spam")).body("banExpires", nullValue());
            update(Map.of("banned", false)).body("banReason", nullValue());
        }

        private ValidatableResponse update(Map<String, Object> data) {
            return post(admin, "update-user", Map.of("userId", ada.id, "data", data))
                    .statusCode(200);
        }

        @Test
        @DisplayName("keeps a user out at once, with reason and end, until it is lifted")
        void bans() {
            post(
                            admin,
                            "ban-user",
                            Map.of("userId", ada.id, "banReason", "spam", "banExpiresIn", 3600))
                    .statusCode(200)
                    .body("user.banned", equalTo(true))
                    .body("user.banReason", equalTo("spam"))
                    .body("user.banExpires", notNullValue());
            ada.request().get("/api/v1/me").then().statusCode(401);
            Caller.signIn(ada.email, Caller.PASSWORD)
                    .then()
                    .statusCode(403)
                    .body("code", equalTo("BANNED_USER"));
            post(admin, "unban-user", Map.of("userId", ada.id))
                    .body("user.banned", equalTo(false))
                    .body("user.banReason", nullValue())
                    .body("user.banExpires", nullValue());
            Caller.signIn(ada.email, Caller.PASSWORD).then().statusCode(200);
        }

        @Test
        @DisplayName("ends by itself, has a reason in any case, and is never one's own")
        void ends() {
            post(admin, "ban-user", Map.of("userId", ada.id))
                    .body("user.banReason", equalTo("No reason"))
                    .body("user.banExpires", nullValue());
            Database.update(
                    "UPDATE users SET ban_expires = now() - interval '1 second' WHERE id = ?",
                    ada.id);
            Caller.signIn(ada.email, Caller.PASSWORD).then().statusCode(200);
            refused(
                    post(admin, "ban-user", Map.of("userId", admin.id)),
                    400,
                    "YOU_CANNOT_BAN_YOURSELF");
        }
    }

    @Nested
    @DisplayName("of sessions")
    class SessionsOfUsers {

        @Test
        @DisplayName("shows no token of another user, and ends sessions by what it shows")
        void handles() {
            String second = ada.signInAgain();
            List<String> shown =
                    post(admin, "list-user-sessions", Map.of("userId", ada.id))
                            .statusCode(200)
                            .body("sessions", hasSize(2))
                            .body("sessions.token", not(hasItem(second)))
                            .extract()
                            .path("sessions.token");
            post(admin, "revoke-user-session", Map.of("sessionToken", shown.get(1)))
                    .statusCode(200)
                    .body("success", equalTo(true));
            Caller.as(second).get("/api/v1/me").then().statusCode(401);
            post(admin, "revoke-user-sessions", Map.of("userId", ada.id)).statusCode(200);
            ada.request().get("/api/v1/me").then().statusCode(401);
            post(admin, "revoke-user-session", Map.of("sessionToken", "unknown")).statusCode(200);
        }
    }

    @Nested
    @DisplayName("of impersonation")
    class Impersonation {

        @Test
        @DisplayName("makes tokens that name the administrator, and that open nothing here")
        void tokens() throws IOException {
            String session =
                    post(admin, "impersonate-user", Map.of("userId", ada.id))
                            .statusCode(200)
                            .extract()
                            .path("session.token");
            String fromHeader =
                    Caller.as(session).get("/api/auth/get-session").header("set-auth-jwt");
            String fromToken = Caller.as(session).get("/api/auth/token").path("token");
            for (String jwt : List.of(fromHeader, fromToken)) {
                JsonNode claims =
                        new ObjectMapper()
                                .readTree(Base64.getUrlDecoder().decode(jwt.split("\\.")[1]));
                assertEquals(ada.id.toString(), claims.get("sub").asText());
                assertEquals(admin.id.toString(), claims.at("/act/sub").asText());
                Caller.as(jwt).get("/api/v1/me").then().statusCode(401);
            }
            String own = ada.request().get("/api/auth/token").path("token");
            assertFalse(
                    new String(
                                    Base64.getUrlDecoder().decode(own.split("\\.")[1]),
                                    StandardCharsets.UTF_8)
                            .contains("act\""));
            Caller.as(own).get("/api/v1/me").then().statusCode(200);
        }

        @Test
        @DisplayName("acts as the user for an hour, under the administrator's name, and goes back")
        void impersonates() {
            Response begun =
                    post(admin, "impersonate-user", Map.of("userId", ada.id))
                            .statusCode(200)
                            .body("user.id", equalTo(ada.id.toString()))
                            .body("session.impersonatedBy", equalTo(admin.id.toString()))
                            .extract()
                            .response();
            Duration lasts =
                    Duration.between(Instant.now(), Instant.parse(begun.path("session.expiresAt")));
            assertTrue(lasts.compareTo(Duration.ofMinutes(59)) > 0 && lasts.toHours() <= 1);
            String token = begun.path("session.token");
            Map<String, String> cookies = begun.cookies();
            assertTrue(cookies.containsKey("better-auth.admin_session"));
            assertTrue(cookies.containsKey("better-auth.dont_remember"));
            post(Caller.as(token), "list-user-sessions", Map.of("userId", ada.id)).statusCode(403);
            Caller.as(token)
                    .contentType(ContentType.JSON)
                    .body(Map.of("name", "By another"))
                    .post("/api/auth/update-user")
                    .then()
                    .statusCode(200);
            assertEquals(
                    admin.id,
                    Database.value(
                            "SELECT actor_id FROM audit_events WHERE target_id = ? AND action ="
                                    + " 'user.updated'",
                            ada.id));
            ada.request()
                    .get("/api/auth/list-sessions")
                    .then()
                    .body("impersonatedBy", everyItem(nullValue()));
            String stale =
                    Cookies.encode(
                            Cookies.sign("A".repeat(32) + ":", StartupSettings.DEVELOPMENT_SECRET));
            String header = "better-auth.admin_session=" + stale;
            for (Map.Entry<String, String> cookie : cookies.entrySet()) {
                header += "; " + cookie.getKey() + "=" + cookie.getValue();
            }
            given().header("Cookie", header)
                    .header("Origin", Caller.ORIGIN)
                    .contentType(ContentType.JSON)
                    .body(Map.of())
                    .post(PATH + "stop-impersonating")
                    .then()
                    .statusCode(200)
                    .body("user.id", equalTo(admin.id.toString()))
                    .body("session.token", equalTo(admin.token));
            Caller.as(token).get("/api/v1/me").then().statusCode(401);
            for (String action : List.of("user.impersonated", "impersonation.ended")) {
                assertEquals(
                        admin.id,
                        Database.value(
                                "SELECT actor_id FROM audit_events WHERE target_id = ? AND action ="
                                        + " ?",
                                ada.id,
                                action));
            }
        }

        @Test
        @DisplayName("stops nothing where nothing began")
        void stopsNothing() {
            post(admin, "stop-impersonating", Map.of())
                    .statusCode(400)
                    .body("message", containsString("not impersonating"));
            post(given(), "stop-impersonating", Map.of()).statusCode(401);
            String token =
                    post(admin, "impersonate-user", Map.of("userId", ada.id))
                            .extract()
                            .path("session.token");
            post(Caller.as(token), "stop-impersonating", Map.of()).statusCode(400);
        }

        @Test
        @DisplayName("is never of another administrator")
        void noAdministrators() {
            Caller other = Caller.admin();
            Caller support = withRole("users:list");
            for (Caller target : List.of(other, support, admin)) {
                refused(
                        post(admin, "impersonate-user", Map.of("userId", target.id)),
                        403,
                        "YOU_CANNOT_IMPERSONATE_ADMINS");
            }
        }

        @Test
        @DisplayName("ends when the administrator is banned, removed or demoted")
        void endsWithTheAdministrator() {
            Map<String, Map<String, ?>> ends =
                    Map.of(
                            "ban-user", Map.of(),
                            "remove-user", Map.of(),
                            "set-role", Map.of("role", "user"));
            ends.forEach(
                    (path, more) -> {
                        Caller acting = Caller.admin();
                        String token =
                                post(acting, "impersonate-user", Map.of("userId", ada.id))
                                        .extract()
                                        .path("session.token");
                        Caller.as(token).get("/api/v1/me").then().statusCode(200);
                        Map<String, Object> body = new java.util.HashMap<>(more);
                        body.put("userId", acting.id);
                        post(admin, path, body).statusCode(200);
                        Caller.as(token).get("/api/v1/me").then().statusCode(401);
                    });
            assertNotEquals(admin.id, ada.id);
        }
    }

    @Nested
    @DisplayName("of the last administrator")
    class LastAdministrator {

        @Test
        @DisplayName("stays possible: it can be neither banned, demoted nor removed")
        void stays() {
            // the database is every test's, so for this one all others are out of office
            List<Map<String, Object>> others =
                    Database.query(
                            "SELECT g.user_id, g.role_id FROM role_grants g JOIN roles r ON r.id ="
                                    + " g.role_id WHERE '*' = ANY (r.permissions) AND g.user_id <>"
                                    + " ?",
                            admin.id);
            Caller almost =
                    withRole(
                            "users:ban",
                            "users:set-role",
                            "users:delete",
                            "users:read",
                            "users:impersonate-admins");
            others.forEach(
                    row ->
                            Database.update(
                                    "DELETE FROM role_grants WHERE user_id = ? AND role_id = ?",
                                    row.get("user_id"),
                                    row.get("role_id")));
            try {
                refused(
                        post(admin, "set-role", Map.of("userId", admin.id, "role", "user")),
                        403,
                        "LAST_ADMINISTRATOR");
                post(almost, "ban-user", Map.of("userId", admin.id)).statusCode(403);
                admin.request()
                        .contentType(ContentType.JSON)
                        .body(Map.of("password", Caller.PASSWORD))
                        .post("/api/auth/delete-user")
                        .then()
                        .statusCode(403);
            } finally {
                others.forEach(
                        row ->
                                Database.update(
                                        "INSERT INTO role_grants (user_id, role_id) VALUES (?, ?)",
                                        row.get("user_id"),
                                        row.get("role_id")));
            }
        }
    }
}
