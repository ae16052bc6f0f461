package dev.roster.directory.person;

import dev.roster.platform.security.CurrentUser;
import io.quarkus.security.Authenticated;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Everything held on the caller. */
@Path("/api/v1/me/export")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Me")
public class MeExportResource {

    private final PersonalExport export;
    private final CurrentUser caller;

    MeExportResource(PersonalExport export, CurrentUser caller) {
        this.export = export;
        this.caller = caller;
    }

    @GET
    @Authenticated
    @Operation(
            operationId = "exportMe",
            summary = "Export everything held on the caller",
            description =
                    "One document, secrets and the administrators' attributes left out. What came"
                            + " to the caller's address is told once the address is verified.")
    @APIResponse(
            responseCode = "200",
            description = "The document",
            content = @Content(schema = @Schema(type = SchemaType.OBJECT)))
    public Response get() {
        return export.of(caller.id(), false, caller.id());
    }
}
