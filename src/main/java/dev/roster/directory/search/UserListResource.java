package dev.roster.directory.search;

import dev.roster.platform.paging.Cursors;
import dev.roster.platform.problem.ProblemException;
import dev.roster.platform.security.CurrentUser;
import io.quarkus.security.PermissionsAllowed;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The list of users. */
@Path("/api/v1/users")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Directory")
public class UserListResource {

    private static final Set<String> OWN = Set.of("sort", "cursor", "page", "size", "total");
    private static final int USUAL_SIZE = 20;
    private static final int LARGEST_SIZE = 100;

    /** Rows before a page are read to be thrown away; a cursor has none. */
    private static final int LAST_ROW_BY_PAGE = 10_000;

    private final UserSearch search;
    private final Cursors cursors;
    private final CurrentUser caller;
    private final SearchConfig config;

    UserListResource(UserSearch search, Cursors cursors, CurrentUser caller, SearchConfig config) {
        this.search = search;
        this.cursors = cursors;
        this.caller = caller;
        this.config = config;
    }

    @GET
    @PermissionsAllowed("users:list")
    @Operation(
            operationId = "listUsers",
            summary = "List and search users",
            description =
                    "By cursor, which costs the same however far one reads, or by page with `page`,"
                            + " up to the first 10,000. All filters must hold; of a list with"
                            + " commas one. Without `sort` the order is that of creation here, or"
                            + " of the time or age that is filtered by. "
                            + FilterParameters.ATTRIBUTES)
    @APIResponse(
            responseCode = "200",
            description = "A part of the list",
            content = @Content(schema = @Schema(anyOf = {UserSlice.class, UserPage.class})))
    public Response list(
            @BeanParam FilterParameters filters,
            @QueryParam("sort")
                    @Parameter(
                            description =
                                    "Of `id`, `name`, `email`, `username`, `createdAt`,"
                                            + " `updatedAt`, `lastSeenAt`, with commas; a `-`"
                                            + " before one for descending. Those who have none come"
                                            + " first",
                            example = "name,-createdAt")
                    String sort,
            @QueryParam("cursor")
                    @Parameter(description = "The `next` of the part before; not with `page`")
                    String cursor,
            @QueryParam("page")
                    @Parameter(
                            description = "Number of the page, from 1",
                            schema = @Schema(type = SchemaType.INTEGER, minimum = "1"))
                    String page,
            @QueryParam("size")
                    @Parameter(
                            description = "How many to answer with",
                            schema =
                                    @Schema(
                                            type = SchemaType.INTEGER,
                                            minimum = "1",
                                            maximum = "100",
                                            defaultValue = "20"))
                    String size,
            @QueryParam("total")
                    @Parameter(
                            description =
                                    "`bounded` for how many match: exact up to a bound, above it an"
                                            + " estimate marked as such. `none` to leave it out,"
                                            + " as by cursor unless asked for",
                            schema = @Schema(enumeration = {"bounded", "none"}))
                    String total,
            @Context UriInfo uri) {
        Map<String, String> parameters = FilterParameters.of(uri.getQueryParameters(), OWN);
        UserFilter filter = UserFilter.of(parameters);
        search.requireVisible(filter, caller::may);
        // as they came: an empty parameter is not one that is missing
        String given = parameters.get("cursor");
        Order order = Order.of(parameters.get("sort"), filter);
        int rows = number("size", parameters, 1, LARGEST_SIZE).orElse(USUAL_SIZE);
        Optional<Integer> number = number("page", parameters, 1, LAST_ROW_BY_PAGE);
        boolean counted = isCounted(parameters.get("total"), number.isPresent());
        if (number.isEmpty()) {
            return Response.ok(slice(filter, order, given, rows, counted)).build();
        }
        if (given != null) {
            throw ProblemException.invalidParameter("page", "does not go with cursor");
        }
        if ((long) number.get() * rows > LAST_ROW_BY_PAGE) {
            throw ProblemException.invalidParameter(
                    "page", "is beyond the first 10,000: read on by cursor");
        }
        return Response.ok(page(filter, order, number.get(), rows, counted)).build();
    }

    private UserSlice slice(
            UserFilter filter, Order order, String cursor, int rows, boolean counted) {
        String list = filter + " " + order;
        List<String> keys =
                cursor == null ? List.of() : cursors.decode(list, cursor, order.size() + 1);
        Order.Position position = cursor == null ? null : order.after(keys.subList(1, keys.size()));
        Selection selection = search.select(filter);
        boolean similar = cursor != null && Match.SIMILAR.name().equals(keys.get(0));
        if (similar) {
            selection = search.respelt(selection).orElse(selection);
        }
        UserSearch.Found found = search.find(selection, order, position, 0, rows + 1);
        if (isMissed(filter, found) && cursor == null) {
            Optional<Selection> respelt = search.respelt(selection);
            if (respelt.isPresent()) {
                similar = true;
                selection = respelt.get();
                found = search.find(selection, order, null, 0, rows + 1);
            }
        }
        boolean more = found.users().size() > rows;
        String next = null;
        if (more) {
            List<String> last = new ArrayList<>();
            last.add(similar ? Match.SIMILAR.name() : "");
            last.addAll(found.keys().get(rows - 1));
            next = cursors.encode(list, last);
        }
        UserSearch.Total total = null;
        if (counted) {
            total =
                    cursor == null && !more
                            ? new UserSearch.Total(found.users().size(), false)
                            : search.count(selection, config.exactTotal());
        }
        return new UserSlice(
                first(found, rows),
                next,
                match(filter, similar),
                total == null ? null : total.users(),
                total == null ? null : total.estimated());
    }

    private UserPage page(UserFilter filter, Order order, int number, int rows, boolean counted) {
        int offset = (number - 1) * rows;
        boolean similar = false;
        Selection selection = search.select(filter);
        UserSearch.Found found = search.find(selection, order, null, offset, rows);
        // beyond the end of those who are found nobody is found either
        if (isMissed(filter, found)
                && (number == 1 || search.find(selection, order, null, 0, 1).users().isEmpty())) {
            Optional<Selection> respelt = search.respelt(selection);
            if (respelt.isPresent()) {
                similar = true;
                selection = respelt.get();
                found = search.find(selection, order, null, offset, rows);
            }
        }
        if (!counted) {
            return new UserPage(
                    first(found, rows), number, rows, null, null, null, match(filter, similar));
        }
        int here = found.users().size();
        boolean last = here < rows && (here > 0 || number == 1);
        UserSearch.Total total =
                last
                        ? new UserSearch.Total(offset + here, false)
                        : search.count(selection, config.exactTotal());
        return new UserPage(
                first(found, rows),
                number,
                rows,
                total.users(),
                total.estimated(),
                Math.min((total.users() + rows - 1) / rows, LAST_ROW_BY_PAGE / rows),
                match(filter, similar));
    }

    private static List<FoundUser> first(UserSearch.Found found, int rows) {
        return found.users().subList(0, Math.min(rows, found.users().size()));
    }

    /** Searched for by words, and found nobody. */
    private static boolean isMissed(UserFilter filter, UserSearch.Found found) {
        return !filter.words().isEmpty() && found.users().isEmpty();
    }

    private static Match match(UserFilter filter, boolean similar) {
        return filter.words().isEmpty() ? null : similar ? Match.SIMILAR : Match.EXACT;
    }

    private static boolean isCounted(String total, boolean byPage) {
        if (total == null) {
            return byPage;
        }
        if (!total.equals("bounded") && !total.equals("none")) {
            throw ProblemException.invalidParameter("total", "must be bounded or none");
        }
        return total.equals("bounded");
    }

    private static Optional<Integer> number(
            String name, Map<String, String> parameters, int least, int most) {
        String text = parameters.get(name);
        if (text == null) {
            return Optional.empty();
        }
        if (text.matches("\\d{1,9}")) {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return Optional.of(number);
            }
        }
        throw ProblemException.invalidParameter(
                name, "must be a number from " + least + " to " + most);
    }
}
