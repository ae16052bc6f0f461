package dev.roster.platform.problem;

import jakarta.ws.rs.core.Response;

/** How a part of the API that has its own error shape tells of a problem. */
public interface ErrorDialect {

    /** Whether the request path, from the first slash, belongs to this dialect. */
    boolean speaks(String path);

    /** The answer in this dialect's shape; {@code Retry-After} is added by the caller. */
    Response.ResponseBuilder render(ProblemCode code, String detail);
}
