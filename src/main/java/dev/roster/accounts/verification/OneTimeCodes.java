package dev.roster.accounts.verification;

import dev.roster.accounts.verification.Verification.Purpose;
import dev.roster.platform.crypto.RandomTokens;
import dev.roster.platform.crypto.Signer;
import dev.roster.platform.persistence.Transactions;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * Six digits that are sent to somebody and typed in: good once, for one purpose and subject, until
 * they expire or too many wrong ones were tried. At rest is a keyed digest, because a plain one of
 * a million values is no secret.
 */
@ApplicationScoped
public class OneTimeCodes {

    private static final String DIGITS = "0123456789";
    private static final int LENGTH = 6;

    private final Signer signer;
    private final Clock clock;

    OneTimeCodes(Signer signer, Clock clock) {
        this.signer = signer;
        this.clock = clock;
    }

    /** What came of a try. */
    public enum Outcome {
        VALID,
        INVALID,
        EXPIRED,
        TOO_MANY_ATTEMPTS
    }

    /**
     * Makes a code, in the caller's transaction; an earlier one of the same purpose and subject is
     * void.
     *
     * @param subject what it is sent for, such as an address in the form in which it is compared
     * @param userId whose it is, or null
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public String issue(Purpose purpose, String subject, UUID userId, Duration lifetime) {
        String code = RandomTokens.of(DIGITS, LENGTH);
        Verification.replaceCode(
                purpose,
                subject,
                userId,
                digest(purpose, subject, code),
                lifetime,
                clock.instant());
        return code;
    }

    /**
     * Tries a code, and uses it up where it is right: of several at once one wins. The try is
     * counted in a transaction of its own, before anything is compared, so that no failure of the
     * request takes it back.
     *
     * @param maxAttempts tries that are allowed; the one behind the last voids the code
     */
    public Outcome redeem(Purpose purpose, String subject, String code, int maxAttempts) {
        return attempt(purpose, subject, code, maxAttempts, true);
    }

    /** The same, but a right code stays good; the try counts all the same. */
    public Outcome check(Purpose purpose, String subject, String code, int maxAttempts) {
        return attempt(purpose, subject, code, maxAttempts, false);
    }

    /** Whether there is a code to try, be it expired; a voided one is none. */
    public boolean isPending(Purpose purpose, String subject) {
        return Verification.isPending(purpose, subject);
    }

    private Outcome attempt(
            Purpose purpose, String subject, String code, int maxAttempts, boolean use) {
        Instant now = clock.instant();
        return Transactions.requiringNew()
                .call(
                        () -> {
                            var row = Verification.countAttempt(purpose, subject);
                            if (row.isEmpty()) {
                                return Outcome.INVALID;
                            }
                            Verification.Attempt attempt = row.get();
                            if (!attempt.expiresAt().isAfter(now)) {
                                Verification.deleteById(attempt.id());
                                return Outcome.EXPIRED;
                            }
                            if (attempt.number() > maxAttempts) {
                                Verification.deleteById(attempt.id());
                                return Outcome.TOO_MANY_ATTEMPTS;
                            }
                            if (!matches(purpose, subject, code, attempt.digest())) {
                                return Outcome.INVALID;
                            }
                            if (use) {
                                Verification.deleteById(attempt.id());
                            }
                            return Outcome.VALID;
                        });
    }

    private boolean matches(Purpose purpose, String subject, String code, byte[] stored) {
        boolean matches = false;
        for (byte[] digest : signer.digests(bound(purpose, subject, code))) {
            matches |= MessageDigest.isEqual(digest, stored);
        }
        return matches;
    }

    private byte[] digest(Purpose purpose, String subject, String code) {
        List<byte[]> digests = signer.digests(bound(purpose, subject, code));
        return digests.get(0);
    }

    private static String bound(Purpose purpose, String subject, String code) {
        return "code|" + purpose + "|" + subject + "|" + code;
    }
}
