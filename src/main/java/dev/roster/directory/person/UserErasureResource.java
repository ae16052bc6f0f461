package dev.roster.directory.person;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.platform.json.Documents;
import dev.roster.platform.security.CurrentUser;
import io.quarkus.security.PermissionsAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
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
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Lets a person vanish for good. */
@Path("/api/v1/users/{id}/erase")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Users")
public class UserErasureResource {

    private final Erasure erasure;
    private final Documents documents;
    private final CurrentUser caller;

    UserErasureResource(Erasure erasure, Documents documents, CurrentUser caller) {
        this.erasure = erasure;
        this.documents = documents;
        this.caller = caller;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @PermissionsAllowed("users:erase")
    @Operation(
            operationId = "eraseUser",
            summary = "Erase a person for good",
            description =
                    "Irreversible, for a deleted user too. The audit trail keeps its events under the"
                            + " user's id, without their details. Where two administrators have to"
                            + " agree, the first call asks and another administrator's confirms.")
    @APIResponse(responseCode = "204", description = "The person is gone")
    @APIResponse(
            responseCode = "202",
            description = "Another administrator has to confirm",
            content = @Content(schema = @Schema(implementation = ErasureRequestView.class)))
    @APIResponse(
            responseCode = "409",
            description =
                    "`last_administrator`: the last administrator stays one; `conflict`: who asked"
                            + " cannot confirm")
    public Response erase(
            @PathParam("id") UUID id,
            @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
            @RequestBodySchema(ErasureDocument.class) ObjectNode body) {
        String reason = documents.read(body, ErasureDocument.class).reason();
        return erasure.erase(id, ifMatch, reason, caller.id())
                .map(request -> Response.accepted(request).build())
                .orElseGet(() -> Response.noContent().build());
    }
}
