package dev.roster.testing;

import jakarta.ws.rs.ConstrainedTo;
import jakarta.ws.rs.RuntimeType;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.ext.Provider;

/** Looks for connections held where a response is about to be written: {@link ConnectionWatch}. */
@Provider
@ConstrainedTo(RuntimeType.SERVER)
public class WatchedResponses implements ContainerResponseFilter {

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        ConnectionWatch.check("writes a response");
    }
}
