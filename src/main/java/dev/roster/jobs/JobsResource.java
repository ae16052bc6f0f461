package dev.roster.jobs;

import dev.roster.platform.http.MediaTypes;
import dev.roster.platform.http.WholeAnswers;
import dev.roster.platform.paging.Cursors;
import dev.roster.platform.paging.Slice;
import dev.roster.platform.problem.Parameters;
import dev.roster.platform.problem.ProblemException;
import dev.roster.platform.security.CurrentUser;
import dev.roster.platform.security.Permission;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.quarkus.security.Authenticated;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/**
 * Jobs and their reports: one's own, while one may still do what was asked for; for administrators
 * all. For everybody else there is no such job.
 */
@Path("/api/v1/jobs")
@Authenticated
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Jobs")
public class JobsResource {

    private static final int MAX_SIZE = 100;
    private static final String CSV = "text/csv";
    private static final String LINES = "application/x-ndjson";

    private final Jobs jobs;
    private final JobReport report;
    private final WholeAnswers answers;
    private final CurrentUser caller;
    private final Cursors cursors;
    private final Clock clock;

    JobsResource(
            Jobs jobs,
            JobReport report,
            WholeAnswers answers,
            CurrentUser caller,
            Cursors cursors,
            Clock clock) {
        this.jobs = jobs;
        this.answers = answers;
        this.report = report;
        this.caller = caller;
        this.cursors = cursors;
        this.clock = clock;
    }

    /** Names the items' type in the document. */
    @RegisterForReflection
    record JobSlice(List<JobView> items, @Schema(nullable = true) String next) {}

    @GET
    @Operation(
            operationId = "listJobs",
            summary = "List jobs",
            description = "Newest first: one's own; for administrators everybody's.")
    @APIResponseSchema(value = JobSlice.class, responseDescription = "A part of the list")
    public Slice<JobView> list(
            @QueryParam("cursor") String cursor,
            @Parameter(schema = @Schema(minimum = "1", maximum = "100", defaultValue = "20"))
                    @QueryParam("size")
                    @DefaultValue("20")
                    String size,
            @Context UriInfo uri) {
        Parameters.only(uri, Set.of("cursor", "size"));
        UUID owner = caller.mayAll() ? null : caller.id();
        String list = "jobs " + owner;
        int limit = size(size);
        List<Job> found = Job.list(owner, before(list, cursor), limit + 1);
        Instant now = clock.instant();
        return new Slice<>(
                found.stream()
                        .limit(limit)
                        .filter(this::isVisible)
                        .map(job -> JobView.of(job, now))
                        .toList(),
                found.size() > limit
                        ? cursors.encode(list, List.of(found.get(limit - 1).id.toString()))
                        : null);
    }

    @GET
    @Path("/{id}")
    @Operation(
            operationId = "getJob",
            summary = "Read a job",
            description = "How far it is, how fast, and how long it will still take.")
    @APIResponseSchema(value = JobView.class, responseDescription = "The job")
    public JobView get(@PathParam("id") UUID id) {
        return JobView.of(find(id), clock.instant());
    }

    @POST
    @Path("/{id}/cancel")
    @Operation(
            operationId = "cancelJob",
            summary = "Cancel a job",
            description = "It stops behind the step it is at. What it did stays.")
    @APIResponse(
            responseCode = "200",
            description = "The cancelled job",
            content = @Content(schema = @Schema(implementation = JobView.class)))
    @APIResponse(responseCode = "409", description = "It has ended")
    public JobView cancel(@PathParam("id") UUID id) {
        find(id);
        return JobView.of(jobs.cancel(id, caller.id()), clock.instant());
    }

    @GET
    @Path("/{id}/report")
    @Produces({LINES, CSV})
    @Operation(
            operationId = "getJobReport",
            summary = "Download what a job refused",
            description =
                    "Line, field and reason of each fault so far, in the order of the file; as"
                            + " `application/x-ndjson` or `text/csv`.")
    @APIResponse(
            responseCode = "200",
            description = "The report",
            content = {
                @Content(
                        mediaType = LINES,
                        schema =
                                @Schema(
                                        type =
                                                org.eclipse.microprofile.openapi.annotations.enums
                                                        .SchemaType.STRING)),
                @Content(
                        mediaType = CSV,
                        schema =
                                @Schema(
                                        type =
                                                org.eclipse.microprofile.openapi.annotations.enums
                                                        .SchemaType.STRING))
            })
    public Response report(@PathParam("id") UUID id, @Context HttpHeaders headers) {
        find(id);
        boolean csv = MediaTypes.preferred(headers, List.of(LINES, CSV)).equals(CSV);
        StreamingOutput body =
                answers.wholeOrBroken(
                        csv ? out -> report.writeCsv(id, out) : out -> report.writeLines(id, out));
        return Response.ok(body, csv ? CSV + ";charset=UTF-8" : LINES)
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        "attachment; filename=\"report-" + id + (csv ? ".csv" : ".ndjson") + "\"")
                .build();
    }

    private Job find(UUID id) {
        return Job.<Job>findByIdOptional(id)
                .filter(this::isVisible)
                .orElseThrow(ProblemException::notFound);
    }

    private boolean isVisible(Job job) {
        return caller.mayAll()
                || caller.id().equals(job.createdBy)
                        && Permission.of(job.permission).filter(caller::may).isPresent();
    }

    private UUID before(String list, String cursor) {
        if (cursor == null) {
            return null;
        }
        try {
            return UUID.fromString(cursors.decode(list, cursor, 1).get(0));
        } catch (IllegalArgumentException e) {
            throw ProblemException.invalidParameter("cursor", "is no cursor of ours");
        }
    }

    private static int size(String text) {
        try {
            int size = Integer.parseInt(text);
            if (size >= 1 && size <= MAX_SIZE) {
                return size;
            }
        } catch (NumberFormatException e) {
            // the same answer as for a number outside
        }
        throw ProblemException.invalidParameter("size", "must be a number from 1 to 100");
    }
}
