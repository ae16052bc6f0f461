package dev.roster.accounts.jwt;

import dev.roster.accounts.betterauth.BetterAuth;
import dev.roster.accounts.betterauth.Plugin;
import dev.roster.accounts.betterauth.PluginsConfig;
import dev.roster.accounts.session.SessionAndUser;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.ext.Provider;

/** Sends a token with the answer of get-session (contract, section 10, jwt). */
@Provider
@BetterAuth
@ApplicationScoped
class SessionTokenFilter implements ContainerResponseFilter {

    private static final String GET_SESSION = BetterAuth.PATH + "/get-session";

    /** Clients give up on longer headers, Node on 16 KiB of them; /token has no such limit. */
    private static final int MAX_LENGTH = 8192;

    private final Tokens tokens;
    private final boolean enabled;

    SessionTokenFilter(Tokens tokens, JwtConfig config, PluginsConfig plugins) {
        this.tokens = tokens;
        this.enabled = Plugin.JWT.isEnabled(plugins) && config.getSessionHeader();
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        if (enabled
                && response.getEntity() instanceof SessionAndUser found
                && request.getUriInfo().getPath().equals(GET_SESSION)) {
            String token = tokens.issue(found.user(), found.session().impersonatedBy());
            if (token.length() <= MAX_LENGTH) {
                response.getHeaders().putSingle("set-auth-jwt", token);
            }
        }
    }
}
