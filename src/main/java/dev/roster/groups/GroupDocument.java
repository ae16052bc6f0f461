package dev.roster.groups;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What may be changed of a group. */
@RegisterForReflection
public record GroupDocument(
        @NotNull @Size(min = 1, max = 200) @Schema(examples = "Research") String name,
        @NotNull
                @Size(min = 1, max = 255)
                @Schema(description = "Unique; compared as it is", examples = "research")
                String slug,
        @Size(max = 2048) @Schema(nullable = true) String logo,
        @Schema(type = SchemaType.OBJECT, nullable = true, implementation = Object.class)
                ObjectNode metadata) {}
