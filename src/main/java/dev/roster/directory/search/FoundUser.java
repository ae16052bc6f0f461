package dev.roster.directory.search;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.roster.users.PublicUserView;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A user as the directory shows it to administrators. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.ALWAYS)
@Schema(name = "DirectoryUser")
public record FoundUser(
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
        Instant updatedAt,
        @Schema(nullable = true, description = "When the user last signed in; null for never")
                Instant lastSeenAt,
        @Schema(nullable = true, description = "Only of users who are deleted") Instant deletedAt) {

    PublicUserView publicView() {
        return new PublicUserView(id, name, username, displayUsername, image);
    }
}
