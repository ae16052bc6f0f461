package dev.roster.directory.transfer;

import dev.roster.audit.AuditAction;
import dev.roster.directory.search.FilterParameters;
import dev.roster.directory.search.Sql;
import dev.roster.directory.search.UserFilter;
import dev.roster.directory.search.UserSearch;
import dev.roster.platform.http.MediaTypes;
import dev.roster.platform.http.WholeAnswers;
import dev.roster.platform.problem.Parameters;
import dev.roster.platform.problem.ProblemException;
import dev.roster.platform.security.CurrentUser;
import io.quarkus.security.Authenticated;
import io.quarkus.security.PermissionsAllowed;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.io.OutputStream;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Users into a file. */
@Path("/api/v1/users/export")
@Authenticated
@Tag(name = "Directory")
public class ExportResource {

    private static final int BUFFER = 32 * 1024;

    private final Exporter exporter;
    private final Exports exports;
    private final UserSearch search;
    private final WholeAnswers answers;
    private final CurrentUser caller;

    ExportResource(
            Exporter exporter,
            Exports exports,
            UserSearch search,
            WholeAnswers answers,
            CurrentUser caller) {
        this.answers = answers;
        this.exporter = exporter;
        this.search = search;
        this.exports = exports;
        this.caller = caller;
    }

    @GET
    @Blocking
    @Produces({FileFormat.NDJSON_TYPE, FileFormat.CSV_TYPE})
    @PermissionsAllowed("users:export")
    @Operation(
            operationId = "exportUsers",
            summary = "Export users into a file",
            description =
                    "Every user that the filters of the list select when it begins, each as"
                            + " they are when their page is read; an object on each line, or CSV, whose cells get an apostrophe in"
                            + " front where a spreadsheet would take them for a formula. The"
                            + " file can be imported again. With"
                            + " `Accept-Encoding: gzip` compressed. A file that is not whole ends"
                            + " with a broken connection. No passwords or other secrets. "
                            + FilterParameters.ATTRIBUTES)
    @APIResponse(
            responseCode = "200",
            description = "The file",
            content = {
                @Content(
                        mediaType = FileFormat.NDJSON_TYPE,
                        schema = @Schema(type = SchemaType.STRING)),
                @Content(
                        mediaType = FileFormat.CSV_TYPE,
                        schema = @Schema(type = SchemaType.STRING))
            })
    public Response export(
            @Parameter(
                            description = "Otherwise `Accept` decides",
                            schema = @Schema(enumeration = {"ndjson", "csv"}))
                    @QueryParam("format")
                    String format,
            @Parameter(
                            description =
                                    "Whether CSV begins with a byte order mark, by which"
                                            + " spreadsheets know UTF-8",
                            schema = @Schema(type = SchemaType.BOOLEAN, defaultValue = "false"))
                    @QueryParam(Exports.MARK)
                    String mark,
            @BeanParam FilterParameters filters,
            @Parameter(hidden = true) @HeaderParam(HttpHeaders.ACCEPT_ENCODING) String encodings,
            @Context HttpHeaders headers,
            @Context UriInfo uri) {
        FileFormat chosen =
                format == null
                        ? accepted(headers)
                        : FileFormat.of(format)
                                .orElseThrow(
                                        () ->
                                                ProblemException.invalidParameter(
                                                        "format", "must be ndjson or csv"));
        Exporter.File file =
                Exporter.File.of(chosen, Parameters.choice(Exports.MARK, mark, "false", "true"));
        UserFilter filter = Exports.filter(uri.getQueryParameters());
        search.requireVisible(filter, caller::may);
        Sql ids = exports.ids(filter);
        if (answers.hasBody()) {
            exports.record(
                    AuditAction.USERS_EXPORTED, caller.id(), chosen, uri.getQueryParameters());
        }
        boolean gzip = takesGzip(encodings);
        StreamingOutput body = answers.wholeOrBroken(out -> write(file, ids, out, gzip));
        Response.ResponseBuilder answer =
                Response.ok(
                                body,
                                chosen.mediaType()
                                        + (chosen == FileFormat.CSV ? ";charset=UTF-8" : ""))
                        .header(
                                HttpHeaders.CONTENT_DISPOSITION,
                                "attachment; filename=\"users." + chosen.key() + "\"")
                        .header(HttpHeaders.VARY, "Accept, Accept-Encoding");
        return (gzip ? answer.header(HttpHeaders.CONTENT_ENCODING, "gzip") : answer).build();
    }

    private void write(Exporter.File file, Sql ids, OutputStream out, boolean gzip)
            throws IOException {
        try {
            if (gzip) {
                GZIPOutputStream zipped = new GZIPOutputStream(out, BUFFER);
                exporter.write(file, ids, zipped, count -> {});
                zipped.finish();
            } else {
                exporter.write(file, ids, out, count -> {});
            }
        } catch (SQLException e) {
            throw new IOException(e);
        }
    }

    private static FileFormat accepted(HttpHeaders headers) {
        String preferred =
                MediaTypes.preferred(headers, List.of(FileFormat.NDJSON_TYPE, FileFormat.CSV_TYPE));
        return preferred.equals(FileFormat.CSV_TYPE) ? FileFormat.CSV : FileFormat.NDJSON;
    }

    private static boolean takesGzip(String encodings) {
        return encodings != null
                && Arrays.stream(encodings.split(","))
                        .map(String::strip)
                        .anyMatch(
                                each ->
                                        each.split(";")[0].strip().equalsIgnoreCase("gzip")
                                                && !each.matches(".*;\\s*q=0(\\.0*)?\\s*"));
    }
}
