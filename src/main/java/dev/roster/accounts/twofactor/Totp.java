package dev.roster.accounts.twofactor;

import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Locale;
import java.util.OptionalLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.util.encoders.Base32;

/**
 * The codes of authenticator apps: RFC 6238 over RFC 4226, with what every app supports: SHA-1, six
 * digits, steps of 30 seconds.
 */
final class Totp {

    static final int DIGITS = 6;
    static final int STEP_SECONDS = 30;

    /** How far the app's clock may be off, in steps, either way (RFC 6238, section 5.2). */
    private static final int WINDOW = 1;

    private static final int MODULUS = 1_000_000;

    /** Before secrets that the reference took over from elsewhere. */
    private static final String BASE32_PREFIX = "base32:";

    private Totp() {}

    /**
     * The key of a stored secret: the bytes of its text, as the reference has it, or behind {@code
     * base32:} what is encoded there.
     */
    static byte[] key(String secret) {
        if (!secret.startsWith(BASE32_PREFIX)) {
            return secret.getBytes(StandardCharsets.UTF_8);
        }
        String encoded = secret.substring(BASE32_PREFIX.length()).toUpperCase(Locale.ROOT);
        String bare = encoded.replace("=", "");
        return Base32.decode(bare + "=".repeat((8 - bare.length() % 8) % 8));
    }

    /** The time step that a moment is in. */
    static long step(Instant now) {
        return Math.floorDiv(now.getEpochSecond(), STEP_SECONDS);
    }

    /** HOTP (RFC 4226, section 5.3) with the step as the counter. */
    static String code(byte[] key, long step) {
        byte[] mac;
        try {
            Mac hmac = Mac.getInstance("HmacSHA1");
            hmac.init(new SecretKeySpec(key, "HmacSHA1"));
            mac = hmac.doFinal(ByteBuffer.allocate(Long.BYTES).putLong(step).array());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every JDK has HmacSHA1", e);
        }
        int offset = mac[mac.length - 1] & 0xf;
        int truncated = ByteBuffer.wrap(mac).getInt(offset) & 0x7fffffff;
        return String.format(Locale.ROOT, "%0" + DIGITS + "d", truncated % MODULUS);
    }

    /**
     * The step whose code was given, the earliest that fits; empty for a wrong code. Takes the same
     * time for every code of six characters.
     */
    static OptionalLong match(byte[] key, String code, Instant now) {
        byte[] given = code.getBytes(StandardCharsets.UTF_8);
        long current = step(now);
        OptionalLong found = OptionalLong.empty();
        for (long step = current + WINDOW; step >= current - WINDOW; step--) {
            byte[] expected = code(key, step).getBytes(StandardCharsets.UTF_8);
            if (MessageDigest.isEqual(expected, given)) {
                found = OptionalLong.of(step);
            }
        }
        return found;
    }

    /**
     * What an authenticator app scans.
     *
     * @param account names the account in the app, such as an address
     */
    static String uri(byte[] key, String issuer, String account) {
        return "otpauth://totp/"
                + encode(issuer)
                + ":"
                + encode(account)
                + "?secret="
                + Base32.toBase32String(key).replace("=", "")
                + "&issuer="
                + encode(issuer)
                + "&digits="
                + DIGITS
                + "&period="
                + STEP_SECONDS;
    }

    /** Percent-encoding (RFC 3986): apps take a plus sign for one, not for a blank. */
    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
