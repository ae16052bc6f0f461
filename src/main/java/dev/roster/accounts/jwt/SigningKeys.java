package dev.roster.accounts.jwt;

import dev.roster.audit.AuditAction;
import dev.roster.audit.AuditLog;
import dev.roster.platform.crypto.SecretBox;
import dev.roster.platform.persistence.Transactions;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.UnaryOperator;
import org.hibernate.id.uuid.UuidVersion7Strategy;
import org.jboss.logging.Logger;

/**
 * The keys that sign and verify. They are kept in memory; a key that another replica made is found
 * when it is asked for, and one that was deleted is forgotten after five minutes.
 */
@ApplicationScoped
class SigningKeys {

    private static final Logger LOG = Logger.getLogger(SigningKeys.class);

    /** Any number that nothing else locks; transaction-scoped, as PgBouncer's pooling needs. */
    private static final long ADVISORY_LOCK = 0x6a776b73L;

    private static final Duration MAX_AGE = Duration.ofMinutes(5);
    private static final Duration MIN_AGE = Duration.ofSeconds(1);
    private static final Duration MAX_LEAD = Duration.ofDays(1);

    private final JwtConfig config;
    private final SecretBox box;
    private final AuditLog audit;
    private final EntityManager entityManager;
    private final Clock clock;

    private volatile Known known;

    SigningKeys(
            JwtConfig config,
            SecretBox box,
            AuditLog audit,
            EntityManager entityManager,
            Clock clock) {
        this.config = config;
        this.box = box;
        this.audit = audit;
        this.entityManager = entityManager;
        this.clock = clock;
    }

    /**
     * A key in memory.
     *
     * @param sign null where it is not ours to sign with
     */
    record Key(
            String id,
            SignatureAlgorithm algorithm,
            Instant startsAt,
            Instant expiresAt,
            Jwk jwk,
            UnaryOperator<byte[]> sign,
            BiPredicate<byte[], byte[]> verify) {}

    private record Known(List<Key> keys, Instant since) {

        /** Those that sign, now or later, in their order. */
        List<Key> signing(Instant now) {
            return keys.stream()
                    .filter(key -> key.sign() != null)
                    .filter(key -> key.expiresAt() == null || key.expiresAt().isAfter(now))
                    .toList();
        }
    }

    /** The key that signs now; the first one is made when it is first needed. */
    Key current() {
        Instant now = clock.instant();
        Known read = known(now);
        if (lacksOne(read.signing(now), now)) {
            read = makeWhatLacks(now);
        }
        return current(read.signing(now), now);
    }

    /** The key with this identifier, if its tokens may still be good. */
    Optional<Key> find(String id) {
        Instant now = clock.instant();
        Known read = known(now);
        Optional<Key> key = find(read, id);
        // of another replica, perhaps; whoever sends what is unknown must not keep us reading
        return key.isPresent() || !isOlder(read, MIN_AGE, now) ? key : find(reread(now), id);
    }

    /** What others verify our tokens by; read anew each time. */
    List<Jwk> published() {
        Instant now = clock.instant();
        Known read = reread(now);
        if (lacksOne(read.signing(now), now)) {
            read = makeWhatLacks(now);
        }
        return read.keys().stream().map(Key::jwk).toList();
    }

    private Known known(Instant now) {
        Known read = known;
        return read == null || isOlder(read, MAX_AGE, now) ? reread(now) : read;
    }

    private Known reread(Instant now) {
        Known read = read(now);
        known = read;
        return read;
    }

    private static boolean isOlder(Known known, Duration age, Instant now) {
        return known.since().plus(age).isBefore(now);
    }

    private static Optional<Key> find(Known known, String id) {
        return known.keys().stream().filter(key -> key.id().equals(id)).findFirst();
    }

    /** The last that has begun; else the first, which another replica's clock was ahead to make. */
    private static Key current(List<Key> signing, Instant now) {
        return signing.stream()
                .filter(key -> !key.startsAt().isAfter(now))
                .reduce((first, second) -> second)
                .orElseGet(() -> signing.get(0));
    }

    /** Whether none signs, or the last one ends soon. */
    private boolean lacksOne(List<Key> signing, Instant now) {
        if (signing.isEmpty()) {
            return true;
        }
        Instant end = signing.get(signing.size() - 1).expiresAt();
        return end != null && !end.minus(lead()).isAfter(now);
    }

    /** How long before it signs a key is published. */
    private Duration lead() {
        Duration half = config.rotateEvery().dividedBy(2);
        return half.compareTo(MAX_LEAD) < 0 ? half : MAX_LEAD;
    }

    private Known read(Instant now) {
        List<Key> keys =
                SigningKey.listAfter(now.minus(config.grace())).stream().map(this::key).toList();
        return new Known(keys, now);
    }

    /** As it is in memory already, or opened; a fault in opening is thus told once. */
    private Key key(SigningKey row) {
        String id = row.id.toString();
        Known before = known;
        return Optional.ofNullable(before)
                .flatMap(some -> find(some, id))
                .filter(key -> Objects.equals(key.expiresAt(), row.expiresAt))
                .orElseGet(
                        () ->
                                new Key(
                                        id,
                                        row.algorithm,
                                        row.startsAt,
                                        row.expiresAt,
                                        row.algorithm.jwk(row.publicKey, id),
                                        signer(row),
                                        row.algorithm.verifier(row.publicKey)));
    }

    /** Null for a key of another algorithm, and one that ROSTER_SECRET does not open any more. */
    private UnaryOperator<byte[]> signer(SigningKey row) {
        if (row.algorithm != config.algorithm()) {
            return null;
        }
        try {
            String secret = box.open(row.privateKey, SigningKey.context(row.id));
            return row.algorithm.signer(Base64.getDecoder().decode(secret));
        } catch (IllegalStateException e) {
            LOG.errorf(e, "Signing key %s cannot be opened: another one signs", row.id);
            return null;
        }
    }

    /** Of several replicas at once one makes the key, and the others read it. */
    private synchronized Known makeWhatLacks(Instant now) {
        known =
                Transactions.requiringNew()
                        .call(
                                () -> {
                                    entityManager
                                            .createNativeQuery("SELECT pg_advisory_xact_lock(:key)")
                                            .setParameter("key", ADVISORY_LOCK)
                                            .getSingleResult();
                                    Known read = read(now);
                                    List<Key> signing = read.signing(now);
                                    if (!lacksOne(signing, now)) {
                                        return read;
                                    }
                                    make(
                                            signing.isEmpty()
                                                    ? now
                                                    : signing.get(signing.size() - 1).expiresAt());
                                    return read(now);
                                });
        return known;
    }

    private void make(Instant startsAt) {
        SignatureAlgorithm.Pair pair = config.algorithm().generate();
        SigningKey key = new SigningKey();
        key.id = UuidVersion7Strategy.INSTANCE.generateUuid(null);
        key.algorithm = config.algorithm();
        key.publicKey = pair.publicKey();
        key.privateKey =
                box.seal(
                        Base64.getEncoder().encodeToString(pair.privateKey()),
                        SigningKey.context(key.id));
        key.startsAt = startsAt;
        key.expiresAt = config.rotateEvery().isZero() ? null : startsAt.plus(config.rotateEvery());
        key.persist();
        audit.record(AuditAction.SIGNING_KEY_CREATED, null, "signing_key", key.id);
    }
}
