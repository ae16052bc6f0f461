package dev.roster.accounts.betterauth;

import dev.roster.platform.crypto.Signer;
import dev.roster.platform.http.TrustedOrigins;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** The dialect's cookies: names, attributes and signatures of contract section 4. */
@ApplicationScoped
public class Cookies {

    private final Signer signer;
    private final boolean secure;

    Cookies(Signer signer, TrustedOrigins origins) {
        this.signer = signer;
        this.secure = origins.secure();
    }

    /** The value of a cookie whose signature is ours; empty for every other. */
    public Optional<String> signed(HttpServerRequest request, String name) {
        return allSigned(request, name::equals).values().stream().findFirst();
    }

    /** The cookies of some names whose signatures are ours: value by name. */
    public Map<String, String> allSigned(HttpServerRequest request, Predicate<String> name) {
        String prefix = fullName("");
        Map<String, String> values = new LinkedHashMap<>();
        request.headers().getAll("Cookie").stream()
                .flatMap(header -> Arrays.stream(header.split(";")))
                .map(pair -> pair.trim().split("=", 2))
                .filter(pair -> pair.length == 2 && pair[0].startsWith(prefix))
                .filter(pair -> name.test(pair[0].substring(prefix.length())))
                .forEach(
                        pair ->
                                verify(pair[1])
                                        .ifPresent(
                                                value ->
                                                        values.putIfAbsent(
                                                                pair[0].substring(prefix.length()),
                                                                value)));
        return values;
    }

    /**
     * Sends a signed cookie.
     *
     * @param maxAge null for one that ends with the browser
     */
    public void set(HttpServerResponse response, String name, String value, Duration maxAge) {
        String signed = URLEncoder.encode(signer.sign(value), StandardCharsets.UTF_8);
        send(response, name, signed, maxAge);
    }

    /** Has the client forget a cookie. */
    public void clear(HttpServerResponse response, String name) {
        send(response, name, "", Duration.ZERO);
    }

    /** The value with its signature, as bearer tokens carry it. */
    public String sign(String value) {
        return signer.sign(value);
    }

    /**
     * The value of {@code value.signature}, URL-encoded or not, as cookies and bearer tokens are.
     */
    public Optional<String> verify(String signed) {
        return decode(signed).flatMap(signer::verify);
    }

    private void send(HttpServerResponse response, String name, String value, Duration maxAge) {
        response.headers()
                .add(
                        "Set-Cookie",
                        fullName(name)
                                + "="
                                + value
                                + (maxAge == null ? "" : "; Max-Age=" + maxAge.toSeconds())
                                + "; Path=/; HttpOnly"
                                + (secure ? "; Secure" : "")
                                + "; SameSite=Lax");
    }

    private String fullName(String name) {
        return (secure ? "__Secure-" : "") + "better-auth." + name;
    }

    private static Optional<String> decode(String value) {
        try {
            // a plus is a plus here: base64 has it, and decodeURIComponent leaves it
            return Optional.of(
                    URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
