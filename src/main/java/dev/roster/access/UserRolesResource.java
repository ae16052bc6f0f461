package dev.roster.access;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.platform.etag.EntityTags;
import dev.roster.platform.json.Documents;
import dev.roster.platform.problem.ProblemCode;
import dev.roster.platform.problem.ProblemException;
import dev.roster.platform.security.CurrentUser;
import dev.roster.platform.security.Permission;
import dev.roster.users.Users;
import io.quarkus.security.Authenticated;
import io.quarkus.security.PermissionsAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.util.Arrays;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBodySchema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Which roles a user has, and what it may do by them. */
@Path("/api/v1/users/{id}")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Roles")
public class UserRolesResource {

    private final Roles roles;
    private final Documents documents;
    private final CurrentUser caller;
    private final Clock clock;

    UserRolesResource(Roles roles, Documents documents, CurrentUser caller, Clock clock) {
        this.roles = roles;
        this.documents = documents;
        this.caller = caller;
        this.clock = clock;
    }

    @GET
    @Path("/roles")
    @Authenticated
    @Operation(
            operationId = "getUserRoles",
            summary = "Read the roles that a user was granted",
            description = "For the user itself, roles:read and users:set-role.")
    @APIResponseSchema(value = UserRolesView.class, responseDescription = "The roles")
    public Response get(
            @PathParam("id") UUID id, @HeaderParam(HttpHeaders.IF_NONE_MATCH) String ifNoneMatch) {
        requireSelfOr(id, Permission.ROLES_READ, Permission.USERS_SET_ROLE);
        return answer(find(id), ifNoneMatch);
    }

    @PUT
    @Path("/roles")
    @PermissionsAllowed("users:set-role")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "putUserRoles",
            summary = "Replace the roles of a user",
            description =
                    "For users:set-role, where neither the roles nor the user may do what the caller"
                            + " may not. A role that the user has already stays as it was granted."
                            + " It holds from the user's next request on.")
    @APIResponseSchema(value = UserRolesView.class, responseDescription = "The roles as stored")
    @APIResponse(
            responseCode = "409",
            description = "`last_administrator`: nobody would be left who may do everything")
    public Response put(
            @PathParam("id") UUID id,
            @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
            @RequestBodySchema(UserRolesDocument.class) ObjectNode body) {
        UserRolesDocument wanted = documents.read(body, UserRolesDocument.class);
        return answer(roles.assign(id, ifMatch, wanted.roles(), caller), null);
    }

    @GET
    @Path("/permissions")
    @Authenticated
    @Operation(
            operationId = "getUserPermissions",
            summary = "Read what a user may do, and why",
            description =
                    "For the user itself and roles:read. Each permission with the roles that give"
                            + " it, who granted them and when.")
    public UserPermissionsView permissions(@PathParam("id") UUID id) {
        requireSelfOr(id, Permission.ROLES_READ);
        RoleGrant.Granted granted = find(id);
        return UserPermissionsView.of(granted.user().isBanned(clock.instant()), granted.grants());
    }

    private static RoleGrant.Granted find(UUID id) {
        return RoleGrant.findGranted(id).orElseThrow(ProblemException::notFound);
    }

    /** The tag is the one of the user, which its roles are a part of. */
    private static Response answer(RoleGrant.Granted granted, String ifNoneMatch) {
        return EntityTags.answer(
                UserRolesView.of(granted.grants()), Users.tag(granted.user()), ifNoneMatch);
    }

    /**
     * @throws ProblemException 403 for everyone else, whether or not there is such a user
     */
    private void requireSelfOr(UUID id, Permission... permissions) {
        if (!caller.is(id) && Arrays.stream(permissions).noneMatch(caller::may)) {
            throw new ProblemException(ProblemCode.FORBIDDEN, null);
        }
    }
}
