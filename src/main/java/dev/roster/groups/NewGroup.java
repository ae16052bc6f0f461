package dev.roster.groups;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.platform.json.JsonSize;
import dev.roster.users.ImageUrl;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A group that is to be. */
@RegisterForReflection
public record NewGroup(
        @NotNull @Size(min = 1, max = GroupDocument.MAX_NAME) @Schema(examples = "Research")
                String name,
        @NotNull
                @Size(min = 1, max = GroupDocument.MAX_SLUG)
                @Schema(description = "Unique; compared as it is", examples = "research")
                String slug,
        @ImageUrl @Schema(nullable = true) String logo,
        @JsonSize(max = JsonSize.METADATA)
                @Schema(
                        type = SchemaType.OBJECT,
                        nullable = true,
                        implementation = Object.class,
                        description = "At most 16384 bytes as JSON")
                ObjectNode metadata,
        @Schema(nullable = true, description = "The group that it is nested in") UUID parentId,
        @Schema(nullable = true, description = "The user who is its owner from the beginning")
                UUID ownerId) {

    GroupDocument document() {
        return new GroupDocument(name, slug, logo, metadata);
    }
}
