package dev.roster.platform.problem;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import dev.roster.platform.http.RequestContext;
import dev.roster.platform.http.Routes;
import dev.roster.platform.persistence.DatabaseFailure;
import io.quarkus.arc.All;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.OptimisticLockException;
import jakarta.validation.ConstraintViolationException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.NoContentException;
import jakarta.ws.rs.core.Response;
import java.io.CharConversionException;
import java.time.Duration;
import java.util.List;
import org.hibernate.StaleStateException;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Turns whatever ends a request into one error shape; nothing internal leaves. */
@ApplicationScoped
class ProblemMappers {

    private static final Logger LOG = Logger.getLogger(ProblemMappers.class);

    /** Long enough for a PostgreSQL that restarts, short enough for a person who waits. */
    private static final Duration DATABASE_RETRY = Duration.ofSeconds(5);

    private static final Duration CONTENTION_RETRY = Duration.ofSeconds(1);

    private final RequestContext request;
    private final Routes routes;
    private final List<ErrorDialect> dialects;

    ProblemMappers(RequestContext request, Routes routes, @All List<ErrorDialect> dialects) {
        this.request = request;
        this.routes = routes;
        this.dialects = dialects;
    }

    @ServerExceptionMapper
    Response problem(ProblemException e) {
        Response.ResponseBuilder answer = answer(e.code(), e.getMessage(), e.violations());
        if (e instanceof BusyException busy) {
            answer.header(HttpHeaders.RETRY_AFTER, busy.retryAfter().toSeconds());
        }
        return answer.build();
    }

    @ServerExceptionMapper
    Response overloaded(OverloadedException e) {
        LOG.warnf("Overloaded: %s", e.getMessage());
        return unavailable(e.retryAfter());
    }

    @ServerExceptionMapper({UnauthorizedException.class, AuthenticationFailedException.class})
    Response unauthenticated(SecurityException e) {
        return answer(ProblemCode.UNAUTHENTICATED, null, List.of())
                .header(HttpHeaders.WWW_AUTHENTICATE, "Bearer")
                .build();
    }

    @ServerExceptionMapper
    Response forbidden(ForbiddenException e) {
        return answer(ProblemCode.FORBIDDEN, null, List.of()).build();
    }

    @ServerExceptionMapper
    Response invalid(ConstraintViolationException e) {
        return answer(ProblemCode.VALIDATION_FAILED, null, Violations.of(e)).build();
    }

    /** Quarkus has a mapper of its own for this class, which only one as specific takes over. */
    @ServerExceptionMapper
    Response mismatch(MismatchedInputException e) {
        if (e.getPath().isEmpty()) {
            return notAnObject();
        }
        return answer(ProblemCode.VALIDATION_FAILED, null, List.of(Violations.of(e))).build();
    }

    /** Bytes that are no text in any encoding that JSON may have. */
    @ServerExceptionMapper
    Response text(CharConversionException e) {
        return notAnObject();
    }

    @ServerExceptionMapper
    Response noBody(NoContentException e) {
        return notAnObject();
    }

    private Response notAnObject() {
        return answer(ProblemCode.MALFORMED_JSON, "The body must be one JSON object", List.of())
                .build();
    }

    @ServerExceptionMapper
    Response json(JsonProcessingException e) {
        if (e instanceof MismatchedInputException mismatch) {
            return mismatch(mismatch);
        }
        return answer(
                        ProblemCode.MALFORMED_JSON,
                        "Line "
                                + (e.getLocation() == null ? 1 : e.getLocation().getLineNr())
                                + ": not well-formed JSON, or a name that occurs twice",
                        List.of())
                .build();
    }

    /** Jackson lets this one out for a number whose exponent no BigDecimal has. */
    @ServerExceptionMapper
    Response number(NumberFormatException e) {
        StackTraceElement[] trace = e.getStackTrace();
        return trace.length > 0 && trace[0].getClassName().startsWith("com.fasterxml.jackson.")
                ? answer(
                                ProblemCode.MALFORMED_JSON,
                                "A number's exponent is out of range",
                                List.of())
                        .build()
                : any(e);
    }

    @ServerExceptionMapper({OptimisticLockException.class, StaleStateException.class})
    Response stale(RuntimeException e) {
        return any(e);
    }

    @ServerExceptionMapper
    Response web(WebApplicationException e) {
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof JsonProcessingException json) {
                return json(json);
            }
            if (cause instanceof NoContentException) {
                return notAnObject();
            }
        }
        int status = e.getResponse().getStatus();
        ProblemCode code =
                switch (status) {
                    case 400 -> ProblemCode.VALIDATION_FAILED;
                    case 401 -> ProblemCode.UNAUTHENTICATED;
                    case 403 -> ProblemCode.FORBIDDEN;
                    case 404 -> ProblemCode.NOT_FOUND;
                    case 405 -> ProblemCode.METHOD_NOT_ALLOWED;
                    case 406 -> ProblemCode.NOT_ACCEPTABLE;
                    case 409 -> ProblemCode.CONFLICT;
                    case 412 -> ProblemCode.PRECONDITION_FAILED;
                    case 413 -> ProblemCode.PAYLOAD_TOO_LARGE;
                    case 415 -> ProblemCode.UNSUPPORTED_MEDIA_TYPE;
                    case 503 -> ProblemCode.SERVICE_UNAVAILABLE;
                    default -> null;
                };
        if (code == null) {
            // redirects and the like are answers, not problems
            return status < 500 ? e.getResponse() : unexpected(e);
        }
        Response answer = answer(code, null, List.of()).build();
        return answer.getStatus() == ProblemCode.METHOD_NOT_ALLOWED.status()
                ? Response.fromResponse(answer).allow(AllowedMethods.here(routes)).build()
                : answer;
    }

    @ServerExceptionMapper
    Response any(Throwable e) {
        if (DatabaseFailure.unavailable(e)) {
            LOG.warnf("The database is unavailable: %s", rootMessage(e));
            return unavailable(DATABASE_RETRY);
        }
        if (DatabaseFailure.outrun(e)) {
            LOG.warnf("The database gave up a statement: %s", rootMessage(e));
            return unavailable(DATABASE_RETRY);
        }
        if (DatabaseFailure.isConcurrentChange(e)) {
            // Transactions has repeated it without success
            LOG.warnf("Concurrent changes: %s", rootMessage(e));
            return unavailable(CONTENTION_RETRY);
        }
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof JsonProcessingException json) {
                return json(json);
            }
        }
        if (DatabaseFailure.violatedConstraint(e).isPresent()) {
            // two writers at once: what the first one stored stands against the second
            LOG.debugf(e, "Constraint violated");
            return answer(ProblemCode.CONFLICT, null, List.of()).build();
        }
        return unexpected(e);
    }

    private Response unexpected(Throwable e) {
        LOG.errorf(e, "Request %s failed", request.requestId());
        return answer(
                        ProblemCode.INTERNAL_ERROR,
                        "Tell us the request id " + request.requestId(),
                        List.of())
                .build();
    }

    private Response unavailable(Duration retryAfter) {
        return answer(ProblemCode.SERVICE_UNAVAILABLE, null, List.of())
                .header(HttpHeaders.RETRY_AFTER, Math.max(1, retryAfter.toSeconds()))
                .build();
    }

    private Response.ResponseBuilder answer(
            ProblemCode code, String detail, List<Violation> violations) {
        for (ErrorDialect dialect : dialects) {
            if (dialect.speaks(request.path())) {
                return dialect.render(code, detail);
            }
        }
        return Response.status(code.status())
                .type(Problem.MEDIA_TYPE)
                .entity(Problem.of(code, detail, violations));
    }

    private static String rootMessage(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage();
    }
}
