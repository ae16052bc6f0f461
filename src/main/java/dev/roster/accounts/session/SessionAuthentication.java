package dev.roster.accounts.session;

import dev.roster.platform.http.OriginCheck;
import dev.roster.platform.problem.ProblemCode;
import dev.roster.platform.problem.ProblemException;
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
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The caller's identity for the REST dialect, from the session its cookies or bearer token name.
 */
@ApplicationScoped
class SessionAuthentication implements HttpAuthenticationMechanism {

    private final Sessions sessions;
    private final OriginCheck origins;

    SessionAuthentication(Sessions sessions, OriginCheck origins) {
        this.sessions = sessions;
        this.origins = origins;
    }

    /** Carries the tokens of a request to the {@link Provider}, which may block. */
    static final class TokenRequest extends BaseAuthenticationRequest {

        private final List<String> tokens;
        private final RoutingContext routing;

        TokenRequest(List<String> tokens, RoutingContext routing) {
            this.tokens = tokens;
            this.routing = routing;
        }
    }

    @Override
    public Uni<SecurityIdentity> authenticate(
            RoutingContext routing, IdentityProviderManager manager) {
        List<String> tokens = sessions.tokens(routing.request());
        if (tokens.isEmpty()) {
            return Uni.createFrom().nullItem();
        }
        // a page of another site cannot make a browser send a bearer token
        if (!Sessions.isBearer(routing.request())
                && origins.ofCookies(routing.request()) != OriginCheck.Verdict.TRUSTED) {
            return Uni.createFrom()
                    .failure(
                            new ProblemException(
                                    ProblemCode.UNTRUSTED_ORIGIN,
                                    "A request with cookies needs the Origin of a trusted page"));
        }
        return manager.authenticate(new TokenRequest(tokens, routing));
    }

    @Override
    public Uni<ChallengeData> getChallenge(RoutingContext routing) {
        return Uni.createFrom().item(new ChallengeData(401, "WWW-Authenticate", "Bearer"));
    }

    @Override
    public Set<Class<? extends AuthenticationRequest>> getCredentialTypes() {
        return Set.of(TokenRequest.class);
    }

    /** Finds the session off the event loop. */
    @ApplicationScoped
    static class Provider implements IdentityProvider<TokenRequest> {

        private final Sessions sessions;

        Provider(Sessions sessions) {
            this.sessions = sessions;
        }

        @Override
        public Class<TokenRequest> getRequestType() {
            return TokenRequest.class;
        }

        @Override
        public Uni<SecurityIdentity> authenticate(
                TokenRequest request, AuthenticationRequestContext context) {
            return context.runBlocking(() -> identity(request));
        }

        /** Null, which is anonymous, for tokens that name no live session. */
        @ActivateRequestContext
        SecurityIdentity identity(TokenRequest request) {
            Optional<ActiveSession> found = sessions.find(request.tokens);
            if (found.isEmpty()) {
                return null;
            }
            ActiveSession active = found.get();
            sessions.refreshIfDue(active, request.routing.response());
            return CallerIdentity.of(active.user(), active.roles());
        }
    }
}
