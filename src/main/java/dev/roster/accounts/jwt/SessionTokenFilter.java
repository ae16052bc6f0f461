package dev.roster.accounts.jwt;

import dev.roster.accounts.betterauth.BetterAuth;
import dev.roster.accounts.betterauth.Plugin;
import dev.roster.accounts.betterauth.PluginsConfig;
import dev.roster.accounts.session.SessionAndUser;
import dev.roster.platform.http.HeaderRoom;
import io.vertx.core.http.HttpServerResponse;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.ext.Provider;

/**
 * Sends a token with the response of get-session (contract, section 10, jwt), as long as the
 * response's other headers leave room for it.
 */
@Provider
@BetterAuth
@ApplicationScoped
class SessionTokenFilter implements ContainerResponseFilter {

    private static final String GET_SESSION = BetterAuth.PATH + "/get-session";

    private static final String HEADER = "set-auth-jwt";

    private final Tokens tokens;
    private final HttpServerResponse http;
    private final boolean enabled;

    SessionTokenFilter(
            Tokens tokens, JwtConfig config, PluginsConfig plugins, HttpServerResponse http) {
        this.tokens = tokens;
        this.http = http;
        this.enabled = Plugin.JWT.isEnabled(plugins) && config.getSessionHeader();
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        if (enabled
                && response.getEntity() instanceof SessionAndUser found
                && request.getUriInfo().getPath().equals(GET_SESSION)) {
            int room = HeaderRoom.left(http) - HeaderRoom.size(HEADER, "");
            tokens.issue(
                            found.user(),
                            found.session().impersonatedBy(),
                            Math.min(room, Tokens.MAX_LENGTH))
                    .ifPresent(token -> response.getHeaders().putSingle(HEADER, token));
        }
    }
}
