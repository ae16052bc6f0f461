package dev.roster.accounts.onetimetoken;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.roster.accounts.session.ActiveSession;
import dev.roster.accounts.verification.Verification;
import dev.roster.accounts.verification.Verification.Consumed;
import dev.roster.accounts.verification.Verification.Purpose;
import dev.roster.platform.crypto.SecretBox;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;

/**
 * Tokens that stand for a session, once. The session's own token, which is stored nowhere else, is
 * kept with them, sealed.
 */
@ApplicationScoped
class OneTimeTokens {

    private static final int LENGTH = 32;
    private static final String SESSION = "session";

    private final OneTimeTokenConfig config;
    private final SecretBox box;
    private final ObjectMapper json;
    private final Clock clock;

    OneTimeTokens(OneTimeTokenConfig config, SecretBox box, ObjectMapper json, Clock clock) {
        this.config = config;
        this.box = box;
        this.json = json;
        this.clock = clock;
    }

    /** A token for a session. */
    @Transactional
    String issue(ActiveSession active) {
        UUID user = active.user().id;
        byte[] sealed = box.seal(active.token(), context(user));
        String payload =
                json.createObjectNode()
                        .put(SESSION, Base64.getEncoder().encodeToString(sealed))
                        .toString();
        return Verification.issue(
                Purpose.ONE_TIME_TOKEN, user, payload, LENGTH, config.expiresIn(), clock.instant());
    }

    /**
     * Uses a token up; of several at once one wins.
     *
     * @return the session's token, whether or not the session goes on; empty unless it was good
     */
    @Transactional
    Optional<String> redeem(String token) {
        return Verification.consume(Purpose.ONE_TIME_TOKEN, token, clock.instant()).map(this::open);
    }

    private String open(Consumed consumed) {
        try {
            String sealed = json.readTree(consumed.payload()).path(SESSION).textValue();
            return box.open(Base64.getDecoder().decode(sealed), context(consumed.userId()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The payload is what issue wrote", e);
        }
    }

    /** Where the session's token belongs: it opens for no other user. */
    private static String context(UUID user) {
        return "verifications.payload one-time-token " + user;
    }
}
