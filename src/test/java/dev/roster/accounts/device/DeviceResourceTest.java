package dev.roster.accounts.device;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.both;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.roster.testing.AtOnce;
import dev.roster.testing.Caller;
import dev.roster.testing.Cookies;
import dev.roster.testing.Database;
import dev.roster.testing.Rest;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@DisplayName("Signing a device in")
class DeviceResourceTest {

    private static final String GRANT = "urn:ietf:params:oauth:grant-type:device_code";

    private Caller user;
    private String deviceCode;
    private String userCode;

    @BeforeEach
    void ask() {
        user = Caller.signUp();
        ask("{\"client_id\":\"tv\",\"scope\":\"a b\"}");
    }

    private Response ask(String body) {
        Response asked = post(given(), "code", body);
        asked.then().statusCode(200);
        deviceCode = asked.path("device_code");
        userCode = asked.path("user_code");
        return asked;
    }

    private static Response post(RequestSpecification request, String route, String body) {
        return Rest.body(request, Rest.JSON, body).post("/api/auth/device/" + route);
    }

    private Response token() {
        return post(
                given().header("User-Agent", "tv"),
                "token",
                "{\"grant_type\":\""
                        + GRANT
                        + "\",\"client_id\":\"tv\",\"device_code\":\""
                        + deviceCode
                        + "\"}");
    }

    private static Response lookUp(RequestSpecification request, String code) {
        return request.queryParam("user_code", code).get("/api/auth/device");
    }

    private Response answer(Caller caller, String route) {
        return post(caller.request(), route, "{\"userCode\":\"" + userCode + "\"}");
    }

    private void approve() {
        lookUp(user.request(), userCode).then().statusCode(200);
        answer(user, "approve").then().statusCode(200).body("success", equalTo(true));
    }

    /** As if this much time had gone by. */
    private void age(String interval) {
        Database.update(
                "UPDATE device_codes SET expires_at = expires_at - CAST(? AS interval),"
                        + " last_polled_at = last_polled_at - CAST(? AS interval) WHERE"
                        + " device_code_digest = sha256(convert_to(?, 'UTF8'))",
                interval,
                interval,
                deviceCode);
    }

    private static void assertError(Response answer, int status, String error, String description) {
        answer.then()
                .statusCode(status)
                .body("error", equalTo(error))
                .body("error_description", equalTo(description));
        assertEquals(2, Rest.json(answer).size(), answer.asString());
    }

    @Nested
    @DisplayName("as the device")
    class Device {

        @Test
        @DisplayName("begins with two codes and where to type the short one; neither is stored")
        void codes() {
            Response asked = ask("{\"client_id\":\"tv\"}");
            assertTrue(deviceCode.matches("[a-zA-Z0-9]{40}"), deviceCode);
            assertTrue(userCode.matches("[A-HJ-NP-Z2-9]{8}"), userCode);
            asked.then()
                    .header("cache-control", "no-store")
                    .header("pragma", "no-cache")
                    .body("verification_uri", equalTo("http://localhost:8081/device"))
                    .body(
                            "verification_uri_complete",
                            equalTo("http://localhost:8081/device?user_code=" + userCode))
                    .body("expires_in", equalTo(1800))
                    .body("interval", equalTo(5));
            String stored =
                    (String)
                            Database.value(
                                    "SELECT d::text FROM device_codes d WHERE device_code_digest ="
                                            + " sha256(convert_to(?, 'UTF8'))",
                                    deviceCode);
            assertFalse(stored.contains(userCode) || stored.contains(deviceCode), stored);
            assertEquals(
                    0L,
                    Database.value(
                            "SELECT count(*) FROM device_codes WHERE user_code_digest ="
                                    + " sha256(convert_to(?, 'UTF8'))",
                            userCode),
                    "a plain digest of so short a code is no secret");
        }

        @Test
        @DisplayName("begins by a form too")
        void form() {
            given().contentType("application/x-www-form-urlencoded")
                    .body("client_id=tv&scope=")
                    .post("/api/auth/device/code")
                    .then()
                    .statusCode(200);
        }

        @ParameterizedTest(name = "{0}")
        @CsvSource(
                delimiterString = " | ",
                value = {
                    "{} | [body.client_id] Invalid input: expected string, received undefined",
                    "{\"client_id\":5} | [body.client_id] Invalid input: expected string, received number",
                    "{\"client_id\":\"\"} | client_id is required",
                    "{\"client_id\":\"a\",\"scope\":5} | [body.scope] Invalid input: expected string, received number",
                    "{\"client_id\":\"a\",\"user_id\":5} | [body.user_id] Invalid input: expected string, received number",
                    "{\"client_id\":\"\\u0000\"} | [body.client_id] Invalid input: holds characters that are not text",
                    "'' | [body] Invalid input: expected object, received undefined"
                })
        @DisplayName("is told what is wrong with its request")
        void badRequest(String body, String description) {
            assertError(post(given(), "code", body), 400, "invalid_request", description);
        }

        @ParameterizedTest(name = "{0}")
        @CsvSource({"client_id, 255", "user_id, 255", "scope, 1000"})
        @DisplayName("is bounded in what it says")
        void bounds(String name, int max) {
            String base = name.equals("client_id") ? "{" : "{\"client_id\":\"a\",";
            post(given(), "code", base + "\"" + name + "\":\"" + "x".repeat(max) + "\"}")
                    .then()
                    .statusCode(200);
            post(given(), "code", base + "\"" + name + "\":\"" + "x".repeat(max + 1) + "\"}")
                    .then()
                    .statusCode(400)
                    .body("error", equalTo("invalid_request"));
        }

        @Test
        @DisplayName("waits, and not too impatiently")
        void pending() {
            Response pending = token();
            assertError(pending, 400, "authorization_pending", "Authorization pending");
            pending.then().header("cache-control", "no-store").header("pragma", "no-cache");
            // as if it had not been asked for a minute to come
            age("-1 minute");
            assertError(token(), 400, "slow_down", "Polling too frequently");
            age("1 minute 5 seconds");
            assertError(token(), 400, "authorization_pending", "Authorization pending");
        }

        @Test
        @DisplayName("gets a session once its user has approved, and the codes are used up")
        void approved() {
            assertError(token(), 400, "authorization_pending", "Authorization pending");
            approve();
            age("5 seconds");
            Response token = token();
            token.then()
                    .statusCode(200)
                    .header("cache-control", "no-store")
                    .body("token_type", equalTo("Bearer"))
                    .body("scope", equalTo("a b"));
            int expiresIn = token.path("expires_in");
            assertTrue(expiresIn >= 604_790 && expiresIn <= 604_800, token.asString());
            assertEquals(List.of(), Cookies.set(token));
            String accessToken = token.path("access_token");
            Caller.as(accessToken)
                    .get("/api/auth/get-session")
                    .then()
                    .body("user.id", equalTo(user.id.toString()))
                    .body("session.userAgent", equalTo("tv"));
            assertError(token(), 400, "invalid_grant", "Invalid device code");
            assertError(
                    lookUp(user.request(), userCode), 400, "invalid_request", "Invalid user code");
        }

        @Test
        @DisplayName("asking many times at once gets one session")
        void atOnce() throws Exception {
            approve();
            List<Response> answers = AtOnce.run(6, DeviceResourceTest.this::token);
            assertEquals(1, answers.stream().filter(a -> a.statusCode() == 200).count());
            answers.stream()
                    .filter(a -> a.statusCode() != 200)
                    .forEach(a -> assertError(a, 400, "invalid_grant", "Invalid device code"));
            assertEquals(
                    2L, Database.value("SELECT count(*) FROM sessions WHERE user_id = ?", user.id));
        }

        @Test
        @DisplayName("is told that its user has denied, once")
        void denied() {
            lookUp(user.request(), userCode);
            answer(user, "deny").then().statusCode(200).body("success", equalTo(true));
            assertError(token(), 400, "access_denied", "Access denied");
            assertError(token(), 400, "invalid_grant", "Invalid device code");
        }

        @Test
        @DisplayName("comes too late after half an hour, approved or not")
        void expired() {
            approve();
            age("30 minutes 1 second");
            assertError(token(), 400, "expired_token", "Device code has expired");
            assertError(token(), 400, "invalid_grant", "Invalid device code");
        }

        @ParameterizedTest(name = "{0}")
        @ValueSource(
                strings = {
                    "banned = true",
                    "banned = true, ban_expires = now() + interval '1 hour'",
                    "deleted_at = now()"
                })
        @DisplayName("gets no session of a user who is out by then")
        void userIsOut(String assignments) {
            approve();
            Database.update("UPDATE users SET " + assignments + " WHERE id = ?", user.id);
            assertError(token(), 400, "access_denied", "Access denied");
            assertError(token(), 400, "invalid_grant", "Invalid device code");
        }

        @ParameterizedTest(name = "{0}")
        @CsvSource({
            "false, /api/auth/revoke-sessions, {}",
            "false, /api/auth/revoke-other-sessions, {}",
            "true, /api/auth/admin/revoke-user-sessions, '{\"userId\":\"%s\"}'",
            "true, /api/v1/users/%s/require-password-change, {}"
        })
        @DisplayName("gets no session where its user's sessions were ended behind the approval")
        void ended(boolean administrator, String path, String body) {
            approve();
            Rest.body(
                            (administrator ? Caller.admin() : user).request(),
                            Rest.JSON,
                            body.formatted(user.id))
                    .post(path.formatted(user.id))
                    .then()
                    .statusCode(both(greaterThanOrEqualTo(200)).and(lessThan(300)));
            assertError(token(), 400, "invalid_grant", "Invalid device code");
        }

        @Test
        @DisplayName("needs its own client_id, its own code and the grant type")
        void foreign() {
            approve();
            String mine = "\"device_code\":\"" + deviceCode + "\"}";
            String grant = "{\"grant_type\":\"" + GRANT + "\",";
            assertError(
                    post(given(), "token", grant + "\"client_id\":\"other\"," + mine),
                    400,
                    "invalid_grant",
                    "Client ID mismatch");
            assertError(
                    post(
                            given(),
                            "token",
                            grant + "\"client_id\":\"tv\",\"device_code\":\"" + userCode + "\"}"),
                    400,
                    "invalid_grant",
                    "Invalid device code");
            assertError(
                    post(
                            given(),
                            "token",
                            "{\"grant_type\":\"password\",\"client_id\":\"tv\"," + mine),
                    400,
                    "unsupported_grant_type",
                    "grant_type must be " + GRANT);
            token().then().statusCode(200);
        }

        private Response form(String route, String body) {
            return Rest.body(given(), "application/x-www-form-urlencoded", body)
                    .post("/api/auth/device/" + route);
        }

        @Test
        @DisplayName("asks by a form, as RFC 8628 has it")
        void tokenForm() {
            approve();
            String grant = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code";
            form("token", grant + "&device_code=" + deviceCode + "&client_id=tv")
                    .then()
                    .statusCode(200)
                    .header("cache-control", "no-store")
                    .body("token_type", equalTo("Bearer"));
            assertError(
                    form("token", grant + "&device_code=" + deviceCode + "&client_id=tv"),
                    400,
                    "invalid_grant",
                    "Invalid device code");
        }

        @ParameterizedTest(name = "{0}")
        @CsvSource({
            "token, client_id=tv",
            "token, grant_type=%s&client_id=tv",
            "token, grant_type=%s&device_code=&client_id=tv",
            "token, grant_type=%s&device_code=x",
            "token, grant_type=%s&device_code=x&client_id=tv&client_id=tv",
            "token, client_id=%%",
            "code, client_id=",
            "code, client_id=tv&client_id=tv"
        })
        @DisplayName("is told in OAuth's form what is wrong with a form")
        void badForm(String route, String body) {
            Response refused = form(route, body.formatted(GRANT));
            refused.then()
                    .statusCode(400)
                    .header("cache-control", "no-store")
                    .header("pragma", "no-cache")
                    .body("error", equalTo("invalid_request"))
                    .body("error_description", notNullValue());
            assertEquals(1, refused.headers().getValues("Cache-Control").size());
        }

        @Test
        @DisplayName("is told in OAuth's form of JSON that is none, and of another media type")
        void unreadable() {
            for (String route : List.of("code", "token")) {
                post(given(), route, "{")
                        .then()
                        .statusCode(400)
                        .header("cache-control", "no-store")
                        .body("error", equalTo("invalid_request"));
                Rest.body(given(), "text/plain", "client_id=tv")
                        .post("/api/auth/device/" + route)
                        .then()
                        .statusCode(400)
                        .body("error", equalTo("invalid_request"));
            }
        }
    }

    @Nested
    @DisplayName("as the user")
    class TheUser {

        @Test
        @DisplayName("looks the code up however it is typed, and sees who asks for what")
        void looksUp() {
            String typed =
                    userCode.substring(0, 4) + "-" + userCode.substring(4).toLowerCase(Locale.ROOT);
            lookUp(user.request(), typed)
                    .then()
                    .statusCode(200)
                    .body("user_code", equalTo(typed))
                    .body("status", equalTo("pending"))
                    .body("client_id", equalTo("tv"))
                    .body("scope", equalTo("a b"));
            answer(user, "approve").then().statusCode(200);
            lookUp(user.request(), userCode).then().body("status", equalTo("approved"));
        }

        @Test
        @DisplayName("sees a scope that is none as null")
        void noScope() {
            ask("{\"client_id\":\"tv\"}");
            JsonNode review = Rest.json(lookUp(user.request(), userCode));
            assertTrue(review.get("scope").isNull(), review.toString());
        }

        @Test
        @DisplayName("must have looked a code up before answering")
        void unclaimed() {
            for (String route : List.of("approve", "deny")) {
                assertError(
                        answer(user, route),
                        400,
                        "invalid_request",
                        "Device code has not been claimed by a verifying session; call `GET"
                                + " /device` with the `user_code` while signed in before approving"
                                + " or denying");
            }
        }

        @ParameterizedTest(name = "{0}")
        @ValueSource(strings = {"approve", "deny"})
        @DisplayName("answers once")
        void once(String route) {
            lookUp(user.request(), userCode);
            answer(user, route).then().statusCode(200);
            for (String again : List.of("approve", "deny")) {
                assertError(
                        answer(user, again),
                        400,
                        "invalid_request",
                        "Device code already processed");
            }
            assertEquals(
                    1L,
                    Database.value(
                            "SELECT count(*) FROM audit_events WHERE actor_id = ? AND action = ?"
                                    + " AND after = '{\"clientId\":\"tv\",\"scope\":\"a b\"}'",
                            user.id,
                            route.equals("approve") ? "device.approved" : "device.denied"));
        }

        @Test
        @DisplayName("approving and denying at once answers once")
        void atOnce() throws Exception {
            lookUp(user.request(), userCode);
            List<Response> answers =
                    AtOnce.numbered(6, i -> answer(user, i % 2 == 0 ? "approve" : "deny"));
            assertEquals(1, answers.stream().filter(a -> a.statusCode() == 200).count());
        }

        @Test
        @DisplayName("comes too late after half an hour")
        void expired() {
            lookUp(user.request(), userCode);
            age("30 minutes 1 second");
            for (Response late :
                    List.of(
                            lookUp(user.request(), userCode),
                            answer(user, "approve"),
                            answer(user, "deny"))) {
                assertError(late, 400, "expired_token", "User code has expired");
            }
        }

        @ParameterizedTest(name = "{0}")
        @ValueSource(strings = {"NOPE", "", "%", "ÄÖÜ"})
        @DisplayName("is told that there is no such code")
        void unknown(String code) {
            assertError(lookUp(user.request(), code), 400, "invalid_request", "Invalid user code");
            userCode = code;
            assertError(answer(user, "approve"), 400, "invalid_request", "Invalid user code");
            assertError(answer(user, "deny"), 400, "invalid_request", "Invalid user code");
        }

        @Test
        @DisplayName("is told what is missing")
        void validation() {
            user.request()
                    .get("/api/auth/device")
                    .then()
                    .statusCode(400)
                    .body("code", equalTo("VALIDATION_ERROR"));
            for (String route : List.of("approve", "deny")) {
                post(given(), route, "{}")
                        .then()
                        .statusCode(400)
                        .body("code", equalTo("VALIDATION_ERROR"));
            }
        }

        @Test
        @DisplayName("approves nothing while it is put out")
        void putOut() {
            lookUp(user.request(), userCode);
            assertError(
                    AtOnce.whilePutOut(user.id, () -> answer(user, "approve")),
                    401,
                    "unauthorized",
                    "Authentication required");
            assertError(token(), 400, "authorization_pending", "Authorization pending");
        }

        @Test
        @DisplayName("cannot have a device outlast somebody who acts as it")
        void impersonated() {
            lookUp(user.request(), userCode);
            Database.update(
                    "UPDATE sessions SET impersonated_by = ? WHERE user_id = ?",
                    Caller.admin().id.toString(),
                    user.id);
            assertError(
                    answer(user, "approve"),
                    403,
                    "access_denied",
                    "You are not authorized to approve this device authorization");
            answer(user, "deny").then().statusCode(200);
        }
    }

    @Nested
    @DisplayName("as somebody else")
    class Other {

        @Test
        @DisplayName("sees no more than the status, and may not answer")
        void other() {
            lookUp(user.request(), userCode);
            Caller other = Caller.admin();
            lookUp(other.request(), userCode)
                    .then()
                    .statusCode(200)
                    .body("status", equalTo("pending"))
                    .body("$", not(hasKey("client_id")))
                    .body("$", not(hasKey("scope")));
            for (String route : List.of("approve", "deny")) {
                assertError(
                        answer(other, route),
                        403,
                        "access_denied",
                        "You are not authorized to " + route + " this device authorization");
            }
            assertError(token(), 400, "authorization_pending", "Authorization pending");
        }

        @Test
        @DisplayName("comes second where several look up at once")
        void claimsAtOnce() throws Exception {
            List<Caller> callers = List.of(user, Caller.signUp(), Caller.signUp());
            List<Response> answers =
                    AtOnce.numbered(3, i -> lookUp(callers.get(i).request(), userCode));
            assertEquals(1, answers.stream().filter(a -> Rest.json(a).has("client_id")).count());
        }

        @Test
        @DisplayName("cannot take a request that names another user, who may answer at once")
        void bound() {
            ask("{\"client_id\":\"tv\",\"user_id\":\"" + user.id + "\"}");
            Caller other = Caller.signUp();
            lookUp(other.request(), userCode).then().body("$", not(hasKey("client_id")));
            answer(other, "approve").then().statusCode(403);
            answer(user, "approve").then().statusCode(200);
            token().then().statusCode(200);
        }

        @Test
        @DisplayName("is not told by a request that names a user whether there is one")
        void boundToNobody() {
            ask("{\"client_id\":\"tv\",\"user_id\":\"nobody\"}");
            answer(user, "approve").then().statusCode(403);
            assertError(token(), 400, "authorization_pending", "Authorization pending");
        }
    }

    @Nested
    @DisplayName("as a stranger")
    class Stranger {

        @Test
        @DisplayName("sees the status alone, takes nothing and may not answer")
        void stranger() {
            JsonNode seen = Rest.json(lookUp(given(), userCode));
            assertEquals(
                    Rest.json("{\"user_code\":\"" + userCode + "\",\"status\":\"pending\"}"), seen);
            for (String route : List.of("approve", "deny")) {
                assertError(
                        post(given(), route, "{\"userCode\":\"" + userCode + "\"}"),
                        401,
                        "unauthorized",
                        "Authentication required");
            }
            lookUp(user.request(), userCode).then().body("client_id", equalTo("tv"));
        }
    }
}
