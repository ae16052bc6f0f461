package dev.roster.directory.person;

import dev.roster.platform.persistence.BaseEntity;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/** What one administrator wants, and another one has yet to confirm. */
@Entity
@Table(name = "erasure_requests")
public class ErasureRequest extends BaseEntity {

    private static final Duration LIFETIME = Duration.ofDays(7);

    @Id
    @Column(name = "user_id")
    public UUID userId;

    @Column(name = "requested_by", nullable = false)
    public UUID requestedBy;

    public String reason;

    @Column(name = "expires_at", nullable = false)
    public Instant expiresAt;

    /** Makes the request, in place of an earlier one. */
    static ErasureRequest make(
            ErasureRequest old, UUID userId, UUID by, String reason, Instant now) {
        ErasureRequest request = old == null ? new ErasureRequest() : old;
        request.userId = userId;
        request.requestedBy = by;
        request.reason = reason;
        request.expiresAt = now.plus(LIFETIME);
        request.persist();
        return request;
    }

    static int purge(Instant now, int limit) {
        return getEntityManager()
                .createNativeQuery(
                        "DELETE FROM erasure_requests WHERE user_id IN (SELECT user_id FROM"
                                + " erasure_requests WHERE expires_at <= :now LIMIT :limit FOR"
                                + " UPDATE SKIP LOCKED)")
                .setParameter("now", now)
                .setParameter("limit", limit)
                .executeUpdate();
    }
}
