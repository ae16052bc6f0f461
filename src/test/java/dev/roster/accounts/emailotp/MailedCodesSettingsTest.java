package dev.roster.accounts.emailotp;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.Mails;
import dev.roster.testing.SettingsProfile;
import dev.roster.testing.Statements;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(SettingsProfile.class)
@DisplayName("Where strangers get no account by mail, and codes change addresses,")
class MailedCodesSettingsTest {

    @Test
    @DisplayName("strangers are answered like users, at the same cost, but mailed nothing")
    void discreet() {
        Caller ada = Caller.signUp();
        Map<String, Map<String, Object>> requests =
                Map.of(
                        "sign-in/magic-link", Map.of(),
                        "email-otp/send-verification-otp", Map.of("type", "sign-in"));
        requests.forEach(
                (path, more) -> {
                    String stranger = Caller.newEmail();
                    List<String> hit = Statements.of(() -> post(given(), path, ada.email, more));
                    List<String> miss = Statements.of(() -> post(given(), path, stranger, more));
                    assertEquals(hit, miss);
                    assertEquals(List.of(), Mails.to(stranger));
                });
    }

    @Test
    @DisplayName("a link of a user who went meanwhile makes no account")
    void linkOfNobody() {
        Caller ada = Caller.signUp();
        post(given(), "sign-in/magic-link", ada.email, Map.of());
        Database.update("UPDATE users SET deleted_at = now() WHERE id = ?", ada.id);
        given().redirects()
                .follow(false)
                .urlEncodingEnabled(false)
                .get(
                        Mails.last("MAGIC_LINK", ada.email)
                                .value("url")
                                .substring(Caller.ORIGIN.length()))
                .then()
                .statusCode(302)
                .header("Location", endsWith("/?error=new_user_signup_disabled"));
        Caller eve = Caller.signUp();
        post(given(), "email-otp/send-verification-otp", eve.email, Map.of("type", "sign-in"));
        Database.update("UPDATE users SET deleted_at = now() WHERE id = ?", eve.id);
        post(
                        given(),
                        "sign-in/email-otp",
                        eve.email,
                        Map.of("otp", code("SIGN_IN_CODE", eve.email)))
                .then()
                .statusCode(400)
                .body("code", equalTo("INVALID_OTP"));
    }

    @Test
    @DisplayName("no link changes an address where none is mailed")
    void noLinks() {
        Caller ada = Caller.signUp();
        for (boolean verified : new boolean[] {false, true}) {
            Database.update("UPDATE users SET email_verified = ? WHERE id = ?", verified, ada.id);
            message(
                    ada.request()
                            .contentType(ContentType.JSON)
                            .body(Map.of("newEmail", Caller.newEmail()))
                            .post("/api/auth/change-email"),
                    "Verification email isn't enabled");
        }
        assertEquals(List.of(), Mails.to(ada.email));
    }

    @Test
    @DisplayName("a code to the old address and one to the new change it")
    void change() {
        Caller ada = Caller.signUp();
        String newEmail = Caller.newEmail();
        message(request(ada, newEmail, Map.of()), "OTP is required to verify current email");
        message(request(ada, ada.email, Map.of("otp", "1")), "Email is the same");
        refused(request(ada, "x", Map.of("otp", "1")), 400, "INVALID_EMAIL");
        refused(request(ada, newEmail, Map.of("otp", "1")), 400, "INVALID_OTP");
        begin(ada, newEmail);
        String code = code("CHANGE_EMAIL_CODE", newEmail);
        refused(change(Caller.signUp(), newEmail, code), 400, "INVALID_OTP");
        refused(change(ada, Caller.newEmail(), code), 400, "INVALID_OTP");
        refused(change(ada, "x", code), 400, "INVALID_EMAIL");
        message(change(ada, ada.email, code), "Email is the same");
        change(ada, newEmail, code).then().statusCode(200).body("success", equalTo(true));
        ada.request()
                .get("/api/auth/get-session")
                .then()
                .body("user.email", equalTo(newEmail))
                .body("user.emailVerified", equalTo(true));
        message(change(ada, newEmail, code), "Email is the same");
    }

    @Test
    @DisplayName("a taken address is answered alike, and is no one's to change to")
    void taken() {
        Caller ada = Caller.signUp();
        Caller eve = Caller.signUp();
        int mails = Mails.to(eve.email).size();
        begin(ada, eve.email);
        assertEquals(mails, Mails.to(eve.email).size());
        String newEmail = Caller.newEmail();
        begin(ada, newEmail);
        String code = code("CHANGE_EMAIL_CODE", newEmail);
        Caller.signUp(newEmail).then().statusCode(200);
        message(change(ada, newEmail, code), "Email already in use");
    }

    @Test
    @DisplayName("a code is void behind three wrong tries, and when it is too old")
    void attempts() {
        Caller ada = Caller.signUp();
        String newEmail = Caller.newEmail();
        begin(ada, newEmail);
        for (int i = 0; i < 3; i++) {
            refused(change(ada, newEmail, "x"), 400, "INVALID_OTP");
        }
        refused(change(ada, newEmail, "x"), 403, "TOO_MANY_ATTEMPTS");
        begin(ada, newEmail);
        Database.update(
                "UPDATE verifications SET expires_at = now() - interval '1 second' WHERE user_id ="
                        + " ?",
                ada.id);
        refused(change(ada, newEmail, code("CHANGE_EMAIL_CODE", newEmail)), 400, "OTP_EXPIRED");
    }

    private static void begin(Caller caller, String newEmail) {
        post(
                given(),
                "email-otp/send-verification-otp",
                caller.email,
                Map.of("type", "email-verification"));
        request(caller, newEmail, Map.of("otp", code("EMAIL_CODE", caller.email)))
                .then()
                .statusCode(200)
                .body("success", equalTo(true));
    }

    private static Response request(Caller caller, String newEmail, Map<String, Object> more) {
        return send(caller.request(), "email-otp/request-email-change", "newEmail", newEmail, more);
    }

    private static Response change(Caller caller, String newEmail, String otp) {
        return send(
                caller.request(),
                "email-otp/change-email",
                "newEmail",
                newEmail,
                Map.of("otp", otp));
    }

    private static Response post(
            RequestSpecification as, String path, String email, Map<String, Object> more) {
        return send(as, path, "email", email, more);
    }

    private static Response send(
            RequestSpecification as,
            String path,
            String name,
            String email,
            Map<String, Object> more) {
        Map<String, Object> body = new HashMap<>(more);
        body.put(name, email);
        return as.contentType(ContentType.JSON).body(body).post("/api/auth/" + path);
    }

    private static String code(String kind, String email) {
        return Mails.last(kind, email).value("code");
    }

    private static void refused(Response answer, int status, String code) {
        assertEquals(status, answer.statusCode(), answer.asString());
        assertEquals(code, answer.path("code"));
    }

    private static void message(Response answer, String message) {
        answer.then().statusCode(400).body("message", equalTo(message)).body("code", nullValue());
    }
}
