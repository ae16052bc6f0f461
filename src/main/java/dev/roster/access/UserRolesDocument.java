package dev.roster.access;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The roles that a user is to have. */
@RegisterForReflection
public record UserRolesDocument(
        @NotNull
                @Size(max = 100)
                @Schema(
                        description =
                                "Names of roles; none, or `user` alone, for what everybody is",
                        examples = "[\"support\"]")
                List<@NotNull String> roles) {}
