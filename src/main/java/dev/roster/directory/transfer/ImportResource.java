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

    /** The bytes tell which of them it is. */
    private static final Set<String> CHARSETS =
            Set.of("utf-8", "utf8", "us-ascii", "utf-16", "utf-16le", "utf-16be");

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
    @Consumes(MediaType.WILDCARD)
    @PermissionsAllowed("users:import")
    @Operation(
            operationId = "importUsers",
            summary = "Import users from a file",
            description =
                    "CSV with a header row, or a JSON object on each line; of any length, also with"
                            + " `Content-Encoding: gzip`; UTF-8 or UTF-16. An export can be"
                            + " imported: the columns are the same, and `updatedAt` and"
                            + " `twoFactorEnabled` are ignored, which the report says. In CSV the"
                            + " separator is detected (comma, semicolon, tab, `sep=`), headers"
                            + " match without regard to case and blanks, an apostrophe before a"
                            + " formula is removed, and yes, no, 1 and 0 are truth values."
                            + " Columns: `email` and `name` (required), `id`, `externalId`,"
                            + " `emailVerified`, `username`, `displayUsername`, `image`, `status`,"
                            + " `banned`, `banReason`, `banExpires`, `createdAt`,"
                            + " `passwordHash` (Argon2id, bcrypt, scrypt, PBKDF2 or"
                            + " Better Auth's), `roles` and `groups` (arrays; in CSV with commas"
                            + " between), the members of a profile, and `attributes` (an object; in"
                            + " CSV also `attributes.<name>`). Once the file has arrived a job merges"
                            + " it; refused rows are listed in the job's report, and the"
                            + " others are taken.")
    @RequestBody(
            required = true,
            content = {
                @Content(
                        mediaType = FileFormat.CSV_TYPE,
                        schema = @Schema(type = SchemaType.STRING)),
                @Content(
                        mediaType = FileFormat.NDJSON_TYPE,
                        schema = @Schema(type = SchemaType.STRING)),
                @Content(
                        mediaType = MediaType.TEXT_PLAIN,
                        schema =
                                @Schema(
                                        type = SchemaType.STRING,
                                        description = "Either; the first character tells"))
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
        Options options =
                new Options(
                        format(type),
                        isGzip(encoding),
                        Parameters.choice("dryRun", dryRun, "false", "true"),
                        Parameters.choice("onDuplicate", onDuplicate, "refuse", "skip"));
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

    /** The format that a media type tells; null for one of either. */
    private static FileFormat format(MediaType type) {
        if (type == null) {
            throw unsupported();
        }
        String charset = type.getParameters().getOrDefault(MediaType.CHARSET_PARAMETER, "utf-8");
        if (!CHARSETS.contains(charset.toLowerCase(Locale.ROOT))) {
            throw new ProblemException(
                    ProblemCode.UNSUPPORTED_MEDIA_TYPE, "The charset must be UTF-8 or UTF-16");
        }
        String name = (type.getType() + "/" + type.getSubtype()).toLowerCase(Locale.ROOT);
        if (name.equals(MediaType.TEXT_PLAIN)) {
            return null;
        }
        return FileFormat.ofMediaType(name).orElseThrow(ImportResource::unsupported);
    }

    private static ProblemException unsupported() {
        return new ProblemException(
                ProblemCode.UNSUPPORTED_MEDIA_TYPE,
                "Content-Type must be text/csv, application/x-ndjson or text/plain");
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
}
