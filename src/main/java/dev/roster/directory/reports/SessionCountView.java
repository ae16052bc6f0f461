package dev.roster.directory.reports;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A user and how many sessions it has. */
@RegisterForReflection
@Schema(name = "SessionCount")
public record SessionCountView(
        UUID userId,
        @Schema(examples = "Ada Lovelace") String name,
        @Schema(examples = "7") long sessions) {}
