package dev.roster.directory.transfer;

import dev.roster.directory.transfer.Importer.Importing;
import dev.roster.directory.transfer.Importer.KeyReusedException;
import dev.roster.directory.transfer.Importer.Options;
import dev.roster.directory.transfer.Importer.Staged;
import dev.roster.jobs.JobView;
import dev.roster.jobs.Jobs;
import dev.roster.platform.idempotency.IdempotencyKey;
import dev.roster.platform.problem.Parameters;
import dev.roster.platform.problem.ProblemCode;
import dev.roster.platform.problem.ProblemException;
import dev.roster.platform.security.CurrentUser;
import io.quarkus.security.Authenticated;
import io.quarkus.security.PermissionsAllowed;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Users from a file. */
@Path(ImportResource.PATH)
@Authenticated
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Directory")
public class ImportResource {

    static final String PATH = "/api/v1/users/import";

    private static final String CSV = "text/csv";
    private static final String LINES = "application/x-ndjson";
    private static final String UNIQUE_VIOLATION = "23505";

    private final Importer importer;
    private final Jobs jobs;
    private final CurrentUser caller;

    ImportResource(Importer importer, Jobs jobs, CurrentUser caller) {
        this.importer = importer;
        this.jobs = jobs;
        this.caller = caller;
    }

    @POST
    @Blocking
    @Consumes({CSV, LINES})
    @PermissionsAllowed("users:import")
    @Operation(
            operationId = "importUsers",
            summary = "Import users from a file",
            description =
                    "CSV with a header row, or an object on each line; of any length, also with"
                            + " `Content-Encoding: gzip`. Columns: `email` (required), `name`"
                            + " (required), `emailVerified`, `username`, `image`, `createdAt`,"
                            + " `externalId`, `passwordHash` (Argon2id, bcrypt, scrypt, PBKDF2 or"
                            + " Better Auth's), `roles` and `groups` (arrays; in CSV with commas"
                            + " between), the members of a profile, and `attributes` (an object; in"
                            + " CSV also `attributes.<name>`). Once the file has arrived a job merges"
                            + " it; rows at fault are refused and told of by the job's report, and the"
                            + " others are taken.")
    @RequestBody(
            required = true,
            content = {
                @Content(mediaType = CSV, schema = @Schema(type = SchemaType.STRING)),
                @Content(mediaType = LINES, schema = @Schema(type = SchemaType.STRING))
            })
    @APIResponse(
            responseCode = "202",
            description = "The job, which `Location` leads to",
            headers = @Header(name = "Location", schema = @Schema(type = SchemaType.STRING)),
            content = @Content(schema = @Schema(implementation = JobView.class)))
    @APIResponse(responseCode = "409", description = "The key is being used at this moment")
    @APIResponse(responseCode = "413", description = "It expands out of proportion")
    @APIResponse(responseCode = "422", description = "The key came with another file before")
    public Response start(
            InputStream body,
            @Parameter(hidden = true) @HeaderParam(HttpHeaders.CONTENT_TYPE) MediaType type,
            @Parameter(hidden = true) @HeaderParam(HttpHeaders.CONTENT_ENCODING) String encoding,
            @Parameter(description = "Sent again with the same file: the same job, and no other")
                    @HeaderParam(IdempotencyKey.HEADER)
                    String header,
            @Parameter(
                            description = "Everything is checked and reported, nothing loaded",
                            schema = @Schema(type = SchemaType.BOOLEAN, defaultValue = "false"))
                    @QueryParam("dryRun")
                    String dryRun,
            @Parameter(
                            description =
                                    "Of rows whose address or external id a user has: `refuse`"
                                            + " them, or `skip` them without a word",
                            schema =
                                    @Schema(
                                            enumeration = {"refuse", "skip"},
                                            defaultValue = "refuse"))
                    @QueryParam("onDuplicate")
                    String onDuplicate,
            @Context UriInfo uri)
            throws SQLException {
        Parameters.only(uri, Set.of("dryRun", "onDuplicate"));
        String key = header == null ? null : IdempotencyKey.parse(header);
        String charset = type.getParameters().get(MediaType.CHARSET_PARAMETER);
        if (charset != null && !charset.equalsIgnoreCase("utf-8")) {
            throw new ProblemException(ProblemCode.UNSUPPORTED_MEDIA_TYPE, "UTF-8 alone is read");
        }
        Options options =
                new Options(
                        type.getSubtype().equals("csv") ? FileFormat.CSV : FileFormat.NDJSON,
                        isGzip(encoding),
                        choice("dryRun", dryRun, "false", "true"),
                        choice("onDuplicate", onDuplicate, "refuse", "skip"));
        Staged staged;
        try {
            staged =
                    importer.stage(
                            body, options, new Importing(caller.id(), caller.permissions()), key);
        } catch (MalformedFileException e) {
            throw new ProblemException(
                    e.isTooLarge() ? ProblemCode.PAYLOAD_TOO_LARGE : ProblemCode.VALIDATION_FAILED,
                    e.getMessage());
        } catch (IOException e) {
            // nobody may be there to read it; where somebody is, it is no fault of ours
            throw new ProblemException(
                    ProblemCode.VALIDATION_FAILED, "The body breaks off, or comes too slowly");
        } catch (KeyReusedException e) {
            throw new ProblemException(ProblemCode.IDEMPOTENCY_KEY_REUSED, null);
        } catch (SQLException e) {
            if (key != null && UNIQUE_VIOLATION.equals(e.getSQLState())) {
                throw new ProblemException(
                        ProblemCode.CONFLICT, "The same key came with another request meanwhile");
            }
            throw e;
        }
        importer.wake();
        Response.ResponseBuilder answer =
                Response.accepted(jobs.view(staged.jobId()))
                        .location(URI.create("/api/v1/jobs/" + staged.jobId()));
        if (staged.replayed()) {
            answer.header("Idempotency-Replayed", "true");
        }
        return answer.build();
    }

    private static boolean isGzip(String encoding) {
        String name = encoding == null ? "identity" : encoding.strip().toLowerCase(Locale.ROOT);
        return switch (name) {
            case "gzip", "x-gzip" -> true;
            case "identity" -> false;
            default ->
                    throw new ProblemException(
                            ProblemCode.UNSUPPORTED_MEDIA_TYPE, "Of encodings gzip alone is read");
        };
    }

    /** Whether the second one of two was chosen. */
    private static boolean choice(String name, String given, String usual, String other) {
        if (given == null || given.equals(usual)) {
            return false;
        }
        if (given.equals(other)) {
            return true;
        }
        throw ProblemException.invalidParameter(name, "must be " + usual + " or " + other);
    }
}
