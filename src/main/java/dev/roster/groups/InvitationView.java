package dev.roster.groups;

import dev.roster.users.EmailAddress;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;

/**
 * An invitation on the dialect's wire.
 *
 * @param teamId ids of teams joined by commas, or null
 */
@RegisterForReflection
record InvitationView(
        String organizationId,
        String email,
        String role,
        String teamId,
        String status,
        Instant expiresAt,
        Instant createdAt,
        String inviterId,
        String id) {

    static InvitationView of(Invitation invitation) {
        return of(invitation, invitation.status);
    }

    /** The invitation as it is after an answer. */
    static InvitationView of(Invitation invitation, String status) {
        return new InvitationView(
                invitation.group.publicId(),
                EmailAddress.key(invitation.email),
                invitation.role(),
                invitation.teamIds.isEmpty() ? null : String.join(",", invitation.teamIds),
                status,
                invitation.expiresAt,
                invitation.createdAt,
                invitation.inviter.publicId(),
                invitation.publicId());
    }
}
