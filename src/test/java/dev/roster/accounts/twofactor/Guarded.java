package dev.roster.accounts.twofactor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.roster.testing.Browser;
import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.Mails;
import io.restassured.response.Response;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.util.encoders.Base32;

/** A user with a second factor, and what it has in its pocket. */
final class Guarded {

    final String email = Caller.newEmail();
    final Browser browser = new Browser();
    UUID id;
    byte[] key;
    List<String> backupCodes;

    private Guarded() {
        Response response =
                browser.post(
                        "/sign-up/email",
                        Map.of("name", "Test User", "email", email, "password", Caller.PASSWORD));
        response.then().statusCode(200);
        id = UUID.fromString(response.path("user.id"));
    }

    /** One who has not enabled anything yet. */
    static Guarded none() {
        return new Guarded();
    }

    /** One with an authenticator app that has shown no code yet. */
    static Guarded offered() {
        Guarded user = none();
        Response response = user.browser.post("/two-factor/enable", password());
        response.then().statusCode(200);
        user.scan(response.path("totpURI"));
        user.backupCodes = response.path("backupCodes");
        return user;
    }

    /** One with an authenticator app. */
    static Guarded byTotp() {
        Guarded user = offered();
        user.browser
                .post("/two-factor/verify-totp", Map.of("code", user.code()))
                .then()
                .statusCode(200);
        return user;
    }

    /** One who has codes mailed. */
    static Guarded byMail() {
        Guarded user = none();
        user.browser
                .post("/two-factor/enable", Map.of("password", Caller.PASSWORD, "method", "otp"))
                .then()
                .statusCode(200);
        return user;
    }

    void scan(String uri) {
        String secret = uri.replaceAll(".*[?&]secret=([A-Z2-7]+).*", "$1");
        key = Base32.decode(secret + "=".repeat((8 - secret.length() % 8) % 8));
    }

    static Map<String, Object> password() {
        return Map.of("password", Caller.PASSWORD);
    }

    /** A browser whose sign-in waits for the second factor. */
    Browser signIn() {
        return signIn(new Browser());
    }

    Browser signIn(Browser other) {
        Response response = trySignIn(other);
        response.then().statusCode(200);
        assertEquals(Boolean.TRUE, response.path("twoFactorRedirect"), response.asString());
        return other;
    }

    Response trySignIn(Browser other) {
        return other.post("/sign-in/email", Map.of("email", email, "password", Caller.PASSWORD));
    }

    /** A code that is good, as if the last one had been used some time ago. */
    String code() {
        Database.update("UPDATE two_factors SET last_step = NULL WHERE user_id = ?", id);
        return code(0);
    }

    /** The app's code, some steps away. */
    String code(int off) {
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(key, "HmacSHA1"));
            long step = System.currentTimeMillis() / 30_000 + off;
            byte[] digest = mac.doFinal(ByteBuffer.allocate(8).putLong(step).array());
            int at = digest[19] & 15;
            int value =
                    (digest[at] & 127) << 24
                            | (digest[at + 1] & 255) << 16
                            | (digest[at + 2] & 255) << 8
                            | digest[at + 3] & 255;
            return String.format(Locale.ROOT, "%06d", value % 1_000_000);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** A code that is wrong now and for the next minutes. */
    String wrongCode() {
        List<String> right = List.of(code(-2), code(-1), code(0), code(1), code(2));
        for (int i = 0; ; i++) {
            String code = String.format(Locale.ROOT, "%06d", i);
            if (!right.contains(code)) {
                return code;
            }
        }
    }

    String mailedCode() {
        return Mails.last("TWO_FACTOR_CODE", email).value("code");
    }

    String wrongMailedCode() {
        return mailedCode().equals("000000") ? "000001" : "000000";
    }

    int failures() {
        return (int)
                Database.value("SELECT failed_attempts FROM two_factors WHERE user_id = ?", id);
    }

    boolean isLocked() {
        return (boolean)
                Database.value(
                        "SELECT coalesce(locked_until > now(), false) FROM two_factors WHERE"
                                + " user_id = ?",
                        id);
    }

    long sessions() {
        return (long) Database.value("SELECT count(*) FROM sessions WHERE user_id = ?", id);
    }

    long audited(String action) {
        return (long)
                Database.value(
                        "SELECT count(*) FROM audit_events WHERE action = ? AND target_id = ?",
                        action,
                        id);
    }
}
