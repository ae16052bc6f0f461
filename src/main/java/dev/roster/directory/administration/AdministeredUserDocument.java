package dev.roster.directory.administration;

import dev.roster.users.ImageUrl;
import dev.roster.users.User;
import dev.roster.users.UserDocument;
import dev.roster.users.Username;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What administrators may change of a user; the user itself its name and image. */
@RegisterForReflection
public record AdministeredUserDocument(
        @NotNull @Size(min = 1, max = UserDocument.MAX_NAME) @Schema(examples = "Ada Lovelace")
                String name,
        @ImageUrl @Schema(nullable = true, examples = "https://img.example/ada.png") String image,
        @NotNull
                @Size(max = 320)
                @Schema(
                        description = "Counts as not proven once changed, unless the patch says so",
                        examples = "ada@example.com")
                String email,
        @NotNull Boolean emailVerified,
        @Schema(nullable = true, examples = "ada") String username,
        @Size(max = Username.MAX_DISPLAY) @Schema(nullable = true, examples = "Ada")
                String displayUsername,
        @Size(max = 50)
                @Schema(
                        nullable = true,
                        description =
                                "Of those alone that allow no more than the caller may; null for"
                                        + " none",
                        examples = "[\"support\"]")
                List<@NotNull String> roles,
        @NotNull
                @Pattern(regexp = "active|invited", message = "must be active or invited")
                @Schema(examples = "active")
                String status) {

    public AdministeredUserDocument {
        image = ImageUrl.Check.orNone(image);
    }

    static AdministeredUserDocument of(User user) {
        return new AdministeredUserDocument(
                user.name,
                user.image,
                user.email,
                user.emailVerified,
                user.username,
                user.displayUsername,
                user.roles(),
                user.status);
    }
}
