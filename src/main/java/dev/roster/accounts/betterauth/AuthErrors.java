package dev.roster.accounts.betterauth;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.roster.platform.problem.ErrorDialect;
import dev.roster.platform.problem.ProblemCode;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Errors as {@code {message, code}} (contract, section 2), whatever ended the request. */
@ApplicationScoped
public class AuthErrors implements ErrorDialect {

    /** The body of an error. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Body(String message, String code, Object details) {}

    @Override
    public boolean speaks(String path) {
        return path.equals(BetterAuth.PATH) || path.startsWith(BetterAuth.PATH + "/");
    }

    @Override
    public Response.ResponseBuilder render(ProblemCode code, String detail) {
        return switch (code) {
            // a path with a wrong method does not exist either (contract, section 1)
            case NOT_FOUND, METHOD_NOT_ALLOWED -> Response.status(404);
            case SERVICE_UNAVAILABLE, INTERNAL_ERROR, PAYLOAD_TOO_LARGE ->
                    answer(code.status(), code.name(), code.title());
            default -> answer(code.status(), code.name(), detail == null ? code.title() : detail);
        };
    }

    /** The body of an error of OAuth (RFC 6749, section 5.2). */
    @RegisterForReflection
    public record OAuthBody(String error, @JsonProperty("error_description") String description) {}

    @ServerExceptionMapper
    Response auth(AuthException e, ResourceInfo resource) {
        boolean unreadable = e.status() == 400 || e.status() == 415;
        if (unreadable && isOAuth(resource)) {
            return Response.fromResponse(oauth(400, "invalid_request", e.getMessage()))
                    .header("Cache-Control", "no-store")
                    .header("Pragma", "no-cache")
                    .build();
        }
        return e.code() == null && e.getMessage() == null
                ? Response.status(e.status()).build()
                : answer(e.status(), e.code(), e.getMessage(), e.details()).build();
    }

    private static boolean isOAuth(ResourceInfo resource) {
        AcceptsForm form =
                resource == null || resource.getResourceMethod() == null
                        ? null
                        : resource.getResourceMethod().getAnnotation(AcceptsForm.class);
        return form != null && form.oauth();
    }

    /** An error of OAuth. */
    public static Response oauth(int status, String error, String description) {
        return Response.status(status)
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(new OAuthBody(error, description))
                .build();
    }

    private static Response.ResponseBuilder answer(int status, String code, String message) {
        return answer(status, code, message, null);
    }

    private static Response.ResponseBuilder answer(
            int status, String code, String message, Object details) {
        return Response.status(status)
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(new Body(message, code, details));
    }
}
