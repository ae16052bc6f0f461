package dev.roster.accounts.account;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.roster.testing.Caller;
import dev.roster.testing.Mails;
import dev.roster.testing.SwitchedOffProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(SwitchedOffProfile.class)
@DisplayName("Where users may neither reset, change their address nor go")
class SwitchedOffTest {

    @Test
    @DisplayName("each is refused as the contract says, and nothing is mailed")
    void refused() {
        Caller ada = Caller.signUp();
        post(ada, "/request-password-reset", Map.of("email", ada.email))
                .then()
                .statusCode(400)
                .body("code", equalTo("RESET_PASSWORD_DISABLED"));
        post(ada, "/reset-password", Map.of("token", "x", "newPassword", Caller.PASSWORD))
                .then()
                .statusCode(400)
                .body("code", equalTo("RESET_PASSWORD_DISABLED"));
        post(ada, "/change-email", Map.of("newEmail", Caller.newEmail()))
                .then()
                .statusCode(400)
                .body("code", equalTo("CHANGE_EMAIL_DISABLED"));
        Response delete = post(ada, "/delete-user", Map.of("password", Caller.PASSWORD));
        delete.then().statusCode(404);
        assertEquals("", delete.asString());
        given().get("/api/auth/delete-user/callback?token=x")
                .then()
                .statusCode(404)
                .body("code", equalTo("NOT_FOUND"));
        assertEquals(List.of(), Mails.to(ada.email));
        for (Caller caller : new Caller[] {ada, null}) {
            post(caller, "/send-verification-email", Map.of("email", ada.email))
                    .then()
                    .statusCode(400)
                    .body("code", equalTo("VERIFICATION_EMAIL_NOT_ENABLED"))
                    .body("message", equalTo("Verification email isn't enabled"));
        }
        assertEquals(List.of(), Mails.to(ada.email));
    }

    private static Response post(Caller caller, String path, Map<String, String> body) {
        return (caller == null ? given() : caller.request())
                .contentType(ContentType.JSON)
                .body(body)
                .post("/api/auth" + path);
    }
}
