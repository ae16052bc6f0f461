package dev.roster.users;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.platform.json.Documents;
import dev.roster.platform.json.MergePatch;
import dev.roster.platform.problem.ProblemException;
import dev.roster.platform.security.CurrentUser;
import io.quarkus.security.Authenticated;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBodySchema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Users and their profiles by id; administrators change users in {@code directory}. */
@Path("/api/v1/users/{id}")
@Authenticated
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Users")
public class UsersResource {

    private final Users users;
    private final Documents documents;
    private final UserRepresentation representation;
    private final CurrentUser caller;

    UsersResource(
            Users users,
            Documents documents,
            UserRepresentation representation,
            CurrentUser caller) {
        this.users = users;
        this.documents = documents;
        this.representation = representation;
        this.caller = caller;
    }

    @GET
    @Operation(
            operationId = "getUser",
            summary = "Read a user",
            description =
                    "The public fields for anyone who is signed in; every field for the user"
                            + " itself and administrators.")
    @APIResponse(
            responseCode = "200",
            description = "The user",
            content = @Content(schema = @Schema(anyOf = {UserView.class, PublicUserView.class})))
    public Response get(
            @PathParam("id") UUID id, @HeaderParam(HttpHeaders.IF_NONE_MATCH) String ifNoneMatch) {
        return representation.user(
                User.findActive(id).orElseThrow(ProblemException::notFound), ifNoneMatch);
    }

    @GET
    @Path("/profile")
    @Operation(
            operationId = "getUserProfile",
            summary = "Read a user's profile",
            description =
                    "The public fields for anyone who is signed in; every field for the user"
                            + " itself and administrators.")
    @APIResponse(
            responseCode = "200",
            description = "The profile",
            content =
                    @Content(
                            schema = @Schema(anyOf = {ProfileView.class, PublicProfileView.class})))
    public Response getProfile(
            @PathParam("id") UUID id, @HeaderParam(HttpHeaders.IF_NONE_MATCH) String ifNoneMatch) {
        return representation.profile(
                User.findActiveWithProfile(id).orElseThrow(ProblemException::notFound),
                ifNoneMatch);
    }

    @PUT
    @Path("/profile")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "putUserProfile",
            summary = "Replace a user's profile",
            description = "For the user itself and administrators. Members left out are cleared.")
    @APIResponseSchema(value = ProfileView.class, responseDescription = "The profile as stored")
    public Response putProfile(
            @PathParam("id") UUID id,
            @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
            @RequestBodySchema(ProfileDocument.class) ObjectNode body) {
        representation.requireChange(id);
        return representation.profile(
                users.changeProfile(
                        id,
                        ifMatch,
                        current -> documents.replace(current, body, ProfileDocument.class),
                        caller.id()));
    }

    @PATCH
    @Path("/profile")
    @Consumes({MergePatch.MEDIA_TYPE, MediaType.APPLICATION_JSON})
    @Operation(
            operationId = "patchUserProfile",
            summary = "Change a user's profile",
            description =
                    "For the user itself and administrators. A merge patch (RFC 7396): null clears.")
    @APIResponseSchema(value = ProfileView.class, responseDescription = "The profile as stored")
    public Response patchProfile(
            @PathParam("id") UUID id,
            @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
            @RequestBodySchema(ProfileDocument.class) ObjectNode patch) {
        representation.requireChange(id);
        return representation.profile(
                users.changeProfile(
                        id,
                        ifMatch,
                        current -> documents.patch(current, patch, ProfileDocument.class),
                        caller.id()));
    }
}
