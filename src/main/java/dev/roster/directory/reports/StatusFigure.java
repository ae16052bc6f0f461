package dev.roster.directory.reports;

import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The users of a status and role. */
@RegisterForReflection
@Schema(name = "StatusFigure")
public record StatusFigure(
        @Schema(examples = "active", description = "A status, or banned, deleted, guest")
                String status,
        @Schema(
                        nullable = true,
                        examples = "admin",
                        description =
                                "Null for all of the status; who has several roles counts in each")
                String role,
        @Schema(examples = "120") long users) {}
