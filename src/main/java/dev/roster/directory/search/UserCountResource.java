package dev.roster.directory.search;

import dev.roster.platform.problem.ProblemException;
import dev.roster.platform.security.CurrentUser;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.quarkus.security.PermissionsAllowed;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** How many users a filter means. */
@Path("/api/v1/users/count")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Directory")
public class UserCountResource {

    private final UserSearch search;
    private final CurrentUser caller;
    private final SearchConfig config;

    UserCountResource(UserSearch search, CurrentUser caller, SearchConfig config) {
        this.search = search;
        this.caller = caller;
        this.config = config;
    }

    /** How many users a filter means. */
    @RegisterForReflection
    @Schema(name = "UserCount")
    record Count(
            long total,
            @Schema(description = "Whether the total is an estimate") boolean totalEstimated) {}

    @GET
    @PermissionsAllowed("users:list")
    @Operation(
            operationId = "countUsers",
            summary = "Count users",
            description =
                    "By the filters of the list; `q` as the words are given. Exact up to a bound,"
                            + " above it an estimate marked as such, unless `exact=true`, which"
                            + " takes as long as there are users. "
                            + FilterParameters.ATTRIBUTES)
    @APIResponse(responseCode = "200", description = "How many they are")
    @APIResponseSchema(Count.class)
    public Count count(
            @BeanParam FilterParameters filters,
            @QueryParam("exact")
                    @Parameter(
                            description = "`true` to have each of them counted",
                            schema = @Schema(type = SchemaType.BOOLEAN))
                    String exact,
            @Context UriInfo uri) {
        Map<String, String> parameters =
                FilterParameters.of(uri.getQueryParameters(), Set.of("exact"));
        String given = parameters.get("exact");
        if (given != null && !given.equals("true") && !given.equals("false")) {
            throw ProblemException.invalidParameter("exact", "must be true or false");
        }
        UserFilter filter = UserFilter.of(parameters);
        search.requireVisible(filter, caller::may);
        Selection selection = search.select(filter);
        UserSearch.Total total =
                "true".equals(given)
                        ? search.count(selection)
                        : search.count(selection, config.exactTotal());
        return new Count(total.users(), total.estimated());
    }
}
