package dev.roster.accounts.twofactor;

import dev.roster.accounts.betterauth.AuthException;
import dev.roster.accounts.password.Credential;
import dev.roster.accounts.session.ActiveSession;
import dev.roster.accounts.session.Sessions;
import dev.roster.accounts.verification.OneTimeCodes;
import dev.roster.accounts.verification.Verification;
import dev.roster.accounts.verification.Verification.Purpose;
import dev.roster.audit.AuditAction;
import dev.roster.audit.AuditLog;
import dev.roster.platform.crypto.SecretBox;
import dev.roster.platform.persistence.Transactions;
import dev.roster.users.User;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * Tries second factors. Each try is counted in a transaction of its own, before anything is
 * compared: no failure of the request takes it back, and of many at once no more are compared than
 * are allowed. What is right is used up in the transaction in which the session begins.
 */
@ApplicationScoped
class SecondStep {

    private final SecondFactor secondFactor;
    private final TwoFactors twoFactors;
    private final Sessions sessions;
    private final OneTimeCodes codes;
    private final BackupCodes backupCodes;
    private final SecretBox box;
    private final TwoFactorConfig config;
    private final AuditLog audit;
    private final Clock clock;

    SecondStep(
            SecondFactor secondFactor,
            TwoFactors twoFactors,
            Sessions sessions,
            OneTimeCodes codes,
            BackupCodes backupCodes,
            SecretBox box,
            TwoFactorConfig config,
            AuditLog audit,
            Clock clock) {
        this.secondFactor = secondFactor;
        this.twoFactors = twoFactors;
        this.sessions = sessions;
        this.codes = codes;
        this.backupCodes = backupCodes;
        this.box = box;
        this.config = config;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * What came of a right code.
     *
     * @param token of the session there is now; null where none was wanted
     * @param begun whether that is a new one, which the client has to be given
     * @param trustToken by which the device is trusted the next time, or null
     */
    record Passed(User user, String token, boolean begun, boolean remember, String trustToken) {}

    /**
     * Who tries.
     *
     * @throws AuthException 401 INVALID_TWO_FACTOR_COOKIE where nobody is signed in and no sign-in
     *     waits
     */
    Candidate candidate(Optional<ActiveSession> session) {
        return session.map(Candidate::signedIn)
                .or(() -> signingIn(secondFactor.challenges()))
                .orElseThrow(TwoFactorError.INVALID_TWO_FACTOR_COOKIE::exception);
    }

    private Optional<Candidate> signingIn(List<String> challenges) {
        return TwoFactor.findPending(challenges, clock.instant()).map(Candidate::signingIn);
    }

    /**
     * Tries a code of an authenticator app. Each is good once. The first one switches the second
     * factor on.
     *
     * @throws AuthException 400 TOTP_NOT_ENABLED, TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE; 401
     *     INVALID_CODE, INVALID_TWO_FACTOR_COOKIE; 429 ACCOUNT_TEMPORARILY_LOCKED
     */
    Passed byTotp(Candidate candidate, String code, boolean trust) {
        TwoFactor twoFactor = candidate.twoFactor();
        if (!candidate.hasSecret() || candidate.isSigningIn() && !twoFactor.confirmed) {
            throw TwoFactorError.TOTP_NOT_ENABLED.exception();
        }
        countOfChallenge(candidate);
        UUID userId = candidate.user().id;
        byte[] key = Totp.key(box.open(twoFactor.secret, TwoFactor.secretContext(userId)));
        Instant now = clock.instant();
        OptionalLong step = Totp.match(key, code, now);
        if (step.isEmpty()) {
            throw refused(candidate, TwoFactorError.INVALID_CODE);
        }
        return Transactions.requiringNew()
                .call(
                        () -> {
                            endChallenge(candidate);
                            if (!twoFactor.redeemStep(step.getAsLong(), now)) {
                                throw TwoFactorError.INVALID_CODE.exception();
                            }
                            return pass(candidate, trust);
                        });
    }

    /**
     * Tries a mailed code. With a session, the first one switches the second factor on.
     *
     * @throws AuthException 400 OTP_HAS_EXPIRED, TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE; 401
     *     INVALID_CODE, INVALID_TWO_FACTOR_COOKIE; 429 ACCOUNT_TEMPORARILY_LOCKED
     */
    Passed byMailedCode(Candidate candidate, String code, boolean trust) {
        refuseLocked(candidate);
        UUID userId = candidate.user().id;
        if (!codes.isPending(Purpose.TWO_FACTOR_CODE, candidate.subject())) {
            throw TwoFactorError.OTP_HAS_EXPIRED.exception();
        }
        Transactions.requiringNew().run(() -> count(userId));
        switch (codes.redeem(
                Purpose.TWO_FACTOR_CODE, candidate.subject(), code, config.maxAttempts())) {
            case VALID -> {
                // go on
            }
            case INVALID -> throw refused(candidate, TwoFactorError.INVALID_CODE);
            case EXPIRED -> throw TwoFactorError.OTP_HAS_EXPIRED.exception();
            case TOO_MANY_ATTEMPTS ->
                    throw TwoFactorError.TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE.exception();
        }
        return Transactions.requiringNew()
                .call(
                        () -> {
                            endChallenge(candidate);
                            TwoFactor.forgive(userId, clock.instant());
                            return pass(candidate, trust);
                        });
    }

    /**
     * Tries a backup code.
     *
     * @param begin whether a session begins where a sign-in waits, which waits on otherwise
     * @throws AuthException 400 BACKUP_CODES_NOT_ENABLED, TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE; 401
     *     INVALID_BACKUP_CODE, INVALID_TWO_FACTOR_COOKIE; 429 ACCOUNT_TEMPORARILY_LOCKED
     */
    Passed byBackupCode(Candidate candidate, String code, boolean begin, boolean trust) {
        if (!candidate.hasSecret()) {
            throw TwoFactorError.BACKUP_CODES_NOT_ENABLED.exception();
        }
        countOfChallenge(candidate);
        UUID userId = candidate.user().id;
        List<String> digests = backupCodes.digests(userId, code);
        if (!candidate.twoFactor().hasBackupCode(digests)) {
            throw refused(candidate, TwoFactorError.INVALID_BACKUP_CODE);
        }
        return Transactions.requiringNew()
                .call(
                        () -> {
                            if (begin) {
                                endChallenge(candidate);
                            }
                            if (!candidate.twoFactor().redeemBackupCode(digests, clock.instant())) {
                                throw TwoFactorError.INVALID_BACKUP_CODE.exception();
                            }
                            audit.record(AuditAction.BACKUP_CODE_USED, userId, "user", userId);
                            // no proof of an app, so it switches nothing on
                            return begin && candidate.isSigningIn()
                                    ? pass(candidate, trust)
                                    : unchanged(candidate, candidate.user());
                        });
    }

    private void refuseLocked(Candidate candidate) {
        if (candidate.twoFactor() != null && candidate.twoFactor().isLocked(clock.instant())) {
            throw TwoFactorError.ACCOUNT_TEMPORARILY_LOCKED.exception();
        }
    }

    /** Counts a try of the sign-in, if it is one, and of the user. */
    private void countOfChallenge(Candidate candidate) {
        refuseLocked(candidate);
        boolean tooMany =
                Transactions.requiringNew()
                        .call(
                                () -> {
                                    if (candidate.isSigningIn() && !mayTry(candidate)) {
                                        return true;
                                    }
                                    count(candidate.user().id);
                                    return false;
                                });
        if (tooMany) {
            secondFactor.forgetChallenge();
            throw TwoFactorError.TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE.exception();
        }
    }

    /** The try behind the last that is allowed ends the sign-in. */
    private boolean mayTry(Candidate candidate) {
        Instant now = clock.instant();
        OptionalInt number =
                Verification.countAttempt(Purpose.TWO_FACTOR_CHALLENGE, candidate.challenge(), now);
        if (number.isEmpty()) {
            throw TwoFactorError.INVALID_TWO_FACTOR_COOKIE.exception();
        }
        if (number.getAsInt() > config.maxAttempts()) {
            Verification.consume(Purpose.TWO_FACTOR_CHALLENGE, candidate.challenge(), now);
            return false;
        }
        return true;
    }

    private void count(UUID userId) {
        OptionalInt number =
                TwoFactor.countAttempt(
                        userId, config.maxFailures(), config.lockDuration(), clock.instant());
        if (number.isEmpty()) {
            throw TwoFactorError.ACCOUNT_TEMPORARILY_LOCKED.exception();
        }
        if (number.getAsInt() >= config.maxFailures()) {
            audit.record(AuditAction.TWO_FACTOR_LOCKED, null, "user", userId);
        }
    }

    /** Tells the trail of a refused sign-in. */
    private AuthException refused(Candidate candidate, TwoFactorError error) {
        if (candidate.isSigningIn()) {
            Transactions.requiringNew()
                    .run(
                            () ->
                                    audit.record(
                                            AuditAction.SESSION_REFUSED,
                                            null,
                                            "user",
                                            candidate.user().id));
        }
        return error.exception();
    }

    /** Uses the sign-in up, if it is one: of several at once one wins. */
    private void endChallenge(Candidate candidate) {
        if (!candidate.isSigningIn()) {
            return;
        }
        Credential credential = candidate.pending().credential();
        boolean ended =
                Verification.consume(
                        Purpose.TWO_FACTOR_CHALLENGE,
                        candidate.user().id,
                        candidate.challenge(),
                        clock.instant());
        // a session must not begin by a password that was changed meanwhile
        if (!ended || !Credential.holds(credential.id, credential.passwordHash)) {
            secondFactor.forgetChallenge();
            throw TwoFactorError.INVALID_TWO_FACTOR_COOKIE.exception();
        }
    }

    private Passed pass(Candidate candidate, boolean trust) {
        User user = candidate.user();
        if (candidate.isSigningIn()) {
            boolean remember = secondFactor.remembers(candidate.pending().challenge());
            String token = sessions.begin(user, remember).token();
            return new Passed(user, token, true, remember, trust ? secondFactor.trust(user) : null);
        }
        if (user.twoFactorEnabled) {
            return unchanged(candidate, user);
        }
        Sessions.Begun begun = twoFactors.switchOn(candidate.session());
        return new Passed(
                begun.session().user,
                begun.token(),
                true,
                candidate.session().session().remember,
                null);
    }

    /** No session begins: the one there is goes on, or none. */
    private static Passed unchanged(Candidate candidate, User user) {
        String token = candidate.isSigningIn() ? null : candidate.session().token();
        return new Passed(user, token, false, false, null);
    }
}
