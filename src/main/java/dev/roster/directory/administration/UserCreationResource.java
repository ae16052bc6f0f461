package dev.roster.directory.administration;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.platform.idempotency.Idempotent;
import dev.roster.platform.json.Documents;
import dev.roster.platform.security.CurrentUser;
import dev.roster.users.UserRepresentation;
import dev.roster.users.UserView;
import io.quarkus.security.Authenticated;
import io.quarkus.security.PermissionsAllowed;
import jakarta.transaction.Transactional;
import jakarta.ws.rs.Consumes;
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

/** Accounts that are made for others. */
@Path("/api/v1/users")
@Authenticated
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Users")
public class UserCreationResource {

    private final UserCreation creation;
    private final Documents documents;
    private final UserRepresentation representation;
    private final CurrentUser caller;

    UserCreationResource(
            UserCreation creation,
            Documents documents,
            UserRepresentation representation,
            CurrentUser caller) {
        this.creation = creation;
        this.documents = documents;
        this.representation = representation;
        this.caller = caller;
    }

    @POST
    @Idempotent
    @Transactional
    @PermissionsAllowed("users:create")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "createUser",
            summary = "Make an account for somebody",
            description =
                    "Without a password: by default a link is mailed at which the person sets one."
                            + " Roles need users:set-role, a proven address users:set-email.")
    @APIResponse(
            responseCode = "409",
            description =
                    "`email_taken`, `username_taken`; `conflict`: passwords are not set by mail here")
    @APIResponseSchema(
            value = UserView.class,
            responseCode = "201",
            responseDescription = "The new user")
    public Response create(@RequestBodySchema(NewUser.class) ObjectNode body) {
        return representation.created(
                creation.create(caller.id(), documents.read(body, NewUser.class)));
    }
}
