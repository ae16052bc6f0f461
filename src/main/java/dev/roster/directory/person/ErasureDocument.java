package dev.roster.directory.person;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.Size;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Why a person shall vanish. */
@RegisterForReflection
public record ErasureDocument(
        @Size(max = 500)
                @Schema(
                        nullable = true,
                        examples = "Ticket 4711",
                        description = "Stays in the audit trail: nothing personal")
                String reason) {}
