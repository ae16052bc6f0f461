package dev.roster.access;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A role that is to be. */
@RegisterForReflection
public record NewRole(
        @NotNull
                @Pattern(
                        regexp = NAME,
                        message =
                                "must be 1 to 64 of a-z, 0-9, '_' and '-', starting with a letter")
                @Schema(examples = "clerk")
                String name,
        @Size(max = 500) @Schema(nullable = true, examples = "Looks after orders")
                String description,
        @NotNull
                @Size(max = 100)
                @Schema(
                        description = "Names of permissions, none but those of the caller",
                        examples = "[\"users:list\"]")
                List<@NotNull String> permissions) {

    /** As {@code roles_name_check} has it. */
    static final String NAME = "[a-z][a-z0-9_-]{0,63}";

    RoleDocument document() {
        return new RoleDocument(description == null ? "" : description, permissions);
    }
}
