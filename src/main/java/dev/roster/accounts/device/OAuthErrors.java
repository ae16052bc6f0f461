package dev.roster.accounts.device;

import dev.roster.accounts.betterauth.AuthErrors;
import jakarta.ws.rs.core.Response;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Errors as {@code {error, error_description}}. */
class OAuthErrors {

    @ServerExceptionMapper
    Response oauth(OAuthException e) {
        return AuthErrors.oauth(e.status(), e.error(), e.getMessage());
    }
}
