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
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.UuidGenerator;
import org.hibernate.type.SqlTypes;

/** A one-time token that was sent to somebody; good once, for one purpose, until it expires. */
@Entity
@Table(name = "verifications")
public class Verification extends BaseEntity {

    private static final int TOKEN_LENGTH = 32;

    /** What a token is good for. */
    public enum Purpose {
        DELETE_USER
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
        String token = RandomTokens.alphanumeric(TOKEN_LENGTH);
        Verification verification = new Verification();
        verification.purpose = purpose;
        verification.userId = userId;
        verification.tokenDigest = Digests.sha256(token);
        verification.expiresAt = now.plus(lifetime);
        verification.persist();
        return token;
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
}
