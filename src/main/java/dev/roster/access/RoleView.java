package dev.roster.access;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A role as whoever may read roles sees it. */
@RegisterForReflection
@Schema(name = "Role")
record RoleView(
        @Schema(examples = "support") String name,
        @Schema(examples = "Finds users and keeps out who misbehaves") String description,
        @Schema(
                        description = "Names of permissions; `*` is all of them",
                        examples = "[\"users:list\", \"users:read\"]")
                List<String> permissions,
        @Schema(description = "Whether the service needs it, so that it cannot be deleted")
                boolean builtIn,
        Instant createdAt,
        Instant updatedAt) {

    static RoleView of(Role role) {
        return new RoleView(
                role.name,
                role.description,
                role.permissions,
                role.isBuiltIn(),
                role.createdAt,
                role.updatedAt);
    }
}
