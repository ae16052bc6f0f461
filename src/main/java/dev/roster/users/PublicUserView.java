package dev.roster.users;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A user as anyone sees it who is signed in. */
@RegisterForReflection
@Schema(name = "PublicUser")
public record PublicUserView(
        UUID id,
        @Schema(examples = "Ada Lovelace") String name,
        @Schema(nullable = true) String username,
        @Schema(nullable = true) String displayUsername,
        @Schema(nullable = true) String image) {

    static PublicUserView of(User user) {
        return new PublicUserView(
                user.id, user.name, user.username, user.displayUsername, user.image);
    }
}
