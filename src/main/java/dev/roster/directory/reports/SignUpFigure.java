package dev.roster.directory.reports;

import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The users of a month, as far as there still are any. */
@RegisterForReflection
@Schema(name = "SignUpFigure")
public record SignUpFigure(
        @Schema(examples = "2026-11", description = "In UTC") String month,
        @Schema(examples = "120", description = "Neither deleted nor guests") long users,
        @Schema(examples = "97", description = "Of these, those with a proven address")
                long verified) {}
