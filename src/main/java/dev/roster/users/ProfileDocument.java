package dev.roster.users;

import dev.roster.platform.crypto.SecretBox;
import dev.roster.platform.http.DomainName;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.Past;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.LocalDate;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What a person may tell of itself; each member may be left out. */
@RegisterForReflection
public record ProfileDocument(
        @Size(min = 1, max = 100) @Schema(nullable = true, examples = "Ada") String firstName,
        @Size(min = 1, max = 100) @Schema(nullable = true, examples = "Lovelace") String lastName,
        @Size(max = 2000)
                @Schema(nullable = true, examples = "Writes programs for engines yet to be built")
                String bio,
        @Past @Schema(nullable = true, examples = "1815-12-10") LocalDate birthDate,
        @Pattern(
                        regexp = "\\+[1-9][0-9]{6,14}",
                        message = "must be an E.164 number such as +442079460000")
                @Schema(nullable = true, examples = "+442079460000")
                String phone,
        @LanguageTag
                @Schema(nullable = true, description = "BCP 47 language tag", examples = "en-GB")
                String locale,
        @TimeZoneId
                @Schema(nullable = true, description = "IANA time zone", examples = "Europe/London")
                String timezone,
        @HttpsUrl @Schema(nullable = true, examples = "https://ada.example") String website) {

    /** A website is stored in the one form that its domain has in ASCII. */
    public ProfileDocument {
        website = website == null ? null : DomainName.urlToAscii(website);
    }

    static final ProfileDocument EMPTY =
            new ProfileDocument(null, null, null, null, null, null, null, null);

    static ProfileDocument of(Profile profile, SecretBox box) {
        return profile == null
                ? EMPTY
                : new ProfileDocument(
                        profile.firstName,
                        profile.lastName,
                        profile.bio,
                        profile.birthDate,
                        profile.phone(box),
                        profile.locale,
                        profile.timezone,
                        profile.website);
    }
}
