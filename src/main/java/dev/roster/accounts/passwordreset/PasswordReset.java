package dev.roster.accounts.passwordreset;

import dev.roster.accounts.betterauth.AuthError;
import dev.roster.accounts.betterauth.AuthException;
import dev.roster.accounts.mailbox.FirstProof;
import dev.roster.accounts.password.Credential;
import dev.roster.accounts.password.PasswordHasher;
import dev.roster.accounts.password.PasswordRules;
import dev.roster.accounts.session.Sessions;
import dev.roster.accounts.verification.UserMail;
import dev.roster.accounts.verification.Verification;
import dev.roster.accounts.verification.Verification.Purpose;
import dev.roster.audit.AuditAction;
import dev.roster.audit.AuditLog;
import dev.roster.mail.MailKind;
import dev.roster.platform.persistence.Transactions;
import dev.roster.users.EmailAddress;
import dev.roster.users.User;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Resets passwords. A reset signs nobody in, so that it passes no second factor. */
@ApplicationScoped
public class PasswordReset {

    static final int TOKEN_LENGTH = 24;

    private final PasswordResetConfig config;
    private final PasswordRules rules;
    private final PasswordHasher hasher;
    private final FirstProof proof;
    private final Sessions sessions;
    private final UserMail mail;
    private final AuditLog audit;
    private final Clock clock;

    PasswordReset(
            PasswordResetConfig config,
            PasswordRules rules,
            PasswordHasher hasher,
            FirstProof proof,
            Sessions sessions,
            UserMail mail,
            AuditLog audit,
            Clock clock) {
        this.config = config;
        this.rules = rules;
        this.hasher = hasher;
        this.proof = proof;
        this.sessions = sessions;
        this.mail = mail;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * Mails a link to the user with an address. Costs the same where there is none: the token is
     * nobody's then.
     *
     * @param redirectTo where the link leads, with the token behind it; null for the origin
     * @throws AuthException 400 RESET_PASSWORD_DISABLED
     */
    @Transactional
    public void request(String email, String redirectTo) {
        requireEnabled();
        Optional<User> user =
                User.findByEmail(EmailAddress.key(email)).filter(found -> !found.anonymous);
        UUID userId = user.map(found -> found.id).orElse(null);
        String token =
                Verification.issue(
                        Purpose.RESET_PASSWORD,
                        userId,
                        "{}",
                        TOKEN_LENGTH,
                        config.expiresIn(),
                        clock.instant());
        String url =
                mail.link(
                        "/api/auth/reset-password/" + token,
                        "callbackURL",
                        redirectTo == null || redirectTo.isEmpty() ? "/" : redirectTo);
        String name = user.map(found -> found.name).orElse("");
        Map<String, String> values = Map.of("name", name, "url", url);
        if (user.isPresent()) {
            mail.send(MailKind.RESET_PASSWORD, user.get(), values);
        } else {
            mail.pretend(MailKind.RESET_PASSWORD, null, values);
        }
    }

    /** Whether a token is good for a reset; it stays good. */
    public boolean isGood(String token) {
        return owner(token).isPresent();
    }

    /**
     * Sets the password of the token's user and voids whatever was issued to the user before. Holds
     * no connection while it hashes. Of several at once one wins.
     *
     * @throws AuthException 400 RESET_PASSWORD_DISABLED, PASSWORD_TOO_SHORT, PASSWORD_TOO_LONG, or
     *     INVALID_TOKEN
     */
    public void reset(String token, String newPassword) {
        requireEnabled();
        rules.check(newPassword);
        UUID userId = owner(token).orElseThrow(PasswordReset::invalid);
        String hash = hasher.hash(newPassword);
        Transactions.requiringNew().run(() -> store(userId, token, hash));
    }

    private void store(UUID userId, String token, String hash) {
        User user =
                User.lock(userId)
                        .filter(
                                it ->
                                        Verification.consume(
                                                Purpose.RESET_PASSWORD,
                                                userId,
                                                token,
                                                clock.instant()))
                        .orElseThrow(PasswordReset::invalid);
        apply(user, hash);
    }

    /**
     * Sets the password of a user who proved to have its address, in the caller's transaction,
     * which has locked the user ({@link User#lock}) and used the proof up. Voids whatever was
     * issued to the user before.
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public void apply(User user, String hash) {
        UUID userId = user.id;
        Verification.voidAll(userId);
        // whoever made an account did not prove the address; whoever resets its password does
        boolean firstProof = proof.take(user);
        // before the sessions end, so that none begins by the old password behind that
        Credential.setPassword(user, hash, clock.instant());
        audit.record(AuditAction.PASSWORD_RESET, userId, "user", userId);
        if (!firstProof && config.revokeSessions()) {
            sessions.endAll(userId);
        } else {
            sessions.forestall(userId);
        }
    }

    private Optional<UUID> owner(String token) {
        return Verification.peek(Purpose.RESET_PASSWORD, token, clock.instant())
                .map(found -> found.userId);
    }

    /**
     * Refuses while passwords are not reset.
     *
     * @throws AuthException 400 RESET_PASSWORD_DISABLED
     */
    public void requireEnabled() {
        if (!config.enabled()) {
            throw new AuthException(400, "RESET_PASSWORD_DISABLED", "Reset password isn't enabled");
        }
    }

    private static AuthException invalid() {
        return AuthError.INVALID_TOKEN.exception(400);
    }
}
