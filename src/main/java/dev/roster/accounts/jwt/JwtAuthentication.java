package dev.roster.accounts.jwt;

import dev.roster.access.RoleGrant;
import dev.roster.accounts.betterauth.Plugin;
import dev.roster.accounts.betterauth.PluginsConfig;
import dev.roster.accounts.session.CallerIdentity;
import io.quarkus.security.identity.AuthenticationRequestContext;
import io.quarkus.security.identity.IdentityProvider;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.request.AuthenticationRequest;
import io.quarkus.security.identity.request.BaseAuthenticationRequest;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.control.ActivateRequestContext;
import java.time.Clock;
import java.util.Set;

/** The caller's identity for the REST dialect, from a token that Roster signed. */
@ApplicationScoped
class JwtAuthentication implements HttpAuthenticationMechanism {

    private static final String BEARER = "bearer ";

    private final boolean enabled;

    JwtAuthentication(PluginsConfig plugins) {
        this.enabled = Plugin.JWT.isEnabled(plugins);
    }

    /** Carries a token to the {@link Provider}, which may block. */
    static final class TokenRequest extends BaseAuthenticationRequest {

        private final String token;

        TokenRequest(String token) {
            this.token = token;
        }
    }

    @Override
    public Uni<SecurityIdentity> authenticate(
            RoutingContext routing, IdentityProviderManager manager) {
        String authorization = routing.request().getHeader("Authorization");
        if (!enabled
                || authorization == null
                || !authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return Uni.createFrom().nullItem();
        }
        String token = authorization.substring(BEARER.length()).trim();
        return Tokens.looksLikeOne(token)
                ? manager.authenticate(new TokenRequest(token))
                : Uni.createFrom().nullItem();
    }

    @Override
    public Uni<ChallengeData> getChallenge(RoutingContext routing) {
        return Uni.createFrom().item(new ChallengeData(401, "WWW-Authenticate", "Bearer"));
    }

    @Override
    public Set<Class<? extends AuthenticationRequest>> getCredentialTypes() {
        return Set.of(TokenRequest.class);
    }

    /** Verifies the token and finds its user off the event loop. */
    @ApplicationScoped
    static class Provider implements IdentityProvider<TokenRequest> {

        private final Tokens tokens;
        private final Clock clock;

        Provider(Tokens tokens, Clock clock) {
            this.tokens = tokens;
            this.clock = clock;
        }

        @Override
        public Class<TokenRequest> getRequestType() {
            return TokenRequest.class;
        }

        @Override
        public Uni<SecurityIdentity> authenticate(
                TokenRequest request, AuthenticationRequestContext context) {
            return context.runBlocking(() -> identity(request.token));
        }

        /** Null, which is anonymous, for a bad token and a user who is banned or gone. */
        @ActivateRequestContext
        SecurityIdentity identity(String token) {
            return tokens.verify(token)
                    .flatMap(RoleGrant::findHolder)
                    .filter(found -> !found.user().isBanned(clock.instant()))
                    .map(found -> CallerIdentity.of(found.user(), found.roles()))
                    .orElse(null);
        }
    }
}
