package dev.roster.groups;

import dev.roster.accounts.betterauth.AuthError;
import dev.roster.accounts.betterauth.AuthException;
import dev.roster.accounts.session.ActiveSession;
import dev.roster.accounts.session.Sessions;
import dev.roster.accounts.verification.UserMail;
import dev.roster.audit.AuditAction;
import dev.roster.audit.AuditLog;
import dev.roster.mail.MailKind;
import dev.roster.users.EmailAddress;
import dev.roster.users.User;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Sends, accepts, rejects and cancels invitations: check, change, mail and audit event in one
 * transaction.
 */
@ApplicationScoped
class Invitations {

    private final OrganizationConfig config;
    private final Sessions sessions;
    private final UserMail mail;
    private final InvitationLink link;
    private final AuditLog audit;
    private final Clock clock;

    Invitations(
            OrganizationConfig config,
            Sessions sessions,
            UserMail mail,
            InvitationLink link,
            AuditLog audit,
            Clock clock) {
        this.config = config;
        this.sessions = sessions;
        this.mail = mail;
        this.link = link;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * Whom to invite.
     *
     * @param email as {@link EmailAddress#parse} gives it
     * @param roles keys of {@link MemberRole}s, checked here
     * @param teamIds public ids of teams, checked here
     * @param resend whether an open invitation is put off and sent again, instead of being refused
     */
    record NewInvitation(String email, List<String> roles, List<String> teamIds, boolean resend) {}

    /** An accepted invitation, and the membership it came to. */
    record Accepted(Invitation invitation, Membership membership, boolean teamActivated) {}

    /**
     * Invites an address, and puts the mail into the outbox.
     *
     * @throws AuthException 400 MEMBER_NOT_FOUND, ROLE_NOT_FOUND, INVALID_TEAM_ID, TEAM_NOT_FOUND,
     *     USER_IS_ALREADY_A_MEMBER_OF_THIS_ORGANIZATION,
     *     USER_IS_ALREADY_INVITED_TO_THIS_ORGANIZATION; 403
     *     YOU_ARE_NOT_ALLOWED_TO_INVITE_USERS_TO_THIS_ORGANIZATION,
     *     YOU_ARE_NOT_ALLOWED_TO_INVITE_USER_WITH_THIS_ROLE, INVITATION_LIMIT_REACHED,
     *     TEAM_MEMBER_LIMIT_REACHED
     */
    @Transactional
    Invitation invite(User inviter, String organization, NewInvitation asked) {
        Membership member =
                Membership.findByGroupLocked(organization, inviter.id)
                        .orElseThrow(OrganizationError.MEMBER_NOT_FOUND::exception);
        if (!member.may(GroupPermission.INVITATION_CREATE)) {
            throw OrganizationError.YOU_ARE_NOT_ALLOWED_TO_INVITE_USERS_TO_THIS_ORGANIZATION
                    .exception();
        }
        requireRoles(member, asked.roles());
        Group group = member.group;
        String emailKey = EmailAddress.key(asked.email());
        Optional<Membership.Candidate> candidate = Membership.candidate(group.id, emailKey);
        if (candidate.filter(Membership.Candidate::member).isPresent()) {
            throw OrganizationError.USER_IS_ALREADY_A_MEMBER_OF_THIS_ORGANIZATION.exception();
        }
        UUID invitee = candidate.map(Membership.Candidate::userId).orElse(null);
        Instant now = clock.instant();
        Instant expiresAt = now.plus(config.invitationExpiresIn());
        Optional<Invitation> open = Invitation.findOpen(group.id, emailKey, now);
        if (open.isPresent() && asked.resend()) {
            requireOwnerFor(member, open.get().roles);
            open.get().expiresAt = expiresAt;
            audit.record(AuditAction.INVITATION_RESENT, inviter.id, "invitation", open.get().id);
            send(open.get(), inviter, invitee);
            return open.get();
        }
        if (open.isPresent()) {
            if (!config.cancelPendingInvitationsOnReInvite()) {
                throw OrganizationError.USER_IS_ALREADY_INVITED_TO_THIS_ORGANIZATION.exception();
            }
            answer(open.get(), Invitation.CANCELED, AuditAction.INVITATION_CANCELED, inviter.id);
        }
        if (Invitation.countOpen(group.id, now) >= config.invitationLimit()) {
            throw OrganizationError.INVITATION_LIMIT_REACHED.exception();
        }
        Invitation invitation = new Invitation();
        invitation.group = group;
        invitation.inviter = inviter;
        invitation.email = asked.email();
        invitation.roles = asked.roles();
        invitation.teamIds = teamIds(group, asked.teamIds());
        invitation.expiresAt = expiresAt;
        invitation.persist();
        audit.record(
                AuditAction.INVITATION_CREATED,
                inviter.id,
                "invitation",
                invitation.id,
                null,
                invitation.trail());
        send(invitation, inviter, invitee);
        return invitation;
    }

    /**
     * Accepts an invitation: the user becomes a member, of the teams too, and the organization the
     * session's active one. Of several at once one wins.
     *
     * @throws AuthException 400 INVITATION_NOT_FOUND, TEAM_NOT_FOUND,
     *     USER_IS_ALREADY_A_MEMBER_OF_THIS_ORGANIZATION; 401 for who is deleted meanwhile; 403
     *     YOU_ARE_NOT_THE_RECIPIENT_OF_THE_INVITATION,
     *     EMAIL_VERIFICATION_REQUIRED_BEFORE_ACCEPTING_OR_REJECTING_INVITATION,
     *     ORGANIZATION_MEMBERSHIP_LIMIT_REACHED, TEAM_MEMBER_LIMIT_REACHED
     */
    @Transactional
    Accepted accept(ActiveSession active, String invitationId) {
        User user = active.user();
        Invitation invitation =
                Invitation.findByPublicId(invitationId)
                        .filter(found -> found.isOpen(clock.instant()))
                        .orElseThrow(OrganizationError.INVITATION_NOT_FOUND::exception);
        requireRecipient(
                invitation,
                user,
                OrganizationError
                        .EMAIL_VERIFICATION_REQUIRED_BEFORE_ACCEPTING_OR_REJECTING_INVITATION);
        // before the group: a deletion that is under way does not leave a member behind
        User.lock(user.id).orElseThrow(AuthError.UNAUTHORIZED::exception);
        Group group = invitation.group;
        if (!Group.lock(group.id)) {
            throw OrganizationError.INVITATION_NOT_FOUND.exception();
        }
        answer(invitation, Invitation.ACCEPTED, AuditAction.INVITATION_ACCEPTED, user.id);
        if (Membership.exists(group.id, user.id)) {
            throw OrganizationError.USER_IS_ALREADY_A_MEMBER_OF_THIS_ORGANIZATION.exception();
        }
        if (Membership.isFull(group.id, config)) {
            throw OrganizationError.ORGANIZATION_MEMBERSHIP_LIMIT_REACHED.exception();
        }
        Membership membership = Membership.of(group, user, invitation.roles);
        membership.persist();
        audit.record(
                AuditAction.MEMBER_ADDED,
                user.id,
                "member",
                membership.id,
                null,
                membership.trail());
        List<Team> teams = teamsToJoin(invitation);
        for (Team team : teams) {
            TeamMembership place = TeamMembership.of(team, membership);
            place.persist();
            audit.record(
                    AuditAction.TEAM_MEMBER_ADDED,
                    user.id,
                    "team_member",
                    place.id,
                    null,
                    place.trail());
        }
        Team only = teams.size() == 1 ? teams.get(0) : null;
        sessions.activate(active, group.publicId(), only == null ? null : only.publicId());
        return new Accepted(invitation, membership, only != null);
    }

    /**
     * Rejects an invitation, be it expired.
     *
     * @throws AuthException 400 INVITATION_NOT_FOUND; 403
     *     YOU_ARE_NOT_THE_RECIPIENT_OF_THE_INVITATION,
     *     EMAIL_VERIFICATION_REQUIRED_BEFORE_ACCEPTING_OR_REJECTING_INVITATION
     */
    @Transactional
    Invitation reject(User user, String invitationId) {
        Invitation invitation =
                Invitation.findByPublicId(invitationId)
                        .filter(found -> found.status.equals(Invitation.PENDING))
                        .orElseThrow(
                                () ->
                                        OrganizationError.INVITATION_NOT_FOUND.exception(
                                                "Invitation not found!"));
        requireRecipient(
                invitation,
                user,
                OrganizationError
                        .EMAIL_VERIFICATION_REQUIRED_BEFORE_ACCEPTING_OR_REJECTING_INVITATION);
        answer(invitation, Invitation.REJECTED, AuditAction.INVITATION_REJECTED, user.id);
        return invitation;
    }

    /**
     * Cancels an invitation that nobody has answered.
     *
     * @throws AuthException 400 INVITATION_NOT_FOUND, MEMBER_NOT_FOUND; 403
     *     YOU_ARE_NOT_ALLOWED_TO_CANCEL_THIS_INVITATION
     */
    @Transactional
    Invitation cancel(User user, String invitationId) {
        Invitation invitation =
                Invitation.findByPublicId(invitationId)
                        .orElseThrow(OrganizationError.INVITATION_NOT_FOUND::exception);
        Membership member =
                Membership.findByGroup(invitation.group.publicId(), user.id)
                        .orElseThrow(OrganizationError.MEMBER_NOT_FOUND::exception);
        if (!member.may(GroupPermission.INVITATION_CANCEL)) {
            throw OrganizationError.YOU_ARE_NOT_ALLOWED_TO_CANCEL_THIS_INVITATION.exception();
        }
        answer(invitation, Invitation.CANCELED, AuditAction.INVITATION_CANCELED, user.id);
        return invitation;
    }

    /**
     * Refuses who the invitation is not for.
     *
     * @param unverified the error where the address must be verified and is not
     */
    void requireRecipient(Invitation invitation, User user, OrganizationError unverified) {
        if (!invitation.isFor(user)) {
            throw OrganizationError.YOU_ARE_NOT_THE_RECIPIENT_OF_THE_INVITATION.exception();
        }
        if (config.requireEmailVerificationOnInvitation() && !user.emailVerified) {
            throw unverified.exception();
        }
    }

    private void answer(Invitation invitation, String status, AuditAction action, UUID actor) {
        if (!Invitation.answer(invitation.id, status, clock.instant())) {
            throw OrganizationError.INVITATION_NOT_FOUND.exception();
        }
        audit.record(action, actor, "invitation", invitation.id);
    }

    private static void requireRoles(Membership inviter, List<String> roles) {
        if (roles.isEmpty()) {
            throw OrganizationError.ROLE_NOT_FOUND.exception();
        }
        List<String> unknown = MemberRole.unknown(roles);
        if (!unknown.isEmpty()) {
            throw new AuthException(400, null, "ROLE_NOT_FOUND: " + String.join(", ", unknown));
        }
        requireOwnerFor(inviter, roles);
    }

    private static void requireOwnerFor(Membership inviter, List<String> roles) {
        if (MemberRole.isOwner(roles) && !inviter.isOwner()) {
            throw OrganizationError.YOU_ARE_NOT_ALLOWED_TO_INVITE_USER_WITH_THIS_ROLE.exception();
        }
    }

    /** The public ids of teams of the group, each once; none where there are no teams. */
    private List<String> teamIds(Group group, List<String> asked) {
        List<String> wanted = asked.stream().filter(id -> !id.isEmpty()).distinct().toList();
        if (!config.teams().enabled() || wanted.isEmpty()) {
            return List.of();
        }
        if (wanted.stream().anyMatch(id -> id.contains(","))) {
            throw OrganizationError.INVALID_TEAM_ID.exception();
        }
        List<Team> teams = Team.listInGroup(group.id, wanted);
        if (teams.size() != wanted.size()) {
            throw OrganizationError.TEAM_NOT_FOUND.exception();
        }
        requireRoom(teams);
        return teams.stream().map(Team::publicId).toList();
    }

    private List<Team> teamsToJoin(Invitation invitation) {
        if (!config.teams().enabled() || invitation.teamIds.isEmpty()) {
            return List.of();
        }
        List<Team> teams = Team.listInGroup(invitation.group.id, invitation.teamIds);
        if (teams.size() != invitation.teamIds.size()) {
            throw OrganizationError.TEAM_NOT_FOUND.exception();
        }
        if (config.teams().maximumMembers().isPresent()) {
            Team.lock(teams);
        }
        requireRoom(teams);
        return teams;
    }

    private void requireRoom(List<Team> teams) {
        Optional<Integer> maximum = config.teams().maximumMembers();
        if (maximum.isPresent() && TeamMembership.anyFull(teams, maximum.get())) {
            throw OrganizationError.TEAM_MEMBER_LIMIT_REACHED.exception();
        }
    }

    private void send(Invitation invitation, User inviter, UUID invitee) {
        mail.send(
                MailKind.INVITATION,
                invitation.email,
                invitee,
                Map.of(
                        "organization",
                        invitation.group.name,
                        "inviter",
                        inviter.name,
                        "role",
                        invitation.role(),
                        "url",
                        link.to(invitation.publicId())));
    }
}
