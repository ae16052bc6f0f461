package dev.roster.accounts.device;

import dev.roster.platform.crypto.Digests;
import dev.roster.platform.persistence.BaseEntity;
import dev.roster.users.User;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.LockModeType;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.UuidGenerator;
import org.hibernate.type.SqlTypes;

/** A device that asks to be signed in. Both its codes are known to it alone; here are digests. */
@Entity
@Table(name = "device_codes")
public class DeviceCode extends BaseEntity {

    /** What became of the request. */
    public enum Status {
        PENDING,
        APPROVED,
        DENIED
    }

    @Id
    @UuidGenerator(style = UuidGenerator.Style.VERSION_7)
    public UUID id;

    @Column(name = "device_code_digest", nullable = false)
    public byte[] deviceCodeDigest;

    @Column(name = "user_code_digest", nullable = false)
    public byte[] userCodeDigest;

    /** The first signed-in user who looked the request up; null before. */
    @Column(name = "user_id")
    public UUID userId;

    /**
     * Public id of the one user who may look the request up first, as the device said; null for
     * anyone. It need not exist: the device is not told.
     */
    @Column(name = "requested_user_id")
    public String requestedUserId;

    @Column(name = "client_id", nullable = false)
    public String clientId;

    /** As asked for, separated by blanks; null where nothing was. */
    public String scope;

    @Enumerated(EnumType.STRING)
    @JdbcTypeCode(SqlTypes.VARCHAR)
    @Column(nullable = false)
    public Status status = Status.PENDING;

    @Column(name = "last_polled_at")
    public Instant lastPolledAt;

    @Column(name = "expires_at", nullable = false)
    public Instant expiresAt;

    /** The request with this device code, locked to the end of the transaction. */
    static Optional<DeviceCode> lockByDeviceCode(String deviceCode) {
        return find("deviceCodeDigest", (Object) Digests.sha256(deviceCode))
                .withLock(LockModeType.PESSIMISTIC_WRITE)
                .firstResultOptional();
    }

    /**
     * The request with this user code, locked to the end of the transaction.
     *
     * @param digests of the code by each of the secrets
     */
    static Optional<DeviceCode> lockByUserCode(List<byte[]> digests) {
        return find("userCodeDigest in ?1", digests)
                .withLock(LockModeType.PESSIMISTIC_WRITE)
                .firstResultOptional();
    }

    /** Forgets what these users have looked up. */
    static void forget(Collection<UUID> userIds) {
        getEntityManager()
                .createNativeQuery("DELETE FROM device_codes WHERE user_id = ANY (:users)")
                .setParameter("users", userIds.toArray(new UUID[0]))
                .executeUpdate();
    }

    boolean isExpired(Instant now) {
        return !expiresAt.isAfter(now);
    }

    /** Whether nobody has looked it up, and the device named nobody. */
    boolean isUnclaimed() {
        return userId == null && requestedUserId == null;
    }

    /** Whether it is this user who may approve or deny. */
    boolean isOf(User user) {
        return userId == null ? user.publicId().equals(requestedUserId) : userId.equals(user.id);
    }
}
