package dev.roster.groups;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.platform.json.JsonSize;
import dev.roster.users.ImageUrl;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What may be changed of a group. */
@RegisterForReflection
public record GroupDocument(
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
                ObjectNode metadata) {

    /** Characters of the name of a group or a team. */
    public static final int MAX_NAME = 200;

    /** What a unique index of PostgreSQL takes without a doubt. */
    static final int MAX_SLUG = 255;

    public GroupDocument {
        logo = ImageUrl.Check.orNone(logo);
    }
}
