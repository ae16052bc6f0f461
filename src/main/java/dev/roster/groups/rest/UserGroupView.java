package dev.roster.groups.rest;

import dev.roster.groups.Nesting;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A group that a user counts as in, and why. */
@RegisterForReflection
@Schema(name = "UserGroup")
record UserGroupView(
        UUID id,
        String slug,
        String name,
        @Schema(description = "Whether the user is a member of the group itself") boolean direct,
        @Schema(description = "In the group itself; none where a nested group is the reason")
                List<String> roles,
        @Schema(
                        description =
                                "From this group to the one whose member the user is, the shortest"
                                        + " of several")
                List<GroupStepView> path) {

    static UserGroupView of(Nesting.Effective effective) {
        Nesting.Step group = effective.path().get(0);
        return new UserGroupView(
                group.id(),
                group.slug(),
                group.name(),
                effective.path().size() == 1,
                effective.roles(),
                GroupStepView.of(effective.path()));
    }
}
