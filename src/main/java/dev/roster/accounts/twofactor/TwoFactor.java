package dev.roster.accounts.twofactor;

import dev.roster.accounts.password.Credential;
import dev.roster.accounts.verification.Verification;
import dev.roster.accounts.verification.Verification.Purpose;
import dev.roster.platform.crypto.Digests;
import dev.roster.platform.persistence.BaseEntity;
import dev.roster.users.User;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.hibernate.Session;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.UuidGenerator;
import org.hibernate.id.uuid.UuidVersion7Strategy;
import org.hibernate.type.SqlTypes;

/** The authenticator app and the backup codes of a user, and the count of failed tries. */
@Entity
@Table(name = "two_factors")
public class TwoFactor extends BaseEntity {

    @Id
    @UuidGenerator(style = UuidGenerator.Style.VERSION_7)
    public UUID id;

    @Column(name = "user_id", nullable = false)
    public UUID userId;

    /** The text that {@link Totp#key} reads, sealed; null where codes are mailed alone. */
    public byte[] secret;

    /** Whether the app has shown a right code: until then signing in does not ask for it. */
    @Column(nullable = false)
    public boolean confirmed;

    /** The time step whose code was used last; null before the first. */
    @Column(name = "last_step")
    public Long lastStep;

    /** {@link BackupCodes#digest} of each that was not used yet. */
    @JdbcTypeCode(SqlTypes.ARRAY)
    @Column(name = "backup_codes", nullable = false)
    public List<String> backupCodes = List.of();

    /** Tries since the last right one. */
    @Column(name = "failed_attempts", nullable = false)
    public int failedAttempts;

    @Column(name = "locked_until")
    public Instant lockedUntil;

    /** Where the sealed secret of a user belongs: it opens nowhere else. */
    public static String secretContext(UUID userId) {
        return "two_factors.secret " + userId;
    }

    static Optional<TwoFactor> findFor(UUID userId) {
        return find("userId", userId).firstResultOptional();
    }

    /**
     * A sign-in that waits for its second factor.
     *
     * @param token of the challenge
     * @param twoFactor null where the user has none but mailed codes
     */
    record Pending(
            String token,
            Verification challenge,
            User user,
            Credential credential,
            TwoFactor twoFactor) {}

    /**
     * Returns the sign-in that waits for one of these challenges, the latest of several, in one
     * statement. Empty where all have ended, the user is deleted, or the password by which the
     * sign-in began was changed since.
     */
    static Optional<Pending> findPending(List<String> challenges, Instant now) {
        if (challenges.isEmpty()) {
            return Optional.empty();
        }
        return getEntityManager()
                .createQuery(
                        "select v, u, c, t from Verification v join User u on u.id = v.userId join"
                                + " Credential c on c.user = u and c.providerId = :provider left"
                                + " join TwoFactor t on t.userId = u.id where v.purpose = :purpose"
                                + " and v.tokenDigest in :digests and v.expiresAt > :now and"
                                + " u.deletedAt is null and c.updatedAt <= v.createdAt order by"
                                + " v.createdAt desc, v.id desc",
                        Object[].class)
                .setParameter("provider", Credential.PASSWORD_PROVIDER)
                .setParameter("purpose", Purpose.TWO_FACTOR_CHALLENGE)
                .setParameter("digests", challenges.stream().map(Digests::sha256).toList())
                .setParameter("now", now)
                .setMaxResults(1)
                .getResultList()
                .stream()
                .map(
                        row ->
                                new Pending(
                                        ((Verification) row[0]).tokenOf(challenges),
                                        (Verification) row[0],
                                        (User) row[1],
                                        (Credential) row[2],
                                        (TwoFactor) row[3]))
                .findFirst();
    }

    boolean hasSecret() {
        return secret != null;
    }

    /**
     * Whether there is such a backup code; {@link #redeemBackupCode} says whether there still is.
     */
    boolean hasBackupCode(Collection<String> digests) {
        return backupCodes.stream().anyMatch(digests::contains);
    }

    boolean isLocked(Instant now) {
        return lockedUntil != null && lockedUntil.isAfter(now);
    }

    /**
     * Stores a secret and backup codes in place of earlier ones that were not confirmed.
     *
     * @return false where there is a confirmed one, which stays
     */
    static boolean offer(
            UUID userId,
            byte[] secret,
            boolean confirmed,
            Collection<String> backupCodes,
            Instant now) {
        return getEntityManager()
                        .createNativeQuery(
                                "INSERT INTO two_factors (id, user_id, secret, confirmed,"
                                        + " backup_codes, created_at, updated_at) VALUES (:id,"
                                        + " :user, :secret, :confirmed, string_to_array(:codes,"
                                        + " ','), :now, :now) ON CONFLICT (user_id) DO UPDATE SET"
                                        + " secret = excluded.secret, confirmed ="
                                        + " excluded.confirmed, last_step = NULL, backup_codes ="
                                        + " excluded.backup_codes, updated_at ="
                                        + " excluded.updated_at, version = two_factors.version + 1"
                                        + " WHERE NOT two_factors.confirmed")
                        .setParameter("id", UuidVersion7Strategy.INSTANCE.generateUuid(null))
                        .setParameter("user", userId)
                        .setParameter("secret", secret)
                        .setParameter("confirmed", confirmed)
                        .setParameter("codes", String.join(",", backupCodes))
                        .setParameter("now", now)
                        .executeUpdate()
                == 1;
    }

    /**
     * Counts a try, which is a failed one until {@link #redeemStep} or its like takes it back; the
     * last that is allowed locks. A lock that has run out starts the count afresh.
     *
     * @return the how-many-eth it is, or empty where the user is locked out
     */
    static OptionalInt countAttempt(UUID userId, int max, Duration lockDuration, Instant now) {
        List<Integer> counted =
                getEntityManager()
                        .unwrap(Session.class)
                        .createNativeQuery(
                                "INSERT INTO two_factors AS t (id, user_id, failed_attempts,"
                                        + " locked_until, created_at, updated_at) VALUES (:id,"
                                        + " :user, 1, CASE WHEN :max <= 1 THEN CAST(:until AS"
                                        + " timestamptz) END, :now, :now) ON CONFLICT (user_id) DO"
                                        + " UPDATE SET failed_attempts = CASE WHEN t.locked_until"
                                        + " IS NULL THEN t.failed_attempts ELSE 0 END + 1,"
                                        + " locked_until = CASE WHEN CASE WHEN t.locked_until IS"
                                        + " NULL THEN t.failed_attempts ELSE 0 END + 1 >= :max THEN"
                                        + " CAST(:until AS timestamptz) END, updated_at ="
                                        + " excluded.updated_at, version = t.version + 1 WHERE"
                                        + " t.locked_until IS NULL OR t.locked_until <= :now"
                                        + " RETURNING failed_attempts",
                                Integer.class)
                        .setParameter("id", UuidVersion7Strategy.INSTANCE.generateUuid(null))
                        .setParameter("user", userId)
                        .setParameter("max", max)
                        .setParameter("until", now.plus(lockDuration))
                        .setParameter("now", now)
                        .getResultList();
        return counted.isEmpty() ? OptionalInt.empty() : OptionalInt.of(counted.get(0));
    }

    /**
     * Uses the code of a time step up, confirms the app by it and clears the count. Of several at
     * once one wins.
     *
     * @return false where this code or a later one was used already, or the secret is another now
     */
    boolean redeemStep(long step, Instant now) {
        return update(
                        "confirmed = true, lastStep = ?1, failedAttempts = 0, lockedUntil = null,"
                                + " updatedAt = ?2, version = version + 1 where id = ?3 and secret ="
                                + " ?4 and (lastStep is null or lastStep < ?1)",
                        step,
                        now,
                        id,
                        secret)
                == 1;
    }

    /**
     * Uses a backup code up and clears the count. Of several at once one wins.
     *
     * @param digests {@link BackupCodes#digests} of the code
     * @return whether it was there
     */
    boolean redeemBackupCode(Collection<String> digests, Instant now) {
        return getEntityManager()
                        .createNativeQuery(
                                "UPDATE two_factors SET backup_codes = ARRAY(SELECT code FROM"
                                        + " unnest(backup_codes) WITH ORDINALITY AS c (code, n)"
                                        + " WHERE code <> ALL (string_to_array(:digests, ','))"
                                        + " ORDER BY n), failed_attempts = 0, locked_until = NULL,"
                                        + " updated_at = :now, version = version + 1 WHERE id = :id"
                                        + " AND backup_codes && string_to_array(:digests, ',')")
                        .setParameter("digests", String.join(",", digests))
                        .setParameter("now", now)
                        .setParameter("id", id)
                        .executeUpdate()
                == 1;
    }

    /**
     * Replaces the backup codes.
     *
     * @return false where the user has no authenticator app that they could stand in for
     */
    static boolean replaceBackupCodes(UUID userId, List<String> digests, Instant now) {
        return update(
                        "backupCodes = ?1, updatedAt = ?2, version = version + 1 where userId = ?3"
                                + " and secret is not null",
                        digests,
                        now,
                        userId)
                == 1;
    }

    /** Clears the count, as a right mailed code does. */
    static void forgive(UUID userId, Instant now) {
        update(
                "failedAttempts = 0, lockedUntil = null, updatedAt = ?1, version = version + 1"
                        + " where userId = ?2",
                now,
                userId);
    }

    /** Has the user forget app, backup codes and count. */
    static void end(UUID userId) {
        delete("userId", userId);
    }
}
