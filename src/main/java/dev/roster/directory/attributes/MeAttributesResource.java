package dev.roster.directory.attributes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.platform.json.MergePatch;
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
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The caller's own attributes. */
@Path("/api/v1/me/attributes")
@Authenticated
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Attributes")
public class MeAttributesResource {

    private final AttributeAccess access;
    private final CurrentUser caller;

    MeAttributesResource(AttributeAccess access, CurrentUser caller) {
        this.access = access;
        this.caller = caller;
    }

    @GET
    @Operation(
            operationId = "getMyAttributes",
            summary = "Read the caller's own attributes",
            description = "Those that the caller may see.")
    @APIResponse(
            responseCode = "200",
            description = "The attributes by name",
            content = @Content(schema = @Schema(type = SchemaType.OBJECT)))
    public Response get(@HeaderParam(HttpHeaders.IF_NONE_MATCH) String ifNoneMatch) {
        return access.read(caller.id(), ifNoneMatch);
    }

    @PUT
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "putMyAttributes",
            summary = "Replace the caller's own attributes",
            description =
                    "All those that the caller may write; the others stay. Each circle is held to"
                            + " its JSON Schema.")
    @APIResponse(
            responseCode = "200",
            description = "The attributes as stored",
            content = @Content(schema = @Schema(type = SchemaType.OBJECT)))
    public Response put(
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
        return access.replace(caller.id(), ifMatch, body);
    }

    @PATCH
    @Consumes({MergePatch.MEDIA_TYPE, MediaType.APPLICATION_JSON})
    @Operation(
            operationId = "patchMyAttributes",
            summary = "Change the caller's own attributes",
            description = "A merge patch (RFC 7396): null removes.")
    @APIResponse(
            responseCode = "200",
            description = "The attributes as stored",
            content = @Content(schema = @Schema(type = SchemaType.OBJECT)))
    public Response patch(
            @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
            @RequestBody(
                            required = true,
                            content = @Content(schema = @Schema(type = SchemaType.OBJECT)))
                    ObjectNode patch) {
        return access.patch(caller.id(), ifMatch, patch);
    }
}
