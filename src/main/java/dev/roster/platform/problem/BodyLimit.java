package dev.roster.platform.problem;

import dev.roster.platform.http.HttpConfig;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/**
 * Refuses a body that announces itself as too large before any of it is read, in the dialect's
 * shape. {@link BodyLimitFilter} cuts off those that do not announce their length.
 */
@ApplicationScoped
class BodyLimit {

    private static final int ORDER = 250;

    private final HttpConfig config;
    private final EarlyAnswers answers;

    BodyLimit(HttpConfig config, EarlyAnswers answers) {
        this.config = config;
        this.answers = answers;
    }

    void register(@Observes Filters filters) {
        filters.register(this::check, ORDER);
    }

    int bytes() {
        return config.maxBody();
    }

    static String detail(int limit) {
        return "At most " + limit + " bytes";
    }

    private void check(RoutingContext routing) {
        String length = routing.request().getHeader("Content-Length");
        if (length == null
                || length.length() < 10 && Integer.parseInt(length) <= config.maxBody()) {
            routing.next();
            return;
        }
        // the rest of the body is not read, so the connection is of no more use
        routing.response().putHeader("Connection", "close");
        answers.end(routing, ProblemCode.PAYLOAD_TOO_LARGE, detail(config.maxBody()));
    }
}
