package dev.roster.groups.rest;

import dev.roster.groups.Membership;
import dev.roster.groups.Nesting;
import dev.roster.users.PublicUserView;
import dev.roster.users.User;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A member as anyone sees it who may read the group. */
@RegisterForReflection
@Schema(name = "GroupMember")
record GroupMemberView(
        PublicUserView user,
        @Schema(
                        description = "In the last group of the path: owner, admin, member",
                        examples = "[\"member\"]")
                List<String> roles,
        @Schema(description = "When the user joined the last group of the path") Instant joinedAt,
        @Schema(
                        description =
                                "From the group that was asked for to the one whose member the user"
                                        + " is, the shortest of several; one group alone for a"
                                        + " member of the group itself")
                List<GroupStepView> path) {

    static GroupMemberView of(Nesting.Member member) {
        return new GroupMemberView(
                new PublicUserView(
                        member.userId(),
                        member.userName(),
                        member.username(),
                        member.displayUsername(),
                        member.image()),
                member.roles(),
                member.since(),
                GroupStepView.of(member.path()));
    }

    /** A membership with its group and user. */
    static GroupMemberView of(Membership membership) {
        User user = membership.user;
        return new GroupMemberView(
                new PublicUserView(
                        user.id, user.name, user.username, user.displayUsername, user.image),
                membership.roles,
                membership.createdAt,
                List.of(
                        new GroupStepView(
                                membership.group.id,
                                membership.group.slug,
                                membership.group.name)));
    }
}
