package dev.roster.users;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.platform.etag.EntityTags;
import dev.roster.platform.problem.ProblemException;
import dev.roster.platform.security.CurrentUser;
import io.quarkus.security.Authenticated;
import jakarta.validation.constraints.Pattern;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
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

/** What an application keeps for the caller: one JSON object for each namespace. */
@Path("/api/v1/me/preferences/{namespace}")
@Authenticated
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Preferences")
public class PreferencesResource {

    private static final String NAMESPACE = "[a-z0-9][a-z0-9._-]{0,63}";
    private static final String NAMESPACE_MESSAGE =
            "must be 1 to 64 of a-z, 0-9, '.', '_' and '-', starting with a letter or digit";

    private final Preferences preferences;
    private final CurrentUser caller;

    PreferencesResource(Preferences preferences, CurrentUser caller) {
        this.preferences = preferences;
        this.caller = caller;
    }

    @GET
    @Operation(operationId = "getPreferences", summary = "Read the preferences of a namespace")
    @APIResponse(
            responseCode = "200",
            description = "The object last stored",
            content = @Content(schema = @Schema(type = SchemaType.OBJECT)))
    public Response get(
            @PathParam("namespace") @Pattern(regexp = NAMESPACE, message = NAMESPACE_MESSAGE)
                    String namespace,
            @HeaderParam(HttpHeaders.IF_NONE_MATCH) String ifNoneMatch) {
        Preferences.Stored stored =
                preferences.find(caller.id(), namespace).orElseThrow(ProblemException::notFound);
        return EntityTags.answer(stored.json(), stored.tag(), ifNoneMatch);
    }

    @PUT
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "putPreferences",
            summary = "Store the preferences of a namespace",
            description =
                    "A JSON object of 64 KiB at most. If-Match is required once the namespace"
                            + " exists.")
    @APIResponse(
            responseCode = "200",
            description = "The object as stored",
            content = @Content(schema = @Schema(type = SchemaType.OBJECT)))
    @APIResponse(
            responseCode = "201",
            description = "The object as stored, the first of its namespace",
            content = @Content(schema = @Schema(type = SchemaType.OBJECT)))
    public Response put(
            @PathParam("namespace") @Pattern(regexp = NAMESPACE, message = NAMESPACE_MESSAGE)
                    String namespace,
            @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
            @RequestBody(
                            required = true,
                            content =
                                    @Content(
                                            schema = @Schema(type = SchemaType.OBJECT),
                                            examples =
                                                    @ExampleObject(
                                                            name = "editor",
                                                            value = "{\"theme\":\"dark\"}")))
                    ObjectNode body) {
        Preferences.Stored stored = preferences.put(caller.id(), namespace, ifMatch, body);
        return Response.status(stored.created() ? 201 : 200)
                .entity(stored.json())
                .tag(stored.tag())
                .build();
    }

    @DELETE
    @Operation(
            operationId = "deletePreferences",
            summary = "Delete the preferences of a namespace",
            description = "If-Match is required.")
    @APIResponse(responseCode = "204", description = "Deleted")
    public Response delete(
            @PathParam("namespace") @Pattern(regexp = NAMESPACE, message = NAMESPACE_MESSAGE)
                    String namespace,
            @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch) {
        preferences.delete(caller.id(), namespace, ifMatch);
        return Response.noContent().build();
    }
}
