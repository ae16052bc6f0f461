package dev.roster.accounts.apikey;

import dev.roster.platform.persistence.ImportableEntity;
import dev.roster.users.User;
import io.quarkus.hibernate.orm.panache.PanacheQuery;
import io.quarkus.panache.common.Sort;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.Session;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.OnDelete;
import org.hibernate.annotations.OnDeleteAction;
import org.hibernate.type.SqlTypes;

/** A key by which a program acts as its owner. The key is known to the program alone. */
@Entity
@DynamicUpdate // what uses count meanwhile is not written back
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

    /** What a key has that is not expired, whoever it is of. */
    private static final String UNEXPIRED = "(expiresAt is null or expiresAt > ?2)";

    /** The properties that a list can be sorted by, as the wire and as the entity calls them. */
    static final Map<String, String> SORTABLE =
            Map.ofEntries(
                    Map.entry("id", "id"),
                    Map.entry("configId", "configId"),
                    Map.entry("name", "name"),
                    Map.entry("start", "start"),
                    Map.entry("prefix", "prefix"),
                    Map.entry("enabled", "enabled"),
                    Map.entry("expiresAt", "expiresAt"),
                    Map.entry("remaining", "remaining"),
                    Map.entry("requestCount", "requestCount"),
                    Map.entry("lastRequest", "lastRequestAt"),
                    Map.entry("createdAt", "createdAt"),
                    Map.entry("updatedAt", "updatedAt"));

    /** How many keys of a user have not expired. */
    static long countOf(UUID userId, Instant now) {
        return count("user.id = ?1 and " + UNEXPIRED, userId, now);
    }

    /**
     * Deletes every key of a user, by one statement.
     *
     * @return their ids
     */
    static List<UUID> deleteOf(UUID userId) {
        return getEntityManager()
                .unwrap(Session.class)
                .createNativeQuery(
                        "DELETE FROM api_keys WHERE user_id = :user RETURNING id", UUID.class)
                .setParameter("user", userId)
                .getResultList();
    }

    /** A key of this user's that has not expired, by the identifier that the wire shows. */
    static Optional<ApiKey> findOwn(UUID userId, String publicId, Instant now) {
        String own = "user.id = ?1 and " + UNEXPIRED + " and ";
        Optional<UUID> id = ownId(publicId);
        return id.isPresent()
                ? find(own + "id = ?3", userId, now, id.get()).firstResultOptional()
                : find(own + "externalId = ?3", userId, now, publicId).firstResultOptional();
    }

    /** The same by an id of our own. */
    public static Optional<ApiKey> findOwn(UUID userId, UUID id, Instant now) {
        return find("user.id = ?1 and " + UNEXPIRED + " and id = ?3", userId, now, id)
                .firstResultOptional();
    }

    /**
     * The keys of a user that have not expired, by id.
     *
     * @param after the id behind which to begin; null for the first ones
     */
    public static List<ApiKey> listOf(UUID userId, Instant now, UUID after, int limit) {
        return find(
                        "user.id = ?1 and " + UNEXPIRED + " and id > ?3 order by id",
                        userId,
                        now,
                        after == null ? new UUID(0, 0) : after)
                .page(0, limit)
                .list();
    }

    /**
     * The keys of a user that have not expired.
     *
     * @param configId null for all
     */
    static PanacheQuery<ApiKey> ofUser(UUID userId, String configId, Instant now, Sort sort) {
        return configId == null
                ? find("user.id = ?1 and " + UNEXPIRED, sort, userId, now)
                : find(
                        "user.id = ?1 and " + UNEXPIRED + " and configId = ?3",
                        sort,
                        userId,
                        now,
                        configId);
    }

    /** The key with this digest and its owner, whatever state they are in. */
    static Optional<ApiKey> findByDigest(byte[] digest) {
        return find("from ApiKey k join fetch k.user where k.keyDigest = ?1", (Object) digest)
                .firstResultOptional();
    }

    /** A use of a key that was good for it. */
    record Use(UUID keyId, UUID userId, String permissions, String roles, String granted) {}

    private static final String REFILL_DUE =
            "(k.remaining IS NOT NULL AND k.refill_amount > 0 AND k.refill_interval > 0 AND :now >"
                    + " COALESCE(k.last_refill_at, k.created_at) + k.refill_interval * INTERVAL '1"
                    + " millisecond')";

    private static final String UNLIMITED =
            "(NOT :limits OR NOT k.rate_limit_enabled OR k.rate_limit_time_window IS NULL OR"
                    + " k.rate_limit_max IS NULL)";

    private static final String NEW_WINDOW =
            "(k.last_request_at IS NULL OR :now > k.last_request_at + k.rate_limit_time_window *"
                    + " INTERVAL '1 millisecond')";

    private static final String USE =
            "UPDATE api_keys k SET remaining = CASE WHEN "
                    + REFILL_DUE
                    + " THEN k.refill_amount - 1 ELSE k.remaining - 1 END, last_refill_at = CASE"
                    + " WHEN "
                    + REFILL_DUE
                    + " THEN :now ELSE k.last_refill_at END, request_count = CASE WHEN "
                    + UNLIMITED
                    + " THEN k.request_count WHEN "
                    + NEW_WINDOW
                    + " THEN 1 ELSE k.request_count + 1 END, last_request_at = :now FROM users u"
                    + " WHERE k.key_digest = :digest AND k.enabled AND (k.expires_at IS NULL OR"
                    + " k.expires_at > :now) AND (k.remaining IS NULL OR k.remaining > 0 OR "
                    + REFILL_DUE
                    + ") AND ("
                    + UNLIMITED
                    + " OR "
                    + NEW_WINDOW
                    + " OR k.request_count < k.rate_limit_max) AND u.id = k.user_id AND"
                    + " u.deleted_at IS NULL AND NOT (u.banned AND (u.ban_expires IS NULL OR"
                    + " u.ban_expires > :now)) RETURNING k.id, u.id AS user_id, CAST(k.permissions"
                    + " AS text) AS permissions, (SELECT string_agg(r.name, ' ') FROM role_grants g"
                    + " JOIN roles r ON r.id = g.role_id WHERE g.user_id = u.id) AS roles, (SELECT"
                    + " string_agg(p, ' ') FROM role_grants g JOIN roles r ON r.id = g.role_id"
                    + " CROSS JOIN unnest(r.permissions) p WHERE g.user_id = u.id) AS granted";

    /**
     * Uses a key once: finds it and its owner with roles, refills and counts, in one statement. Of
     * many uses at once no more pass than are left, because each sees what the one before has
     * written.
     *
     * @param limits whether keys have rate limits at all
     * @return empty, and nothing written, where the key is not good for a use
     */
    static Optional<Use> use(byte[] digest, boolean limits, Instant now) {
        List<Object[]> rows =
                getEntityManager()
                        .unwrap(Session.class)
                        .createNativeQuery(USE, Object[].class)
                        .setParameter("digest", digest)
                        .setParameter("limits", limits)
                        .setParameter("now", now)
                        .getResultList();
        return rows.stream()
                .findFirst()
                .map(
                        row ->
                                new Use(
                                        (UUID) row[0],
                                        (UUID) row[1],
                                        (String) row[2],
                                        (String) row[3],
                                        (String) row[4]));
    }

    /** When the uses that are left are filled up again; empty for never. */
    Optional<Instant> refillAt() {
        if (refillAmount == null
                || refillInterval == null
                || refillAmount <= 0
                || refillInterval <= 0) {
            return Optional.empty();
        }
        Instant last = lastRefillAt == null ? createdAt : lastRefillAt;
        return Optional.of(last.plusMillis(refillInterval));
    }

    /** When the rate limit, which is reached, lets the next use pass; empty where it is not. */
    Optional<Instant> limitedUntil() {
        if (!rateLimitEnabled
                || rateLimitTimeWindow == null
                || rateLimitMax == null
                || lastRequestAt == null
                || requestCount < rateLimitMax) {
            return Optional.empty();
        }
        return Optional.of(lastRequestAt.plusMillis(rateLimitTimeWindow));
    }
}
