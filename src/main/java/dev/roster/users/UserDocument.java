package dev.roster.users;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What may be changed of a user. */
@RegisterForReflection
public record UserDocument(
        @NotNull @Size(min = 1, max = MAX_NAME) @Schema(examples = "Ada Lovelace") String name,
        @ImageUrl @Schema(nullable = true, examples = "https://img.example/ada.png") String image) {

    /** Characters of a user's name. */
    public static final int MAX_NAME = 200;

    public UserDocument {
        image = ImageUrl.Check.orNone(image);
    }

    static UserDocument of(User user) {
        return new UserDocument(user.name, user.image);
    }
}
