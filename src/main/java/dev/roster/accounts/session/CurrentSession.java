package dev.roster.accounts.session;

import dev.roster.accounts.betterauth.AuthError;
import dev.roster.accounts.betterauth.AuthException;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.context.RequestScoped;
import java.util.Optional;

/** The session that a request of the dialect comes with; looked up once. */
@RequestScoped
public class CurrentSession {

    private final Sessions sessions;
    private final HttpServerRequest request;

    private Optional<ActiveSession> found;

    CurrentSession(Sessions sessions, HttpServerRequest request) {
        this.sessions = sessions;
        this.request = request;
    }

    /** The session, or empty. A client that shows one which has ended is made to forget it. */
    public Optional<ActiveSession> find() {
        if (found == null) {
            Optional<String> token = sessions.token(request);
            found = token.flatMap(sessions::find);
            if (token.isPresent() && found.isEmpty()) {
                sessions.forget(request.response());
            }
        }
        return found;
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
