package dev.roster.platform.etag;

import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.ext.Provider;
import java.util.List;

/** Joins a list of tags that comes in several header lines (RFC 9110, section 5.3). */
@Provider
class ConditionalHeaders implements ContainerRequestFilter {

    private static final List<String> NAMES =
            List.of(HttpHeaders.IF_MATCH, HttpHeaders.IF_NONE_MATCH);

    @Context HttpServerRequest request;

    @Override
    public void filter(ContainerRequestContext context) {
        for (String name : NAMES) {
            List<String> lines = request.headers().getAll(name);
            if (lines.size() > 1) {
                context.getHeaders().putSingle(name, String.join(", ", lines));
            }
        }
    }
}
