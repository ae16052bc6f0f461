package dev.roster.directory.administration;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Accounts to be made for many. */
@RegisterForReflection
public record BulkCreation(
        @NotNull
                @Size(min = 1, max = BulkCreation.MAX)
                @Schema(type = SchemaType.ARRAY, implementation = NewUser.class)
                List<@NotNull ObjectNode> users,
        @Pattern(regexp = "atomic|partial", message = "must be atomic or partial")
                @Schema(
                        nullable = true,
                        defaultValue = "atomic",
                        description =
                                "atomic: all or none. partial: those that can be made, with a result"
                                        + " for each")
                String mode,
        @Schema(nullable = true, defaultValue = "false", description = "Checks, but makes nobody")
                Boolean dryRun) {

    static final int MAX = 10_000;

    boolean isPartial() {
        return "partial".equals(mode);
    }

    boolean isDryRun() {
        return dryRun != null && dryRun;
    }
}
