package dev.roster.directory.administration;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Whom to change, and what. */
@RegisterForReflection
public record BulkPatch(
        @Size(min = 1, max = BulkSelection.MAX_IDS)
                @Schema(nullable = true, description = "Either these or a filter")
                List<@NotNull UUID> ids,
        @Size(min = 1)
                @Schema(
                        nullable = true,
                        description = "Parameters of the list by their names",
                        examples = "{\"role\":\"support\",\"banned\":\"true\"}")
                Map<String, @NotNull String> filter,
        @NotNull @Schema(implementation = SharedUserDocument.class) ObjectNode patch,
        @Schema(nullable = true, defaultValue = "false", description = "Counts, but changes nobody")
                Boolean dryRun)
        implements BulkSelection {}
