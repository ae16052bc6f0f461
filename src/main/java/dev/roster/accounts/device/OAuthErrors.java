package dev.roster.accounts.device;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Errors as {@code {error, error_description}}. */
class OAuthErrors {

    /** The body of an error. */
    @RegisterForReflection
    record Body(String error, @JsonProperty("error_description") String description) {}

    @ServerExceptionMapper
    Response oauth(OAuthException e) {
        return Response.status(e.status())
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(new Body(e.error(), e.getMessage()))
                .build();
    }
}
