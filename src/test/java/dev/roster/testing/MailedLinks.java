package dev.roster.testing;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Links that came by mail, followed as a browser follows them, and forged ones. */
public final class MailedLinks {

    /** What no link may be redirected to. */
    public static final List<String> FOREIGN_TARGETS =
            List.of(
                    "https://evil.example",
                    "https://evil.example/x",
                    "//evil.example",
                    "/\\evil.example",
                    "\\\\evil.example",
                    "/%2fevil.example",
                    "/%5cevil.example",
                    "/.//evil.example",
                    "http://localhost:8081@evil.example",
                    "http://localhost:8081.evil.example",
                    "http://localhost:8082/",
                    "http:evil.example",
                    "javascript:alert(1)",
                    "data:text/html,x",
                    "/x\r\nSet-Cookie: a=b",
                    " https://evil.example",
                    "evil.example",
                    "http://tr\u0443sted.example:3000/");

    private MailedLinks() {}

    /** Follows a link of a mail, but no redirect, signed in by nothing. */
    public static Response follow(String url) {
        return follow(given(), url);
    }

    /** The same by somebody. */
    public static Response follow(RequestSpecification as, String url) {
        if (!url.startsWith(Caller.ORIGIN + "/api/auth/")) {
            throw new AssertionError("Not a link to the service: " + url);
        }
        return as.redirects()
                .follow(false)
                .urlEncodingEnabled(false)
                .get(url.substring(Caller.ORIGIN.length()));
    }

    /**
     * Has everything look at a link that does so before a person follows it: browsers that load
     * ahead, today's and earlier ones, and scanners that ask by {@code HEAD}.
     *
     * @param as who follows it, anew for each request
     */
    public static void lookAhead(Supplier<RequestSpecification> as, String url) {
        String path = url.substring(Caller.ORIGIN.length());
        Map<String, List<String>> headers =
                Map.of(
                        "Sec-Purpose", List.of("prefetch", "prefetch;prerender", "Prerender"),
                        "Purpose", List.of("prefetch"),
                        "X-Purpose", List.of("preview"),
                        "X-Moz", List.of("prefetch"));
        headers.forEach(
                (name, values) ->
                        values.forEach(
                                value -> {
                                    Response ahead = follow(as.get().header(name, value), url);
                                    assertEquals(403, ahead.statusCode(), name + ": " + value);
                                    assertEquals("SPECULATIVE_REQUEST", ahead.path("code"));
                                    assertEquals(Map.of(), ahead.cookies());
                                }));
        Response head = as.get().redirects().follow(false).urlEncodingEnabled(false).head(path);
        assertEquals(404, head.statusCode());
        assertEquals(Map.of(), head.cookies());
    }

    /** The decoded value of a parameter of a URL's query. */
    public static String parameter(String url, String name) {
        for (String pair : url.substring(url.indexOf('?') + 1).split("[&#]")) {
            if (pair.startsWith(name + "=")) {
                return URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8);
            }
        }
        throw new AssertionError("No " + name + " in " + url);
    }

    public static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** A JSON Web Token by HMAC-SHA256, written without the service's own code. */
    public static String jwt(String header, String claims, String secret) {
        String signed = base64(header) + "." + base64(claims);
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            byte[] signature = mac.doFinal(signed.getBytes(StandardCharsets.UTF_8));
            return signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** What a token becomes that loses a character or has one changed, in every place. */
    public static List<String> spoiled(String token) {
        List<String> spoiled = new ArrayList<>();
        spoiled.add(token + "x");
        spoiled.add(token.substring(1));
        for (int i = 0; i < token.length(); i++) {
            spoiled.add(token.substring(0, i));
            char other = token.charAt(i) == 'A' ? 'B' : 'A';
            spoiled.add(token.substring(0, i) + other + token.substring(i + 1));
        }
        // the last character of 43 carries four bits: a lenient decoder reads its neighbours alike
        char last = token.charAt(token.length() - 1);
        spoiled.add(token.substring(0, token.length() - 1) + (char) (last + 1));
        spoiled.removeIf(text -> text.equals(token) || text.isEmpty());
        return spoiled;
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
