package dev.roster.accounts.signin;

import dev.roster.accounts.betterauth.AuthError;
import dev.roster.accounts.betterauth.AuthException;
import dev.roster.accounts.email.EmailVerification;
import dev.roster.accounts.password.Credential;
import dev.roster.accounts.password.PasswordHasher;
import dev.roster.accounts.session.Sessions;
import dev.roster.accounts.twofactor.SecondFactor;
import dev.roster.audit.AuditAction;
import dev.roster.audit.AuditLog;
import dev.roster.platform.problem.OverloadedException;
import dev.roster.users.User;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;

/**
 * Signing in by password. No connection is held while the hash is computed, and an unknown address
 * costs what a wrong password costs: the same statements and one hash.
 */
@ApplicationScoped
public class SignIn {

    private final PasswordHasher hasher;
    private final EmailVerification emailVerification;
    private final Sessions sessions;
    private final SecondFactor secondFactor;
    private final AuditLog audit;
    private final Clock clock;

    SignIn(
            PasswordHasher hasher,
            EmailVerification emailVerification,
            Sessions sessions,
            SecondFactor secondFactor,
            AuditLog audit,
            Clock clock) {
        this.hasher = hasher;
        this.emailVerification = emailVerification;
        this.sessions = sessions;
        this.secondFactor = secondFactor;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * Who signed in; {@link SignInAnswer} tells the client.
     *
     * @param token of the session that began; null while the second factor is pending
     */
    public record Result(User user, String token, SecondFactor.Decision secondFactor) {}

    /**
     * Checks address and password and begins a session, or asks for the second factor.
     *
     * @throws AuthException 401 INVALID_EMAIL_OR_PASSWORD, 403 EMAIL_NOT_VERIFIED, BANNED_USER
     */
    public Result byEmail(String emailKey, String password, boolean remember) {
        return attempt(Credential.findLogin(emailKey), password, remember)
                // the stored hash was replaced meanwhile: what counts is the one there is now
                .or(() -> attempt(reread(emailKey), password, remember))
                .orElseThrow(AuthError.INVALID_EMAIL_OR_PASSWORD::exception);
    }

    /** Empty when another request replaced the hash while this one was computing. */
    private Optional<Result> attempt(
            Optional<Credential.Login> login, String password, boolean remember) {
        String hash = login.map(Credential.Login::passwordHash).orElse(null);
        PasswordHasher.Verification verification = hasher.verify(password, hash);
        if (!verification.matches()) {
            QuarkusTransaction.requiringNew()
                    .run(
                            () ->
                                    audit.record(
                                            AuditAction.SESSION_REFUSED,
                                            null,
                                            "user",
                                            login.map(l -> l.user().id).orElse(null)));
            throw AuthError.INVALID_EMAIL_OR_PASSWORD.exception();
        }
        User user = login.orElseThrow().user();
        emailVerification.require(user);
        UUID credentialId = login.get().credential().id;
        String rehashed = verification.outdated() ? rehash(password) : null;
        return QuarkusTransaction.requiringNew()
                .call(
                        () -> {
                            if (!stillThePassword(credentialId, hash, rehashed)) {
                                return Optional.empty();
                            }
                            if (rehashed != null) {
                                audit.record(
                                        AuditAction.PASSWORD_REHASHED, user.id, "user", user.id);
                            }
                            return Optional.of(begin(user, remember));
                        });
    }

    /** Behind every check of a password. */
    private Result begin(User user, boolean remember) {
        SecondFactor.Decision decision = secondFactor.decide(user, remember);
        String token = decision.isPending() ? null : sessions.begin(user, remember).token();
        return new Result(user, token, decision);
    }

    /** Past what this request has in memory. */
    private static Optional<Credential.Login> reread(String emailKey) {
        return QuarkusTransaction.requiringNew().call(() -> Credential.findLogin(emailKey));
    }

    /** A session must not begin by a password that was changed while its hash was computed. */
    private boolean stillThePassword(UUID credentialId, String hash, String rehashed) {
        return rehashed == null
                ? Credential.holds(credentialId, hash)
                : Credential.rehash(credentialId, hash, rehashed, clock.instant());
    }

    /**
     * The password as it would be hashed today, or null: that can wait until there is less to do.
     */
    private String rehash(String password) {
        try {
            return hasher.hash(password);
        } catch (OverloadedException e) {
            return null;
        }
    }
}
