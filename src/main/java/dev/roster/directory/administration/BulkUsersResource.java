package dev.roster.directory.administration;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.platform.idempotency.Idempotent;
import dev.roster.platform.json.Documents;
import dev.roster.platform.security.CurrentUser;
import io.quarkus.security.Authenticated;
import io.quarkus.security.PermissionsAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBodySchema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Many users at once, in one transaction. */
@Path("/api/v1/users/bulk")
@Authenticated
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Users")
public class BulkUsersResource {

    private final BulkUserCreation creation;
    private final BulkUserAdministration administration;
    private final Documents documents;
    private final CurrentUser caller;

    BulkUsersResource(
            BulkUserCreation creation,
            BulkUserAdministration administration,
            Documents documents,
            CurrentUser caller) {
        this.creation = creation;
        this.administration = administration;
        this.documents = documents;
        this.caller = caller;
    }

    @POST
    @Idempotent
    @PermissionsAllowed("users:create")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "createUsers",
            summary = "Make accounts for up to 10,000 people",
            description =
                    "All or none, or as many as can be made, with a result for each. Bodies may have"
                            + " 32 MiB.")
    @APIResponse(
            responseCode = "409",
            description =
                    "`email_taken`, `username_taken`; `conflict`: passwords are not set by mail here")
    @APIResponseSchema(
            value = BulkCreationView.class,
            responseCode = "200",
            responseDescription = "What became of each")
    public Response create(@RequestBodySchema(BulkCreation.class) ObjectNode body) {
        return Response.ok(creation.create(caller.id(), documents.read(body, BulkCreation.class)))
                .build();
    }

    @PATCH
    @PermissionsAllowed("users:update")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "patchUsers",
            summary = "Change many users alike",
            description =
                    "By id, or by the filter of the list. Users who may do what the caller may not"
                            + " are never changed: 403 by id, left out by filter.")
    @APIResponse(
            responseCode = "409",
            description = "`last_administrator`; `conflict`: the caller itself is among them")
    @APIResponseSchema(
            value = BulkChangeView.class,
            responseCode = "200",
            responseDescription = "How many were changed")
    public Response patch(@RequestBodySchema(BulkPatch.class) ObjectNode body) {
        return Response.ok(
                        administration.change(caller.id(), documents.read(body, BulkPatch.class)))
                .build();
    }

    @DELETE
    @PermissionsAllowed("users:delete")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "deleteUsers",
            summary = "Delete many users",
            description =
                    "By id, or by the filter of the list. Each can be restored until it is purged,"
                            + " with its memberships in groups, which end at once."
                            + " Users who may do what the caller may not are never deleted: 403 by"
                            + " id, left out by filter.")
    @APIResponse(
            responseCode = "409",
            description = "`last_administrator`; `conflict`: the caller itself is among them")
    @APIResponseSchema(
            value = BulkChangeView.class,
            responseCode = "200",
            responseDescription = "How many were deleted")
    public Response delete(@RequestBodySchema(BulkDeletion.class) ObjectNode body) {
        return Response.ok(
                        administration.delete(
                                caller.id(), documents.read(body, BulkDeletion.class)))
                .build();
    }
}
