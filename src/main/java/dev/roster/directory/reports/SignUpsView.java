package dev.roster.directory.reports;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** How many users came, month by month. */
@RegisterForReflection
@Schema(name = "SignUps")
public record SignUpsView(
        @Schema(description = "When this was counted") Instant asOf, List<SignUpFigure> items) {}
