package dev.roster.platform.http;

import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Set;

/**
 * The defence of cookies against other sites' pages (Better Auth contract, section 6): a request
 * that changes something and carries cookies must come from a trusted origin.
 */
@ApplicationScoped
public class OriginCheck {

    /** What the origin of a request amounts to. */
    public enum Verdict {
        TRUSTED,
        MISSING,
        UNTRUSTED,
        /** A form of another site navigates here. */
        CROSS_SITE_NAVIGATION
    }

    private static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "OPTIONS");

    private final TrustedOrigins origins;

    OriginCheck(TrustedOrigins origins) {
        this.origins = origins;
    }

    /** Every unsafe request that carries any cookie. Others are trusted: nothing to abuse. */
    public Verdict ofCookies(HttpServerRequest request) {
        if (SAFE_METHODS.contains(request.method().name())
                || !request.headers().contains("Cookie")) {
            return Verdict.TRUSTED;
        }
        return ofOrigin(request);
    }

    /**
     * Requests without cookies that make some, such as a sign-in: a browser's must come from a
     * trusted origin, a native client's carries neither origin nor fetch metadata.
     */
    public Verdict ofForm(HttpServerRequest request) {
        if (request.headers().contains("Cookie")) {
            return Verdict.TRUSTED;
        }
        String site = request.getHeader("Sec-Fetch-Site");
        String mode = request.getHeader("Sec-Fetch-Mode");
        boolean fetchMetadata =
                site != null || mode != null || request.headers().contains("Sec-Fetch-Dest");
        if (fetchMetadata) {
            return "cross-site".equals(site) && "navigate".equals(mode)
                    ? Verdict.CROSS_SITE_NAVIGATION
                    : ofOrigin(request);
        }
        boolean browser =
                request.headers().contains("Origin") || request.headers().contains("Referer");
        return browser ? ofOrigin(request) : Verdict.TRUSTED;
    }

    private Verdict ofOrigin(HttpServerRequest request) {
        String origin = request.getHeader("Origin");
        if ("null".equals(origin)
                && "same-origin".equals(request.getHeader("Sec-Fetch-Site"))
                && request.authority() != null) {
            // a privacy setting hid the origin, which the browser says is the one it speaks to
            String host = request.authority().toString();
            return origins.trusts("https://" + host) || origins.trusts("http://" + host)
                    ? Verdict.TRUSTED
                    : Verdict.UNTRUSTED;
        }
        String source = origin == null ? request.getHeader("Referer") : origin;
        if (source == null || source.isEmpty() || source.equals("null")) {
            return Verdict.MISSING;
        }
        return origins.trusts(source) ? Verdict.TRUSTED : Verdict.UNTRUSTED;
    }
}
