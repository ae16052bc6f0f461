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
import java.util.Optional;
import java.util.Set;

/**
 * The caller's identity for the REST dialect, from the session its cookie or bearer token names.
 */
@ApplicationScoped
class SessionAuthentication implements HttpAuthenticationMechanism {

    private final Sessions sessions;
    private final OriginCheck origins;

    SessionAuthentication(Sessions sessions, OriginCheck origins) {
        this.sessions = sessions;
        this.origins = origins;
    }

    /** Carries a token to the {@link Provider}, which may block. */
    static final class TokenRequest extends BaseAuthenticationRequest {

        private final String token;
        private final RoutingContext routing;

        TokenRequest(String token, RoutingContext routing) {
            this.token = token;
            this.routing = routing;
        }
    }

    @Override
    public Uni<SecurityIdentity> authenticate(
            RoutingContext routing, IdentityProviderManager manager) {
        Optional<String> token = sessions.token(routing.request());
        if (token.isEmpty()) {
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
        return manager.authenticate(new TokenRequest(token.get(), routing));
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

        /** Null, which is anonymous, for a token that names no live session. */
        @ActivateRequestContext
        SecurityIdentity identity(TokenRequest request) {
            Optional<ActiveSession> found = sessions.find(request.token);
            if (found.isEmpty()) {
                return null;
            }
            ActiveSession active = found.get();
            sessions.refreshIfDue(active, request.routing.response());
            return CallerIdentity.of(active.user(), active.roles());
        }
    }
}
