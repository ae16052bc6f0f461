package dev.roster.directory.search;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.platform.json.Documents;
import dev.roster.platform.security.CurrentUser;
import dev.roster.platform.security.Permission;
import dev.roster.users.PublicUserView;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.quarkus.security.Authenticated;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBodySchema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Many users by their ids. */
@Path("/api/v1/users/batch-get")
@Authenticated
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Directory")
public class UserBatchResource {

    private final UserSearch search;
    private final Documents documents;
    private final CurrentUser caller;

    UserBatchResource(UserSearch search, Documents documents, CurrentUser caller) {
        this.search = search;
        this.documents = documents;
        this.caller = caller;
    }

    /** Whose users are asked for. */
    @RegisterForReflection
    @Schema(name = "UserIds")
    record Ids(@NotNull @Size(min = 1, max = 100) List<@NotNull UUID> ids) {}

    /** Those of them that there are. */
    @RegisterForReflection
    @Schema(name = "UserBatch")
    record Batch(
            @Schema(
                            description = "In the order of the ids, each once",
                            anyOf = {FoundUser.class, PublicUserView.class})
                    List<Object> items,
            @Schema(description = "Ids of which there is no user") List<UUID> missing) {}

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "batchGetUsers",
            summary = "Read up to 100 users by their ids",
            description =
                    "The public fields for anyone who is signed in; every field of the caller"
                            + " itself, and of everyone for administrators.")
    @APIResponse(responseCode = "200", description = "Those of the users that there are")
    @APIResponseSchema(Batch.class)
    public Batch get(@RequestBodySchema(Ids.class) ObjectNode body) {
        Set<UUID> missing = new LinkedHashSet<>(documents.read(body, Ids.class).ids());
        List<FoundUser> found = search.find(List.copyOf(missing));
        found.forEach(user -> missing.remove(user.id()));
        boolean all = caller.may(Permission.USERS_READ);
        return new Batch(
                found.stream()
                        .map(user -> all || caller.is(user.id()) ? user : user.publicView())
                        .collect(Collectors.toList()),
                List.copyOf(missing));
    }
}
