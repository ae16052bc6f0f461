package dev.roster.accounts.session;

import dev.roster.accounts.betterauth.AuthError;
import dev.roster.accounts.betterauth.AuthException;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.context.RequestScoped;
import jakarta.enterprise.inject.Instance;
import java.util.List;
import java.util.Optional;

/** The session that a request of the dialect comes with; looked up once. */
@RequestScoped
public class CurrentSession {

    private final Sessions sessions;
    private final HttpServerRequest request;
    private final Instance<SessionSubstitute> substitutes;

    private Optional<ActiveSession> found;

    CurrentSession(
            Sessions sessions, HttpServerRequest request, Instance<SessionSubstitute> substitutes) {
        this.sessions = sessions;
        this.request = request;
        this.substitutes = substitutes;
    }

    /** The session, or empty. A client that shows one which has ended is made to forget it. */
    public Optional<ActiveSession> find() {
        if (found == null) {
            found =
                    substitutes.stream()
                            .map(substitute -> substitute.find(request))
                            .flatMap(Optional::stream)
                            .findFirst();
            if (found.isEmpty()) {
                found = ofToken();
            }
        }
        return found;
    }

    private Optional<ActiveSession> ofToken() {
        List<String> tokens = sessions.tokens(request);
        Optional<ActiveSession> active = sessions.find(tokens);
        if (!tokens.isEmpty() && active.isEmpty()) {
            sessions.forget(request.response());
        }
        return active;
    }

    /**
     * The session.
     *
     * @throws AuthException 401 UNAUTHORIZED without one
     */
    public ActiveSession require() {
        return find().orElseThrow(AuthError.UNAUTHORIZED::exception);
    }

    /**
     * The session, signed in lately.
     *
     * @throws AuthException 401 UNAUTHORIZED without one, 403 SESSION_NOT_FRESH with an old one
     */
    public ActiveSession requireFresh() {
        ActiveSession active = require();
        if (!sessions.isFresh(active)) {
            throw AuthError.SESSION_NOT_FRESH.exception();
        }
        return active;
    }

    public boolean isFresh() {
        return find().filter(sessions::isFresh).isPresent();
    }
}
