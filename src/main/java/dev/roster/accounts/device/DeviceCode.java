package dev.roster.accounts.device;

import dev.roster.platform.persistence.BaseEntity;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
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
}
