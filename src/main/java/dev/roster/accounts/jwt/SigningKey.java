package dev.roster.accounts.jwt;

import dev.roster.platform.persistence.BaseEntity;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** A key that signs tokens, or did. */
@Entity
@Table(name = "signing_keys")
public class SigningKey extends BaseEntity {

    /** Made by the application: the private key is sealed with it. */
    @Id public UUID id;

    @Enumerated(EnumType.STRING)
    @JdbcTypeCode(SqlTypes.VARCHAR)
    @Column(nullable = false)
    public SignatureAlgorithm algorithm;

    @Column(name = "public_key", nullable = false)
    public byte[] publicKey;

    /** Sealed. */
    @Column(name = "private_key", nullable = false)
    public byte[] privateKey;

    /** When it begins to sign. */
    @Column(name = "starts_at", nullable = false)
    public Instant startsAt;

    /** When it signs no longer; null for never. */
    @Column(name = "expires_at")
    public Instant expiresAt;

    /** Every key that has not ended by this time, in the order in which they sign. */
    static List<SigningKey> listAfter(Instant time) {
        return list("expiresAt is null or expiresAt > ?1 order by startsAt, id", time);
    }

    /** Where the private key belongs: it opens in no other row. */
    static String context(UUID id) {
        return "signing_keys.private_key " + id;
    }
}
