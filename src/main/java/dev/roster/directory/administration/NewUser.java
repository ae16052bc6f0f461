package dev.roster.directory.administration;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.users.ImageUrl;
import dev.roster.users.ProfileDocument;
import dev.roster.users.User;
import dev.roster.users.UserDocument;
import dev.roster.users.Username;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** An account to be made for somebody. There is no password: the person chooses it. */
@RegisterForReflection
public record NewUser(
        @NotNull @Size(min = 1, max = UserDocument.MAX_NAME) @Schema(examples = "Ada Lovelace")
                String name,
        @NotNull @Size(max = 320) @Schema(examples = "ada@example.com") String email,
        @Schema(nullable = true, defaultValue = "false") Boolean emailVerified,
        @Schema(nullable = true, examples = "ada") String username,
        @Size(max = Username.MAX_DISPLAY)
                @Schema(
                        nullable = true,
                        description = "As others see it; the user name as given where left out")
                String displayUsername,
        @ImageUrl @Schema(nullable = true, examples = "https://img.example/ada.png") String image,
        @Size(max = 50)
                @Schema(
                        nullable = true,
                        description = "Of those alone that allow no more than the caller may",
                        examples = "[\"support\"]")
                List<@NotNull String> roles,
        @Valid @Schema(nullable = true) ProfileDocument profile,
        @Schema(
                        type = SchemaType.OBJECT,
                        nullable = true,
                        description = "Custom attributes, of every circle")
                ObjectNode attributes,
        @Schema(
                        nullable = true,
                        defaultValue = "true",
                        description =
                                "Whether a link is mailed at which the person sets a password; until it"
                                        + " signs in for the first time its status is `invited` then")
                Boolean sendLink,
        @Size(max = 2048)
                @Schema(
                        nullable = true,
                        description =
                                "Where that link leads, with a token in the query: a path, or a page"
                                        + " of a trusted origin",
                        examples = "/welcome")
                String redirectTo) {

    public NewUser {
        image = ImageUrl.Check.orNone(image);
    }

    boolean wantsLink() {
        return sendLink == null || sendLink;
    }

    /** Whoever gets a link is awaited. */
    String status() {
        return wantsLink() ? User.STATUS_INVITED : User.STATUS_ACTIVE;
    }

    boolean isVerified() {
        return emailVerified != null && emailVerified;
    }

    List<String> grantedRoles() {
        return roles == null ? List.of() : roles.stream().distinct().toList();
    }
}
