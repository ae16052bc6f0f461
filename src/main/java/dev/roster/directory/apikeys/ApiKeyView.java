package dev.roster.directory.apikeys;

import dev.roster.accounts.apikey.ApiKey;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** An API key without the key itself, which its owner alone was shown, and its owner's notes. */
@RegisterForReflection
@Schema(name = "ApiKey")
record ApiKeyView(
        UUID id,
        @Schema(nullable = true) String name,
        @Schema(nullable = true, description = "The first characters of the key") String start,
        boolean enabled,
        @Schema(nullable = true) Instant expiresAt,
        @Schema(nullable = true, description = "Uses that are left; null for any number")
                Integer remaining,
        @Schema(nullable = true) Integer refillAmount,
        @Schema(nullable = true, description = "In milliseconds") Long refillInterval,
        @Schema(nullable = true) Instant lastRefillAt,
        boolean rateLimitEnabled,
        @Schema(nullable = true, description = "In milliseconds") Long rateLimitTimeWindow,
        @Schema(nullable = true, description = "Uses in a window") Integer rateLimitMax,
        int requestCount,
        @Schema(nullable = true) Instant lastRequestAt,
        @Schema(
                        nullable = true,
                        description = "By resource a list of actions; null for all its owner may")
                Map<String, List<String>> permissions,
        Instant createdAt,
        Instant updatedAt) {

    static ApiKeyView of(ApiKey key, Map<String, List<String>> permissions) {
        return new ApiKeyView(
                key.id,
                key.name,
                key.start,
                key.enabled,
                key.expiresAt,
                key.remaining,
                key.refillAmount,
                key.refillInterval,
                key.lastRefillAt,
                key.rateLimitEnabled,
                key.rateLimitTimeWindow,
                key.rateLimitMax,
                key.requestCount,
                key.lastRequestAt,
                permissions,
                key.createdAt,
                key.updatedAt);
    }
}
