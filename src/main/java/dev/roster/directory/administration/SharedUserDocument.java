package dev.roster.directory.administration;

import dev.roster.users.ImageUrl;
import dev.roster.users.UserDocument;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What many users can be alike; members left out stay as they are. */
@RegisterForReflection
public record SharedUserDocument(
        @Size(min = 1, max = UserDocument.MAX_NAME) @Schema(examples = "Former member") String name,
        @ImageUrl @Schema(nullable = true, description = "Null for none") String image,
        Boolean emailVerified,
        @Pattern(regexp = "active|invited", message = "must be active or invited")
                @Schema(examples = "active")
                String status,
        @Size(max = 50) @Schema(nullable = true, description = "Null for none")
                List<@NotNull String> roles,
        @Valid @Schema(nullable = true, description = "Null to let them in again") BanRequest ban) {

    public SharedUserDocument {
        image = ImageUrl.Check.orNone(image);
    }
}
