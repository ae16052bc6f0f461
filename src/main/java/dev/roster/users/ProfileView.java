package dev.roster.users;

import dev.roster.platform.crypto.SecretBox;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A profile as its person and administrators see it; all null before the first change. */
@RegisterForReflection
@Schema(name = "Profile")
public record ProfileView(
        UUID userId,
        @Schema(nullable = true, examples = "Ada") String firstName,
        @Schema(nullable = true, examples = "Lovelace") String lastName,
        @Schema(nullable = true, examples = "Ada Lovelace", description = "First and last name")
                String fullName,
        @Schema(nullable = true) String bio,
        @Schema(nullable = true, examples = "1815-12-10") LocalDate birthDate,
        @Schema(nullable = true, examples = "+442079460000") String phone,
        @Schema(nullable = true, examples = "en-GB") String locale,
        @Schema(nullable = true, examples = "Europe/London") String timezone,
        @Schema(nullable = true, examples = "https://ada.example") String website,
        @Schema(nullable = true) Instant updatedAt) {

    static ProfileView of(User user, SecretBox box) {
        Profile profile = user.profile;
        ProfileDocument told = ProfileDocument.of(profile, box);
        return new ProfileView(
                user.id,
                told.firstName(),
                told.lastName(),
                profile == null ? null : profile.fullName,
                told.bio(),
                told.birthDate(),
                told.phone(),
                told.locale(),
                told.timezone(),
                told.website(),
                // version 0: there is a row for the preferences' sake
                profile == null || profile.version == 0 ? null : profile.updatedAt);
    }
}
