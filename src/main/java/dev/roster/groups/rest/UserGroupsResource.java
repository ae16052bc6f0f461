package dev.roster.groups.rest;

import dev.roster.groups.Nesting;
import dev.roster.platform.paging.Cursors;
import dev.roster.platform.paging.ListQuery;
import dev.roster.platform.paging.Slice;
import dev.roster.platform.problem.ProblemCode;
import dev.roster.platform.problem.ProblemException;
import dev.roster.platform.security.CurrentUser;
import dev.roster.platform.security.Permission;
import dev.roster.users.User;
import io.quarkus.security.Authenticated;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The groups of a user. */
@Path("/api/v1/users/{id}/groups")
@Authenticated
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Groups")
public class UserGroupsResource {

    private final Cursors cursors;
    private final CurrentUser caller;

    UserGroupsResource(Cursors cursors, CurrentUser caller) {
        this.cursors = cursors;
        this.caller = caller;
    }

    @GET
    @Operation(
            operationId = "listUserGroups",
            summary = "List the groups that a user counts as in, and why",
            description =
                    "For the user itself and groups:read. Those that it is a member of and those"
                            + " above them, each once, by slug.")
    public Slice<UserGroupView> list(
            @PathParam("id") UUID id,
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
        if (!caller.is(id) && !caller.may(Permission.GROUPS_READ)) {
            throw new ProblemException(ProblemCode.FORBIDDEN, null);
        }
        ListQuery query = ListQuery.of(uri);
        int count = query.size();
        String list = "/api/v1/users/" + id + "/groups";
        String after = query.cursor().map(c -> cursors.decode(list, c, 1).get(0)).orElse("");
        if (User.findActive(id).isEmpty()) {
            throw ProblemException.notFound();
        }
        return Slice.of(
                Nesting.groupsOf(id, after, count + 1),
                count,
                UserGroupView::of,
                group -> cursors.encode(list, List.of(group.path().get(0).slug())));
    }
}
