package dev.roster.directory.attributes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.platform.json.MergePatch;
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
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The attributes of users by id. */
@Path("/api/v1/users/{id}/attributes")
@Authenticated
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Attributes")
public class UserAttributesResource {

    private final AttributeAccess access;

    UserAttributesResource(AttributeAccess access) {
        this.access = access;
    }

    @GET
    @Operation(
            operationId = "getUserAttributes",
            summary = "Read a user's attributes",
            description =
                    "The public ones for anyone who is signed in, more for the user itself, all for administrators.")
    @APIResponse(
            responseCode = "200",
            description = "The attributes by name",
            content = @Content(schema = @Schema(type = SchemaType.OBJECT)))
    public Response get(
            @PathParam("id") UUID id, @HeaderParam(HttpHeaders.IF_NONE_MATCH) String ifNoneMatch) {
        return access.read(id, ifNoneMatch);
    }

    @PUT
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "putUserAttributes",
            summary = "Replace a user's attributes",
            description =
                    "All those that the caller may write; the others stay. Each circle is held to"
                            + " its JSON Schema.")
    @APIResponse(
            responseCode = "200",
            description = "The attributes as stored",
            content = @Content(schema = @Schema(type = SchemaType.OBJECT)))
    public Response put(
            @PathParam("id") UUID id,
            @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
            @RequestBody(
                            required = true,
                            content =
                                    @Content(
                                            schema = @Schema(type = SchemaType.OBJECT),
                                            examples =
                                                    @ExampleObject(
                                                            name = "attributes",
                                                            value = "{\"department\":\"Sales\"}")))
                    ObjectNode body) {
        return access.replace(id, ifMatch, body);
    }

    @PATCH
    @Consumes({MergePatch.MEDIA_TYPE, MediaType.APPLICATION_JSON})
    @Operation(
            operationId = "patchUserAttributes",
            summary = "Change a user's attributes",
            description = "A merge patch (RFC 7396): null removes.")
    @APIResponse(
            responseCode = "200",
            description = "The attributes as stored",
            content = @Content(schema = @Schema(type = SchemaType.OBJECT)))
    public Response patch(
            @PathParam("id") UUID id,
            @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
            @RequestBody(
                            required = true,
                            content = @Content(schema = @Schema(type = SchemaType.OBJECT)))
                    ObjectNode patch) {
        return access.patch(id, ifMatch, patch);
    }
}
