package dev.roster.accounts.betterauth;

import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.Provider;

/**
 * Exact paths only: what JAX-RS would be lenient with, a trailing or double slash and {@code HEAD}
 * and {@code OPTIONS}, is 404 without a body (contract, section 1).
 */
@Provider
@PreMatching
class RoutingFilter implements ContainerRequestFilter {

    @Context HttpServerRequest request;

    @Override
    public void filter(ContainerRequestContext context) {
        String path = request.path();
        if (!path.startsWith(BetterAuth.PATH)) {
            return;
        }
        String method = context.getMethod();
        if (path.endsWith("/")
                || path.contains("//")
                || method.equals("HEAD")
                || method.equals("OPTIONS")) {
            context.abortWith(Response.status(404).build());
        }
    }
}
