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
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBodySchema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The caller's own user and profile, so that a client need not know its id. */
@Path("/api/v1/me")
@Authenticated
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Me")
public class MeResource {

    private final Users users;
    private final Documents documents;
    private final UserRepresentation representation;
    private final CurrentUser caller;

    MeResource(
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
    @Operation(operationId = "getMe", summary = "Read the caller's own user")
    @APIResponseSchema(value = UserView.class, responseDescription = "The user")
    public Response get(@HeaderParam(HttpHeaders.IF_NONE_MATCH) String ifNoneMatch) {
        return representation.user(
                User.findActive(caller.id()).orElseThrow(ProblemException::notFound), ifNoneMatch);
    }

    @GET
    @Path("/profile")
    @Operation(operationId = "getMyProfile", summary = "Read the caller's own profile")
    @APIResponseSchema(
            value = ProfileView.class,
            responseDescription = "The profile; every member null before the first change")
    public Response getProfile(@HeaderParam(HttpHeaders.IF_NONE_MATCH) String ifNoneMatch) {
        return representation.profile(
                User.findActiveWithProfile(caller.id()).orElseThrow(ProblemException::notFound),
                ifNoneMatch);
    }

    @PUT
    @Path("/profile")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "putMyProfile",
            summary = "Replace the caller's own profile",
            description = "Members left out are cleared.")
    @APIResponseSchema(value = ProfileView.class, responseDescription = "The profile as stored")
    public Response putProfile(
            @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
            @RequestBodySchema(ProfileDocument.class) ObjectNode body) {
        return representation.profile(
                users.changeProfile(
                        caller.id(),
                        ifMatch,
                        current -> documents.replace(current, body, ProfileDocument.class),
                        caller.id()));
    }

    @PATCH
    @Path("/profile")
    @Consumes({MergePatch.MEDIA_TYPE, MediaType.APPLICATION_JSON})
    @Operation(
            operationId = "patchMyProfile",
            summary = "Change the caller's own profile",
            description = "A merge patch (RFC 7396): null clears.")
    @APIResponseSchema(value = ProfileView.class, responseDescription = "The profile as stored")
    public Response patchProfile(
            @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
            @RequestBodySchema(ProfileDocument.class) ObjectNode patch) {
        return representation.profile(
                users.changeProfile(
                        caller.id(),
                        ifMatch,
                        current -> documents.patch(current, patch, ProfileDocument.class),
                        caller.id()));
    }
}
