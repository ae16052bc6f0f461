package dev.roster.platform.idempotency;

import dev.roster.platform.persistence.BaseEntity;
import dev.roster.platform.problem.ProblemCode;
import dev.roster.platform.problem.ProblemException;
import dev.roster.platform.problem.Violation;
import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a caller was answered to a request with a key. Never changed. */
@Entity
@Table(name = "idempotency_keys")
public class IdempotencyKey extends BaseEntity {

    public static final String HEADER = "Idempotency-Key";

    /** The draft's string in quotes, or as most clients send it. */
    private static final Pattern KEY =
            Pattern.compile(
                    "\"([\\x21\\x23-\\x5b\\x5d-\\x7e]{1,255})\"|([\\x21\\x23-\\x7e]{1,255})");

    /** How long an answer is kept. */
    private static final Duration LIFETIME = Duration.ofHours(24);

    /** A key is the caller's own: what others send under the same one is another. */
    @Embeddable
    public record Id(@Column(name = "caller_id") UUID callerId, String key)
            implements Serializable {}

    @EmbeddedId public Id id;

    @Column(name = "request_digest", nullable = false)
    public byte[] requestDigest;

    @Column(nullable = false)
    public int status;

    /** Headers and body, sealed; empty where what they told of was erased. */
    @Column(nullable = false)
    public byte[] answer;

    /** What was created, where that is one thing. */
    @Column(name = "resource_id")
    public UUID resourceId;

    /**
     * The key in a header.
     *
     * @throws ProblemException 400 for what cannot be one
     */
    public static String parse(String header) {
        Matcher matcher = KEY.matcher(header.trim());
        if (!matcher.matches()) {
            throw new ProblemException(
                    ProblemCode.VALIDATION_FAILED,
                    null,
                    List.of(
                            new Violation(
                                    HEADER,
                                    "header",
                                    "must be 1 to 255 visible ASCII characters")));
        }
        return matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
    }

    /**
     * Keeps others from this key to the end of the transaction.
     *
     * @return false where somebody else does so already
     */
    static boolean tryLock(Id id) {
        // of two keys with the same hash one is told to try again, which is no harm
        return (Boolean)
                getEntityManager()
                        .createNativeQuery(
                                "SELECT pg_try_advisory_xact_lock(hashtextextended(:key, 0))")
                        .setParameter("key", "idempotency_keys " + id.callerId() + " " + id.key())
                        .getSingleResult();
    }

    /** What the key was answered, unless its time is over. */
    static Optional<IdempotencyKey> findById(Id id, Instant now) {
        return find("id = ?1 and createdAt > ?2", id, now.minus(LIFETIME)).firstResultOptional();
    }

    /** Stores an answer, in the place of one whose time is over and that was not swept yet. */
    static void replace(
            Id id, byte[] requestDigest, int status, byte[] answer, UUID resourceId, Instant now) {
        getEntityManager()
                .createNativeQuery(
                        "INSERT INTO idempotency_keys (caller_id, key, request_digest, status,"
                                + " answer, resource_id, created_at, updated_at) VALUES (:caller, :key,"
                                + " :digest, :status, :answer, :resource, :now, :now) ON CONFLICT"
                                + " ON CONSTRAINT idempotency_keys_pkey DO UPDATE SET request_digest"
                                + " = excluded.request_digest, status = excluded.status, answer ="
                                + " excluded.answer, resource_id = excluded.resource_id, created_at = excluded.created_at, updated_at ="
                                + " excluded.updated_at, version = idempotency_keys.version + 1")
                .setParameter("caller", id.callerId())
                .setParameter("key", id.key())
                .setParameter("digest", requestDigest)
                .setParameter("status", status)
                .setParameter("answer", answer)
                .setParameter("resource", resourceId)
                .setParameter("now", now)
                .executeUpdate();
    }

    /** Deletes at most so many whose time is over. */
    static int purge(Instant now, int limit) {
        return getEntityManager()
                .createNativeQuery(
                        "DELETE FROM idempotency_keys WHERE (caller_id, key) IN (SELECT caller_id,"
                                + " key FROM idempotency_keys WHERE created_at <= :before ORDER BY"
                                + " created_at LIMIT :limit FOR UPDATE SKIP LOCKED)")
                .setParameter("before", now.minus(LIFETIME))
                .setParameter("limit", limit)
                .executeUpdate();
    }
}
