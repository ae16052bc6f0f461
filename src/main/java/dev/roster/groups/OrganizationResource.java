package dev.roster.groups;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.accounts.betterauth.AuthException;
import dev.roster.accounts.betterauth.AuthRequest;
import dev.roster.accounts.betterauth.BetterAuth;
import dev.roster.accounts.betterauth.Fields;
import dev.roster.accounts.betterauth.Plugin;
import dev.roster.accounts.betterauth.SignedIn;
import dev.roster.accounts.betterauth.Status;
import dev.roster.accounts.session.ActiveSession;
import dev.roster.accounts.session.CurrentSession;
import dev.roster.accounts.session.Sessions;
import dev.roster.users.ImageUrl;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.core.http.HttpServerResponse;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Organizations themselves, and which one is active (contract, sections 10 and 16). */
@Path(BetterAuth.PATH + "/organization")
@BetterAuth
@Plugin.Routes(Plugin.ORGANIZATION)
@PermitAll
@Produces(MediaType.APPLICATION_JSON)
public class OrganizationResource {

    private final Organizations organizations;
    private final OrganizationConfig config;
    private final Sessions sessions;
    private final CurrentSession current;
    private final AuthRequest request;
    private final HttpServerResponse response;

    OrganizationResource(
            Organizations organizations,
            OrganizationConfig config,
            Sessions sessions,
            CurrentSession current,
            AuthRequest request,
            HttpServerResponse response) {
        this.organizations = organizations;
        this.config = config;
        this.sessions = sessions;
        this.current = current;
        this.request = request;
        this.response = response;
    }

    /** The answer of create. */
    @RegisterForReflection
    record Created(@JsonUnwrapped OrganizationView organization, List<MemberView> members) {}

    /** An organization with its parts; teams are absent where there are none at all. */
    @RegisterForReflection
    record FullOrganization(
            @JsonUnwrapped OrganizationView organization,
            List<InvitationView> invitations,
            List<MemberView> members,
            @JsonInclude(JsonInclude.Include.NON_NULL) List<TeamView> teams) {}

    /** The answer of has-permission; there never is an error in it. */
    @RegisterForReflection
    record Permitted(String error, boolean success) {}

    @POST
    @Path("/create")
    public Created create() {
        Fields fields = request.fields();
        String name = fields.nonEmpty("name");
        String slug = fields.nonEmpty("slug");
        Optional<String> logo = fields.nullableString("logo").map(ImageUrl.Check::orNone);
        Optional<ObjectNode> metadata = fields.optionalObject("metadata");
        hold(fields, name, slug, logo, metadata, null);
        boolean keepActive = fields.optionalBoolean("keepCurrentActiveOrganization").orElse(false);
        fields.check();
        Membership owner =
                organizations.create(
                        current.find().orElseThrow(Callers::nobody),
                        new Organizations.NewOrganization(
                                name,
                                slug,
                                logo.orElse(null),
                                metadata.map(ObjectNode::toString).orElse(null)),
                        !keepActive);
        return new Created(
                OrganizationView.of(owner.group), List.of(MemberView.of(owner, owner.group)));
    }

    @POST
    @Path("/update")
    public OrganizationView update() {
        Fields fields = request.fields();
        Fields data = fields.object("data");
        Optional<String> name = data.optionalNonEmpty("name");
        Optional<String> slug = data.optionalNonEmpty("slug");
        Optional<String> logo = data.nullableString("logo").map(ImageUrl.Check::orNone);
        Optional<ObjectNode> metadata = data.optionalObject("metadata");
        Optional<String> id = fields.optionalString("organizationId");
        fields.check();
        ActiveSession active =
                current.find().orElseThrow(() -> new AuthException(401, null, "User not found"));
        Group group =
                organizations.update(
                        active.user(),
                        Callers.organization(active, id)
                                .orElseThrow(OrganizationError.ORGANIZATION_NOT_FOUND::exception),
                        stored -> {
                            hold(
                                    data,
                                    name.orElse(null),
                                    slug.orElse(null),
                                    logo,
                                    metadata,
                                    stored);
                            data.check();
                            return new Organizations.OrganizationPatch(
                                    name,
                                    slug,
                                    data.has("logo") ? Optional.of(logo) : Optional.empty(),
                                    metadata.map(ObjectNode::toString));
                        });
        return OrganizationView.of(group);
    }

    @POST
    @Path("/delete")
    public OrganizationView delete() {
        Fields fields = request.fields();
        String id = fields.string("organizationId");
        fields.check();
        if (!config.allowDeletion()) {
            throw OrganizationError.ORGANIZATION_DELETION_DISABLED.exception();
        }
        ActiveSession active = current.find().orElseThrow(Callers::nobody);
        if (id.isEmpty()) {
            throw OrganizationError.ORGANIZATION_NOT_FOUND.exception();
        }
        return OrganizationView.of(organizations.delete(active, id));
    }

    /** Sets the active organization; JSON {@code null} where there is none any more. */
    @POST
    @Path("/set-active")
    @SignedIn
    public Object setActive() {
        Fields fields = request.fields();
        Optional<String> id = fields.nullableString("organizationId");
        Optional<String> slug = fields.optionalString("organizationSlug");
        fields.check();
        ActiveSession active = current.require();
        String before = active.session().activeOrganizationId;
        if (fields.isNull("organizationId")) {
            if (before != null) {
                activate(active, null);
            }
            return NullNode.instance;
        }
        Optional<Membership> member;
        if (Callers.given(id).isEmpty() && Callers.given(slug).isPresent()) {
            Group group =
                    Group.findBySlug(slug.get())
                            .orElseThrow(OrganizationError.ORGANIZATION_NOT_FOUND::exception);
            member = Membership.findByGroup(group.publicId(), active.user().id);
        } else {
            Optional<String> chosen = Callers.organization(active, id);
            if (chosen.isEmpty()) {
                return NullNode.instance;
            }
            member = Membership.findByGroup(chosen.get(), active.user().id);
        }
        if (member.isEmpty()) {
            sessions.activate(active, null, null);
            throw OrganizationError.USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION.exception(403);
        }
        activate(active, member.get().group.publicId());
        return OrganizationView.of(member.get().group);
    }

    /** An organization without its parts; JSON {@code null} where none is asked for or active. */
    @GET
    @Path("/get-organization")
    @SignedIn
    public Object getOrganization() {
        Fields query = request.query();
        Optional<String> id = query.optionalString("organizationId");
        Optional<String> slug = query.optionalString("organizationSlug");
        query.check();
        Optional<Membership> member = visible(current.require(), id, slug);
        return member.isEmpty() ? NullNode.instance : OrganizationView.of(member.get().group);
    }

    /** The same with its parts; invitations for those alone who can make them. */
    @GET
    @Path("/get-full-organization")
    @SignedIn
    public Object getFullOrganization() {
        Fields query = request.query();
        Optional<String> id = query.optionalString("organizationId");
        Optional<String> slug = query.optionalString("organizationSlug");
        int limit = Callers.number(query, "membersLimit").orElse(0);
        query.check();
        Optional<Membership> found = visible(current.require(), id, slug);
        if (found.isEmpty()) {
            return NullNode.instance;
        }
        Membership member = found.get();
        Group group = member.group;
        int most = config.membershipLimit();
        return new FullOrganization(
                OrganizationView.of(group),
                member.may(GroupPermission.INVITATION_CREATE)
                        ? Invitation.listIn(group.id).stream()
                                .filter(member::maySee)
                                .map(InvitationView::of)
                                .toList()
                        : List.of(),
                Membership.first(group.id, limit == 0 ? most : Math.min(limit, most)).stream()
                        .map(one -> MemberView.withUser(one, group))
                        .toList(),
                config.teams().enabled()
                        ? Team.listIn(group.id).stream().map(TeamView::of).toList()
                        : null);
    }

    @GET
    @Path("/list")
    @SignedIn
    public List<OrganizationView> list() {
        return Group.listOf(current.require().user().id).stream()
                .map(OrganizationView::of)
                .toList();
    }

    @POST
    @Path("/check-slug")
    @SignedIn
    public Status checkSlug() {
        Fields fields = request.fields();
        String slug = fields.string("slug");
        fields.check();
        current.require();
        if (Group.findBySlug(slug).isPresent()) {
            throw OrganizationError.ORGANIZATION_SLUG_ALREADY_TAKEN.exception();
        }
        return Status.DONE;
    }

    /** Whether the caller's roles permit all that is asked for. */
    @POST
    @Path("/has-permission")
    @SignedIn
    public Permitted hasPermission() {
        Fields fields = request.fields();
        Optional<String> id = fields.optionalString("organizationId");
        Optional<Map<String, List<String>>> old = fields.optionalStringLists("permission");
        Optional<Map<String, List<String>>> asked = fields.optionalStringLists("permissions");
        if (fields.has("permission") == fields.has("permissions")) {
            fields.fault("permissions", "Invalid input");
        }
        fields.check();
        ActiveSession active = current.require();
        Membership member =
                Membership.findByGroup(Callers.requireOrganization(active, id), active.user().id)
                        .orElseThrow(
                                () ->
                                        OrganizationError.USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION
                                                .exception(401));
        return new Permitted(
                null, MemberRole.anyPermits(member.roles, asked.or(() -> old).orElseThrow()));
    }

    /**
     * The caller's membership of the organization that is asked for, else of the active one.
     *
     * @return empty where there is neither
     * @throws AuthException 400 ORGANIZATION_NOT_FOUND, 403
     *     USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION
     */
    private Optional<Membership> visible(
            ActiveSession active, Optional<String> id, Optional<String> slug) {
        Optional<String> asked = Callers.given(slug).or(() -> Callers.given(id));
        String chosen = asked.orElse(active.session().activeOrganizationId);
        if (chosen == null) {
            return Optional.empty();
        }
        Group.Seen seen =
                (Callers.given(slug).isPresent()
                                ? Group.seenBySlug(chosen, active.user().id)
                                : Group.seenByPublicId(chosen, active.user().id))
                        .orElseThrow(OrganizationError.ORGANIZATION_NOT_FOUND::exception);
        if (seen.membership() == null) {
            if (asked.isEmpty()) {
                // what was active no longer is; what a link of a stranger asks for changes nothing
                sessions.activate(active, null, null);
            }
            throw OrganizationError.USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION.exception(403);
        }
        return Optional.of(seen.membership());
    }

    /** The active team stays with its organization. */
    private void activate(ActiveSession active, String organizationId) {
        boolean same =
                organizationId != null
                        && organizationId.equals(active.session().activeOrganizationId);
        sessions.activate(active, organizationId, same ? active.session().activeTeamId : null);
        sessions.keep(response, active.token(), active.session().remember);
    }

    /**
     * Holds what is given to the rules of the REST API.
     *
     * @param stored the group as it is; null for a new one
     */
    private static void hold(
            Fields fields,
            String name,
            String slug,
            Optional<String> logo,
            Optional<ObjectNode> metadata,
            Group stored) {
        Group before = stored == null ? new Group() : stored;
        fields.hold("name", name, before.name, GroupDocument.class);
        fields.hold("slug", slug, before.slug, GroupDocument.class);
        fields.hold("logo", logo.orElse(null), before.logo, GroupDocument.class);
        fields.hold("metadata", metadata.orElse(null), null, GroupDocument.class);
    }
}
