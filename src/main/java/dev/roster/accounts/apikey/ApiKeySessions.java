package dev.roster.accounts.apikey;

import dev.roster.access.RoleGrant;
import dev.roster.accounts.betterauth.AuthException;
import dev.roster.accounts.session.ActiveSession;
import dev.roster.accounts.session.Session;
import dev.roster.accounts.session.SessionConfig;
import dev.roster.accounts.session.SessionSubstitute;
import dev.roster.platform.crypto.Digests;
import dev.roster.platform.http.ClientAddress;
import dev.roster.platform.http.RequestContext;
import dev.roster.users.User;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Where {@code roster.api-key.sessions} has it so, a key acts as a session of its owner in the
 * dialect: never a fresh one, and not where the key has permissions of its own, which the dialect
 * cannot judge by.
 */
@ApplicationScoped
class ApiKeySessions implements SessionSubstitute {

    private final ApiKeys apiKeys;
    private final ApiKeyHeader header;
    private final ApiKeyConfig config;
    private final SessionConfig sessions;
    private final RequestContext context;
    private final Clock clock;

    ApiKeySessions(
            ApiKeys apiKeys,
            ApiKeyHeader header,
            ApiKeyConfig config,
            SessionConfig sessions,
            RequestContext context,
            Clock clock) {
        this.apiKeys = apiKeys;
        this.header = header;
        this.config = config;
        this.sessions = sessions;
        this.context = context;
        this.clock = clock;
    }

    @Override
    public Optional<ActiveSession> find(HttpServerRequest request) {
        return config.sessions() ? header.key(request).map(this::session) : Optional.empty();
    }

    private ActiveSession session(String key) {
        ApiKey.Use use;
        try {
            use = apiKeys.use(key);
        } catch (ApiKeys.Refused refused) {
            throw error(refused);
        }
        if (use.permissions() != null) {
            throw ApiKeyError.INSUFFICIENT_API_KEY_PERMISSIONS.exception();
        }
        User user =
                User.findActive(use.userId())
                        .orElseThrow(ApiKeyError.INVALID_REFERENCE_ID_FROM_API_KEY::exception);
        Instant now = clock.instant();
        Session session = new Session();
        session.ofApiKey = true;
        session.id = use.keyId();
        session.user = user;
        session.tokenDigest = Digests.sha256(key);
        session.ipAddress = ClientAddress.network(context.address());
        session.userAgent = context.userAgent();
        session.createdAt = now;
        session.updatedAt = now;
        session.expiresAt = now.plus(sessions.expiresIn());
        return new ActiveSession(session, user, RoleGrant.rolesOf(user.id), key);
    }

    private static AuthException error(ApiKeys.Refused refused) {
        ApiKeyError error = refused.error();
        Object details =
                refused.tryAgainIn()
                        .filter(wait -> error == ApiKeyError.RATE_LIMITED)
                        .map(wait -> Map.of("tryAgainIn", wait.toMillis()))
                        .orElse(null);
        return new AuthException(error.status(), error.name(), error.message(), details);
    }
}
