package dev.roster.platform.http;

import dev.roster.platform.crypto.RandomTokens;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.regex.Pattern;
import org.jboss.logging.MDC;

/** Gives each request an id, or takes a well-formed one from the caller, and answers with it. */
@ApplicationScoped
class RequestIds {

    static final String HEADER = "X-Request-Id";

    private static final String KEY = "roster.request-id";

    /** Nothing that could break a log line or a header. */
    private static final Pattern ACCEPTED = Pattern.compile("[A-Za-z0-9_-]{8,64}");

    void register(@Observes Filters filters) {
        filters.register(this::assign, FilterOrder.REQUEST_ID);
    }

    private void assign(RoutingContext routing) {
        String given = routing.request().getHeader(HEADER);
        String id =
                given != null && ACCEPTED.matcher(given).matches()
                        ? given
                        : RandomTokens.alphanumeric(20);
        routing.put(KEY, id);
        routing.response().putHeader(HEADER, id);
        MDC.put("requestId", id);
        routing.next();
    }

    static String of(RoutingContext routing) {
        return routing.get(KEY);
    }
}
