package dev.roster.accounts;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.roster.testing.Caller;
import dev.roster.testing.Cookies;
import dev.roster.testing.SwitchedOffProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
@TestProfile(SwitchedOffProfile.class)
@DisplayName("With every plugin but the one for bearer tokens switched off")
class PluginsOffTest {

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "POST, /sign-in/username",
        "POST, /is-username-available",
        "GET, /token",
        "GET, /jwks",
        "GET, /multi-session/list-device-sessions",
        "POST, /multi-session/set-active",
        "POST, /multi-session/revoke",
        "GET, /one-time-token/generate",
        "POST, /one-time-token/verify",
        "POST, /organization/create",
        "GET, /organization/list",
        "GET, /organization/list-members",
        "POST, /organization/invite-member",
        "GET, /organization/list-teams",
        "POST, /two-factor/enable",
        "POST, /two-factor/verify-totp",
        "POST, /api-key/create",
        "GET, /api-key/list",
        "GET, /admin/list-users",
        "POST, /admin/impersonate-user",
        "POST, /sign-in/anonymous",
        "POST, /delete-anonymous-user",
        "POST, /sign-in/magic-link",
        "GET, /magic-link/verify",
        "POST, /sign-in/email-otp",
        "POST, /email-otp/send-verification-otp",
        "POST, /forget-password/email-otp",
        "POST, /device/code",
        "GET, /device",
        "POST, /device/token"
    })
    @DisplayName("their routes do not exist")
    void routes(String method, String path) {
        Response response =
                given().contentType(ContentType.JSON)
                        .body("{}")
                        .request(method, "/api/auth" + path);
        assertEquals(404, response.statusCode());
        assertEquals("", response.asString());
    }

    @Test
    @DisplayName("user names are members that nobody asks for")
    void usernames() {
        Response response =
                given().contentType(ContentType.JSON)
                        .body(
                                Map.of(
                                        "name",
                                        "Ada",
                                        "email",
                                        Caller.newEmail(),
                                        "password",
                                        Caller.PASSWORD,
                                        "username",
                                        "a b",
                                        "displayUsername",
                                        5))
                        .post("/api/auth/sign-up/email");
        response.then()
                .statusCode(200)
                .body("user.username", nullValue())
                .body("user.displayUsername", nullValue());
        Caller.as(response.path("token"))
                .contentType(ContentType.JSON)
                .body(Map.of("username", "ada_lovelace"))
                .post("/api/auth/update-user")
                .then()
                .statusCode(400)
                .body("message", equalTo("No fields to update"));
    }

    @Test
    @DisplayName("an API key is no proof of anybody")
    void apiKeys() {
        given().header("x-api-key", "x").get("/api/v1/me").then().statusCode(401);
    }

    @Test
    @DisplayName("no answer carries a token or a device's cookie")
    void quiet() {
        Response response = Caller.signUp(Caller.newEmail());
        assertEquals(List.of(), Cookies.devices(response));
        assertNull(
                Caller.as(response.path("token"))
                        .get("/api/auth/get-session")
                        .header("set-auth-jwt"));
    }
}
