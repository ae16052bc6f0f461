package dev.roster.accounts.emailotp;

import dev.roster.accounts.betterauth.AuthError;
import dev.roster.accounts.betterauth.AuthException;
import dev.roster.accounts.email.EmailVerification;
import dev.roster.accounts.mailbox.MailboxSignIn;
import dev.roster.accounts.password.PasswordHasher;
import dev.roster.accounts.password.PasswordRules;
import dev.roster.accounts.passwordreset.PasswordReset;
import dev.roster.accounts.session.ActiveSession;
import dev.roster.accounts.signup.SignUpConfig;
import dev.roster.accounts.verification.OneTimeCodes;
import dev.roster.accounts.verification.OneTimeCodes.Outcome;
import dev.roster.accounts.verification.UserMail;
import dev.roster.accounts.verification.Verification;
import dev.roster.accounts.verification.Verification.Purpose;
import dev.roster.mail.MailKind;
import dev.roster.platform.persistence.DatabaseFailure;
import dev.roster.platform.persistence.Transactions;
import dev.roster.users.EmailAddress;
import dev.roster.users.User;
import dev.roster.users.Users;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.PersistenceException;
import jakarta.transaction.Transactional;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Mails codes and takes them. A code is good for one purpose and address; addresses are as {@link
 * EmailAddress#parse} gives them.
 */
@ApplicationScoped
public class EmailCodes {

    private final EmailOtpConfig config;
    private final SignUpConfig signUp;
    private final OneTimeCodes codes;
    private final UserMail mail;
    private final MailboxSignIn signIn;
    private final EmailVerification verification;
    private final PasswordReset reset;
    private final PasswordRules rules;
    private final PasswordHasher hasher;
    private final Users users;

    EmailCodes(
            EmailOtpConfig config,
            SignUpConfig signUp,
            OneTimeCodes codes,
            UserMail mail,
            MailboxSignIn signIn,
            EmailVerification verification,
            PasswordReset reset,
            PasswordRules rules,
            PasswordHasher hasher,
            Users users) {
        this.config = config;
        this.signUp = signUp;
        this.codes = codes;
        this.mail = mail;
        this.signIn = signIn;
        this.verification = verification;
        this.reset = reset;
        this.rules = rules;
        this.hasher = hasher;
        this.users = users;
    }

    /**
     * Mails a code. Costs the same where nobody is mailed: the code is there, but nobody knows it.
     *
     * @throws AuthException 400 RESET_PASSWORD_DISABLED
     */
    @Transactional
    void send(CodeType type, String email) {
        if (type == CodeType.FORGET_PASSWORD) {
            reset.requireEnabled();
        }
        Optional<User> user = User.findByEmail(EmailAddress.key(email));
        boolean wanted =
                user.map(found -> !found.anonymous).orElse(type == CodeType.SIGN_IN && mayCreate());
        UUID userId = user.map(found -> found.id).orElse(null);
        String code =
                codes.issue(type.purpose(), EmailAddress.key(email), userId, config.expiresIn());
        String address = user.map(found -> found.email).orElse(email);
        mail(type.mail(), wanted, address, userId, code);
    }

    /**
     * Tries a code without using it up.
     *
     * @throws AuthException 400 INVALID_OTP, OTP_EXPIRED, USER_NOT_FOUND; 403 TOO_MANY_ATTEMPTS
     */
    void check(CodeType type, String email, String code) {
        String subject = EmailAddress.key(email);
        require(codes.check(type.purpose(), subject, code, config.maxAttempts()));
        // the caller has the mail, and so may know
        if (User.findByEmail(subject).isEmpty()) {
            throw AuthError.USER_NOT_FOUND.exception();
        }
    }

    /** A user whose address is proven now, and the token of the session that began or null. */
    record Proven(User user, String token) {}

    /**
     * Proves an address.
     *
     * @param current the session of whoever does so, if any
     * @throws AuthException 400 INVALID_OTP, OTP_EXPIRED, USER_NOT_FOUND; 403 TOO_MANY_ATTEMPTS
     */
    Proven verifyEmail(String email, String code, Optional<ActiveSession> current) {
        String subject = EmailAddress.key(email);
        redeem(Purpose.EMAIL_CODE, subject, code);
        String token =
                Transactions.requiringNew()
                        .call(
                                () ->
                                        verification
                                                .prove(find(subject), subject, current)
                                                .orElse(null));
        // past what this request has in memory
        User user = Transactions.requiringNew().call(() -> find(subject));
        return new Proven(user, token);
    }

    /**
     * Signs in, or up where that is allowed.
     *
     * @throws AuthException 400 INVALID_OTP, OTP_EXPIRED; 403 TOO_MANY_ATTEMPTS, BANNED_USER
     */
    MailboxSignIn.Result signIn(MailboxSignIn.Owner owner, String code) {
        redeem(Purpose.SIGN_IN_CODE, EmailAddress.key(owner.email()), code);
        return signIn.signIn(() -> owner, mayCreate())
                .orElseThrow(EmailOtpError.INVALID_OTP::exception);
    }

    /**
     * Sets a password. Holds no connection while it hashes.
     *
     * @throws AuthException 400 RESET_PASSWORD_DISABLED, PASSWORD_TOO_SHORT, PASSWORD_TOO_LONG,
     *     INVALID_OTP, OTP_EXPIRED, USER_NOT_FOUND; 403 TOO_MANY_ATTEMPTS
     */
    void resetPassword(String email, String code, String password) {
        reset.requireEnabled();
        rules.check(password);
        String subject = EmailAddress.key(email);
        // nothing is hashed for who has asked for no code, which says nothing of an account
        if (!codes.isPending(Purpose.RESET_PASSWORD_CODE, subject)) {
            throw EmailOtpError.INVALID_OTP.exception();
        }
        String hash = hasher.hash(password);
        redeem(Purpose.RESET_PASSWORD_CODE, subject, code);
        Transactions.requiringNew()
                .run(
                        () ->
                                reset.apply(
                                        User.lockByEmail(subject)
                                                .orElseThrow(AuthError.USER_NOT_FOUND::exception),
                                        hash));
    }

    /**
     * Mails a code to the address that a user wants to have. Says nothing of whether it is taken.
     *
     * @param code of the old address, where that is asked for; null for none
     * @throws AuthException 400 without code while this is off, for the address there is, or
     *     without a code; INVALID_OTP, OTP_EXPIRED; 403 TOO_MANY_ATTEMPTS
     */
    void requestChange(User user, String newEmail, String code) {
        requireAnother(user, newEmail);
        if (config.verifyCurrentEmail()) {
            if (code == null || code.isEmpty()) {
                throw refusal("OTP is required to verify current email");
            }
            redeem(Purpose.EMAIL_CODE, EmailAddress.key(user.email), code);
        }
        Transactions.requiringNew()
                .run(
                        () -> {
                            String fresh =
                                    codes.issue(
                                            Purpose.CHANGE_EMAIL_CODE,
                                            subject(user, newEmail),
                                            user.id,
                                            config.expiresIn());
                            boolean free = User.findByEmail(EmailAddress.key(newEmail)).isEmpty();
                            mail(MailKind.CHANGE_EMAIL_CODE, free, newEmail, user.id, fresh);
                        });
    }

    /**
     * Changes the address of a user.
     *
     * @throws AuthException 400 without code while this is off, for the address there is, or one
     *     that is taken; INVALID_OTP, OTP_EXPIRED; 403 TOO_MANY_ATTEMPTS
     */
    void change(User user, String newEmail, String code) {
        requireAnother(user, newEmail);
        redeem(Purpose.CHANGE_EMAIL_CODE, subject(user, newEmail), code);
        try {
            Transactions.requiringNew()
                    .run(
                            () -> {
                                User.lock(user.id).orElseThrow(AuthError.USER_NOT_FOUND::exception);
                                users.changeEmail(user.id, newEmail, true);
                                Verification.voidMailed(user.id);
                            });
        } catch (PersistenceException e) {
            boolean taken =
                    DatabaseFailure.violatedConstraint(e)
                            .filter("users_email_key"::equals)
                            .isPresent();
            if (!taken) {
                throw e;
            }
            // whoever has the code has the mailbox, and so may know
            throw refusal("Email already in use");
        }
    }

    /**
     * Refuses while addresses are not changed by codes.
     *
     * @throws AuthException 400 without code
     */
    void requireChangeEnabled() {
        if (!config.changeEmail()) {
            throw refusal("Change email with OTP is disabled");
        }
    }

    private static void requireAnother(User user, String newEmail) {
        if (EmailAddress.key(newEmail).equals(EmailAddress.key(user.email))) {
            throw refusal("Email is the same");
        }
    }

    private static User find(String emailKey) {
        return User.findByEmail(emailKey).orElseThrow(AuthError.USER_NOT_FOUND::exception);
    }

    private static String subject(User user, String newEmail) {
        return user.id + ":" + EmailAddress.key(newEmail);
    }

    private boolean mayCreate() {
        return config.signUp() && signUp.enabled();
    }

    private void mail(MailKind kind, boolean wanted, String address, UUID userId, String code) {
        Map<String, String> values = Map.of("code", code);
        if (wanted) {
            mail.send(kind, address, userId, values);
        } else {
            mail.pretend(kind, userId, values);
        }
    }

    private void redeem(Purpose purpose, String subject, String code) {
        require(codes.redeem(purpose, subject, code, config.maxAttempts()));
    }

    private static void require(Outcome outcome) {
        switch (outcome) {
            case VALID -> {
                // go on
            }
            case INVALID -> throw EmailOtpError.INVALID_OTP.exception();
            case EXPIRED -> throw EmailOtpError.OTP_EXPIRED.exception();
            case TOO_MANY_ATTEMPTS -> throw EmailOtpError.TOO_MANY_ATTEMPTS.exception();
        }
    }

    /** These have a message alone (contract, section 2). */
    private static AuthException refusal(String message) {
        return new AuthException(400, null, message);
    }
}
