package dev.roster.accounts.twofactor;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.matchesPattern;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.roster.platform.readiness.StartupSettings;
import dev.roster.testing.AtOnce;
import dev.roster.testing.Browser;
import dev.roster.testing.Caller;
import dev.roster.testing.Cookies;
import dev.roster.testing.Database;
import dev.roster.testing.Mails;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@DisplayName("The second factor")
class TwoFactorResourceTest {

    private static final String CLEARED = "=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax";

    static void refused(Response response, int status, String code) {
        response.then().statusCode(status).body("code", equalTo(code));
    }

    private static Response totp(Browser browser, String code) {
        return browser.post("/two-factor/verify-totp", Map.of("code", code));
    }

    private static Response backup(Browser browser, String code) {
        return browser.post("/two-factor/verify-backup-code", Map.of("code", code));
    }

    private static Response otp(Browser browser, String code) {
        return browser.post("/two-factor/verify-otp", Map.of("code", code));
    }

    private static void assertSignedIn(Browser browser, boolean expected) {
        Response response = browser.get("/get-session");
        response.then().statusCode(200);
        assertEquals(expected, !response.asString().equals("null"), response.asString());
    }

    @Nested
    @DisplayName("by an authenticator app")
    class SettingUp {

        @Test
        @DisplayName("is offered by a URI and backup codes, and not asked for before it was shown")
        void offered() {
            Guarded user = Guarded.none();
            String session = user.browser.cookie("session_token");
            Response response = user.browser.post("/two-factor/enable", Guarded.password());
            response.then()
                    .statusCode(200)
                    .body("method", equalTo("totp"))
                    .body(
                            "totpURI",
                            matchesPattern(
                                    "otpauth://totp/Roster:"
                                            + user.email.replace("@", "%40")
                                            + "\\?secret=[A-Z2-7]{52}&issuer=Roster&digits=6"
                                            + "&period=30"))
                    .body("backupCodes", hasSize(10))
                    .body("backupCodes[9]", matchesPattern("[a-zA-Z0-9]{5}-[a-zA-Z0-9]{5}"));
            assertEquals(10, new HashSet<>(response.<List<String>>path("backupCodes")).size());
            assertEquals(List.of(), Cookies.set(response));
            assertEquals(session, user.browser.cookie("session_token"));
            user.trySignIn(new Browser()).then().body("user.twoFactorEnabled", equalTo(false));
        }

        @Test
        @DisplayName("is enabled by its first code, which replaces the session")
        void enabled() {
            Guarded user = Guarded.offered();
            Browser thief = user.browser.copy();
            Response response = totp(user.browser, user.code());
            response.then().statusCode(200).body("user.twoFactorEnabled", equalTo(true));
            String token = response.path("token");
            assertEquals(token, Cookies.decode(Cookies.session(response)).split("\\.")[0]);
            assertEquals(
                    Cookies.decode(Cookies.session(response)),
                    response.header("set-auth-token"),
                    "of the session there is now");
            user.browser
                    .get("/get-session")
                    .then()
                    .body("session.token", equalTo(token))
                    .body("user.twoFactorEnabled", equalTo(true));
            assertSignedIn(thief, false);
            assertEquals(1, user.audited("two_factor.enabled"));
            assertEquals(1, user.audited("backup_codes.generated"));
        }

        @Test
        @DisplayName("is not enabled by a wrong code")
        void wrong() {
            Guarded user = Guarded.offered();
            Response response = totp(user.browser, user.wrongCode());
            refused(response, 401, "INVALID_CODE");
            assertEquals(List.of(), Cookies.set(response));
            user.trySignIn(new Browser()).then().body("token", matchesPattern(".{32}"));
        }

        @Test
        @DisplayName("is offered anew until it was confirmed: the last offer counts")
        void offeredAgain() {
            Guarded user = Guarded.offered();
            String old = user.code();
            Response again =
                    user.browser.post(
                            "/two-factor/enable",
                            Map.of("password", Caller.PASSWORD, "issuer", "My App & Co"));
            again.then()
                    .statusCode(200)
                    .body("totpURI", matchesPattern("otpauth://totp/My%20App%20%26%20Co:.*"))
                    .body("totpURI", matchesPattern(".*&issuer=My%20App%20%26%20Co&.*"));
            refused(totp(user.browser, old), 401, "INVALID_CODE");
            user.scan(again.path("totpURI"));
            totp(user.browser, user.code()).then().statusCode(200);
            refused(
                    user.browser.post("/two-factor/enable", Guarded.password()),
                    400,
                    "TOTP_ALREADY_ENABLED");
        }

        @Test
        @DisplayName("keeps session cookies of who is not to be remembered short")
        void unremembered() {
            Guarded user = Guarded.none();
            user.browser
                    .post(
                            "/sign-in/email",
                            Map.of(
                                    "email",
                                    user.email,
                                    "password",
                                    Caller.PASSWORD,
                                    "rememberMe",
                                    false))
                    .then()
                    .statusCode(200);
            Response response =
                    user.browser.post(
                            "/two-factor/enable",
                            Map.of("password", Caller.PASSWORD, "method", "otp"));
            assertTrue(
                    Cookies.set(response).stream()
                            .anyMatch(
                                    line ->
                                            line.startsWith(Cookies.SESSION)
                                                    && !line.contains("Max-Age")),
                    Cookies.set(response).toString());
        }

        @Test
        @DisplayName("shows its URI again to who knows the password")
        void uri() {
            Guarded user = Guarded.byTotp();
            byte[] key = user.key;
            Response response = user.browser.post("/two-factor/get-totp-uri", Guarded.password());
            response.then().statusCode(200);
            user.scan(response.path("totpURI"));
            assertArrayEquals(user.key, key);
            refused(
                    user.browser.post("/two-factor/get-totp-uri", Map.of("password", "wrong")),
                    400,
                    "INVALID_PASSWORD");
            refused(
                    Guarded.none().browser.post("/two-factor/get-totp-uri", Guarded.password()),
                    400,
                    "TOTP_NOT_ENABLED");
        }

        @Test
        @DisplayName("may be shown by who is signed in already: nothing changes")
        void stepUp() {
            Guarded user = Guarded.byTotp();
            String token = user.browser.get("/get-session").path("session.token");
            Response response = totp(user.browser, user.code());
            response.then().statusCode(200).body("token", equalTo(token));
            assertEquals(List.of(), Cookies.set(response));
        }

        @Test
        @DisplayName("is encrypted at rest, its backup codes are digests")
        void atRest() {
            Guarded user = Guarded.offered();
            Map<String, Object> row =
                    Database.query(
                                    "SELECT encode(secret, 'escape') AS secret, backup_codes::text"
                                            + " AS codes FROM two_factors WHERE user_id = ?",
                                    user.id)
                            .get(0);
            assertFalse(
                    row.get("secret")
                            .toString()
                            .contains(new String(user.key, StandardCharsets.UTF_8)));
            assertTrue(row.get("codes").toString().matches("\\{([0-9a-f]{64},?){10}}"));
        }

        @Test
        @DisplayName("is switched off by the password, with all that belongs to it")
        void disabled() {
            Guarded user = Guarded.byTotp();
            Browser waiting = user.signIn();
            Browser trusted = user.signIn();
            trusted.post(
                            "/two-factor/verify-totp",
                            Map.of("code", user.code(), "trustDevice", true))
                    .then()
                    .statusCode(200);
            refused(
                    user.browser.post("/two-factor/disable", Map.of("password", "wrong")),
                    400,
                    "INVALID_PASSWORD");
            refused(
                    user.browser.post("/two-factor/disable", Map.of("password", "x".repeat(4097))),
                    400,
                    "PASSWORD_TOO_LONG");
            Browser thief = user.browser.copy();
            Response response = user.browser.post("/two-factor/disable", Guarded.password());
            response.then().statusCode(200).body("status", equalTo(true));
            assertEquals(1, Cookies.set(response).size());
            user.browser.get("/get-session").then().body("user.twoFactorEnabled", equalTo(false));
            assertSignedIn(thief, false);
            user.trySignIn(new Browser()).then().body("redirect", equalTo(false));
            refused(totp(waiting, user.code(0)), 401, "INVALID_TWO_FACTOR_COOKIE");
            assertEquals(
                    0L,
                    Database.value("SELECT count(*) FROM two_factors WHERE user_id = ?", user.id));
            assertEquals(1, user.audited("two_factor.disabled"));

            // a device that was trusted then is asked for the factor that is set up now
            user.browser
                    .post(
                            "/two-factor/enable",
                            Map.of("password", Caller.PASSWORD, "method", "otp"))
                    .then()
                    .statusCode(200);
            Response signIn = user.trySignIn(trusted);
            signIn.then().body("twoFactorRedirect", equalTo(true));
            assertTrue(
                    Cookies.set(signIn).contains("better-auth.trust_device" + CLEARED),
                    Cookies.set(signIn).toString());
        }

        @ParameterizedTest
        @DisplayName("needs a session and the password to be set up")
        @ValueSource(strings = {"enable", "disable", "get-totp-uri", "generate-backup-codes"})
        void signedOut(String operation) {
            refused(
                    new Browser().post("/two-factor/" + operation, Guarded.password()),
                    401,
                    "UNAUTHORIZED");
            refused(
                    new Browser().post("/two-factor/" + operation, Map.of()),
                    400,
                    "VALIDATION_ERROR");
            Guarded user = Guarded.byTotp();
            if (!operation.equals("enable")) {
                refused(
                        user.browser.post("/two-factor/" + operation, Map.of("password", "wrong")),
                        400,
                        "INVALID_PASSWORD");
            }
            Database.update("DELETE FROM credentials WHERE user_id = ?", user.id);
            refused(
                    user.browser.post("/two-factor/" + operation, Guarded.password()),
                    400,
                    "INVALID_PASSWORD");
        }

        @ParameterizedTest(name = "{0} {1}")
        @DisplayName("is not set up, nor off, by a password that is changed meanwhile")
        @CsvSource({
            "false, enable, totp",
            "false, enable, otp",
            "true, disable, ''",
            "true, generate-backup-codes, ''"
        })
        void passwordChanged(boolean enabled, String operation, String method) {
            Guarded user = enabled ? Guarded.byTotp() : Guarded.none();
            Map<String, Object> body = new HashMap<>(Guarded.password());
            if (!enabled) {
                body.put("method", method);
            }
            Response response =
                    AtOnce.meanwhile(
                            () -> user.browser.post("/two-factor/" + operation, body),
                            "UPDATE credentials SET password_hash = 'changed' WHERE user_id = ?",
                            user.id);
            refused(response, 400, "INVALID_PASSWORD");
            assertEquals(1, user.sessions());
            assertEquals(
                    enabled,
                    Database.value("SELECT two_factor_enabled FROM users WHERE id = ?", user.id));
            assertEquals(enabled ? 1 : 0, user.audited("backup_codes.generated"));
        }

        @Test
        @DisplayName("replaces no session that ends meanwhile")
        void sessionEnded() {
            Guarded user = Guarded.offered();
            String code = user.code();
            Response response =
                    AtOnce.meanwhile(
                            () -> totp(user.browser, code),
                            "DELETE FROM sessions WHERE user_id = ?",
                            user.id);
            refused(response, 401, "UNAUTHORIZED");
            assertEquals(0, user.sessions());
        }

        @Test
        @DisplayName("refuses what is no method")
        void noMethod() {
            Guarded user = Guarded.none();
            for (Object method : List.of("sms", "", 1)) {
                refused(
                        user.browser.post(
                                "/two-factor/enable",
                                Map.of("password", Caller.PASSWORD, "method", method)),
                        400,
                        "VALIDATION_ERROR");
            }
            refused(
                    user.browser.post("/two-factor/enable", Map.of("password", "wrong")),
                    400,
                    "INVALID_PASSWORD");
        }

        @Test
        @DisplayName("is offered once where it is enabled by several requests at once")
        void atOnce() throws InterruptedException {
            Guarded user = Guarded.offered();
            String code = user.code();
            List<Integer> statuses =
                    AtOnce.run(4, () -> totp(user.browser.copy(), code).statusCode());
            assertEquals(1, statuses.stream().filter(status -> status == 200).count());
            assertEquals(1, user.sessions());
        }
    }

    @Nested
    @DisplayName("of a sign-in by password")
    class SigningIn {

        @Test
        @DisplayName("is asked for before any session begins")
        void asked() {
            Guarded user = Guarded.byTotp();
            long sessions = user.sessions();
            Browser browser = new Browser();
            Response response = user.trySignIn(browser);
            response.then().statusCode(200);
            assertEquals(
                    "{\"twoFactorRedirect\":true,\"twoFactorMethods\":[\"totp\",\"otp\"]}",
                    response.asString());
            List<String> cookies = Cookies.set(response);
            assertEquals(Cookies.FORGET.subList(0, 2), cookies.subList(0, 2));
            assertEquals(3, cookies.size());
            assertTrue(
                    cookies.get(2)
                            .matches(
                                    "better-auth\\.two_factor=[^;]+; Max-Age=600; Path=/;"
                                            + " HttpOnly; SameSite=Lax"));
            assertNull(response.header("set-auth-token"));
            assertEquals(sessions, user.sessions());
            assertSignedIn(browser, false);
        }

        @Test
        @DisplayName("is asked for where the user is named by its user name, too")
        void byUsername() {
            Guarded user = Guarded.byTotp();
            String name = "u" + user.id.toString().replace("-", "").substring(0, 20);
            Database.update("UPDATE users SET username = ? WHERE id = ?", name, user.id);
            long sessions = user.sessions();
            Browser browser = new Browser();
            browser.post("/sign-in/username", Map.of("username", name, "password", Caller.PASSWORD))
                    .then()
                    .statusCode(200)
                    .body("twoFactorRedirect", equalTo(true))
                    .body("twoFactorMethods", equalTo(List.of("totp", "otp")));
            assertEquals(sessions, user.sessions());
            totp(browser, user.code()).then().statusCode(200);
        }

        @Test
        @DisplayName("is not asked for, nor told of, where the password is wrong")
        void wrongPassword() {
            Guarded user = Guarded.byTotp();
            Response response = Caller.signIn(user.email, "wrong-password");
            refused(response, 401, "INVALID_EMAIL_OR_PASSWORD");
            assertEquals(List.of(), Cookies.set(response));
        }

        @Test
        @DisplayName("lets in by a code of the app")
        void totpCode() {
            Guarded user = Guarded.byTotp();
            Browser browser = user.signIn();
            refused(totp(browser, user.wrongCode()), 401, "INVALID_CODE");
            assertEquals(1, user.failures());
            Response response = totp(browser, user.code());
            response.then()
                    .statusCode(200)
                    .body("user.email", equalTo(user.email))
                    .body("user.twoFactorEnabled", equalTo(true))
                    .body("token", matchesPattern(".{32}"));
            List<String> cookies = Cookies.set(response);
            assertTrue(cookies.get(0).startsWith(Cookies.SESSION));
            assertTrue(cookies.get(0).endsWith(Cookies.WEEK));
            assertEquals("better-auth.two_factor" + CLEARED, cookies.get(1));
            assertEquals(2, cookies.size());
            assertSignedIn(browser, true);
            assertEquals(0, user.failures());
            assertEquals(1, user.audited("session.refused"));
        }

        @Test
        @DisplayName("lets in for as long as the user wanted to be remembered at the first step")
        void unremembered() {
            Guarded user = Guarded.byTotp();
            Browser browser = new Browser();
            browser.post(
                            "/sign-in/email",
                            Map.of(
                                    "email",
                                    user.email,
                                    "password",
                                    Caller.PASSWORD,
                                    "rememberMe",
                                    false))
                    .then()
                    .body("twoFactorRedirect", equalTo(true));
            Response response = totp(browser, user.code());
            response.then().statusCode(200);
            assertFalse(Cookies.set(response).get(0).contains("Max-Age"));
            assertNotNull(browser.cookie("dont_remember"));
            assertEquals(
                    1L,
                    Database.value(
                            "SELECT count(*) FROM sessions WHERE user_id = ? AND NOT remember AND"
                                    + " expires_at < now() + interval '25 hours'",
                            user.id));
        }

        @Test
        @DisplayName("takes each code of the app once, and none older than the last one used")
        void replay() {
            Guarded user = Guarded.byTotp();
            String code = user.code();
            totp(user.signIn(), code).then().statusCode(200);
            refused(totp(user.signIn(), code), 401, "INVALID_CODE");
            refused(totp(user.signIn(), user.code(-1)), 401, "INVALID_CODE");
            totp(user.signIn(), user.code(1)).then().statusCode(200);
            refused(totp(user.browser, user.code(0)), 401, "INVALID_CODE");
        }

        @Test
        @DisplayName("takes a code once of several at once")
        void codeAtOnce() throws InterruptedException {
            Guarded user = Guarded.byTotp();
            String code = user.code();
            long sessions = user.sessions();
            List<Browser> browsers = List.of(user.signIn(), user.signIn(), user.signIn());
            List<Integer> statuses =
                    AtOnce.numbered(3, i -> totp(browsers.get(i), code).statusCode());
            assertEquals(1, statuses.stream().filter(status -> status == 200).count());
            assertEquals(sessions + 1, user.sessions());
        }

        @Test
        @DisplayName("begins one session for each waiting sign-in")
        void challengeAtOnce() throws InterruptedException {
            Guarded user = Guarded.byTotp();
            Browser browser = user.signIn();
            long sessions = user.sessions();
            List<Integer> statuses =
                    AtOnce.numbered(
                            4, i -> backup(browser.copy(), user.backupCodes.get(i)).statusCode());
            assertEquals(1, statuses.stream().filter(status -> status == 200).count());
            assertEquals(sessions + 1, user.sessions());
            refused(backup(browser, user.backupCodes.get(9)), 401, "INVALID_TWO_FACTOR_COOKIE");
            assertEquals(
                    9,
                    Database.value(
                            "SELECT cardinality(backup_codes) FROM two_factors WHERE user_id = ?",
                            user.id),
                    "what let nobody in is still good");
        }

        @ParameterizedTest
        @DisplayName("cannot be shown without a waiting sign-in of one's own")
        @ValueSource(strings = {"verify-totp", "verify-otp", "verify-backup-code", "send-otp"})
        void noChallenge(String operation) {
            Map<String, String> body = Map.of("code", "123456");
            String path = "/two-factor/" + operation;
            refused(new Browser().post(path, body), 401, "INVALID_TWO_FACTOR_COOKIE");
            Guarded user = Guarded.byTotp();
            String cookie = user.signIn().cookie("two_factor");
            String value = Cookies.decode(cookie);
            String session = user.browser.cookie("session_token");
            for (String forged :
                    List.of(
                            "",
                            "x",
                            cookie.substring(0, cookie.length() - 4),
                            value.substring(0, value.lastIndexOf('.')),
                            Cookies.encode(
                                    (value.charAt(0) == 'a' ? 'b' : 'a') + value.substring(1)),
                            Cookies.encode(Cookies.sign("x".repeat(32), "another-secret")),
                            // signed by us, but for something else
                            session)) {
                refused(
                        new Browser().with("two_factor", forged).post(path, body),
                        401,
                        "INVALID_TWO_FACTOR_COOKIE");
            }
            refused(
                    new Browser().post(path, Map.of("trustDevice", "yes", "code", 1)),
                    400,
                    "VALIDATION_ERROR");
            assertEquals(0, user.failures());
        }

        @Test
        @DisplayName("of somebody else lets nobody in")
        void foreign() {
            Guarded mine = Guarded.byTotp();
            Guarded other = Guarded.byTotp();
            Browser browser = other.signIn();
            refused(totp(browser, mine.code()), 401, "INVALID_CODE");
            refused(backup(browser, mine.backupCodes.get(0)), 401, "INVALID_BACKUP_CODE");
            browser.post("/two-factor/send-otp", Map.of()).then().statusCode(200);
            Browser own = mine.signIn();
            own.post("/two-factor/send-otp", Map.of()).then().statusCode(200);
            refused(otp(browser, mine.mailedCode()), 401, "INVALID_CODE");
            assertEquals(
                    1,
                    Mails.to(other.email).stream()
                            .filter(mail -> mail.kind().equals("TWO_FACTOR_CODE"))
                            .count());
            otp(own, mine.mailedCode())
                    .then()
                    .statusCode(200)
                    .body("user.email", equalTo(mine.email));
        }

        @Test
        @DisplayName("waits for ten minutes")
        void expired() {
            Guarded user = Guarded.byTotp();
            Browser browser = user.signIn();
            Database.update(
                    "UPDATE verifications SET expires_at = now() - interval '1 second' WHERE"
                            + " user_id = ?",
                    user.id);
            refused(totp(browser, user.code()), 401, "INVALID_TWO_FACTOR_COOKIE");
        }

        @Test
        @DisplayName("lets nobody in who was banned or deleted meanwhile")
        void banned() {
            Guarded user = Guarded.byTotp();
            Browser browser = user.signIn();
            long sessions = user.sessions();
            Database.update("UPDATE users SET banned = true WHERE id = ?", user.id);
            refused(totp(browser, user.code()), 403, "BANNED_USER");
            assertEquals(sessions, user.sessions());
            refused(user.trySignIn(new Browser()), 403, "BANNED_USER");
            Database.update("UPDATE users SET deleted_at = now() WHERE id = ?", user.id);
            refused(totp(browser, user.code()), 401, "INVALID_TWO_FACTOR_COOKIE");
        }

        @Test
        @DisplayName("lets nobody in by a password that was changed meanwhile")
        void passwordChanged() {
            Guarded user = Guarded.byTotp();
            Browser browser = user.signIn();
            user.browser
                    .post(
                            "/change-password",
                            Map.of(
                                    "currentPassword",
                                    Caller.PASSWORD,
                                    "newPassword",
                                    "another-password"))
                    .then()
                    .statusCode(200);
            refused(totp(browser, user.code()), 401, "INVALID_TWO_FACTOR_COOKIE");
            refused(
                    browser.post("/two-factor/send-otp", Map.of()),
                    401,
                    "INVALID_TWO_FACTOR_COOKIE");
        }

        @Test
        @DisplayName("goes on with the new codes where a session was revoked meanwhile")
        void revoked() {
            Guarded user = Guarded.byTotp();
            Browser stale = user.browser.copy();
            user.browser.post("/revoke-sessions", Map.of()).then().statusCode(200);
            Response response = totp(stale, user.code());
            refused(response, 401, "INVALID_TWO_FACTOR_COOKIE");
            assertEquals(Cookies.FORGET, Cookies.set(response));
        }

        @Test
        @DisplayName("is known to be there only by who knows the password")
        void noTrace() {
            Guarded user = Guarded.byTotp();
            Response plain = Caller.signIn(Caller.newEmail(), "wrong-password");
            Response guarded = Caller.signIn(user.email, "wrong-password");
            assertEquals(plain.asString(), guarded.asString());
        }
    }

    @Nested
    @DisplayName("by a mailed code")
    class Mailed {

        @Test
        @DisplayName("is enabled at once, which replaces the session")
        void enabled() {
            Guarded user = Guarded.none();
            Browser thief = user.browser.copy();
            Response response =
                    user.browser.post(
                            "/two-factor/enable",
                            Map.of("password", Caller.PASSWORD, "method", "otp"));
            assertEquals("{\"method\":\"otp\"}", response.asString());
            assertSignedIn(user.browser, true);
            assertSignedIn(thief, false);
            Browser browser = new Browser();
            user.trySignIn(browser).then().body("twoFactorMethods", equalTo(List.of("otp")));
            for (int i = 0; i < 6; i++) {
                refused(totp(browser, "000000"), 400, "TOTP_NOT_ENABLED");
                refused(backup(browser, "aaaaa-aaaaa"), 400, "BACKUP_CODES_NOT_ENABLED");
            }
            refused(
                    user.browser.post("/two-factor/generate-backup-codes", Guarded.password()),
                    400,
                    "TWO_FACTOR_NOT_ENABLED");
        }

        @Test
        @DisplayName("lets in once, by the newest code")
        void letsIn() {
            Guarded user = Guarded.byMail();
            Browser browser = user.signIn();
            refused(otp(browser, "000000"), 400, "OTP_HAS_EXPIRED");
            browser.post("/two-factor/send-otp", Map.of())
                    .then()
                    .statusCode(200)
                    .body("status", equalTo(true));
            String old = Mails.last("TWO_FACTOR_CODE", user.email).value("code");
            browser.post("/two-factor/send-otp", Map.of()).then().statusCode(200);
            if (!old.equals(user.mailedCode())) {
                refused(otp(browser, old), 401, "INVALID_CODE");
            }
            Browser copy = browser.copy();
            otp(browser, user.mailedCode())
                    .then()
                    .statusCode(200)
                    .body("user.email", equalTo(user.email));
            assertSignedIn(browser, true);
            refused(otp(copy, user.mailedCode()), 401, "INVALID_TWO_FACTOR_COOKIE");
            assertEquals(0, user.failures());
        }

        @Test
        @DisplayName("is good for the sign-in alone that asked for it")
        void bound() {
            Guarded user = Guarded.byMail();
            Browser first = user.signIn();
            first.post("/two-factor/send-otp", Map.of()).then().statusCode(200);
            Browser second = user.signIn();
            refused(otp(second, user.mailedCode()), 400, "OTP_HAS_EXPIRED");
            otp(first, user.mailedCode()).then().statusCode(200);
        }

        @Test
        @DisplayName("is good for three minutes")
        void expired() {
            Guarded user = Guarded.byMail();
            Browser browser = user.signIn();
            browser.post("/two-factor/send-otp", Map.of()).then().statusCode(200);
            assertEquals(
                    1L,
                    Database.value(
                            "SELECT count(*) FROM verifications WHERE user_id = ? AND subject IS"
                                    + " NOT NULL AND expires_at BETWEEN now() + interval '170"
                                    + " seconds' AND now() + interval '180 seconds'",
                            user.id));
            Database.update(
                    "UPDATE verifications SET expires_at = now() WHERE user_id = ? AND subject IS"
                            + " NOT NULL",
                    user.id);
            refused(otp(browser, user.mailedCode()), 400, "OTP_HAS_EXPIRED");
        }

        @Test
        @DisplayName("is void behind five tries")
        void attempts() {
            Guarded user = Guarded.byMail();
            Browser browser = user.signIn();
            browser.post("/two-factor/send-otp", Map.of()).then().statusCode(200);
            for (int i = 0; i < 5; i++) {
                refused(otp(browser, user.wrongMailedCode()), 401, "INVALID_CODE");
            }
            refused(otp(browser, user.mailedCode()), 400, "TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE");
            refused(otp(browser, user.mailedCode()), 400, "OTP_HAS_EXPIRED");
            browser.post("/two-factor/send-otp", Map.of()).then().statusCode(200);
            otp(browser, user.mailedCode()).then().statusCode(200);
        }

        @Test
        @DisplayName(
                "enables by itself what the session's owner asked for, and replaces the session")
        void enables() {
            Guarded user = Guarded.none();
            Browser thief = user.browser.copy();
            user.browser.post("/two-factor/send-otp", Map.of()).then().statusCode(200);
            Response response = otp(user.browser, user.mailedCode());
            response.then().statusCode(200).body("user.twoFactorEnabled", equalTo(true));
            user.browser
                    .get("/get-session")
                    .then()
                    .body("session.token", equalTo(response.path("token")));
            assertSignedIn(thief, false);
            user.signIn();
        }
    }

    @Nested
    @DisplayName("by a backup code")
    class Backup {

        @Test
        @DisplayName("lets in once for each code")
        void once() {
            Guarded user = Guarded.byTotp();
            Browser browser = user.signIn();
            refused(backup(browser, "AAAAA-AAAAA"), 401, "INVALID_BACKUP_CODE");
            backup(browser, user.backupCodes.get(3))
                    .then()
                    .statusCode(200)
                    .body("user.email", equalTo(user.email));
            assertSignedIn(browser, true);
            refused(backup(user.signIn(), user.backupCodes.get(3)), 401, "INVALID_BACKUP_CODE");
            backup(user.signIn(), user.backupCodes.get(4)).then().statusCode(200);
            assertEquals(2, user.audited("backup_code.used"));
            assertEquals(0, user.failures());
        }

        @Test
        @DisplayName("enables nothing: that takes a code of the app")
        void enablesNothing() {
            Guarded user = Guarded.offered();
            String token = user.browser.get("/get-session").path("session.token");
            Response response = backup(user.browser, user.backupCodes.get(0));
            response.then()
                    .statusCode(200)
                    .body("token", equalTo(token))
                    .body("user.twoFactorEnabled", equalTo(false));
            assertEquals(List.of(), Cookies.set(response));
            user.trySignIn(new Browser()).then().body("redirect", equalTo(false));
        }

        @Test
        @DisplayName("has one winner of several at once, in several sign-ins")
        void atOnce() throws InterruptedException {
            Guarded user = Guarded.byTotp();
            long sessions = user.sessions();
            List<Browser> browsers =
                    List.of(user.signIn(), user.signIn(), user.signIn(), user.signIn());
            List<Integer> statuses =
                    AtOnce.numbered(
                            4, i -> backup(browsers.get(i), user.backupCodes.get(0)).statusCode());
            assertEquals(1, statuses.stream().filter(status -> status == 200).count());
            assertEquals(3, statuses.stream().filter(status -> status == 401).count());
            assertEquals(sessions + 1, user.sessions());
            assertEquals(1, user.audited("backup_code.used"));
        }

        @Test
        @DisplayName("may be used up without a session: the sign-in waits on")
        void withoutSession() {
            Guarded user = Guarded.byTotp();
            Browser browser = user.signIn();
            Map<String, Object> body =
                    Map.of("code", user.backupCodes.get(0), "disableSession", true);
            Response response = browser.post("/two-factor/verify-backup-code", body);
            response.then().statusCode(200).body("user.email", equalTo(user.email));
            assertFalse(response.asString().contains("\"token\""));
            assertEquals(List.of(), Cookies.set(response));
            assertSignedIn(browser, false);
            refused(
                    browser.post("/two-factor/verify-backup-code", body),
                    401,
                    "INVALID_BACKUP_CODE");
            totp(browser, user.code()).then().statusCode(200);
        }

        @Test
        @DisplayName("is void once there are new ones")
        void replaced() {
            Guarded user = Guarded.byTotp();
            Response response =
                    user.browser.post("/two-factor/generate-backup-codes", Guarded.password());
            response.then()
                    .statusCode(200)
                    .body("status", equalTo(true))
                    .body("backupCodes", hasSize(10));
            assertNotEquals(user.backupCodes, response.path("backupCodes"));
            Browser browser = user.signIn();
            refused(backup(browser, user.backupCodes.get(0)), 401, "INVALID_BACKUP_CODE");
            backup(browser, response.path("backupCodes[0]")).then().statusCode(200);
            assertEquals(2, user.audited("backup_codes.generated"));
            refused(
                    Guarded.none()
                            .browser
                            .post("/two-factor/generate-backup-codes", Guarded.password()),
                    400,
                    "TWO_FACTOR_NOT_ENABLED");
        }
    }

    @Nested
    @DisplayName("is not asked for on a trusted device")
    class Trusted {

        private Browser trusted(Guarded user) {
            Browser browser = user.signIn();
            Response response =
                    browser.post(
                            "/two-factor/verify-totp",
                            Map.of("code", user.code(), "trustDevice", true));
            response.then().statusCode(200);
            List<String> cookies = Cookies.set(response);
            assertTrue(
                    cookies.get(2)
                            .matches(
                                    "better-auth\\.trust_device=[^;]+; Max-Age=2592000; Path=/;"
                                            + " HttpOnly; SameSite=Lax"),
                    cookies.toString());
            assertEquals("better-auth.dont_remember" + CLEARED, cookies.get(3));
            return browser;
        }

        @Test
        @DisplayName("whose cookie changes with every sign-in, so that a copy is found out")
        void rotated() {
            Guarded user = Guarded.byTotp();
            Browser browser = trusted(user);
            Browser thief = browser.copy();
            browser.post("/sign-out", Map.of()).then().statusCode(200);
            Response response = user.trySignIn(browser);
            response.then().statusCode(200).body("user.email", equalTo(user.email));
            assertEquals(2, Cookies.set(response).size());
            assertNotEquals(thief.cookie("trust_device"), browser.cookie("trust_device"));
            Response stolen = user.trySignIn(thief);
            stolen.then().body("twoFactorRedirect", equalTo(true));
            assertEquals(
                    "better-auth.trust_device" + CLEARED,
                    Cookies.set(stolen).stream()
                            .filter(line -> line.contains("trust_device"))
                            .findFirst()
                            .orElseThrow());
            user.trySignIn(browser).then().body("redirect", equalTo(false));
        }

        @Test
        @DisplayName("of the user alone, with the password")
        void bound() {
            Guarded user = Guarded.byTotp();
            Browser browser = trusted(user);
            Guarded other = Guarded.byTotp();
            other.trySignIn(browser.copy()).then().body("twoFactorRedirect", equalTo(true));
            refused(
                    browser.copy()
                            .post(
                                    "/sign-in/email",
                                    Map.of("email", user.email, "password", "wrong-password")),
                    401,
                    "INVALID_EMAIL_OR_PASSWORD");
            user.trySignIn(browser).then().body("redirect", equalTo(false));
        }

        @Test
        @DisplayName("for thirty days from the last sign-in")
        void expired() {
            Guarded user = Guarded.byTotp();
            Browser browser = trusted(user);
            Database.update(
                    "UPDATE verifications SET expires_at = now() WHERE user_id = ? AND purpose ="
                            + " 'TRUSTED_DEVICE'",
                    user.id);
            user.trySignIn(browser).then().body("twoFactorRedirect", equalTo(true));
        }

        @ParameterizedTest
        @DisplayName("whose cookie is whole")
        @CsvSource({"0", "10", "-2"})
        void forged(int at) {
            Guarded user = Guarded.byTotp();
            Browser browser = trusted(user);
            String value = Cookies.decode(browser.cookie("trust_device"));
            int index = at < 0 ? value.length() + at : at;
            char other = value.charAt(index) == 'A' ? 'B' : 'A';
            String flipped = value.substring(0, index) + other + value.substring(index + 1);
            browser.with("trust_device", Cookies.encode(flipped));
            user.trySignIn(browser).then().body("twoFactorRedirect", equalTo(true));
        }

        @ParameterizedTest
        @DisplayName("whichever of several cookies of the name is the live one")
        @ValueSource(booleans = {true, false})
        void amongSeveral(boolean deadFirst) {
            Guarded user = Guarded.byTotp();
            Browser browser = trusted(user);
            String dead = browser.cookie("trust_device");
            user.trySignIn(browser).then().body("redirect", equalTo(false));
            String live = browser.cookie("trust_device");
            browser.with("trust_device", both(deadFirst, "trust_device", dead, live));
            user.trySignIn(browser).then().body("redirect", equalTo(false));
        }

        @Test
        @DisplayName("once for several sign-ins at once")
        void atOnce() throws InterruptedException {
            Guarded user = Guarded.byTotp();
            Browser browser = trusted(user);
            List<Boolean> letIn =
                    AtOnce.run(3, () -> user.trySignIn(browser.copy()).path("token") != null);
            assertEquals(1, letIn.stream().filter(in -> in).count());
        }
    }

    /** Two cookies of a name, as what follows the name of the first. */
    private static String both(boolean deadFirst, String name, String dead, String live) {
        return (deadFirst ? dead : live)
                + "; better-auth."
                + name
                + "="
                + (deadFirst ? live : dead);
    }

    @ParameterizedTest
    @DisplayName(
            "goes on with the latest sign-in that waits, whichever of several cookies names it")
    @ValueSource(booleans = {true, false})
    void amongSeveral(boolean oldFirst) {
        Guarded user = Guarded.byTotp();
        Guarded other = Guarded.byTotp();
        String old = other.signIn().cookie("two_factor");
        String ended =
                Cookies.encode(Cookies.sign("A".repeat(32), StartupSettings.DEVELOPMENT_SECRET));
        Browser browser = user.signIn();
        String live = browser.cookie("two_factor");
        browser.with(
                "two_factor",
                both(oldFirst, "two_factor", old, live) + "; better-auth.two_factor=" + ended);
        totp(browser, user.code()).then().statusCode(200).body("user.email", equalTo(user.email));
    }

    @Nested
    @DisplayName("cannot be guessed")
    class Limits {

        @Test
        @DisplayName("by more than five tries for each sign-in")
        void challenge() {
            Guarded user = Guarded.byTotp();
            Browser browser = user.signIn();
            for (int i = 0; i < 5; i++) {
                refused(totp(browser, user.wrongCode()), 401, "INVALID_CODE");
            }
            Browser copy = browser.copy();
            Response response = totp(browser, user.code());
            refused(response, 400, "TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE");
            assertEquals(List.of("better-auth.two_factor" + CLEARED), Cookies.set(response));
            refused(totp(copy, user.code()), 401, "INVALID_TWO_FACTOR_COOKIE");
            assertEquals(5, user.failures());
        }

        @Test
        @DisplayName("by more than ten wrong tries in a row: a quarter of an hour's pause follows")
        void lockOut() {
            Guarded user = Guarded.byTotp();
            Browser first = user.signIn();
            for (int i = 0; i < 5; i++) {
                refused(totp(first, user.wrongCode()), 401, "INVALID_CODE");
            }
            Browser second = user.signIn();
            for (int i = 0; i < 5; i++) {
                refused(backup(second, "AAAAA-AAAA" + i), 401, "INVALID_BACKUP_CODE");
            }
            assertEquals(1, user.audited("two_factor.locked"));
            Response response = totp(second, user.code());
            refused(response, 429, "ACCOUNT_TEMPORARILY_LOCKED");
            assertEquals(List.of(), Cookies.set(response));
            refused(
                    backup(user.signIn(), user.backupCodes.get(0)),
                    429,
                    "ACCOUNT_TEMPORARILY_LOCKED");
            Browser mailed = user.signIn();
            mailed.post("/two-factor/send-otp", Map.of()).then().statusCode(200);
            refused(otp(mailed, user.mailedCode()), 429, "ACCOUNT_TEMPORARILY_LOCKED");
            refused(totp(user.browser, user.code()), 429, "ACCOUNT_TEMPORARILY_LOCKED");
            assertEquals(10, user.failures());
            assertEquals(
                    1L,
                    Database.value(
                            "SELECT count(*) FROM two_factors WHERE user_id = ? AND locked_until"
                                    + " BETWEEN now() + interval '14 minutes' AND now() + interval"
                                    + " '15 minutes'",
                            user.id));

            Database.update(
                    "UPDATE two_factors SET locked_until = now() - interval '1 second' WHERE"
                            + " user_id = ?",
                    user.id);
            Browser late = user.signIn();
            refused(totp(late, user.wrongCode()), 401, "INVALID_CODE");
            assertEquals(1, user.failures(), "counted afresh");
            totp(late, user.code()).then().statusCode(200);
            assertEquals(0, user.failures());
        }

        @Test
        @DisplayName("by mailed codes either: they count alike, though there is no app")
        void mailed() {
            Guarded user = Guarded.byMail();
            for (int round = 0; round < 2; round++) {
                Browser browser = user.signIn();
                browser.post("/two-factor/send-otp", Map.of()).then().statusCode(200);
                for (int i = 0; i < 5; i++) {
                    refused(otp(browser, user.wrongMailedCode()), 401, "INVALID_CODE");
                }
            }
            assertTrue(user.isLocked());
            Browser browser = user.signIn();
            browser.post("/two-factor/send-otp", Map.of()).then().statusCode(200);
            refused(otp(browser, user.mailedCode()), 429, "ACCOUNT_TEMPORARILY_LOCKED");
        }

        @Test
        @DisplayName("with a stolen session")
        void stepUp() {
            Guarded user = Guarded.byTotp();
            for (int i = 0; i < 10; i++) {
                refused(totp(user.browser, user.wrongCode()), 401, "INVALID_CODE");
            }
            refused(totp(user.browser, user.code()), 429, "ACCOUNT_TEMPORARILY_LOCKED");
        }

        @Test
        @DisplayName("by tries at once: no more are compared than are allowed")
        void atOnce() throws InterruptedException {
            Guarded user = Guarded.byTotp();
            Browser browser = user.signIn();
            String wrong = user.wrongCode();
            List<String> codes =
                    AtOnce.run(12, () -> totp(browser.copy(), wrong).<String>path("code"));
            assertEquals(5, codes.stream().filter("INVALID_CODE"::equals).count());

            List<Browser> browsers = List.of(user.signIn(), user.signIn(), user.signIn());
            List<String> more =
                    AtOnce.numbered(
                            15, i -> totp(browsers.get(i % 3).copy(), wrong).<String>path("code"));
            assertEquals(5, more.stream().filter("INVALID_CODE"::equals).count(), more::toString);
            assertEquals(10, more.stream().filter("ACCOUNT_TEMPORARILY_LOCKED"::equals).count());
            assertEquals(10, user.failures());
        }

        @Test
        @DisplayName("by requests that fail behind the count")
        void counted() {
            Guarded user = Guarded.byTotp();
            Browser browser = user.signIn();
            byte[] secret =
                    (byte[])
                            Database.value(
                                    "SELECT secret FROM two_factors WHERE user_id = ?", user.id);
            Database.update("UPDATE two_factors SET secret = '\\x00' WHERE user_id = ?", user.id);
            for (int i = 1; i <= 5; i++) {
                totp(browser, "000000").then().statusCode(500);
                assertEquals(i, user.failures());
            }
            Database.update("UPDATE two_factors SET secret = ? WHERE user_id = ?", secret, user.id);
            refused(totp(browser, user.code()), 400, "TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE");
        }
    }

    @Test
    @DisplayName("is asked of a request without cookies by bearer token like any other")
    void bearer() {
        Guarded user = Guarded.byTotp();
        String token = user.browser.get("/get-session").path("session.token");
        given().header("Authorization", "Bearer " + token)
                .contentType(ContentType.JSON)
                .body(Map.of("code", user.code()))
                .post("/api/auth/two-factor/verify-totp")
                .then()
                .statusCode(200)
                .body("token", equalTo(token));
    }
}
