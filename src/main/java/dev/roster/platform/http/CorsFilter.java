package dev.roster.platform.http;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/**
 * CORS with credentials for the trusted origins. Quarkus' own filter cannot serve here: it refuses
 * foreign origins itself, with a body that is not the dialect's, and knows other patterns.
 */
@ApplicationScoped
class CorsFilter {

    private static final String METHODS = "GET, POST, PUT, PATCH, DELETE";
    private static final String REQUEST_HEADERS =
            "Content-Type, Authorization, If-Match, If-None-Match, Idempotency-Key, X-API-Key,"
                    + " X-Request-Id, Content-Encoding, X-Captcha-Response, traceparent,"
                    + " tracestate, baggage, sentry-trace";
    private static final String EXPOSED_HEADERS =
            "set-auth-token, set-auth-jwt, X-Retry-After, Retry-After, ETag, Location, Link,"
                    + " X-Request-Id, Content-Disposition, Idempotency-Replayed";

    /** Longer than any scheme, domain name and port; a trusted origin is sent back in a header. */
    private static final int MAX_ORIGIN = 300;

    private final TrustedOrigins origins;

    CorsFilter(TrustedOrigins origins) {
        this.origins = origins;
    }

    void register(@Observes Filters filters) {
        filters.register(this::handle, FilterOrder.CORS);
    }

    private void handle(RoutingContext routing) {
        HttpServerRequest request = routing.request();
        HttpServerResponse response = routing.response();
        String path = request.path();
        if (path == null || !path.startsWith("/api/")) {
            routing.next();
            return;
        }
        response.headers().add("Vary", "Origin");
        String origin = request.getHeader("Origin");
        if (origin == null || origin.length() > MAX_ORIGIN || !origins.trusts(origin)) {
            routing.next();
            return;
        }
        response.putHeader("Access-Control-Allow-Origin", origin)
                .putHeader("Access-Control-Allow-Credentials", "true");
        if (request.method() == HttpMethod.OPTIONS
                && request.getHeader("Access-Control-Request-Method") != null) {
            response.putHeader("Access-Control-Allow-Methods", METHODS)
                    .putHeader("Access-Control-Allow-Headers", REQUEST_HEADERS)
                    .putHeader("Access-Control-Max-Age", "600")
                    .setStatusCode(204)
                    .end();
            return;
        }
        response.putHeader("Access-Control-Expose-Headers", EXPOSED_HEADERS);
        routing.next();
    }
}
