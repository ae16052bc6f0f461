package dev.roster.directory.apikeys;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.accounts.apikey.ApiKey;
import dev.roster.accounts.apikey.ApiKeyDocument;
import dev.roster.accounts.apikey.ApiKeys;
import dev.roster.platform.etag.EntityTags;
import dev.roster.platform.json.MergePatch;
import dev.roster.platform.paging.Cursors;
import dev.roster.platform.paging.ListQuery;
import dev.roster.platform.paging.Slice;
import dev.roster.platform.problem.ProblemException;
import dev.roster.users.User;
import io.quarkus.security.PermissionsAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBodySchema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The API keys of a user; their owner makes, renames and deletes them in the other dialect. */
@Path("/api/v1/users/{id}/api-keys")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "API keys")
public class UserApiKeysResource {

    private final ApiKeyAccess access;
    private final ApiKeys apiKeys;
    private final Cursors cursors;
    private final Clock clock;

    UserApiKeysResource(ApiKeyAccess access, ApiKeys apiKeys, Cursors cursors, Clock clock) {
        this.access = access;
        this.apiKeys = apiKeys;
        this.cursors = cursors;
        this.clock = clock;
    }

    @GET
    @PermissionsAllowed("users:read")
    @Operation(
            operationId = "listUserApiKeys",
            summary = "List the API keys of a user",
            description = "For users:read. Those that have not expired.")
    public Slice<ApiKeyView> list(
            @PathParam("id") UUID id,
            @Context UriInfo uri,
            @QueryParam("cursor") @Parameter(description = "The `next` of the part before")
                    String cursor,
            @QueryParam("size")
                    @Schema(
                            type = SchemaType.INTEGER,
                            minimum = "1",
                            maximum = "100",
                            defaultValue = "20")
                    String size) {
        ListQuery query = ListQuery.of(uri);
        int count = query.size();
        String list = "/api/v1/users/" + id + "/api-keys";
        UUID after =
                query.cursor()
                        .map(
                                text ->
                                        ListQuery.uuid(cursors.decode(list, text, 1).get(0))
                                                .orElseThrow(Cursors::unknown))
                        .orElse(null);
        if (User.findActive(id).isEmpty()) {
            throw ProblemException.notFound();
        }
        return Slice.of(
                ApiKey.listOf(id, clock.instant(), after, count + 1),
                count,
                this::view,
                key -> cursors.encode(list, List.of(key.id.toString())));
    }

    @GET
    @Path("/{keyId}")
    @PermissionsAllowed("users:read")
    @Operation(
            operationId = "getUserApiKey",
            summary = "Read an API key of a user",
            description = "For users:read.")
    @APIResponseSchema(value = ApiKeyView.class, responseDescription = "The key")
    public Response get(
            @PathParam("id") UUID id,
            @PathParam("keyId") UUID keyId,
            @HeaderParam(HttpHeaders.IF_NONE_MATCH) String ifNoneMatch) {
        return answer(
                User.findActive(id)
                        .flatMap(user -> ApiKey.findOwn(id, keyId, clock.instant()))
                        .orElseThrow(ProblemException::notFound),
                ifNoneMatch);
    }

    @PATCH
    @Path("/{keyId}")
    @PermissionsAllowed("users:update")
    @Consumes({MergePatch.MEDIA_TYPE, MediaType.APPLICATION_JSON})
    @Operation(
            operationId = "patchUserApiKey",
            summary = "Bound an API key of a user",
            description =
                    "For users:update, where the user may not do what the caller may not. A merge"
                            + " patch (RFC 7396).")
    @APIResponseSchema(value = ApiKeyView.class, responseDescription = "The key as stored")
    public Response patch(
            @PathParam("id") UUID id,
            @PathParam("keyId") UUID keyId,
            @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
            @RequestBodySchema(ApiKeyDocument.class) ObjectNode patch) {
        return answer(access.patch(id, keyId, ifMatch, patch), null);
    }

    /** The tag tells of what can be changed here; what uses count is no part of it. */
    private Response answer(ApiKey key, String ifNoneMatch) {
        return EntityTags.answer(view(key), EntityTags.of(key.version), ifNoneMatch);
    }

    private ApiKeyView view(ApiKey key) {
        return ApiKeyView.of(key, apiKeys.permissions(key));
    }
}
