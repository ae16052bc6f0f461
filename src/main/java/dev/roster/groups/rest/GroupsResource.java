package dev.roster.groups.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.groups.Group;
import dev.roster.groups.GroupDocument;
import dev.roster.groups.Groups;
import dev.roster.groups.Membership;
import dev.roster.groups.Nesting;
import dev.roster.groups.NewGroup;
import dev.roster.platform.etag.EntityTags;
import dev.roster.platform.idempotency.Idempotent;
import dev.roster.platform.json.Documents;
import dev.roster.platform.json.MergePatch;
import dev.roster.platform.paging.Cursors;
import dev.roster.platform.paging.ListQuery;
import dev.roster.platform.paging.Slice;
import dev.roster.platform.problem.ProblemException;
import dev.roster.platform.security.CurrentUser;
import dev.roster.platform.security.Permission;
import io.quarkus.security.Authenticated;
import io.quarkus.security.PermissionsAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBodySchema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Groups, how they are nested, and who is in them. */
@Path("/api/v1/groups")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Groups")
public class GroupsResource {

    private static final String PATH = "/api/v1/groups/";
    private static final int MAX_TEXT = 100;

    private final Groups groups;
    private final Documents documents;
    private final Cursors cursors;
    private final CurrentUser caller;

    GroupsResource(Groups groups, Documents documents, Cursors cursors, CurrentUser caller) {
        this.groups = groups;
        this.documents = documents;
        this.cursors = cursors;
        this.caller = caller;
    }

    @GET
    @PermissionsAllowed("groups:read")
    @Operation(
            operationId = "listGroups",
            summary = "List the groups",
            description = "For groups:read. By slug.")
    public Slice<GroupView> list(
            @Context UriInfo uri,
            @QueryParam("q")
                    @Parameter(description = "What name or slug holds, in any letter case")
                    @Schema(maxLength = MAX_TEXT)
                    String q,
            @QueryParam("parent")
                    @Parameter(
                            description =
                                    "The id of the group they are nested in, not counting further"
                                            + " levels, or `none`")
                    String parent,
            @QueryParam("cursor") @Parameter(description = "The `next` of the part before")
                    String cursor,
            @QueryParam("size")
                    @Schema(
                            type = SchemaType.INTEGER,
                            minimum = "1",
                            maximum = "100",
                            defaultValue = "20")
                    String size) {
        ListQuery query = ListQuery.of(uri, "q", "parent");
        String text = query.text("q").orElse(null);
        if (text != null && text.length() > MAX_TEXT) {
            throw ProblemException.invalidParameter("q", "is longer than " + MAX_TEXT);
        }
        Optional<Optional<UUID>> within =
                query.text("parent")
                        .map(it -> it.equals("none") ? Optional.empty() : query.id("parent"));
        String list = PATH + "?q=" + text + "&parent=" + within;
        String after = query.cursor().map(c -> cursors.decode(list, c, 1).get(0)).orElse("");
        return Slice.of(
                Group.list(after, text, within, query.size() + 1),
                query.size(),
                GroupView::of,
                group -> cursors.encode(list, List.of(group.slug)));
    }

    @POST
    @Idempotent
    @PermissionsAllowed("groups:update")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "createGroup",
            summary = "Make a group",
            description = "For groups:update.")
    @APIResponseSchema(
            value = GroupView.class,
            responseCode = "201",
            responseDescription = "The group as stored; `Location` is its address")
    @APIResponse(
            responseCode = "409",
            description = "`conflict`: the slug is taken, or the groups would be nested too deep")
    public Response create(@RequestBodySchema(NewGroup.class) ObjectNode body) {
        Group group = groups.create(documents.read(body, NewGroup.class), caller.id());
        return Response.created(URI.create(PATH + group.id))
                .entity(GroupView.of(group))
                .tag(Groups.tag(group))
                .build();
    }

    @GET
    @Path("/{id}")
    @Authenticated
    @Operation(
            operationId = "getGroup",
            summary = "Read a group",
            description = "For its own members and groups:read; 404 for everyone else.")
    @APIResponseSchema(value = GroupView.class, responseDescription = "The group")
    public Response get(
            @PathParam("id") UUID id, @HeaderParam(HttpHeaders.IF_NONE_MATCH) String ifNoneMatch) {
        return answer(requireVisible(id), ifNoneMatch);
    }

    @PATCH
    @Path("/{id}")
    @PermissionsAllowed("groups:update")
    @Consumes({MergePatch.MEDIA_TYPE, MediaType.APPLICATION_JSON})
    @Operation(
            operationId = "patchGroup",
            summary = "Change a group",
            description = "For groups:update. A merge patch (RFC 7396).")
    @APIResponseSchema(value = GroupView.class, responseDescription = "The group as stored")
    @APIResponse(responseCode = "409", description = "`conflict`: the slug is taken")
    public Response patch(
            @PathParam("id") UUID id,
            @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
            @RequestBodySchema(GroupDocument.class) ObjectNode patch) {
        return answer(groups.patch(id, ifMatch, patch, caller.id()), null);
    }

    @DELETE
    @Path("/{id}")
    @PermissionsAllowed("groups:update")
    @Operation(
            operationId = "deleteGroup",
            summary = "Delete a group with its memberships, invitations and teams",
            description = "For groups:update.")
    @APIResponse(responseCode = "204", description = "Deleted")
    @APIResponse(responseCode = "409", description = "`conflict`: groups are nested in it")
    public void delete(
            @PathParam("id") UUID id, @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch) {
        groups.delete(id, ifMatch, caller.id());
    }

    @PUT
    @Path("/{id}/parent")
    @PermissionsAllowed("groups:update")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "putGroupParent",
            summary = "Nest a group in another one, or in none",
            description =
                    "For groups:update. Who is in a group counts as in those above it, without a"
                            + " role there. Groups can be nested "
                            + Nesting.MAX_DEPTH
                            + " levels deep.")
    @APIResponseSchema(value = GroupView.class, responseDescription = "The group as stored")
    @APIResponse(
            responseCode = "409",
            description = "`conflict`: the group would be nested in itself, or the groups too deep")
    public Response putParent(
            @PathParam("id") UUID id,
            @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
            @RequestBodySchema(ParentDocument.class) ObjectNode body) {
        ParentDocument document = documents.read(body, ParentDocument.class);
        if (!body.has("parentId")) {
            throw ProblemException.invalid("parentId", "must be given, null for none");
        }
        return answer(groups.move(id, ifMatch, document.parentId(), caller.id()), null);
    }

    @GET
    @Path("/{id}/members")
    @Authenticated
    @Operation(
            operationId = "listGroupMembers",
            summary = "List the members of a group",
            description =
                    "For its own members and groups:read; 404 for everyone else. Each user once.")
    public Slice<GroupMemberView> members(
            @PathParam("id") UUID id,
            @Context UriInfo uri,
            @QueryParam("nested")
                    @Parameter(description = "Whether those of nested groups count too")
                    @Schema(type = SchemaType.BOOLEAN, defaultValue = "false")
                    String nested,
            @QueryParam("cursor") @Parameter(description = "The `next` of the part before")
                    String cursor,
            @QueryParam("size")
                    @Schema(
                            type = SchemaType.INTEGER,
                            minimum = "1",
                            maximum = "100",
                            defaultValue = "20")
                    String size) {
        ListQuery query = ListQuery.of(uri, "nested");
        boolean all = query.flag("nested");
        int count = query.size();
        String list = PATH + id + "/members?nested=" + all;
        UUID after =
                query.cursor()
                        .map(
                                text ->
                                        ListQuery.uuid(cursors.decode(list, text, 1).get(0))
                                                .orElseThrow(Cursors::unknown))
                        .orElse(null);
        requireVisible(id);
        return Slice.of(
                Nesting.members(id, all, after, count + 1),
                count,
                GroupMemberView::of,
                member -> cursors.encode(list, List.of(member.userId().toString())));
    }

    @GET
    @Path("/{id}/members/{userId}")
    @Authenticated
    @Operation(
            operationId = "getGroupMember",
            summary = "Read a membership",
            description = "For the group's own members and groups:read; 404 for everyone else.")
    @APIResponseSchema(value = GroupMemberView.class, responseDescription = "The member")
    public Response getMember(
            @PathParam("id") UUID id,
            @PathParam("userId") UUID userId,
            @HeaderParam(HttpHeaders.IF_NONE_MATCH) String ifNoneMatch) {
        requireVisible(id);
        Membership member = Membership.find(id, userId).orElseThrow(ProblemException::notFound);
        return EntityTags.answer(GroupMemberView.of(member), Groups.tag(member), ifNoneMatch);
    }

    @PUT
    @Path("/{id}/members/{userId}")
    @PermissionsAllowed("groups:update")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "putGroupMember",
            summary = "Have a user be in a group",
            description =
                    "For groups:update. If-Match is required once the user is a member. The roles"
                            + " are those of organizations in the Better Auth dialect.")
    @APIResponseSchema(value = GroupMemberView.class, responseDescription = "The member as stored")
    @APIResponse(
            responseCode = "201",
            description = "The member as stored, who was none before",
            content = @Content(schema = @Schema(implementation = GroupMemberView.class)))
    @APIResponse(
            responseCode = "409",
            description =
                    "`conflict`: the last owner stays one, or the group has the members it may have")
    public Response putMember(
            @PathParam("id") UUID id,
            @PathParam("userId") UUID userId,
            @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
            @RequestBodySchema(MemberDocument.class) ObjectNode body) {
        MemberDocument document = documents.read(body, MemberDocument.class);
        Groups.Stored stored = groups.putMember(id, userId, ifMatch, document.roles(), caller.id());
        return Response.status(stored.created() ? 201 : 200)
                .entity(GroupMemberView.of(stored.membership()))
                .tag(Groups.tag(stored.membership()))
                .build();
    }

    @DELETE
    @Path("/{id}/members/{userId}")
    @PermissionsAllowed("groups:update")
    @Operation(
            operationId = "deleteGroupMember",
            summary = "End a membership",
            description = "For groups:update.")
    @APIResponse(responseCode = "204", description = "Ended")
    @APIResponse(responseCode = "409", description = "`conflict`: the last owner stays one")
    public void deleteMember(
            @PathParam("id") UUID id,
            @PathParam("userId") UUID userId,
            @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch) {
        groups.removeMember(id, userId, ifMatch, caller.id());
    }

    private static Response answer(Group group, String ifNoneMatch) {
        return EntityTags.answer(GroupView.of(group), Groups.tag(group), ifNoneMatch);
    }

    /**
     * @throws ProblemException 404 for who may not see it, as where there is none
     */
    private Group requireVisible(UUID id) {
        boolean all = caller.may(Permission.GROUPS_READ);
        return Group.seenById(id, caller.id())
                .filter(seen -> all || seen.membership() != null)
                .map(Group.Seen::group)
                .orElseThrow(ProblemException::notFound);
    }
}
