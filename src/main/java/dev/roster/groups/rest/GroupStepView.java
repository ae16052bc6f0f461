package dev.roster.groups.rest;

import dev.roster.groups.Nesting;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A group on the way down to a member. */
@RegisterForReflection
@Schema(name = "GroupStep")
record GroupStepView(UUID id, String slug, String name) {

    static List<GroupStepView> of(List<Nesting.Step> path) {
        return path.stream()
                .map(step -> new GroupStepView(step.id(), step.slug(), step.name()))
                .toList();
    }
}
