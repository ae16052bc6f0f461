package dev.roster.groups;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;

/** A place in a team on the dialect's wire. */
@RegisterForReflection
record TeamMemberView(String teamId, String userId, Instant createdAt, String id) {

    static TeamMemberView of(TeamMembership place) {
        return new TeamMemberView(
                place.team.publicId(),
                place.membership.user.publicId(),
                place.createdAt,
                place.publicId());
    }
}
