package dev.roster.accounts.verification;

import dev.roster.platform.crypto.Digests;
import dev.roster.platform.crypto.RandomTokens;
import dev.roster.platform.persistence.BaseEntity;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import org.hibernate.Session;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.UuidGenerator;
import org.hibernate.id.uuid.UuidVersion7Strategy;
import org.hibernate.type.SqlTypes;

/** A one-time token that was sent to somebody; good once, for one purpose, until it expires. */
@Entity
@Table(name = "verifications")
public class Verification extends BaseEntity {

    private static final int TOKEN_LENGTH = 32;

    private static final Set<Purpose> NOT_MAILED =
            Set.of(Purpose.ONE_TIME_TOKEN, Purpose.TWO_FACTOR_CHALLENGE, Purpose.TRUSTED_DEVICE);

    /** What a token is good for. */
    public enum Purpose {
        DELETE_USER,
        RESET_PASSWORD,
        /** Makes the link of a change of address good for one time. */
        CHANGE_EMAIL,
        MAGIC_LINK,
        ONE_TIME_TOKEN,
        /** Codes by which the address of a user is verified. */
        EMAIL_CODE,
        SIGN_IN_CODE,
        RESET_PASSWORD_CODE,
        CHANGE_EMAIL_CODE,
        /** A sign-in that waits for its second factor; the token is in a cookie. */
        TWO_FACTOR_CHALLENGE,
        TWO_FACTOR_CODE,
        /** A device that needs no second factor; the token is in a cookie. */
        TRUSTED_DEVICE
    }

    @Id
    @UuidGenerator(style = UuidGenerator.Style.VERSION_7)
    public UUID id;

    @Enumerated(EnumType.STRING)
    @JdbcTypeCode(SqlTypes.VARCHAR)
    @Column(nullable = false)
    public Purpose purpose;

    /** Whose token it is; null where there is no user yet. */
    @Column(name = "user_id")
    public UUID userId;

    @Column(name = "token_digest", nullable = false)
    public byte[] tokenDigest;

    /** What a short code was sent for, such as an address; null for tokens, which stand alone. */
    public String subject;

    /** How often a code was tried. */
    @Column(nullable = false)
    public int attempts;

    /** What else belongs to the purpose, as a JSON object. */
    @JdbcTypeCode(SqlTypes.JSON)
    @Column(nullable = false)
    public String payload = "{}";

    @Column(name = "expires_at", nullable = false)
    public Instant expiresAt;

    /**
     * Makes a token, in the caller's transaction.
     *
     * @return the token itself, which is not stored: 32 characters, 190 bits
     */
    public static String issue(Purpose purpose, UUID userId, Duration lifetime, Instant now) {
        return issue(purpose, userId, "{}", TOKEN_LENGTH, lifetime, now);
    }

    /**
     * Makes a token, in the caller's transaction.
     *
     * @param payload a JSON object; whatever of it is a secret, encrypted
     * @param length of the token, in characters of 5.95 bits
     */
    public static String issue(
            Purpose purpose,
            UUID userId,
            String payload,
            int length,
            Duration lifetime,
            Instant now) {
        String token = RandomTokens.alphanumeric(length);
        Verification verification = new Verification();
        verification.purpose = purpose;
        verification.userId = userId;
        verification.tokenDigest = Digests.sha256(token);
        verification.payload = payload;
        verification.expiresAt = now.plus(lifetime);
        verification.persist();
        return token;
    }

    /**
     * Makes a token for each of many users, by one statement, in the caller's transaction.
     *
     * @return the tokens, in the order of the users
     */
    public static List<String> issueAll(
            Purpose purpose, List<UUID> userIds, int length, Duration lifetime, Instant now) {
        List<String> tokens =
                userIds.stream().map(user -> RandomTokens.alphanumeric(length)).toList();
        getEntityManager()
                .createNativeQuery(
                        "INSERT INTO verifications (id, purpose, user_id, token_digest, expires_at,"
                                + " created_at, updated_at) SELECT v.id, :purpose, v.user_id,"
                                + " decode(v.digest, 'hex'), :expires, :now, :now FROM unnest(CAST(:ids"
                                + " AS uuid[]), CAST(:users AS uuid[]), CAST(:digests AS text[])) AS v"
                                + " (id, user_id, digest)")
                .setParameter("purpose", purpose.name())
                .setParameter("expires", now.plus(lifetime))
                .setParameter("now", now)
                .setParameter(
                        "ids",
                        userIds.stream()
                                .map(user -> UuidVersion7Strategy.INSTANCE.generateUuid(null))
                                .toArray(UUID[]::new))
                .setParameter("users", userIds.toArray(UUID[]::new))
                .setParameter(
                        "digests",
                        tokens.stream()
                                .map(token -> HexFormat.of().formatHex(Digests.sha256(token)))
                                .toArray(String[]::new))
                .executeUpdate();
        return tokens;
    }

    /** What was kept with a token that is used up. */
    public record Consumed(UUID userId, String payload) {}

    /**
     * Uses a token up whose user it tells. Of several at once one wins: the database deletes the
     * row once.
     *
     * @return empty unless it was good for this purpose
     */
    public static Optional<Consumed> consume(Purpose purpose, String token, Instant now) {
        List<Object[]> rows =
                getEntityManager()
                        .unwrap(Session.class)
                        .createNativeQuery(
                                "DELETE FROM verifications WHERE purpose = :purpose AND"
                                        + " token_digest = :digest AND expires_at > :now RETURNING"
                                        + " user_id, CAST(payload AS text)",
                                Object[].class)
                        .setParameter("purpose", purpose.name())
                        .setParameter("digest", Digests.sha256(token))
                        .setParameter("now", now)
                        .getResultList();
        return rows.stream().findFirst().map(row -> new Consumed((UUID) row[0], (String) row[1]));
    }

    /** The unexpired row of a token, which stays good; empty unless it is for this purpose. */
    public static Optional<Verification> peek(Purpose purpose, String token, Instant now) {
        return find(
                        "purpose = ?1 and tokenDigest = ?2 and expiresAt > ?3",
                        purpose,
                        Digests.sha256(token),
                        now)
                .firstResultOptional();
    }

    /**
     * Uses a token up. Of several at once one wins: the database deletes the row once.
     *
     * @return whether it was good for this purpose and user
     */
    public static boolean consume(Purpose purpose, UUID userId, String token, Instant now) {
        return delete(
                        "purpose = ?1 and userId = ?2 and tokenDigest = ?3 and expiresAt > ?4",
                        purpose,
                        userId,
                        Digests.sha256(token),
                        now)
                == 1;
    }

    /**
     * Uses up whichever of these tokens are good for this purpose and user.
     *
     * @return whether any was
     */
    public static boolean consumeAny(
            Purpose purpose, UUID userId, List<String> tokens, Instant now) {
        return !tokens.isEmpty()
                && delete(
                                "purpose = ?1 and userId = ?2 and tokenDigest in ?3 and expiresAt"
                                        + " > ?4",
                                purpose,
                                userId,
                                tokens.stream().map(Digests::sha256).toList(),
                                now)
                        > 0;
    }

    /** Returns which of these tokens this is the row of. */
    public String tokenOf(List<String> tokens) {
        return tokens.stream()
                .filter(token -> Arrays.equals(tokenDigest, Digests.sha256(token)))
                .findFirst()
                .orElseThrow();
    }

    /**
     * Notes that a token which is not kept here was used, in the caller's transaction.
     *
     * @param expiresAt when it ends by itself, and the note with it
     * @return false where it had been used before: of several at once one wins
     */
    public static boolean useForeign(
            Purpose purpose, String token, Instant expiresAt, Instant now) {
        return getEntityManager()
                        .createNativeQuery(
                                "INSERT INTO verifications (id, purpose, token_digest, expires_at,"
                                        + " created_at, updated_at) VALUES (:id, :purpose, :digest,"
                                        + " :expires, :now, :now) ON CONFLICT (purpose,"
                                        + " token_digest) DO NOTHING")
                        .setParameter("id", UuidVersion7Strategy.INSTANCE.generateUuid(null))
                        .setParameter("purpose", purpose.name())
                        .setParameter("digest", Digests.sha256(token))
                        .setParameter("expires", expiresAt)
                        .setParameter("now", now)
                        .executeUpdate()
                == 1;
    }

    /** Voids whatever a user has been given, in the caller's transaction. */
    public static void voidAll(UUID userId) {
        delete("userId", userId);
    }

    /** The same of many, by one statement. */
    public static void voidAll(Collection<UUID> userIds) {
        getEntityManager()
                .createNativeQuery("DELETE FROM verifications WHERE user_id = ANY (:users)")
                .setParameter("users", userIds.toArray(new UUID[0]))
                .executeUpdate();
    }

    /** Voids what was mailed to a user, whose address is another from now on. */
    public static void voidMailed(UUID userId) {
        delete("userId = ?1 and purpose not in ?2", userId, NOT_MAILED);
    }

    /** Stores the digest of a code in place of an earlier one of the same purpose and subject. */
    static void replaceCode(
            Purpose purpose,
            String subject,
            UUID userId,
            byte[] digest,
            Duration lifetime,
            Instant now) {
        getEntityManager()
                .createNativeQuery(
                        "INSERT INTO verifications (id, purpose, subject, user_id, token_digest,"
                                + " expires_at, created_at, updated_at) VALUES (:id, :purpose,"
                                + " :subject, CAST(:user AS uuid), :digest, :expires, :now, :now) ON"
                                + " CONFLICT (purpose, subject) WHERE subject IS NOT NULL DO UPDATE"
                                + " SET user_id = excluded.user_id, token_digest ="
                                + " excluded.token_digest, attempts = 0, expires_at ="
                                + " excluded.expires_at, created_at = excluded.created_at,"
                                + " updated_at = excluded.updated_at, version ="
                                + " verifications.version + 1")
                .setParameter("id", UuidVersion7Strategy.INSTANCE.generateUuid(null))
                .setParameter("purpose", purpose.name())
                .setParameter("subject", subject)
                .setParameter("user", userId == null ? null : userId.toString())
                .setParameter("digest", digest)
                .setParameter("expires", now.plus(lifetime))
                .setParameter("now", now)
                .executeUpdate();
    }

    /**
     * Counts a try of something else that an unexpired token stands for; it stays good.
     *
     * @return the how-many-eth it is, or empty unless the token is for this purpose
     */
    public static OptionalInt countAttempt(Purpose purpose, String token, Instant now) {
        return getEntityManager()
                .unwrap(Session.class)
                .createNativeQuery(
                        "UPDATE verifications SET attempts = attempts + 1 WHERE purpose = :purpose"
                                + " AND token_digest = :digest AND expires_at > :now RETURNING"
                                + " attempts",
                        Integer.class)
                .setParameter("purpose", purpose.name())
                .setParameter("digest", Digests.sha256(token))
                .setParameter("now", now)
                .getResultList()
                .stream()
                .mapToInt(Integer::intValue)
                .findFirst();
    }

    /** Voids whatever a user was given for these purposes. */
    public static void revoke(UUID userId, Collection<Purpose> purposes) {
        delete("userId = ?1 and purpose in ?2", userId, purposes);
    }

    /** Whether a code was sent that has not been used, be it expired. */
    static boolean isPending(Purpose purpose, String subject) {
        return count("purpose = ?1 and subject = ?2", purpose, subject) > 0;
    }

    /** A try of a code: the how-many-eth, and what it is compared with. */
    record Attempt(UUID id, byte[] digest, int number, Instant expiresAt) {}

    /** Counts a try; the row stays locked to the end of the transaction. */
    static Optional<Attempt> countAttempt(Purpose purpose, String subject) {
        List<Object[]> rows =
                getEntityManager()
                        .unwrap(Session.class)
                        .createNativeQuery(
                                "UPDATE verifications SET attempts = attempts + 1 WHERE purpose ="
                                        + " :purpose AND subject = :subject RETURNING id,"
                                        + " token_digest, attempts, expires_at",
                                Object[].class)
                        .setParameter("purpose", purpose.name())
                        .setParameter("subject", subject)
                        .getResultList();
        return rows.stream()
                .findFirst()
                .map(
                        row ->
                                new Attempt(
                                        (UUID) row[0],
                                        (byte[]) row[1],
                                        (Integer) row[2],
                                        (Instant) row[3]));
    }
}
