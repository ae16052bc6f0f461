package dev.roster.directory.administration;

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
        @Size(min = 1, max = 200) @Schema(examples = "Former member") String name,
        @Size(max = 2048) @Schema(nullable = true, description = "Null for none") String image,
        Boolean emailVerified,
        @Pattern(regexp = "active|invited", message = "must be active or invited")
                @Schema(examples = "active")
                String status,
        @Size(max = 50) @Schema(nullable = true, description = "Null for none")
                List<@NotNull String> roles,
        @Valid @Schema(nullable = true, description = "Null to let them in again")
                BanRequest ban) {}
