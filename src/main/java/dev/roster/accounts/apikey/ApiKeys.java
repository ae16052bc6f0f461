package dev.roster.accounts.apikey;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.accounts.session.ActiveSession;
import dev.roster.accounts.session.Sessions;
import dev.roster.audit.AuditAction;
import dev.roster.audit.AuditLog;
import dev.roster.platform.crypto.Digests;
import dev.roster.platform.crypto.RandomTokens;
import dev.roster.platform.etag.EntityTags;
import dev.roster.platform.json.Documents;
import dev.roster.platform.persistence.Transactions;
import dev.roster.platform.problem.ProblemException;
import dev.roster.users.User;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Makes, changes, deletes and uses API keys. */
@ApplicationScoped
public class ApiKeys {

    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private static final int START_LENGTH = 6;
    private static final int MAX_LENGTH = 32;
    private static final int MAX_PER_USER = 100;

    private final ApiKeyConfig config;
    private final Sessions sessions;
    private final AuditLog audit;
    private final Documents documents;
    private final ObjectMapper json;
    private final Clock clock;

    ApiKeys(
            ApiKeyConfig config,
            Sessions sessions,
            AuditLog audit,
            Documents documents,
            ObjectMapper json,
            Clock clock) {
        this.config = config;
        this.sessions = sessions;
        this.audit = audit;
        this.documents = documents;
        this.json = json;
        this.clock = clock;
    }

    /** A key that was made, and the text of it, which is not stored. */
    record Made(ApiKey apiKey, String key) {}

    /**
     * Makes a key of the user's.
     *
     * @throws dev.roster.accounts.betterauth.AuthException 400 for what the settings do not allow;
     *     401 where the session ends meanwhile, 403 KEY_LIMIT_REACHED
     */
    @Transactional
    Made create(ActiveSession active, NewApiKey wanted) {
        User user = active.user();
        if (wanted.expiresIn() != null) {
            checkLife(wanted.expiresIn());
        }
        if (wanted.prefix() != null && wanted.prefix().length() > MAX_LENGTH) {
            throw ApiKeyError.INVALID_PREFIX_LENGTH.exception();
        }
        boolean named = wanted.name() != null && !wanted.name().isEmpty();
        if (named) {
            checkName(wanted.name());
        } else if (config.requireName()) {
            throw ApiKeyError.NAME_REQUIRED.exception();
        }
        // a key outlives sessions: it must not be made by one that ends meanwhile
        if (!sessions.holds(active)) {
            throw ApiKeyError.UNAUTHORIZED_SESSION.exception();
        }
        Instant now = clock.instant();
        // the user is locked: many at once make no more
        if (ApiKey.countOf(user.id, now) >= MAX_PER_USER) {
            throw ApiKeyError.KEY_LIMIT_REACHED.exception();
        }
        String prefix =
                wanted.prefix() == null ? config.defaultPrefix().orElse(null) : wanted.prefix();
        String key = (prefix == null ? "" : prefix) + RandomTokens.of(LETTERS, config.keyLength());
        ApiKey apiKey = new ApiKey();
        apiKey.user = user;
        apiKey.name = wanted.name();
        apiKey.prefix = prefix;
        apiKey.start = key.substring(0, START_LENGTH);
        apiKey.keyDigest = Digests.sha256(key);
        apiKey.createdAt = now;
        Optional.ofNullable(wanted.expiresIn())
                .or(config.expiry()::byDefault)
                .ifPresent(life -> apiKey.expiresAt = now.plus(life));
        apiKey.rateLimitEnabled = config.rateLimit().enabled();
        apiKey.rateLimitTimeWindow = config.rateLimit().timeWindow().toMillis();
        apiKey.rateLimitMax = config.rateLimit().max();
        apiKey.metadata = wanted.metadata() == null ? null : wanted.metadata().toString();
        apiKey.persist();
        audit.record(
                AuditAction.API_KEY_CREATED, user.id, "api_key", apiKey.id, null, trail(apiKey));
        return new Made(apiKey, key);
    }

    /**
     * Changes a key of the user's.
     *
     * @throws dev.roster.accounts.betterauth.AuthException 404 KEY_NOT_FOUND where it has no such
     *     key, 400 for what the settings do not allow and where there is nothing to change
     */
    @Transactional
    ApiKey update(User user, String publicId, ApiKeyPatch patch) {
        // as administrators lock it who change its keys
        User.lock(user.id);
        Instant now = clock.instant();
        ApiKey apiKey =
                ApiKey.findOwn(user.id, publicId, now)
                        .orElseThrow(ApiKeyError.KEY_NOT_FOUND::exception);
        patch.name().ifPresent(ApiKeys::checkName);
        if (patch.setsExpiry()) {
            checkLife(patch.expiresIn());
        }
        if (patch.isEmpty()) {
            throw ApiKeyError.NO_VALUES_TO_UPDATE.exception();
        }
        ObjectNode before = trail(apiKey);
        patch.name().ifPresent(name -> apiKey.name = name);
        patch.enabled().ifPresent(enabled -> apiKey.enabled = enabled);
        if (patch.setsExpiry()) {
            apiKey.expiresAt = patch.expiresIn() == null ? null : now.plus(patch.expiresIn());
        }
        if (patch.metadata() != null) {
            apiKey.metadata = patch.metadata().isNull() ? null : patch.metadata().toString();
        }
        audit.record(
                AuditAction.API_KEY_UPDATED, user.id, "api_key", apiKey.id, before, trail(apiKey));
        apiKey.persistAndFlush();
        return apiKey;
    }

    /**
     * Changes what its owner may not change of a key, on behalf of somebody else, in the caller's
     * transaction.
     *
     * @throws ProblemException 404, 412 and 428
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public ApiKey administer(
            UUID userId, UUID keyId, String ifMatch, ObjectNode patch, UUID actor) {
        ApiKey apiKey =
                ApiKey.findOwn(userId, keyId, clock.instant())
                        .orElseThrow(ProblemException::notFound);
        EntityTags.requireMatch(ifMatch, EntityTags.of(apiKey.version));
        ApiKeyDocument before = document(apiKey);
        ApiKeyDocument after = documents.patch(before, patch, ApiKeyDocument.class);
        if (!before.equals(after)) {
            apply(apiKey, after);
            ApiKey.flush();
            audit.record(
                    AuditAction.API_KEY_UPDATED,
                    actor,
                    "api_key",
                    apiKey.id,
                    documents.tree(before),
                    documents.tree(after));
        }
        return apiKey;
    }

    private ApiKeyDocument document(ApiKey apiKey) {
        return new ApiKeyDocument(
                apiKey.enabled,
                apiKey.remaining,
                apiKey.refillAmount,
                apiKey.refillInterval,
                apiKey.rateLimitEnabled,
                apiKey.rateLimitTimeWindow,
                apiKey.rateLimitMax,
                permissions(apiKey));
    }

    /**
     * What a key may do, by resource a list of actions, read as its uses are; null for all that its
     * owner may.
     */
    public Map<String, List<String>> permissions(ApiKey apiKey) {
        if (apiKey.permissions == null) {
            return null;
        }
        Map<String, List<String>> permissions = new LinkedHashMap<>();
        try {
            json.readTree(apiKey.permissions)
                    .properties()
                    .forEach(
                            resource -> {
                                List<String> actions = new ArrayList<>();
                                resource.getValue().forEach(one -> actions.add(one.asText()));
                                permissions.put(resource.getKey(), actions);
                            });
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The database keeps JSON alone", e);
        }
        return permissions;
    }

    private void apply(ApiKey apiKey, ApiKeyDocument document) {
        apiKey.enabled = document.enabled();
        apiKey.remaining = document.remaining();
        apiKey.refillAmount = document.refillAmount();
        apiKey.refillInterval = document.refillInterval();
        apiKey.rateLimitEnabled = document.rateLimitEnabled();
        apiKey.rateLimitTimeWindow = document.rateLimitTimeWindow();
        apiKey.rateLimitMax = document.rateLimitMax();
        apiKey.permissions =
                document.permissions() == null
                        ? null
                        : json.valueToTree(document.permissions()).toString();
    }

    /**
     * Deletes a key of the user's.
     *
     * @throws dev.roster.accounts.betterauth.AuthException 404 KEY_NOT_FOUND where it has no such
     *     key
     */
    @Transactional
    void delete(User user, String publicId) {
        ApiKey apiKey =
                ApiKey.findOwn(user.id, publicId, clock.instant())
                        .orElseThrow(ApiKeyError.KEY_NOT_FOUND::exception);
        // of several at once one deletes it
        if (ApiKey.delete("id", apiKey.id) == 0) {
            throw ApiKeyError.KEY_NOT_FOUND.exception();
        }
        audit.record(
                AuditAction.API_KEY_DELETED, user.id, "api_key", apiKey.id, trail(apiKey), null);
    }

    /** Deletes every key of a user, in the caller's transaction. */
    @Transactional(Transactional.TxType.MANDATORY)
    public void deleteAll(UUID userId) {
        audit.recordAll(
                AuditAction.API_KEY_DELETED, userId, "api_key", ApiKey.deleteOf(userId), null);
    }

    /**
     * Uses a key once; what was counted stays counted, whatever becomes of the request.
     *
     * @throws Refused where it is not good for a use
     */
    ApiKey.Use use(String key) {
        byte[] digest = Digests.sha256(key);
        Instant now = clock.instant();
        boolean limits = config.rateLimit().enabled();
        return Transactions.requiringNew()
                .call(() -> ApiKey.use(digest, limits, now))
                .orElseThrow(
                        () -> Transactions.requiringNew().call(() -> refusal(digest, limits, now)));
    }

    /** A key is not good for a use. */
    static final class Refused extends RuntimeException {

        private final ApiKeyError error;
        private final Duration tryAgainIn;

        private Refused(ApiKeyError error, Duration tryAgainIn) {
            super(error.message());
            this.error = error;
            this.tryAgainIn = tryAgainIn;
        }

        ApiKeyError error() {
            return error;
        }

        /** Empty where waiting does not help. */
        Optional<Duration> tryAgainIn() {
            return Optional.ofNullable(tryAgainIn);
        }
    }

    /** Why nothing was written; in the reference's order. */
    private static Refused refusal(byte[] digest, boolean limits, Instant now) {
        Optional<ApiKey> found = ApiKey.findByDigest(digest);
        if (found.isEmpty()) {
            return new Refused(ApiKeyError.INVALID_API_KEY, null);
        }
        ApiKey apiKey = found.get();
        if (!apiKey.enabled) {
            return new Refused(ApiKeyError.KEY_DISABLED, null);
        }
        if (apiKey.expiresAt != null && !apiKey.expiresAt.isAfter(now)) {
            return new Refused(ApiKeyError.KEY_EXPIRED, null);
        }
        if (apiKey.user.deletedAt != null) {
            return new Refused(ApiKeyError.INVALID_REFERENCE_ID_FROM_API_KEY, null);
        }
        if (apiKey.user.isBanned(now)) {
            return new Refused(ApiKeyError.USER_BANNED, null);
        }
        if (apiKey.remaining != null && apiKey.remaining <= 0) {
            return new Refused(
                    ApiKeyError.USAGE_EXCEEDED,
                    apiKey.refillAt().map(at -> atLeastAMoment(now, at)).orElse(null));
        }
        // a key that has become good between the two statements is told to come back too
        Instant until = (limits ? apiKey.limitedUntil() : Optional.<Instant>empty()).orElse(now);
        return new Refused(ApiKeyError.RATE_LIMITED, atLeastAMoment(now, until));
    }

    private static Duration atLeastAMoment(Instant now, Instant until) {
        Duration left = Duration.between(now, until);
        return left.compareTo(Duration.ZERO) > 0 ? left : Duration.ofMillis(1);
    }

    /**
     * @param expiresIn null for ever
     */
    private void checkLife(Duration expiresIn) {
        if (!config.expiry().custom()) {
            throw ApiKeyError.KEY_DISABLED_EXPIRATION.exception();
        }
        if (expiresIn == null) {
            return;
        }
        if (expiresIn.compareTo(config.expiry().min()) < 0) {
            throw ApiKeyError.EXPIRES_IN_IS_TOO_SMALL.exception();
        }
        if (expiresIn.compareTo(config.expiry().max()) > 0) {
            throw ApiKeyError.EXPIRES_IN_IS_TOO_LARGE.exception();
        }
    }

    private static void checkName(String name) {
        if (name.isEmpty() || name.length() > MAX_LENGTH) {
            throw ApiKeyError.INVALID_NAME_LENGTH.exception();
        }
    }

    /** What the trail shows: nothing of the key itself, and not what the owner notes. */
    private ObjectNode trail(ApiKey apiKey) {
        return json.createObjectNode()
                .put("name", apiKey.name)
                .put("enabled", apiKey.enabled)
                .put("expiresAt", apiKey.expiresAt == null ? null : apiKey.expiresAt.toString());
    }
}
