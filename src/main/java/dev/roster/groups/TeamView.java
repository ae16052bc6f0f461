package dev.roster.groups;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;

/** A team on the dialect's wire. */
@RegisterForReflection
record TeamView(
        String name, String organizationId, Instant createdAt, Instant updatedAt, String id) {

    static TeamView of(Team team) {
        return new TeamView(
                team.name, team.group.publicId(), team.createdAt, team.updatedAt, team.publicId());
    }
}
