package dev.roster.directory.administration;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.accounts.admin.UserAdministration;
import dev.roster.platform.etag.EntityTags;
import dev.roster.platform.json.Documents;
import dev.roster.platform.json.MergePatch;
import dev.roster.platform.security.CurrentUser;
import dev.roster.platform.security.Permission;
import dev.roster.users.User;
import dev.roster.users.UserRepresentation;
import dev.roster.users.UserView;
import dev.roster.users.Users;
import io.quarkus.security.Authenticated;
import io.quarkus.security.PermissionsAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBodySchema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What is done to one user; never to one who may do what the caller may not. */
@Path("/api/v1/users/{id}")
@Authenticated
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Users")
public class UserAdministrationResource {

    private final UserAdministration administration;
    private final Users users;
    private final UserRules rules;
    private final Documents documents;
    private final UserRepresentation representation;
    private final CurrentUser caller;

    UserAdministrationResource(
            UserAdministration administration,
            Users users,
            UserRules rules,
            Documents documents,
            UserRepresentation representation,
            CurrentUser caller) {
        this.administration = administration;
        this.users = users;
        this.rules = rules;
        this.documents = documents;
        this.representation = representation;
        this.caller = caller;
    }

    @PATCH
    @Consumes({MergePatch.MEDIA_TYPE, MediaType.APPLICATION_JSON})
    @Operation(
            operationId = "patchUser",
            summary = "Change a user",
            description =
                    "A merge patch (RFC 7396). The user itself changes name and image;"
                            + " administrators every member, the address by users:set-email and"
                            + " roles by users:set-role.")
    @APIResponse(
            responseCode = "409",
            description = "`email_taken`, `username_taken`, `last_administrator`")
    @APIResponseSchema(value = UserView.class, responseDescription = "The changed user")
    public Response patch(
            @PathParam("id") UUID id,
            @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
            @RequestBodySchema(AdministeredUserDocument.class) ObjectNode patch) {
        representation.requireChange(id);
        return representation.user(
                caller.may(Permission.USERS_UPDATE)
                        ? administer(id, ifMatch, patch)
                        : users.patch(id, ifMatch, patch));
    }

    private User administer(UUID id, String ifMatch, ObjectNode patch) {
        return administration.change(
                caller.id(),
                id,
                user -> {
                    EntityTags.requireMatch(ifMatch, Users.tag(user));
                    return rules.patched(user, patch);
                });
    }

    @DELETE
    @PermissionsAllowed("users:delete")
    @Operation(
            operationId = "deleteUser",
            summary = "Delete a user",
            description =
                    "Sessions and memberships in groups end at once. The user can be restored until"
                            + " it is purged; its address and user name are nobody else's so"
                            + " long.")
    @APIResponse(
            responseCode = "409",
            description = "`last_administrator`; `conflict`: nobody removes itself")
    @APIResponse(responseCode = "204", description = "The user is deleted")
    public Response delete(
            @PathParam("id") UUID id, @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch) {
        administration.remove(
                caller.id(), id, user -> EntityTags.requireMatch(ifMatch, Users.tag(user)), true);
        return Response.noContent().build();
    }

    @POST
    @Path("/restore")
    @PermissionsAllowed("users:delete")
    @Operation(
            operationId = "restoreUser",
            summary = "Take the deletion of a user back",
            description =
                    "The user signs in anew, and is in its groups and teams again as it was, but"
                            + " for those that are gone by now. Where it deleted itself somebody else"
                            + " may have its address or user name by now: 409.")
    @APIResponse(
            responseCode = "409",
            description = "`email_taken`, `username_taken`: somebody else has it now")
    @APIResponseSchema(
            value = UserView.class,
            responseCode = "200",
            responseDescription = "The restored user")
    public Response restore(
            @PathParam("id") UUID id, @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch) {
        return representation.user(administration.restore(caller.id(), id, matching(ifMatch)));
    }

    /** What is done to a user needs no tag, but is not done to another state than the one given. */
    private static Consumer<User> matching(String ifMatch) {
        return user -> {
            if (ifMatch != null) {
                EntityTags.requireMatch(ifMatch, Users.tag(user));
            }
        };
    }

    @POST
    @Path("/ban")
    @PermissionsAllowed("users:ban")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "banUser",
            summary = "Keep a user out",
            description = "Its sessions end at once.")
    @APIResponse(
            responseCode = "409",
            description = "`last_administrator`; `conflict`: nobody bans itself")
    @APIResponseSchema(
            value = UserView.class,
            responseCode = "200",
            responseDescription = "The banned user")
    public Response ban(
            @PathParam("id") UUID id,
            @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
            @RequestBodySchema(BanRequest.class) ObjectNode body) {
        BanRequest request = documents.read(body, BanRequest.class);
        return representation.user(
                administration.ban(
                        caller.id(),
                        id,
                        matching(ifMatch),
                        Optional.of(new Users.Ban(request.reason(), request.until()))));
    }

    @POST
    @Path("/unban")
    @PermissionsAllowed("users:ban")
    @Operation(operationId = "unbanUser", summary = "Let a banned user in again")
    @APIResponseSchema(
            value = UserView.class,
            responseCode = "200",
            responseDescription = "The user, banned no longer")
    public Response unban(
            @PathParam("id") UUID id, @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch) {
        return representation.user(
                administration.ban(caller.id(), id, matching(ifMatch), Optional.empty()));
    }

    @POST
    @Path("/reset-sessions")
    @PermissionsAllowed("sessions:revoke")
    @Operation(operationId = "resetUserSessions", summary = "Sign a user out everywhere")
    @APIResponse(responseCode = "204", description = "No session is left")
    public Response resetSessions(@PathParam("id") UUID id) {
        administration.resetSessions(caller.id(), id);
        return Response.noContent().build();
    }

    @POST
    @Path("/require-password-change")
    @PermissionsAllowed("users:set-password")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "requireUserPasswordChange",
            summary = "Have a user choose a new password",
            description =
                    "The password there is becomes as good as a wrong one, sessions end, and a link"
                            + " is mailed at which the person sets another.")
    @APIResponse(
            responseCode = "409",
            description = "`conflict`: passwords are not set by mail here")
    @APIResponse(responseCode = "204", description = "The link is on its way")
    public Response requirePasswordChange(
            @PathParam("id") UUID id,
            @RequestBodySchema(PasswordChangeRequest.class) ObjectNode body) {
        PasswordChangeRequest request = documents.read(body, PasswordChangeRequest.class);
        administration.requirePasswordChange(caller.id(), id, request.redirectTo());
        return Response.noContent().build();
    }
}
