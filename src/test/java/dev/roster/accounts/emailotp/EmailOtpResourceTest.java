package dev.roster.accounts.emailotp;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.roster.testing.AtOnce;
import dev.roster.testing.Caller;
import dev.roster.testing.Cookies;
import dev.roster.testing.Database;
import dev.roster.testing.Hijacked;
import dev.roster.testing.Mails;
import dev.roster.testing.Statements;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
class EmailOtpResourceTest {

    private static final String NEW_PASSWORD = "another-horse-battery";

    @Nested
    @DisplayName("Asking for a code")
    class Send {

        @ParameterizedTest(name = "{0}")
        @ValueSource(strings = {"email-verification", "sign-in", "forget-password"})
        @DisplayName("is answered alike for known and unknown addresses, at the same cost")
        void discreet(String type) {
            Caller ada = Caller.signUp();
            List<String> hit = Statements.of(() -> send(ada.email, type).then().statusCode(200));
            List<String> miss =
                    Statements.of(() -> send(Caller.newEmail(), type).then().statusCode(200));
            assertEquals(4, hit.size(), () -> "user, code, language, mail: " + hit);
            assertEquals(hit, miss);
            assertEquals("{\"success\":true}", send(Caller.newEmail(), type).asString());
        }

        @Test
        @DisplayName("mails six digits, to strangers those alone that sign in")
        void mails() {
            String stranger = Caller.newEmail();
            for (String type : List.of("email-verification", "forget-password")) {
                send(stranger, type);
            }
            assertEquals(List.of(), Mails.to(stranger));
            send(stranger, "sign-in");
            assertTrue(code("SIGN_IN_CODE", stranger).matches("[0-9]{6}"));
            Caller ada = Caller.signUp();
            for (String path :
                    List.of("email-otp/request-password-reset", "forget-password/email-otp")) {
                int before = Mails.to(ada.email).size();
                post(path, Map.of("email", ada.email.toUpperCase(Locale.ROOT)))
                        .then()
                        .statusCode(200)
                        .body("success", equalTo(true));
                assertEquals(before + 1, Mails.to(ada.email).size());
                refused(post(path, Map.of("email", "x")), 400, "INVALID_EMAIL");
            }
        }

        @Test
        @DisplayName("is refused for what is no address or type, and from forms elsewhere")
        void invalid() {
            refused(send("x", "sign-in"), 400, "INVALID_EMAIL");
            refused(send(Caller.newEmail(), "other"), 400, "VALIDATION_ERROR");
            refused(
                    post("email-otp/send-verification-otp", Map.of("email", Caller.newEmail())),
                    400,
                    "VALIDATION_ERROR");
            send(Caller.newEmail(), "change-email")
                    .then()
                    .statusCode(400)
                    .body("message", equalTo("Invalid OTP type"))
                    .body("code", nullValue());
            refused(
                    post(
                            given().header("Sec-Fetch-Site", "cross-site")
                                    .header("Sec-Fetch-Mode", "navigate"),
                            "email-otp/send-verification-otp",
                            Map.of("email", Caller.newEmail(), "type", "sign-in")),
                    403,
                    "CROSS_SITE_NAVIGATION_LOGIN_BLOCKED");
        }
    }

    @Nested
    @DisplayName("A code to sign in")
    class SignIn {

        @Test
        @DisplayName("signs a stranger up, verified")
        void signsUp() {
            String email = Caller.newEmail();
            Map<String, Object> body = new HashMap<>();
            body.put("email", email);
            body.put("otp", signInCode(email));
            body.put("name", "Otto");
            body.put("image", "https://example.com/o.png");
            Response answer = post("sign-in/email-otp", body);
            answer.then()
                    .statusCode(200)
                    .body("user.email", equalTo(email))
                    .body("user.name", equalTo("Otto"))
                    .body("user.image", equalTo("https://example.com/o.png"))
                    .body("user.emailVerified", equalTo(true));
            assertTrue(Cookies.session(answer) != null);
            assertTrue(isSignedIn(answer.path("token")));
            refused(post("sign-in/email-otp", body), 400, "INVALID_OTP");
        }

        @Test
        @DisplayName("is good once, of several at once too")
        void once() throws InterruptedException {
            String email = Caller.newEmail();
            String code = signInCode(email);
            List<Integer> answers = AtOnce.run(6, () -> signIn(email, code).statusCode());
            assertEquals(1, answers.stream().filter(status -> status == 200).count(), "" + answers);
        }

        @Test
        @DisplayName("is void behind three wrong tries")
        void attempts() {
            String email = Caller.newEmail();
            String code = signInCode(email);
            for (int i = 0; i < 3; i++) {
                refused(signIn(email, wrong(code)), 400, "INVALID_OTP");
            }
            refused(signIn(email, code), 403, "TOO_MANY_ATTEMPTS");
            refused(signIn(email, code), 400, "INVALID_OTP");
        }

        @Test
        @DisplayName("that is too old, another's, or for something else is refused")
        void foreign() {
            Caller ada = Caller.signUp();
            String code = signInCode(ada.email);
            refused(signIn(Caller.newEmail(), code), 400, "INVALID_OTP");
            refused(signIn("x", code), 400, "INVALID_OTP");
            refused(verify(ada.email, code), 400, "INVALID_OTP");
            refused(reset(ada.email, code, NEW_PASSWORD), 400, "INVALID_OTP");
            Database.update(
                    "UPDATE verifications SET expires_at = now() - interval '1 second' WHERE"
                            + " user_id = ? AND purpose = 'SIGN_IN_CODE'",
                    ada.id);
            refused(signIn(ada.email, code), 400, "OTP_EXPIRED");
            refused(post("sign-in/email-otp", Map.of("email", "x")), 400, "VALIDATION_ERROR");
        }

        @Test
        @DisplayName("makes no administrator, and is not used up by trying")
        void protectedFields() {
            String email = Caller.newEmail();
            String code = signInCode(email);
            refused(
                    post("sign-in/email-otp", Map.of("email", email, "otp", code, "role", "admin")),
                    400,
                    "FIELD_NOT_ALLOWED");
            signIn(email, code).then().statusCode(200).body("user.role", equalTo("user"));
        }

        @Test
        @DisplayName("does not let a banned user in")
        void banned() {
            Caller ada = Caller.signUp();
            String code = signInCode(ada.email);
            Database.update("UPDATE users SET banned = true WHERE id = ?", ada.id);
            refused(signIn(ada.email, code), 403, "BANNED_USER");
        }

        @Test
        @DisplayName("pre-hijacking: puts whoever made the account with the address out")
        void preHijacked() {
            Hijacked account = Hijacked.make();
            Response answer = signIn(account.email(), signInCode(account.email()));
            answer.then().statusCode(200).body("user.emailVerified", equalTo(true));
            account.assertEmptied(answer.path("token"));
        }
    }

    @Nested
    @DisplayName("A code to verify an address")
    class Verify {

        @Test
        @DisplayName("verifies it, and begins no session")
        void verifies() {
            Caller ada = Caller.signUp();
            send(ada.email, "email-verification");
            String code = code("EMAIL_CODE", ada.email);
            refused(verify(ada.email, wrong(code)), 400, "INVALID_OTP");
            verify(ada.email, code)
                    .then()
                    .statusCode(200)
                    .body("status", equalTo(true))
                    .body("token", nullValue())
                    .body("user.id", equalTo(ada.id.toString()))
                    .body("user.emailVerified", equalTo(true));
            refused(verify(ada.email, code), 400, "INVALID_OTP");
            refused(verify("x", code), 400, "INVALID_EMAIL");
            // the account is its own: nothing of it is taken
            assertTrue(isSignedIn(ada.token));
        }

        @Test
        @DisplayName("of a user who is gone verifies nobody")
        void gone() {
            Caller ada = Caller.signUp();
            send(ada.email, "email-verification");
            Database.update("UPDATE users SET deleted_at = now() WHERE id = ?", ada.id);
            String code = code("EMAIL_CODE", ada.email);
            refused(check(ada.email, "email-verification", code), 400, "USER_NOT_FOUND");
            refused(verify(ada.email, code), 400, "USER_NOT_FOUND");
        }
    }

    @Nested
    @DisplayName("Checking a code")
    class Check {

        @Test
        @DisplayName("does not use it up, but counts")
        void counts() {
            Caller ada = Caller.signUp();
            String code = signInCode(ada.email);
            check(ada.email, "sign-in", code).then().statusCode(200).body("success", equalTo(true));
            refused(check(ada.email, "sign-in", wrong(code)), 400, "INVALID_OTP");
            signIn(ada.email, code).then().statusCode(200);
            String next = signInCode(ada.email);
            for (int i = 0; i < 3; i++) {
                check(ada.email, "sign-in", next).then().statusCode(200);
            }
            refused(check(ada.email, "sign-in", next), 403, "TOO_MANY_ATTEMPTS");
            refused(signIn(ada.email, next), 400, "INVALID_OTP");
        }

        @Test
        @DisplayName("of another type or too old is refused")
        void refusals() {
            Caller ada = Caller.signUp();
            String code = signInCode(ada.email);
            for (String type : List.of("email-verification", "forget-password", "change-email")) {
                refused(check(ada.email, type, code), 400, "INVALID_OTP");
            }
            refused(check("x", "sign-in", code), 400, "INVALID_EMAIL");
            Database.update(
                    "UPDATE verifications SET expires_at = now() - interval '1 second' WHERE"
                            + " user_id = ?",
                    ada.id);
            refused(check(ada.email, "sign-in", code), 400, "OTP_EXPIRED");
        }
    }

    @Nested
    @DisplayName("A code to reset a password")
    class Reset {

        @Test
        @DisplayName("sets it once, on the last try too")
        void resets() {
            Caller ada = Caller.signUp();
            String code = resetCode(ada.email);
            refused(reset(ada.email, code, "short"), 400, "PASSWORD_TOO_SHORT");
            refused(reset(ada.email, code, "x".repeat(129)), 400, "PASSWORD_TOO_LONG");
            refused(reset("x", code, NEW_PASSWORD), 400, "INVALID_EMAIL");
            for (int i = 0; i < 2; i++) {
                refused(reset(ada.email, wrong(code), NEW_PASSWORD), 400, "INVALID_OTP");
            }
            reset(ada.email, code, NEW_PASSWORD)
                    .then()
                    .statusCode(200)
                    .body("success", equalTo(true));
            refused(reset(ada.email, code, NEW_PASSWORD), 400, "INVALID_OTP");
            Caller.signIn(ada.email, Caller.PASSWORD).then().statusCode(401);
            Caller.signIn(ada.email, NEW_PASSWORD).then().statusCode(200);
            assertTrue(!isSignedIn(ada.token));
        }

        @Test
        @DisplayName("of a stranger, too old, or tried too often is refused")
        void refusals() {
            String stranger = Caller.newEmail();
            post("email-otp/request-password-reset", Map.of("email", stranger));
            for (int i = 0; i < 3; i++) {
                refused(reset(stranger, "x", NEW_PASSWORD), 400, "INVALID_OTP");
            }
            refused(reset(stranger, "x", NEW_PASSWORD), 403, "TOO_MANY_ATTEMPTS");
            Caller ada = Caller.signUp();
            String code = resetCode(ada.email);
            Database.update(
                    "UPDATE verifications SET expires_at = now() - interval '1 second' WHERE"
                            + " user_id = ?",
                    ada.id);
            refused(reset(ada.email, code, NEW_PASSWORD), 400, "OTP_EXPIRED");
            String next = resetCode(ada.email);
            Database.update("UPDATE users SET deleted_at = now() WHERE id = ?", ada.id);
            refused(reset(ada.email, next, NEW_PASSWORD), 400, "USER_NOT_FOUND");
        }

        @Test
        @DisplayName("pre-hijacking: puts whoever made the account with the address out")
        void preHijacked() {
            Hijacked account = Hijacked.make();
            reset(account.email(), resetCode(account.email()), NEW_PASSWORD).then().statusCode(200);
            account.assertEmptied(null);
            Caller.signIn(account.email(), NEW_PASSWORD).then().statusCode(200);
        }
    }

    @Test
    @DisplayName("Changing the address is off, and needs a session to be told so")
    void changeOff() {
        Map<String, Object> body = Map.of("newEmail", Caller.newEmail(), "otp", "1");
        for (String path : List.of("email-otp/request-email-change", "email-otp/change-email")) {
            refused(post(path, body), 401, "UNAUTHORIZED");
            post(Caller.signUp().request(), path, body)
                    .then()
                    .statusCode(400)
                    .body("message", equalTo("Change email with OTP is disabled"))
                    .body("code", nullValue());
        }
    }

    private static Response post(String path, Map<String, Object> body) {
        return post(given(), path, body);
    }

    private static Response post(RequestSpecification as, String path, Map<String, Object> body) {
        return as.contentType(ContentType.JSON).body(body).post("/api/auth/" + path);
    }

    private static Response send(String email, String type) {
        return post("email-otp/send-verification-otp", Map.of("email", email, "type", type));
    }

    private static Response signIn(String email, String otp) {
        return post("sign-in/email-otp", Map.of("email", email, "otp", otp));
    }

    private static Response verify(String email, String otp) {
        return post("email-otp/verify-email", Map.of("email", email, "otp", otp));
    }

    private static Response check(String email, String type, String otp) {
        return post(
                "email-otp/check-verification-otp",
                Map.of("email", email, "type", type, "otp", otp));
    }

    private static Response reset(String email, String otp, String password) {
        return post(
                "email-otp/reset-password",
                Map.of("email", email, "otp", otp, "password", password));
    }

    private static String signInCode(String email) {
        send(email, "sign-in").then().statusCode(200);
        return code("SIGN_IN_CODE", email);
    }

    private static String resetCode(String email) {
        post("email-otp/request-password-reset", Map.of("email", email)).then().statusCode(200);
        return code("RESET_PASSWORD_CODE", email);
    }

    private static String code(String kind, String email) {
        return Mails.last(kind, email).value("code");
    }

    private static String wrong(String code) {
        return (code.startsWith("0") ? "1" : "0") + code.substring(1);
    }

    private static void refused(Response answer, int status, String code) {
        assertEquals(status, answer.statusCode(), answer.asString());
        assertEquals(code, answer.path("code"));
    }

    private static boolean isSignedIn(String token) {
        return !Caller.as(token).get("/api/auth/get-session").asString().equals("null");
    }
}
