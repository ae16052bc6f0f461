package dev.roster.users;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A profile as anyone sees it who is signed in. */
@RegisterForReflection
@Schema(name = "PublicProfile")
public record PublicProfileView(
        UUID userId,
        @Schema(nullable = true, examples = "Ada Lovelace") String fullName,
        @Schema(nullable = true) String bio,
        @Schema(nullable = true, examples = "https://ada.example") String website) {

    static PublicProfileView of(User user) {
        Profile profile = user.profile;
        return profile == null
                ? new PublicProfileView(user.id, null, null, null)
                : new PublicProfileView(user.id, profile.fullName, profile.bio, profile.website);
    }
}
