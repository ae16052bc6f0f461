package dev.roster.directory.reports;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** How many users there are, by what they are. */
@RegisterForReflection
@Schema(name = "Statuses")
public record StatusesView(
        @Schema(description = "When this was counted") Instant asOf, List<StatusFigure> items) {}
