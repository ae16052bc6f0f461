package dev.roster.groups;

import com.fasterxml.jackson.databind.node.NullNode;
import dev.roster.accounts.betterauth.AuthRequest;
import dev.roster.accounts.betterauth.BetterAuth;
import dev.roster.accounts.betterauth.Fields;
import dev.roster.accounts.betterauth.Plugin;
import dev.roster.accounts.betterauth.SignedIn;
import dev.roster.accounts.session.ActiveSession;
import dev.roster.accounts.session.CurrentSession;
import dev.roster.accounts.session.Sessions;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.core.http.HttpServerResponse;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Optional;

/** Teams of organizations, and which one is active (contract, sections 10 and 16). */
@Path(BetterAuth.PATH + "/organization")
@BetterAuth
@Plugin.Routes(Plugin.ORGANIZATION)
@TeamRoutes
@PermitAll
@Produces(MediaType.APPLICATION_JSON)
public class TeamResource {

    private final Teams teams;
    private final Sessions sessions;
    private final CurrentSession current;
    private final AuthRequest request;
    private final HttpServerResponse response;

    TeamResource(
            Teams teams,
            Sessions sessions,
            CurrentSession current,
            AuthRequest request,
            HttpServerResponse response) {
        this.teams = teams;
        this.sessions = sessions;
        this.current = current;
        this.request = request;
        this.response = response;
    }

    /** The answer of what removes something. */
    @RegisterForReflection
    record Done(String message) {}

    @POST
    @Path("/create-team")
    public TeamView createTeam() {
        Fields fields = request.fields();
        String name = fields.string("name");
        fields.hold("name", name, null, GroupDocument.class);
        Optional<String> id = fields.optionalString("organizationId");
        fields.check();
        ActiveSession active = current.find().orElseThrow(Callers::nobody);
        return TeamView.of(
                teams.create(active.user(), Callers.requireOrganization(active, id), name));
    }

    @POST
    @Path("/update-team")
    @SignedIn
    public TeamView updateTeam() {
        Fields fields = request.fields();
        String teamId = fields.string("teamId");
        Fields data = fields.object("data");
        Optional<String> name = data.optionalNonEmpty("name");
        data.hold("name", name.orElse(null), null, GroupDocument.class);
        Optional<String> id = data.optionalString("organizationId");
        fields.check();
        ActiveSession active = current.require();
        return TeamView.of(
                teams.rename(active.user(), Callers.requireOrganization(active, id), teamId, name));
    }

    @POST
    @Path("/remove-team")
    public Done removeTeam() {
        Fields fields = request.fields();
        String teamId = fields.string("teamId");
        Optional<String> id = fields.optionalString("organizationId");
        fields.check();
        ActiveSession active = current.find().orElseThrow(Callers::nobody);
        teams.remove(active, Callers.requireOrganization(active, id), teamId);
        return new Done("Team removed successfully.");
    }

    @GET
    @Path("/list-teams")
    @SignedIn
    public List<TeamView> listTeams() {
        Fields query = request.query();
        Optional<String> id = query.optionalString("organizationId");
        query.check();
        ActiveSession active = current.require();
        Membership member =
                Membership.findByGroup(Callers.requireOrganization(active, id), active.user().id)
                        .orElseThrow(
                                OrganizationError.YOU_ARE_NOT_ALLOWED_TO_ACCESS_THIS_ORGANIZATION
                                        ::exception);
        return views(Team.listIn(member.group.id));
    }

    /** Sets the active team; JSON {@code null} where there is none any more. */
    @POST
    @Path("/set-active-team")
    @SignedIn
    public Object setActiveTeam() {
        Fields fields = request.fields();
        Optional<String> asked = fields.nullableString("teamId");
        fields.check();
        ActiveSession active = current.require();
        String before = active.session().activeTeamId;
        if (fields.isNull("teamId")) {
            if (before != null) {
                activate(active, null);
            }
            return NullNode.instance;
        }
        String teamId = Callers.given(asked).orElse(before);
        if (teamId == null) {
            return NullNode.instance;
        }
        // who is no member of the active organization any more finds no team in it
        Membership member =
                Membership.findByGroup(
                                Callers.requireOrganization(active, Optional.empty()),
                                active.user().id)
                        .orElseThrow(OrganizationError.TEAM_NOT_FOUND::exception);
        Team team =
                Team.findInGroup(member.group.id, teamId)
                        .orElseThrow(OrganizationError.TEAM_NOT_FOUND::exception);
        if (TeamMembership.findPlace(team, member).isEmpty()) {
            throw OrganizationError.USER_IS_NOT_A_MEMBER_OF_THE_TEAM.exception(403);
        }
        activate(active, team.publicId());
        return TeamView.of(team);
    }

    /** The teams of the caller, or of another member for those who can change members. */
    @GET
    @Path("/list-user-teams")
    @SignedIn
    public List<TeamView> listUserTeams() {
        Fields query = request.query();
        Optional<String> userId = query.optionalString("userId");
        Optional<String> id = query.optionalString("organizationId");
        query.check();
        ActiveSession active = current.require();
        String self = active.user().publicId();
        String other = Callers.given(userId).orElse(self);
        if (other.equals(self) && Callers.given(id).isEmpty()) {
            return views(Team.listOf(active.user().id));
        }
        Membership member =
                Membership.findByGroup(Callers.requireOrganization(active, id), active.user().id)
                        .orElseThrow(
                                OrganizationError.YOU_ARE_NOT_A_MEMBER_OF_THIS_ORGANIZATION
                                        ::exception);
        if (other.equals(self)) {
            return views(Team.listOf(active.user().id, member.group.id));
        }
        if (!member.may(GroupPermission.MEMBER_UPDATE)) {
            throw OrganizationError.YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER.exception();
        }
        Membership found =
                Membership.findByUser(member.group.id, other)
                        .orElseThrow(
                                OrganizationError.USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION
                                        ::exception);
        return views(Team.listOf(found.user.id, member.group.id));
    }

    /** The members of a team, for each other. */
    @GET
    @Path("/list-team-members")
    @SignedIn
    public List<TeamMemberView> listTeamMembers() {
        Fields query = request.query();
        Optional<String> asked = query.optionalString("teamId");
        query.check();
        ActiveSession active = current.require();
        String teamId =
                Callers.given(asked)
                        .or(() -> Optional.ofNullable(active.session().activeTeamId))
                        .orElseThrow(OrganizationError.YOU_DO_NOT_HAVE_AN_ACTIVE_TEAM::exception);
        List<TeamMembership> places = TeamMembership.listSeenBy(active.user().id, teamId);
        if (places.isEmpty()) {
            throw Team.findByPublicId(teamId).isPresent()
                    ? OrganizationError.USER_IS_NOT_A_MEMBER_OF_THE_TEAM.exception()
                    : OrganizationError.TEAM_NOT_FOUND.exception();
        }
        return places.stream().map(TeamMemberView::of).toList();
    }

    @POST
    @Path("/add-team-member")
    @SignedIn
    public TeamMemberView addTeamMember() {
        Fields fields = request.fields();
        String teamId = fields.string("teamId");
        String userId = fields.string("userId");
        Optional<String> id = fields.optionalString("organizationId");
        fields.check();
        ActiveSession active = current.require();
        return TeamMemberView.of(
                teams.add(active.user(), Callers.requireOrganization(active, id), teamId, userId));
    }

    @POST
    @Path("/remove-team-member")
    @SignedIn
    public Done removeTeamMember() {
        Fields fields = request.fields();
        String teamId = fields.string("teamId");
        String userId = fields.string("userId");
        Optional<String> id = fields.optionalString("organizationId");
        fields.check();
        ActiveSession active = current.require();
        teams.takeOut(active.user(), Callers.requireOrganization(active, id), teamId, userId);
        return new Done("Team member removed successfully.");
    }

    private void activate(ActiveSession active, String teamId) {
        sessions.activate(active, active.session().activeOrganizationId, teamId);
        sessions.keep(response, active.token(), active.session().remember);
    }

    private static List<TeamView> views(List<Team> teams) {
        return teams.stream().map(TeamView::of).toList();
    }
}
