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
import java.util.Optional;

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
        String prefix = fullName(name) + "=";
        return request.headers().getAll("Cookie").stream()
                .flatMap(header -> Arrays.stream(header.split(";")))
                .map(String::trim)
                .filter(pair -> pair.startsWith(prefix))
                .map(pair -> decode(pair.substring(prefix.length())))
                .flatMap(Optional::stream)
                .map(signer::verify)
                .flatMap(Optional::stream)
                .findFirst();
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

    /** The value of a bearer token of the form {@code value.signature}, URL-encoded or not. */
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
