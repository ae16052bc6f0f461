package dev.roster.platform.http;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Writes {@code Content-Type} and {@code Accept} of every request in one form, so that all that
 * read them later see the same: lower case, no blanks, no needless quotes. An empty header is none.
 * One that is not well-formed stays as it is: a body of such a type is refused.
 */
@ApplicationScoped
class ContentTypes {

    void register(@Observes Filters filters) {
        filters.register(ContentTypes::normalize, FilterOrder.CONTENT_TYPE);
    }

    private static void normalize(RoutingContext routing) {
        MultiMap headers = routing.request().headers();
        rewrite(
                headers,
                HttpHeaders.CONTENT_TYPE,
                given -> MediaTypes.parse(given).map(MediaType::toString).orElse(given));
        rewrite(headers, HttpHeaders.ACCEPT, ContentTypes::accept);
        routing.next();
    }

    private static String accept(String given) {
        List<MediaType> ranges = MediaTypes.ranges(given);
        return ranges.isEmpty()
                ? given
                : ranges.stream().map(MediaType::toString).collect(Collectors.joining(","));
    }

    private static void rewrite(MultiMap headers, CharSequence name, UnaryOperator<String> form) {
        if (!headers.contains(name)) {
            return;
        }
        String given = String.join(",", headers.getAll(name));
        if (given.isBlank()) {
            headers.remove(name);
        } else {
            headers.set(name, form.apply(given));
        }
    }
}
