package dev.roster.directory.administration;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Whom to delete. */
@RegisterForReflection
public record BulkDeletion(
        @Size(min = 1, max = BulkSelection.MAX_IDS)
                @Schema(nullable = true, description = "Either these or a filter")
                List<@NotNull UUID> ids,
        @Size(min = 1)
                @Schema(
                        nullable = true,
                        description = "Parameters of the list by their names",
                        examples = "{\"status\":\"invited\",\"createdTo\":\"2025-01-01\"}")
                Map<String, @NotNull String> filter,
        @Schema(nullable = true, defaultValue = "false", description = "Counts, but changes nobody")
                Boolean dryRun)
        implements BulkSelection {}
