package dev.roster.platform.problem;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Map;

/**
 * Refuses a request line or headers that are too long, in the error shape of the path. The server
 * reads more than that ({@code quarkus.http.limits} in {@code application.properties}), because
 * what it refuses itself has no body.
 */
@ApplicationScoped
public class HeadLimit {

    /**
     * The longest request line in bytes. RFC 9112, section 3, recommends 8,000; proxies take 8,192.
     */
    public static final int MAX_LINE = 8192;

    private static final int MAX_HEADERS = 20 * 1024;

    /** Between the CORS headers, which a refusal needs too, and {@link BodyLimit}. */
    private static final int ORDER = 260;

    /** The blanks and the version of {@code GET /path HTTP/1.1}. */
    private static final int AROUND_PATH = " ".length() + " HTTP/1.1".length();

    /** Colon, blank and line end of a header. */
    private static final int AROUND_HEADER = 4;

    private final EarlyAnswers answers;

    HeadLimit(EarlyAnswers answers) {
        this.answers = answers;
    }

    void register(@Observes Filters filters) {
        filters.register(this::check, ORDER);
    }

    private void check(RoutingContext routing) {
        HttpServerRequest request = routing.request();
        int line = request.method().name().length() + request.uri().length() + AROUND_PATH;
        if (line > MAX_LINE) {
            answers.end(routing, ProblemCode.URI_TOO_LONG, "At most " + MAX_LINE + " bytes");
            return;
        }
        long headers = 0;
        for (Map.Entry<String, String> header : request.headers()) {
            headers += header.getKey().length() + header.getValue().length() + AROUND_HEADER;
        }
        if (headers > MAX_HEADERS) {
            answers.end(
                    routing, ProblemCode.HEADERS_TOO_LARGE, "At most " + MAX_HEADERS + " bytes");
            return;
        }
        routing.next();
    }
}
