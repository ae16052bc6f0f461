package dev.roster.platform.problem;

import dev.roster.platform.http.HttpConfig;
import io.quarkus.arc.All;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;

/**
 * Refuses a body that announces itself as too large before any of it is read, in the dialect's
 * shape. {@link BodyLimitFilter} cuts off those that do not announce their length.
 */
@ApplicationScoped
class BodyLimit {

    private static final int ORDER = 250;

    /** Where Quarkus keeps how much of a body of unknown length is read, to throw it away too. */
    private static final String QUARKUS_LIMIT = "io.quarkus.max-request-size";

    /** What a client may still send once its request is refused: then the connection ends. */
    private static final long THROWN_AWAY = 10 * 1024 * 1024;

    private final HttpConfig config;
    private final EarlyAnswers answers;
    private final List<BodyAllowance> allowances;

    BodyLimit(HttpConfig config, EarlyAnswers answers, @All List<BodyAllowance> allowances) {
        this.config = config;
        this.answers = answers;
        this.allowances = allowances;
    }

    void register(@Observes Filters filters) {
        filters.register(this::check, ORDER);
    }

    /** The most bytes that a body may have there. */
    long bytes(String method, String path) {
        return allowances.stream()
                .filter(allowance -> method.equals("POST") && allowance.path().equals(path))
                .mapToLong(BodyAllowance::bytes)
                .findFirst()
                .orElse(config.maxBody());
    }

    static String detail(long limit) {
        return "At most " + limit + " bytes";
    }

    private void check(RoutingContext routing) {
        HttpServerRequest request = routing.request();
        long limit = bytes(request.method().name(), request.path());
        String length = request.getHeader("Content-Length");
        if (length == null) {
            routing.put(QUARKUS_LIMIT, Math.max(limit, THROWN_AWAY));
            routing.next();
            return;
        }
        // Netty refuses what is no number; 18 digits are one in any case
        if (length.length() < 19 && Long.parseLong(length) <= limit) {
            routing.next();
            return;
        }
        // the rest of the body is not read, so the connection is of no more use
        routing.response().putHeader("Connection", "close");
        answers.end(routing, ProblemCode.PAYLOAD_TOO_LARGE, detail(limit));
    }
}
