package dev.roster.accounts.twofactor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.roster.accounts.betterauth.AuthError;
import dev.roster.accounts.betterauth.AuthException;
import dev.roster.accounts.betterauth.Cookies;
import dev.roster.accounts.betterauth.Plugin;
import dev.roster.accounts.betterauth.PluginsConfig;
import dev.roster.accounts.verification.Verification;
import dev.roster.accounts.verification.Verification.Purpose;
import dev.roster.users.User;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether a sign-in by password needs a second factor, and the cookies that go with that: {@code
 * two_factor} of a sign-in that waits, {@code trust_device} of a device that is not asked.
 */
@ApplicationScoped
public class SecondFactor {

    static final String METHOD_TOTP = "totp";
    static final String METHOD_OTP = "otp";

    private static final String CHALLENGE_COOKIE = "two_factor";
    private static final String TRUST_COOKIE = "trust_device";
    private static final int TOKEN_LENGTH = 32;
    private static final String REMEMBER = "remember";

    private final TwoFactorConfig config;
    private final PluginsConfig plugins;
    private final Cookies cookies;
    private final HttpServerRequest http;
    private final ObjectMapper json;
    private final Clock clock;

    SecondFactor(
            TwoFactorConfig config,
            PluginsConfig plugins,
            Cookies cookies,
            HttpServerRequest http,
            ObjectMapper json,
            Clock clock) {
        this.config = config;
        this.plugins = plugins;
        this.cookies = cookies;
        this.http = http;
        this.json = json;
        this.clock = clock;
    }

    /**
     * What became of it.
     *
     * @param challenge names the sign-in that waits; null where none does
     * @param methods how it can go on
     * @param trustToken by which the device is trusted the next time; null where it is not
     */
    public record Decision(String challenge, List<String> methods, String trustToken) {

        private static final Decision NOT_ENABLED = new Decision(null, List.of(), null);

        /** Whether no session may begin yet. */
        public boolean isPending() {
            return challenge != null;
        }
    }

    /**
     * Decides on a user whose password was right, in the caller's transaction. A trusted device's
     * token is good for one sign-in, which gives it the next.
     *
     * @param remember how the session is to be once it begins
     * @throws AuthException 403 BANNED_USER
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public Decision decide(User user, boolean remember) {
        if (!user.twoFactorEnabled || !Plugin.TWO_FACTOR.isEnabled(plugins)) {
            return Decision.NOT_ENABLED;
        }
        Instant now = clock.instant();
        if (user.isBanned(now)) {
            throw AuthError.BANNED_USER.exception();
        }
        boolean trusted =
                Verification.consumeAny(Purpose.TRUSTED_DEVICE, user.id, trustTokens(), now);
        if (trusted) {
            return new Decision(null, List.of(), trust(user));
        }
        String challenge =
                Verification.issue(
                        Purpose.TWO_FACTOR_CHALLENGE,
                        user.id,
                        JsonNodeFactory.instance.objectNode().put(REMEMBER, remember).toString(),
                        TOKEN_LENGTH,
                        config.challengeLifetime(),
                        now);
        return new Decision(challenge, methods(user), null);
    }

    private List<String> methods(User user) {
        List<String> methods = new ArrayList<>();
        if (TwoFactor.findFor(user.id).filter(found -> found.confirmed).isPresent()) {
            methods.add(METHOD_TOTP);
        }
        if (config.mailedCodes()) {
            methods.add(METHOD_OTP);
        }
        return List.copyOf(methods);
    }

    /** Tells the client what was decided. */
    public void answer(Decision decision) {
        if (decision.isPending()) {
            forgetTrust();
            cookies.set(
                    http.response(),
                    CHALLENGE_COOKIE,
                    decision.challenge(),
                    config.challengeLifetime());
        } else if (decision.trustToken() != null) {
            keepTrust(decision.trustToken());
        }
    }

    /** Trusts a device, in the caller's transaction: the token that it is to be given. */
    String trust(User user) {
        return Verification.issue(
                Purpose.TRUSTED_DEVICE, user.id, config.trustLifetime(), clock.instant());
    }

    /** Returns the sign-ins that the request may go on with; says nothing of whether they wait. */
    List<String> challenges() {
        return cookies.signed(http, CHALLENGE_COOKIE);
    }

    /** Whether the session of a sign-in is to be remembered. */
    boolean remembers(Verification challenge) {
        try {
            return json.readTree(challenge.payload).path(REMEMBER).asBoolean();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The database stores JSON alone", e);
        }
    }

    private List<String> trustTokens() {
        return cookies.signed(http, TRUST_COOKIE);
    }

    void keepTrust(String token) {
        cookies.set(http.response(), TRUST_COOKIE, token, config.trustLifetime());
    }

    /** Has a device that holds such a cookie forget it. */
    void forgetTrust() {
        if (!trustTokens().isEmpty()) {
            cookies.clear(http.response(), TRUST_COOKIE);
        }
    }

    void forgetChallenge() {
        cookies.clear(http.response(), CHALLENGE_COOKIE);
    }
}
