package dev.roster.access;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What may be changed of a role. */
@RegisterForReflection
public record RoleDocument(
        @NotNull @Size(max = 500) @Schema(examples = "Looks after orders") String description,
        @NotNull
                @Size(max = 100)
                @Schema(
                        description = "Names of permissions, none but those of the caller",
                        examples = "[\"users:list\"]")
                List<@NotNull String> permissions) {

    static RoleDocument of(Role role) {
        return new RoleDocument(role.description, role.permissions);
    }
}
