package dev.roster.testing;

import io.restassured.response.Response;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The dialect's cookies as a client sees them, written without the service's own code. */
public final class Cookies {

    public static final String SESSION = "better-auth.session_token";

    /** With the token in lower case behind it. */
    public static final String DEVICE = SESSION + "_multi-";

    /** Attributes of a cookie that is kept for a week. */
    public static final String WEEK = "; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax";

    /** What a client is sent that must forget its session. */
    public static final List<String> FORGET =
            List.of(
                    SESSION + "=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax",
                    "better-auth.session_data=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax",
                    "better-auth.dont_remember=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax");

    private Cookies() {}

    /** What was set but for {@link #devices}. */
    public static List<String> set(Response response) {
        return all(response).stream().filter(line -> !line.contains(DEVICE)).toList();
    }

    /** The cookies by which a device keeps several users. */
    public static List<String> devices(Response response) {
        return all(response).stream().filter(line -> line.contains(DEVICE)).toList();
    }

    private static List<String> all(Response response) {
        return response.headers().getValues("Set-Cookie");
    }

    /** The value, still encoded, of the session cookie of an answer. */
    public static String session(Response response) {
        return set(response).stream()
                .filter(line -> line.contains(SESSION + "="))
                .map(line -> line.substring(line.indexOf('=') + 1, line.indexOf(';')))
                .findFirst()
                .orElseThrow(() -> new AssertionError("No session cookie: " + set(response)));
    }

    public static String decode(String value) {
        return URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    public static String encode(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    /** {@code value.signature}, by contract section 4. */
    public static String sign(String value, String secret) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            byte[] signature = mac.doFinal(value.getBytes(StandardCharsets.UTF_8));
            return value + "." + Base64.getEncoder().encodeToString(signature);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
