package dev.roster.directory.reports;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.roster.platform.json.Times;
import dev.roster.platform.paging.Slice;
import dev.roster.platform.problem.ProblemException;
import io.quarkus.security.PermissionsAllowed;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Figures about users, for whoever may read reports. */
@Path("/api/v1/reports")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Reports")
public class ReportsResource {

    private static final int MAX_SIZE = 100;
    private static final Pattern MONTH = Pattern.compile("[0-9]{4}-(0[1-9]|1[0-2])");

    private final UserStatistics statistics;
    private final UserLists lists;
    private final ObjectMapper json;

    ReportsResource(UserStatistics statistics, UserLists lists, ObjectMapper json) {
        this.statistics = statistics;
        this.lists = lists;
        this.json = json;
    }

    @GET
    @Path("/sign-ups")
    @PermissionsAllowed("reports:read")
    @Operation(
            operationId = "reportSignUps",
            summary = "Count users by the month in which they came",
            description = "As counted a while ago: `asOf` says when.")
    @APIResponseSchema(value = SignUpsView.class, responseDescription = "The months in order")
    public SignUpsView signUps(
            @Parameter(description = "The first month, such as 2026-01") @QueryParam("from")
                    String from,
            @Parameter(description = "The last month") @QueryParam("to") String to,
            @Context UriInfo uri) {
        requireKnown(uri, "from", "to");
        requireMonth("from", from);
        requireMonth("to", to);
        UserStatistics.Figures figures = statistics.figures(UserStatistics.SIGN_UPS);
        return new SignUpsView(
                figures.asOf(),
                Arrays.stream(read(figures, SignUpFigure[].class))
                        .filter(figure -> from == null || figure.month().compareTo(from) >= 0)
                        .filter(figure -> to == null || figure.month().compareTo(to) <= 0)
                        .toList());
    }

    @GET
    @Path("/statuses")
    @PermissionsAllowed("reports:read")
    @Operation(
            operationId = "reportStatuses",
            summary = "Count users by status and role",
            description = "As counted a while ago: `asOf` says when.")
    @APIResponseSchema(value = StatusesView.class, responseDescription = "The figures")
    public StatusesView statuses(@Context UriInfo uri) {
        requireKnown(uri);
        UserStatistics.Figures figures = statistics.figures(UserStatistics.STATUSES);
        return new StatusesView(figures.asOf(), List.of(read(figures, StatusFigure[].class)));
    }

    @GET
    @Path("/sessions")
    @PermissionsAllowed("reports:read")
    @Operation(
            operationId = "reportSessions",
            summary = "List users with more than a number of sessions since a time",
            description =
                    "Of the sessions that have neither ended nor run out. A slice can be short, or"
                            + " empty, and have a `next` all the same.")
    public Slice<SessionCountView> sessions(
            @Parameter(
                            required = true,
                            description = "A date or an ISO 8601 time",
                            example = "2026-11-01")
                    @QueryParam("since")
                    String since,
            @Parameter(description = "0 or more") @QueryParam("moreThan") @DefaultValue("0")
                    String moreThan,
            @Parameter(description = "`next` of the slice before") @QueryParam("cursor")
                    String cursor,
            @Parameter(description = "1 to 100") @QueryParam("size") @DefaultValue("20")
                    String size,
            @Context UriInfo uri) {
        requireKnown(uri, "since", "moreThan", "cursor", "size");
        return lists.bySessions(
                time("since", since),
                number("moreThan", moreThan, 0, 1_000_000),
                cursor,
                number("size", size, 1, MAX_SIZE));
    }

    @GET
    @Path("/inactive-users")
    @PermissionsAllowed("reports:read")
    @Operation(
            operationId = "reportInactiveUsers",
            summary = "List users who were not seen since a time",
            description =
                    "Longest ago first, those never seen before all. A slice can be short, or"
                            + " empty, and have a `next` all the same.")
    public Slice<InactiveUserView> inactiveUsers(
            @Parameter(
                            required = true,
                            description = "A date or an ISO 8601 time",
                            example = "2026-01-01")
                    @QueryParam("since")
                    String since,
            @Parameter(description = "`next` of the slice before") @QueryParam("cursor")
                    String cursor,
            @Parameter(description = "1 to 100") @QueryParam("size") @DefaultValue("20")
                    String size,
            @Context UriInfo uri) {
        requireKnown(uri, "since", "cursor", "size");
        return lists.byLastSeen(time("since", since), cursor, number("size", size, 1, MAX_SIZE));
    }

    private <T> T read(UserStatistics.Figures figures, Class<T> type) {
        try {
            return json.readValue(figures.json(), type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The figures were written by this service", e);
        }
    }

    private static void requireKnown(UriInfo uri, String... known) {
        uri.getQueryParameters().keySet().stream()
                .filter(name -> !Set.of(known).contains(name))
                .findFirst()
                .ifPresent(
                        name -> {
                            throw ProblemException.invalidParameter(name, "is not known here");
                        });
    }

    private static void requireMonth(String name, String value) {
        if (value != null && !MONTH.matcher(value).matches()) {
            throw ProblemException.invalidParameter(name, "must be a month such as 2026-01");
        }
    }

    private static int number(String name, String value, int min, int max) {
        try {
            int number = Integer.parseInt(value);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // the same answer as for one out of bounds
        }
        throw ProblemException.invalidParameter(name, "must be from " + min + " to " + max);
    }

    private static Instant time(String name, String value) {
        try {
            if (value != null) {
                return Times.parse(value);
            }
        } catch (DateTimeException e) {
            // the same answer as for none
        }
        throw ProblemException.invalidParameter(
                name, "must be a date or a time such as 2026-11-01T00:00:00Z");
    }
}
