package dev.roster.groups;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.roster.accounts.betterauth.AuthError;
import dev.roster.accounts.betterauth.AuthException;
import dev.roster.accounts.betterauth.AuthRequest;
import dev.roster.accounts.betterauth.BetterAuth;
import dev.roster.accounts.betterauth.Fields;
import dev.roster.accounts.betterauth.Plugin;
import dev.roster.accounts.betterauth.SignedIn;
import dev.roster.accounts.session.ActiveSession;
import dev.roster.accounts.session.CurrentSession;
import dev.roster.accounts.session.Sessions;
import dev.roster.users.EmailAddress;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.core.http.HttpServerResponse;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** Asking people into an organization, and their answers (contract, sections 10 and 16). */
@Path(BetterAuth.PATH + "/organization")
@BetterAuth
@Plugin.Routes(Plugin.ORGANIZATION)
@PermitAll
@Produces(MediaType.APPLICATION_JSON)
public class InvitationResource {

    private final Invitations invitations;
    private final Sessions sessions;
    private final CurrentSession current;
    private final AuthRequest request;
    private final HttpServerResponse response;
    private final Clock clock;

    InvitationResource(
            Invitations invitations,
            Sessions sessions,
            CurrentSession current,
            AuthRequest request,
            HttpServerResponse response,
            Clock clock) {
        this.invitations = invitations;
        this.sessions = sessions;
        this.current = current;
        this.request = request;
        this.response = response;
        this.clock = clock;
    }

    /** The answer of accept-invitation, and of reject-invitation, where there is no member. */
    @RegisterForReflection
    record Answered(InvitationView invitation, MemberView member) {}

    /** What the recipient sees of one invitation. */
    @RegisterForReflection
    record Received(
            @JsonUnwrapped InvitationView invitation,
            String organizationName,
            String organizationSlug,
            String inviterEmail) {}

    /** What the recipient sees in the list of them. */
    @RegisterForReflection
    record Listed(@JsonUnwrapped InvitationView invitation, String organizationName) {}

    @POST
    @Path("/invite-member")
    @SignedIn
    public InvitationView inviteMember() {
        Fields fields = request.fields();
        String email = fields.string("email");
        List<String> roles = MemberRole.keys(fields.strings("role"));
        Optional<String> id = fields.optionalString("organizationId");
        boolean resend = fields.optionalBoolean("resend").orElse(false);
        List<String> teamIds = fields.optionalStrings("teamId").orElse(List.of());
        fields.check();
        ActiveSession active = current.require();
        String organization =
                Callers.organization(active, id)
                        .orElseThrow(OrganizationError.ORGANIZATION_NOT_FOUND::exception);
        String address = EmailAddress.parse(email).orElseThrow(AuthError.INVALID_EMAIL::exception);
        return InvitationView.of(
                invitations.invite(
                        active.user(),
                        organization,
                        new Invitations.NewInvitation(address, roles, teamIds, resend)));
    }

    @POST
    @Path("/accept-invitation")
    @SignedIn
    public Answered acceptInvitation() {
        String id = invitationId();
        ActiveSession active = current.require();
        Invitations.Accepted accepted = invitations.accept(active, id);
        if (accepted.teamActivated()) {
            sessions.keep(response, active.token(), active.session().remember);
        }
        return new Answered(
                InvitationView.of(accepted.invitation(), Invitation.ACCEPTED),
                MemberView.of(accepted.membership(), accepted.membership().group));
    }

    @POST
    @Path("/reject-invitation")
    @SignedIn
    public Answered rejectInvitation() {
        String id = invitationId();
        Invitation rejected = invitations.reject(current.require().user(), id);
        return new Answered(InvitationView.of(rejected, Invitation.REJECTED), null);
    }

    @POST
    @Path("/cancel-invitation")
    @SignedIn
    public InvitationView cancelInvitation() {
        String id = invitationId();
        return InvitationView.of(
                invitations.cancel(current.require().user(), id), Invitation.CANCELED);
    }

    /** An open invitation, for its recipient alone. */
    @GET
    @Path("/get-invitation")
    public Received getInvitation() {
        Fields query = request.query();
        String id = query.string("id");
        query.check();
        ActiveSession active =
                current.find().orElseThrow(() -> new AuthException(401, null, "Not authenticated"));
        Invitation invitation =
                Invitation.findByPublicId(id)
                        .filter(found -> found.isOpen(clock.instant()))
                        .orElseThrow(OrganizationError.INVITATION_NOT_FOUND::exception);
        invitations.requireRecipient(
                invitation,
                active.user(),
                OrganizationError.EMAIL_VERIFICATION_REQUIRED_FOR_INVITATION);
        if (!Membership.exists(invitation.group.id, invitation.inviter.id)) {
            throw OrganizationError.INVITER_IS_NO_LONGER_A_MEMBER_OF_THE_ORGANIZATION.exception();
        }
        return new Received(
                InvitationView.of(invitation),
                invitation.group.name,
                invitation.group.slug,
                EmailAddress.key(invitation.inviter.email));
    }

    /** The invitations to an organization, for those who can make them. */
    @GET
    @Path("/list-invitations")
    @SignedIn
    public List<InvitationView> listInvitations() {
        Fields query = request.query();
        Optional<String> id = query.optionalString("organizationId");
        query.check();
        ActiveSession active = current.require();
        String organization =
                Callers.organization(active, id)
                        .orElseThrow(
                                () -> new AuthException(400, null, "Organization ID is required"));
        Membership member =
                Membership.findByGroup(organization, active.user().id)
                        .orElseThrow(
                                () ->
                                        new AuthException(
                                                403,
                                                null,
                                                "You are not a member of this organization"));
        if (!member.may(GroupPermission.INVITATION_CREATE)) {
            throw OrganizationError.YOU_ARE_NOT_ALLOWED_TO_LIST_INVITATIONS.exception();
        }
        return Invitation.listIn(member.group.id).stream()
                .filter(member::maySee)
                .map(InvitationView::of)
                .toList();
    }

    /** The unanswered invitations of the caller's address, once that is verified. */
    @GET
    @Path("/list-user-invitations")
    public List<Listed> listUserInvitations() {
        Fields query = request.query();
        Optional<String> email = query.optionalString("email");
        query.check();
        if (Callers.given(email).isPresent()) {
            throw new AuthException(
                    400, null, "User email cannot be passed for client side API calls.");
        }
        ActiveSession active =
                current.find()
                        .orElseThrow(
                                () ->
                                        new AuthException(
                                                400,
                                                null,
                                                "Missing session headers, or email query"
                                                        + " parameter."));
        if (!active.user().emailVerified) {
            throw OrganizationError.EMAIL_VERIFICATION_REQUIRED_FOR_INVITATION.exception();
        }
        return Invitation.listPendingFor(EmailAddress.key(active.user().email)).stream()
                .map(found -> new Listed(InvitationView.of(found), found.group.name))
                .toList();
    }

    private String invitationId() {
        Fields fields = request.fields();
        String id = fields.string("invitationId");
        fields.check();
        return id;
    }
}
