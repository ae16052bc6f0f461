package dev.roster.accounts.apikey;

import dev.roster.platform.persistence.ImportableEntity;
import dev.roster.users.User;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import java.time.Instant;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.OnDelete;
import org.hibernate.annotations.OnDeleteAction;
import org.hibernate.type.SqlTypes;

/** A key by which a program acts as its owner. The key is known to the program alone. */
@Entity
@Table(name = "api_keys")
public class ApiKey extends ImportableEntity {

    /** What keys belong to that were made without naming a configuration. */
    static final String DEFAULT_CONFIG = "default";

    @ManyToOne(fetch = FetchType.LAZY, optional = false)
    @JoinColumn(name = "user_id", updatable = false)
    @OnDelete(action = OnDeleteAction.CASCADE)
    public User user;

    @Column(name = "config_id", nullable = false)
    public String configId = DEFAULT_CONFIG;

    public String name;

    /** The first characters of the key. */
    public String start;

    public String prefix;

    /** SHA-256 of the whole key, prefix included. */
    @Column(name = "key_digest", nullable = false)
    public byte[] keyDigest;

    @Column(nullable = false)
    public boolean enabled = true;

    /** Null for never. */
    @Column(name = "expires_at")
    public Instant expiresAt;

    /** Uses that are left; null for any number. */
    public Integer remaining;

    @Column(name = "refill_amount")
    public Integer refillAmount;

    /** In milliseconds. */
    @Column(name = "refill_interval")
    public Long refillInterval;

    @Column(name = "last_refill_at")
    public Instant lastRefillAt;

    @Column(name = "rate_limit_enabled", nullable = false)
    public boolean rateLimitEnabled = true;

    /** In milliseconds. */
    @Column(name = "rate_limit_time_window")
    public Long rateLimitTimeWindow;

    /** Uses in a window. */
    @Column(name = "rate_limit_max")
    public Integer rateLimitMax;

    /** Uses in the window that runs. */
    @Column(name = "request_count", nullable = false)
    public int requestCount;

    @Column(name = "last_request_at")
    public Instant lastRequestAt;

    /**
     * By resource a list of actions, as a JSON object; null where the key may all that its owner
     * may.
     */
    @JdbcTypeCode(SqlTypes.JSON)
    public String permissions;

    /** The owner's notes, as JSON. */
    @JdbcTypeCode(SqlTypes.JSON)
    public String metadata;
}
