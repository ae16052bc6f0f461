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
        // Netty refuses what is no number; 18 digits are one in any case
        if (length == null || length.length() < 19 && Long.parseLong(length) <= limit) {
            routing.next();
            return;
        }
        answers.end(routing, ProblemCode.PAYLOAD_TOO_LARGE, detail(limit));
    }
}
