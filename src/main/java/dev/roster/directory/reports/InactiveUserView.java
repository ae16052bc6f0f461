package dev.roster.directory.reports;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A user who has not been there. */
@RegisterForReflection
@Schema(name = "InactiveUser")
public record InactiveUserView(
        UUID userId,
        @Schema(examples = "Ada Lovelace") String name,
        @Schema(nullable = true, description = "Null for never") Instant lastSeenAt,
        Instant createdAt) {}
