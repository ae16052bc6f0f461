package dev.roster.platform.idempotency;

import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.ext.Provider;

/** Looks at the key before the body is read, behind the filter that limits the body. */
@Provider
@Idempotent
@Priority(Priorities.USER)
class IdempotencyFilter implements ContainerRequestFilter {

    private final IdempotencyRequest request;

    IdempotencyFilter(IdempotencyRequest request) {
        this.request = request;
    }

    @Override
    public void filter(ContainerRequestContext context) {
        request.begin(context);
    }
}
