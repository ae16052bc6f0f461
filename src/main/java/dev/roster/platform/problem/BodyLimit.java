package dev.roster.platform.problem;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.roster.platform.http.HttpConfig;
import io.quarkus.arc.All;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.ws.rs.core.Response;
import java.util.List;

/**
 * Refuses a body that announces itself as too large before any of it is read, in the dialect's
 * shape. {@link BodyLimitFilter} cuts off those that do not announce their length.
 */
@ApplicationScoped
class BodyLimit {

    private static final int ORDER = 250;

    private final HttpConfig config;
    private final ObjectMapper json;
    private final List<ErrorDialect> dialects;

    BodyLimit(HttpConfig config, ObjectMapper json, @All List<ErrorDialect> dialects) {
        this.config = config;
        this.json = json;
        this.dialects = dialects;
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
        Object body = null;
        String type = Problem.MEDIA_TYPE;
        for (ErrorDialect dialect : dialects) {
            if (dialect.speaks(routing.request().path())) {
                Response response = dialect.render(ProblemCode.PAYLOAD_TOO_LARGE, null).build();
                body = response.getEntity();
                type = "application/json";
            }
        }
        if (body == null) {
            body = Problem.of(ProblemCode.PAYLOAD_TOO_LARGE, detail(config.maxBody()), List.of());
        }
        HttpServerResponse response = routing.response();
        try {
            response.setStatusCode(ProblemCode.PAYLOAD_TOO_LARGE.status())
                    .putHeader("Content-Type", type)
                    // the rest of the body is not read, so the connection is of no more use
                    .putHeader("Connection", "close")
                    .end(json.writeValueAsString(body));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A record of strings is JSON", e);
        }
    }
}
