package dev.roster.accounts.betterauth;

import dev.roster.platform.crypto.Signer;
import dev.roster.platform.http.TrustedOrigins;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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

    /**
     * A cookie whose signature is ours.
     *
     * @param name without the prefix that all cookies of the service have
     */
    public record Signed(String name, String value) {}

    /**
     * Returns the different values of all cookies of a name whose signatures are ours. A browser
     * sends several after a change of domain or path, in any order: the caller decides which one is
     * live (ADR 0024).
     */
    public List<String> signed(HttpServerRequest request, String name) {
        return signed(request, name::equals).stream().map(Signed::value).toList();
    }

    /** Returns the different cookies of some names whose signatures are ours. */
    public Set<Signed> signed(HttpServerRequest request, Predicate<String> name) {
        String prefix = fullName("");
        Set<Signed> cookies = new LinkedHashSet<>();
        for (String header : request.headers().getAll(HttpHeaders.COOKIE)) {
            for (String pair : header.split(";")) {
                int equals = pair.indexOf('=');
                String full = pair.substring(0, Math.max(equals, 0)).trim();
                if (!full.startsWith(prefix) || !name.test(full.substring(prefix.length()))) {
                    continue;
                }
                verify(unquoted(pair.substring(equals + 1).trim()))
                        .map(value -> new Signed(full.substring(prefix.length()), value))
                        .ifPresent(cookies::add);
            }
        }
        return cookies;
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

    /** A value may stand in quotes (RFC 6265, section 4.1.1), which are no part of ours. */
    private static String unquoted(String value) {
        return value.length() > 1 && value.startsWith("\"") && value.endsWith("\"")
                ? value.substring(1, value.length() - 1)
                : value;
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
