package dev.roster.groups;

import dev.roster.accounts.betterauth.AuthException;
import dev.roster.accounts.betterauth.AuthRequest;
import dev.roster.accounts.betterauth.BetterAuth;
import dev.roster.accounts.betterauth.Fields;
import dev.roster.accounts.betterauth.Plugin;
import dev.roster.accounts.betterauth.SignedIn;
import dev.roster.accounts.session.ActiveSession;
import dev.roster.accounts.session.CurrentSession;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Optional;

/** Who is in an organization, as what (contract, sections 10 and 16). */
@Path(BetterAuth.PATH + "/organization")
@BetterAuth
@Plugin.Routes(Plugin.ORGANIZATION)
@PermitAll
@Produces(MediaType.APPLICATION_JSON)
public class MemberResource {

    private final Members members;
    private final OrganizationConfig config;
    private final CurrentSession current;
    private final AuthRequest request;

    MemberResource(
            Members members,
            OrganizationConfig config,
            CurrentSession current,
            AuthRequest request) {
        this.members = members;
        this.config = config;
        this.current = current;
        this.request = request;
    }

    /** The answer of remove-member. */
    @RegisterForReflection
    record Removed(MemberView member) {}

    /** The answer of list-members. */
    @RegisterForReflection
    record Page(List<MemberView> members, long total) {}

    /** The answer of get-active-member-role. */
    @RegisterForReflection
    record RoleOnly(String role) {}

    @POST
    @Path("/remove-member")
    @SignedIn
    public Removed removeMember() {
        Fields fields = request.fields();
        String idOrEmail = fields.string("memberIdOrEmail");
        Optional<String> id = fields.optionalString("organizationId");
        fields.check();
        ActiveSession active = current.require();
        Membership removed =
                members.remove(active, Callers.requireOrganization(active, id), idOrEmail);
        return new Removed(
                idOrEmail.contains("@")
                        ? MemberView.withUser(removed, removed.group)
                        : MemberView.of(removed, removed.group));
    }

    @POST
    @Path("/update-member-role")
    @SignedIn
    public MemberView updateMemberRole() {
        Fields fields = request.fields();
        List<String> roles = MemberRole.keys(fields.strings("role"));
        String memberId = fields.string("memberId");
        Optional<String> id = fields.optionalString("organizationId");
        if (fields.has("role") && roles.isEmpty()) {
            fields.fault("role", "Invalid input: expected one role at least");
        }
        fields.check();
        ActiveSession active = current.require();
        Membership member =
                members.setRoles(
                        active.user(), Callers.requireOrganization(active, id), memberId, roles);
        return MemberView.of(member, member.group);
    }

    @POST
    @Path("/leave")
    @SignedIn
    public MemberView leave() {
        Fields fields = request.fields();
        String id = fields.string("organizationId");
        fields.check();
        Membership left = members.leave(current.require(), id);
        return MemberView.withUser(left, left.group);
    }

    @GET
    @Path("/get-active-member")
    @SignedIn
    public MemberView getActiveMember() {
        ActiveSession active = current.require();
        Membership member =
                Membership.findByGroup(
                                Callers.requireOrganization(active, Optional.empty()),
                                active.user().id)
                        .orElseThrow(OrganizationError.MEMBER_NOT_FOUND::exception);
        return MemberView.withUser(member, member.group);
    }

    /** The role of the caller, or of another member of an organization that it is in. */
    @GET
    @Path("/get-active-member-role")
    @SignedIn
    public RoleOnly getActiveMemberRole() {
        Fields query = request.query();
        Optional<String> userId = query.optionalString("userId");
        Optional<String> id = query.optionalString("organizationId");
        Optional<String> slug = query.optionalString("organizationSlug");
        query.check();
        Membership caller = visible(current.require(), id, slug);
        return new RoleOnly(
                Callers.given(userId)
                        .map(
                                other ->
                                        Membership.findByUser(caller.group.id, other)
                                                .orElseThrow(MemberResource::notMember))
                        .orElse(caller)
                        .role());
    }

    @GET
    @Path("/list-members")
    @SignedIn
    public Page listMembers() {
        Fields query = request.query();
        Optional<String> id = query.optionalString("organizationId");
        Optional<String> slug = query.optionalString("organizationSlug");
        MemberQuery asked = MemberQuery.of(query, config.membershipLimit());
        query.check();
        Group group = visible(current.require(), id, slug).group;
        return new Page(
                asked.list(group.id).stream()
                        .map(member -> MemberView.withUser(member, group))
                        .toList(),
                asked.count(group.id));
    }

    /**
     * The caller's membership of the organization that is asked for, by slug first, else of the
     * active one.
     */
    private static Membership visible(
            ActiveSession active, Optional<String> id, Optional<String> slug) {
        Optional<Membership> member;
        if (Callers.given(slug).isPresent()) {
            member =
                    Optional.ofNullable(
                            Group.seenBySlug(slug.get(), active.user().id)
                                    .orElseThrow(
                                            OrganizationError.ORGANIZATION_NOT_FOUND::exception)
                                    .membership());
        } else {
            member =
                    Membership.findByGroup(
                            Callers.requireOrganization(active, id), active.user().id);
        }
        return member.orElseThrow(MemberResource::notMember);
    }

    private static AuthException notMember() {
        return OrganizationError.YOU_ARE_NOT_A_MEMBER_OF_THIS_ORGANIZATION.exception();
    }
}
