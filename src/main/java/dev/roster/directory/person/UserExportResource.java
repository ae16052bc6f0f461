package dev.roster.directory.person;

import dev.roster.platform.security.CurrentUser;
import io.quarkus.security.PermissionsAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Everything held on a person, for administrators. */
@Path("/api/v1/users/{id}/export")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Users")
public class UserExportResource {

    private final PersonalExport export;
    private final CurrentUser caller;

    UserExportResource(PersonalExport export, CurrentUser caller) {
        this.export = export;
        this.caller = caller;
    }

    @GET
    @PermissionsAllowed("users:export")
    @Operation(
            operationId = "exportUser",
            summary = "Export everything held on a person",
            description =
                    "One document, secrets left out; a deleted user's too. The export is an event"
                            + " in the audit trail.")
    @APIResponse(
            responseCode = "200",
            description = "The document",
            content = @Content(schema = @Schema(type = SchemaType.OBJECT)))
    public Response get(@PathParam("id") UUID id) {
        return export.of(id, true, caller.id());
    }
}
