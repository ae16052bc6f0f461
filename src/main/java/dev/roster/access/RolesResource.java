package dev.roster.access;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.platform.etag.EntityTags;
import dev.roster.platform.idempotency.Idempotent;
import dev.roster.platform.json.Documents;
import dev.roster.platform.json.MergePatch;
import dev.roster.platform.paging.Cursors;
import dev.roster.platform.paging.ListQuery;
import dev.roster.platform.paging.Slice;
import dev.roster.platform.problem.ProblemException;
import dev.roster.platform.security.CurrentUser;
import io.quarkus.security.PermissionsAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
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
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBodySchema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Roles: named sets of permissions. */
@Path("/api/v1/roles")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Roles")
public class RolesResource {

    private static final String PATH = "/api/v1/roles/";

    private final Roles roles;
    private final Documents documents;
    private final Cursors cursors;
    private final CurrentUser caller;

    RolesResource(Roles roles, Documents documents, Cursors cursors, CurrentUser caller) {
        this.roles = roles;
        this.documents = documents;
        this.cursors = cursors;
        this.caller = caller;
    }

    @GET
    @PermissionsAllowed("roles:read")
    @Operation(
            operationId = "listRoles",
            summary = "List the roles",
            description = "For roles:read. By name.")
    public Slice<RoleView> list(
            @Context UriInfo uri,
            @QueryParam("cursor") @Parameter(description = "The `next` of the part before")
                    String cursor,
            @QueryParam("size")
                    @Schema(
                            type = SchemaType.INTEGER,
                            minimum = "1",
                            maximum = "100",
                            defaultValue = "20")
                    String size) {
        ListQuery query = ListQuery.of(uri);
        String after = query.cursor().map(c -> cursors.decode(PATH, c, 1).get(0)).orElse("");
        return Slice.of(
                Role.listAfter(after, query.size() + 1),
                query.size(),
                RoleView::of,
                role -> cursors.encode(PATH, List.of(role.name)));
    }

    @POST
    @Idempotent
    @PermissionsAllowed("roles:update")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "createRole",
            summary = "Make a role",
            description = "For roles:update, of no permissions but the caller's own.")
    @APIResponseSchema(
            value = RoleView.class,
            responseCode = "201",
            responseDescription = "The role as stored; `Location` is its address")
    @APIResponse(responseCode = "409", description = "`conflict`: there is a role of this name")
    public Response create(@RequestBodySchema(NewRole.class) ObjectNode body) {
        NewRole made = documents.read(body, NewRole.class);
        Role role = roles.create(made.name(), made.document(), caller);
        return Response.created(URI.create(PATH + role.name))
                .entity(RoleView.of(role))
                .tag(EntityTags.of(role.version))
                .build();
    }

    @GET
    @Path("/{name}")
    @PermissionsAllowed("roles:read")
    @Operation(operationId = "getRole", summary = "Read a role", description = "For roles:read.")
    @APIResponseSchema(value = RoleView.class, responseDescription = "The role")
    public Response get(
            @PathParam("name") String name,
            @HeaderParam(HttpHeaders.IF_NONE_MATCH) String ifNoneMatch) {
        Role role = Role.findByName(name).orElseThrow(ProblemException::notFound);
        return EntityTags.answer(RoleView.of(role), EntityTags.of(role.version), ifNoneMatch);
    }

    @PATCH
    @Path("/{name}")
    @PermissionsAllowed("roles:update")
    @Consumes({MergePatch.MEDIA_TYPE, MediaType.APPLICATION_JSON})
    @Operation(
            operationId = "patchRole",
            summary = "Change a role",
            description =
                    "For roles:update, where the role gives and shall give no permissions but the"
                            + " caller's own. A merge patch (RFC 7396). It holds from the next"
                            + " request on of whoever has the role.")
    @APIResponseSchema(value = RoleView.class, responseDescription = "The role as stored")
    @APIResponse(
            responseCode = "409",
            description =
                    "`last_administrator`: nobody would be left who may do everything; `conflict`:"
                            + " `user` gives no permissions")
    public Response patch(
            @PathParam("name") String name,
            @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
            @RequestBodySchema(RoleDocument.class) ObjectNode patch) {
        Role role = roles.patch(name, ifMatch, patch, caller);
        return EntityTags.answer(RoleView.of(role), EntityTags.of(role.version), null);
    }

    @DELETE
    @Path("/{name}")
    @PermissionsAllowed("roles:update")
    @Operation(
            operationId = "deleteRole",
            summary = "Delete a role",
            description =
                    "For roles:update, where the role gives no permissions but the caller's own and"
                            + " nobody has it.")
    @APIResponse(responseCode = "204", description = "Deleted")
    @APIResponse(
            responseCode = "409",
            description = "`conflict`: the service needs it, or somebody has it")
    public void delete(
            @PathParam("name") String name, @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch) {
        roles.delete(name, ifMatch, caller);
    }
}
