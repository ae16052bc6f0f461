package dev.roster.accounts.session;

import dev.roster.accounts.betterauth.AuthException;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;

/** What a request of the dialect can show instead of a session's token. */
public interface SessionSubstitute {

    /**
     * A session that is not stored, for what the request shows; cookie and bearer token count for
     * nothing then. Empty where it shows nothing of the kind.
     *
     * @throws AuthException where what it shows is no good: nothing else is looked at
     */
    Optional<ActiveSession> find(HttpServerRequest request);
}
