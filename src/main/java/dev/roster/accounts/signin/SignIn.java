package dev.roster.accounts.signin;

import dev.roster.accounts.betterauth.AuthError;
import dev.roster.accounts.betterauth.AuthException;
import dev.roster.accounts.betterauth.ErrorCode;
import dev.roster.accounts.email.EmailVerification;
import dev.roster.accounts.password.Credential;
import dev.roster.accounts.password.PasswordHasher;
import dev.roster.accounts.session.Sessions;
import dev.roster.accounts.twofactor.SecondFactor;
import dev.roster.audit.AuditAction;
import dev.roster.audit.AuditLog;
import dev.roster.platform.persistence.Transactions;
import dev.roster.platform.problem.OverloadedException;
import dev.roster.users.User;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Signing in by password. No connection is held while the hash is computed, and an unknown address
 * or user name costs what a wrong password costs: the same statements and one hash.
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
        return byPassword(
                () -> Credential.findLogin(emailKey),
                password,
                remember,
                AuthError.INVALID_EMAIL_OR_PASSWORD);
    }

    /**
     * Checks a password and begins a session.
     *
     * @param login finds whose password it would be, in one statement whether or not there is one
     * @param refusal one and the same for nobody and for a wrong password
     * @throws AuthException the refusal, 403 BANNED_USER
     */
    public Result byPassword(
            Supplier<Optional<Credential.Login>> login,
            String password,
            boolean remember,
            ErrorCode refusal) {
        return attempt(login.get(), password, remember, refusal)
                // the stored hash was replaced meanwhile: what counts is the one there is now
                .or(() -> attempt(reread(login), password, remember, refusal))
                .orElseThrow(refusal::exception);
    }

    /** Empty when another request replaced the hash while this one was computing. */
    private Optional<Result> attempt(
            Optional<Credential.Login> login,
            String password,
            boolean remember,
            ErrorCode refusal) {
        String hash = login.map(Credential.Login::passwordHash).orElse(null);
        PasswordHasher.Verification verification = hasher.verify(password, hash);
        if (!verification.matches()) {
            Transactions.requiringNew()
                    .run(
                            () ->
                                    audit.record(
                                            AuditAction.SESSION_REFUSED,
                                            null,
                                            "user",
                                            login.map(l -> l.user().id).orElse(null)));
            throw refusal.exception();
        }
        User user = login.orElseThrow().user();
        emailVerification.require(user);
        UUID credentialId = login.get().credential().id;
        String rehashed = verification.outdated() ? rehash(password) : null;
        return Transactions.requiringNew()
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
    private static Optional<Credential.Login> reread(Supplier<Optional<Credential.Login>> login) {
        return Transactions.requiringNew().call(login::get);
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
