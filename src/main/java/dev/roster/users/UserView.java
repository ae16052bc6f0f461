package dev.roster.users;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A user as itself and administrators see it. */
@RegisterForReflection
@Schema(name = "User")
public record UserView(
        UUID id,
        @Schema(examples = "Ada Lovelace") String name,
        @Schema(examples = "ada@example.com") String email,
        boolean emailVerified,
        @Schema(nullable = true) String username,
        @Schema(nullable = true) String displayUsername,
        @Schema(nullable = true) String image,
        @Schema(examples = "[\"user\"]") List<String> roles,
        @Schema(examples = "active") String status,
        boolean banned,
        @Schema(nullable = true) String banReason,
        @Schema(nullable = true) Instant banExpires,
        Instant createdAt,
        Instant updatedAt) {

    static UserView of(User user) {
        return new UserView(
                user.id,
                user.name,
                user.email,
                user.emailVerified,
                user.username,
                user.displayUsername,
                user.image,
                user.roles(),
                user.status,
                user.banned,
                user.banReason,
                user.banExpires,
                user.createdAt,
                user.updatedAt);
    }
}
