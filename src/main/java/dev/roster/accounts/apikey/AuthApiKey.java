package dev.roster.accounts.apikey;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;

/**
 * An API key on the dialect's wire: members and order of the reference.
 *
 * @param key the key itself, which its making alone shows
 * @param rateLimitTimeWindow in milliseconds, as refillInterval
 */
@RegisterForReflection
record AuthApiKey(
        String configId,
        String name,
        String start,
        String referenceId,
        String prefix,
        @JsonInclude(JsonInclude.Include.NON_NULL) String key,
        Long refillInterval,
        Integer refillAmount,
        Instant lastRefillAt,
        boolean enabled,
        boolean rateLimitEnabled,
        Long rateLimitTimeWindow,
        Integer rateLimitMax,
        int requestCount,
        Integer remaining,
        Instant lastRequest,
        Instant expiresAt,
        Instant createdAt,
        Instant updatedAt,
        JsonNode permissions,
        JsonNode metadata,
        String id) {}
