package dev.roster.accounts.twofactor;

import dev.roster.accounts.betterauth.AuthError;
import dev.roster.accounts.betterauth.AuthException;
import dev.roster.accounts.password.Credential;
import dev.roster.accounts.password.CurrentPassword;
import dev.roster.accounts.session.ActiveSession;
import dev.roster.accounts.session.Sessions;
import dev.roster.accounts.verification.OneTimeCodes;
import dev.roster.accounts.verification.UserMail;
import dev.roster.accounts.verification.Verification;
import dev.roster.accounts.verification.Verification.Purpose;
import dev.roster.audit.AuditAction;
import dev.roster.audit.AuditLog;
import dev.roster.mail.MailKind;
import dev.roster.platform.crypto.RandomTokens;
import dev.roster.platform.crypto.SecretBox;
import dev.roster.platform.persistence.Transactions;
import dev.roster.users.EmailAddress;
import dev.roster.users.User;
import dev.roster.users.Users;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Setting the second factor up and off, by whoever is signed in and knows the password. */
@ApplicationScoped
public class TwoFactors {

    private static final int SECRET_LENGTH = 32;

    private final CurrentPassword currentPassword;
    private final Users users;
    private final Sessions sessions;
    private final OneTimeCodes codes;
    private final BackupCodes backupCodes;
    private final UserMail mail;
    private final SecretBox box;
    private final TwoFactorConfig config;
    private final AuditLog audit;
    private final Clock clock;

    TwoFactors(
            CurrentPassword currentPassword,
            Users users,
            Sessions sessions,
            OneTimeCodes codes,
            BackupCodes backupCodes,
            UserMail mail,
            SecretBox box,
            TwoFactorConfig config,
            AuditLog audit,
            Clock clock) {
        this.currentPassword = currentPassword;
        this.users = users;
        this.sessions = sessions;
        this.codes = codes;
        this.backupCodes = backupCodes;
        this.mail = mail;
        this.box = box;
        this.config = config;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * An authenticator app that was offered.
     *
     * @param token of the session that took the place of the old one, or null
     */
    record Offer(String totpUri, List<String> backupCodes, String token) {}

    /**
     * Offers an authenticator app, which counts once it has shown a right code.
     *
     * @param issuer what the app is to call this service
     * @throws AuthException 400 TOTP_ALREADY_ENABLED, INVALID_PASSWORD and the like
     */
    Offer offerTotp(ActiveSession active, String password, String issuer) {
        User user = active.user();
        Credential credential = currentPassword.require(user.id, password);
        String secret = RandomTokens.alphanumeric(SECRET_LENGTH);
        byte[] sealed = box.seal(secret, TwoFactor.secretContext(user.id));
        List<String> fresh = BackupCodes.make();
        boolean confirmed = config.skipVerificationOnEnable();
        String token =
                Transactions.requiringNew()
                        .call(
                                () -> {
                                    requireStill(active, credential);
                                    if (!TwoFactor.offer(
                                            user.id,
                                            sealed,
                                            confirmed,
                                            digests(user.id, fresh),
                                            clock.instant())) {
                                        throw TwoFactorError.TOTP_ALREADY_ENABLED.exception();
                                    }
                                    audit.record(
                                            AuditAction.BACKUP_CODES_GENERATED,
                                            user.id,
                                            "user",
                                            user.id);
                                    return confirmed ? switchOn(active).token() : null;
                                });
        return new Offer(uri(secret, issuer, user), fresh, token);
    }

    /**
     * Has codes mailed at every sign-in.
     *
     * @return the token of the session that takes the place of this one
     * @throws AuthException 400 OTP_NOT_CONFIGURED, INVALID_PASSWORD and the like
     */
    String enableMailedCodes(ActiveSession active, String password) {
        Credential credential = currentPassword.require(active.user().id, password);
        requireMailedCodes();
        return Transactions.requiringNew()
                .call(
                        () -> {
                            requireStill(active, credential);
                            return switchOn(active).token();
                        });
    }

    /** No session begins, and no code is made, by a password that was changed meanwhile. */
    private void requireStill(ActiveSession active, Credential credential) {
        // the user before its password, as whoever resets it locks them
        if (!sessions.holds(active)) {
            throw AuthError.UNAUTHORIZED.exception();
        }
        if (!Credential.holds(credential.id, credential.passwordHash)) {
            throw AuthError.INVALID_PASSWORD.exception();
        }
    }

    /** Switches the second factor on and replaces the session, in the caller's transaction. */
    Sessions.Begun switchOn(ActiveSession active) {
        return sessions.replace(active, users.setTwoFactorEnabled(active.user().id, true));
    }

    /**
     * Switches the second factor off: app, backup codes, trusted devices and sign-ins that wait are
     * forgotten.
     *
     * @return the token of the session that takes the place of this one
     * @throws AuthException 400 INVALID_PASSWORD and the like
     */
    String disable(ActiveSession active, String password) {
        UUID userId = active.user().id;
        Credential credential = currentPassword.require(userId, password);
        return Transactions.requiringNew()
                .call(
                        () -> {
                            requireStill(active, credential);
                            User user = switchOff(userId);
                            return sessions.replace(active, user).token();
                        });
    }

    /**
     * Switches the second factor off, in the caller's transaction, whoever set it up; sessions go
     * on.
     *
     * @return the user as it is then
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public User switchOff(UUID userId) {
        Verification.revoke(
                userId,
                List.of(
                        Purpose.TWO_FACTOR_CHALLENGE,
                        Purpose.TWO_FACTOR_CODE,
                        Purpose.TRUSTED_DEVICE));
        TwoFactor.end(userId);
        return users.setTwoFactorEnabled(userId, false);
    }

    /**
     * What the authenticator app scanned, to set up one more.
     *
     * @throws AuthException 400 TOTP_NOT_ENABLED, INVALID_PASSWORD and the like
     */
    String totpUri(User user, String password) {
        TwoFactor twoFactor =
                TwoFactor.findFor(user.id)
                        .filter(TwoFactor::hasSecret)
                        .orElseThrow(TwoFactorError.TOTP_NOT_ENABLED::exception);
        currentPassword.require(user.id, password);
        String secret = box.open(twoFactor.secret, TwoFactor.secretContext(user.id));
        return uri(secret, config.issuer(), user);
    }

    /**
     * Makes new backup codes; the old ones are void.
     *
     * @throws AuthException 400 TWO_FACTOR_NOT_ENABLED, INVALID_PASSWORD and the like
     */
    List<String> replaceBackupCodes(ActiveSession active, String password) {
        User user = active.user();
        if (!user.twoFactorEnabled) {
            throw TwoFactorError.TWO_FACTOR_NOT_ENABLED.exception();
        }
        Credential credential = currentPassword.require(user.id, password);
        List<String> fresh = BackupCodes.make();
        Transactions.requiringNew()
                .run(
                        () -> {
                            requireStill(active, credential);
                            if (!TwoFactor.replaceBackupCodes(
                                    user.id, digests(user.id, fresh), clock.instant())) {
                                throw TwoFactorError.TWO_FACTOR_NOT_ENABLED.exception();
                            }
                            audit.record(
                                    AuditAction.BACKUP_CODES_GENERATED, user.id, "user", user.id);
                        });
        return fresh;
    }

    /**
     * Mails a code, which is good for this sign-in or session alone; an earlier one is void.
     *
     * @throws AuthException 400 OTP_NOT_CONFIGURED
     */
    void sendCode(Candidate candidate) {
        requireMailedCodes();
        User user = candidate.user();
        Transactions.requiringNew()
                .run(
                        () -> {
                            String code =
                                    codes.issue(
                                            Purpose.TWO_FACTOR_CODE,
                                            candidate.subject(),
                                            user.id,
                                            config.codeLifetime());
                            mail.send(
                                    MailKind.TWO_FACTOR_CODE,
                                    user,
                                    Map.of("name", user.name, "code", code));
                        });
    }

    /**
     * Refuses while codes are not mailed.
     *
     * @throws AuthException 400 OTP_NOT_CONFIGURED
     */
    void requireMailedCodes() {
        if (!config.mailedCodes()) {
            throw TwoFactorError.OTP_NOT_CONFIGURED.exception();
        }
    }

    private List<String> digests(UUID userId, List<String> fresh) {
        return fresh.stream().map(code -> backupCodes.digest(userId, code)).toList();
    }

    private static String uri(String secret, String issuer, User user) {
        return Totp.uri(Totp.key(secret), issuer, EmailAddress.key(user.email));
    }
}
