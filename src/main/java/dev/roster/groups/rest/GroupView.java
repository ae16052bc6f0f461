package dev.roster.groups.rest;

import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.roster.groups.Group;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A group without its members. */
@RegisterForReflection
@Schema(name = "Group")
record GroupView(
        UUID id,
        @Schema(examples = "Research") String name,
        @Schema(examples = "research") String slug,
        @Schema(nullable = true) String logo,
        @Schema(
                        type = SchemaType.OBJECT,
                        nullable = true,
                        implementation = Object.class,
                        description = "What applications keep with the group")
                @JsonRawValue
                String metadata,
        @Schema(nullable = true, description = "The group that it is nested in") UUID parentId,
        Instant createdAt,
        Instant updatedAt) {

    static GroupView of(Group group) {
        return new GroupView(
                group.id,
                group.name,
                group.slug,
                group.logo,
                group.metadata,
                group.parentId,
                group.createdAt,
                group.updatedAt);
    }
}
