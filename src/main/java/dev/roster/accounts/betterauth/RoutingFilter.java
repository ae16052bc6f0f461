package dev.roster.accounts.betterauth;

import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.Provider;
import java.util.regex.Pattern;

/**
 * Exact paths only: what JAX-RS would be lenient with, such as a trailing or double slash, a matrix
 * parameter, an encoded letter, {@code HEAD} and {@code OPTIONS}, is 404 without a body (contract,
 * section 1).
 */
@Provider
@PreMatching
class RoutingFilter implements ContainerRequestFilter {

    /** No dot segments either: a proxy in front may have judged another path than we serve. */
    private static final Pattern EXACT =
            Pattern.compile(BetterAuth.PATH + "(/(?!\\.{1,2}(/|$))[A-Za-z0-9._~:-]+)+");

    @Context HttpServerRequest request;

    @Override
    public void filter(ContainerRequestContext context) {
        String path = request.path();
        // the path as sent, and the one that is matched, which may be decoded
        if (!path.startsWith(BetterAuth.PATH)
                && !context.getUriInfo().getPath().startsWith(BetterAuth.PATH)) {
            return;
        }
        String method = context.getMethod();
        if (!EXACT.matcher(path).matches() || method.equals("HEAD") || method.equals("OPTIONS")) {
            context.abortWith(Response.status(404).build());
        }
    }
}
