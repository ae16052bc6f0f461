package dev.roster.audit;

import dev.roster.platform.paging.Cursors;
import dev.roster.platform.paging.ListQuery;
import dev.roster.platform.paging.Slice;
import dev.roster.platform.problem.Parameters;
import dev.roster.platform.problem.ProblemException;
import io.quarkus.security.PermissionsAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The audit trail, for those who may read it. Nothing here or elsewhere changes it. */
@Path("/api/v1/audit-events")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Audit trail")
public class AuditEventsResource {

    private final AuditChain chain;
    private final Cursors cursors;

    AuditEventsResource(AuditChain chain, Cursors cursors) {
        this.chain = chain;
        this.cursors = cursors;
    }

    @GET
    @PermissionsAllowed("audit:read")
    @Operation(
            operationId = "listAuditEvents",
            summary = "List audit events",
            description = "The newest first. Filters are combined by AND.")
    @Parameter(
            name = "actor",
            in = ParameterIn.QUERY,
            description = "The user who did it",
            schema = @Schema(type = SchemaType.STRING, format = "uuid"))
    @Parameter(
            name = "target",
            in = ParameterIn.QUERY,
            description = "The record it was done to",
            schema = @Schema(type = SchemaType.STRING, format = "uuid"))
    @Parameter(
            name = "targetType",
            in = ParameterIn.QUERY,
            schema = @Schema(type = SchemaType.STRING, examples = "user"))
    @Parameter(
            name = "action",
            in = ParameterIn.QUERY,
            description = "One of these, separated by commas",
            schema = @Schema(type = SchemaType.STRING, examples = "user.banned,user.unbanned"))
    @Parameter(
            name = "requestId",
            in = ParameterIn.QUERY,
            description = "The `X-Request-Id` of the answer",
            schema = @Schema(type = SchemaType.STRING))
    @Parameter(
            name = "from",
            in = ParameterIn.QUERY,
            description = "Since then",
            schema = @Schema(type = SchemaType.STRING, format = "date-time"))
    @Parameter(
            name = "to",
            in = ParameterIn.QUERY,
            description = "Before then",
            schema = @Schema(type = SchemaType.STRING, format = "date-time"))
    @Parameter(
            name = "cursor",
            in = ParameterIn.QUERY,
            description = "The `next` of the part before",
            schema = @Schema(type = SchemaType.STRING))
    @Parameter(
            name = "size",
            in = ParameterIn.QUERY,
            schema =
                    @Schema(
                            type = SchemaType.INTEGER,
                            minimum = "1",
                            maximum = "100",
                            defaultValue = "20"))
    public Slice<AuditEventView> list(@Context UriInfo uri) {
        ListQuery query =
                ListQuery.of(
                        uri, "actor", "target", "targetType", "action", "requestId", "from", "to");
        AuditFilter filter = AuditFilter.of(query);
        int size = query.size();
        List<AuditEvent> events = filter.find(behind(query, filter), size + 1);
        AuditEvent last = events.size() > size ? events.get(size - 1) : null;
        return new Slice<>(
                events.stream().limit(size).map(AuditEventView::of).toList(),
                last == null
                        ? null
                        : cursors.encode(
                                filter.list(),
                                List.of(last.occurredAt.toString(), last.id.toString())));
    }

    private AuditFilter.Place behind(ListQuery query, AuditFilter filter) {
        return query.cursor()
                .map(cursor -> cursors.decode(filter.list(), cursor, 2))
                .map(AuditFilter.Place::of)
                .orElse(null);
    }

    @GET
    @Path("/{id}")
    @PermissionsAllowed("audit:read")
    @Operation(operationId = "getAuditEvent", summary = "Read an audit event")
    @APIResponseSchema(value = AuditEventView.class, responseDescription = "The event")
    public AuditEventView get(@PathParam("id") UUID id) {
        return AuditEvent.<AuditEvent>find("id", id)
                .firstResultOptional()
                .map(AuditEventView::of)
                .orElseThrow(ProblemException::notFound);
    }

    @GET
    @Path("/verify")
    @PermissionsAllowed("audit:read")
    @Operation(
            operationId = "verifyAuditEvents",
            summary = "Verify the audit trail",
            description =
                    "Whether the events are as they were written, by the chain of hashes over them:"
                            + " a changed, removed or smuggled-in event shows. Reads all of them"
                            + " unless `from` and `to` say otherwise.")
    @Parameter(
            name = "from",
            in = ParameterIn.QUERY,
            description = "Events since then",
            schema = @Schema(type = SchemaType.STRING, format = "date-time"))
    @Parameter(
            name = "to",
            in = ParameterIn.QUERY,
            description = "Events before then",
            schema = @Schema(type = SchemaType.STRING, format = "date-time"))
    @Parameter(
            name = "head",
            in = ParameterIn.QUERY,
            description = "The `head` of an earlier verification, which must still be in the chain",
            schema = @Schema(type = SchemaType.STRING))
    @APIResponseSchema(
            value = AuditVerification.class,
            responseDescription = "What was found, whether valid or not")
    public AuditVerification verify(@Context UriInfo uri) {
        Parameters.only(uri, Set.of("from", "to", "head"));
        ListQuery query = ListQuery.of(uri, "from", "to", "head");
        Instant from = query.text("from").map(AuditFilter.time("from")).orElse(null);
        Instant to = query.text("to").map(AuditFilter.time("to")).orElse(null);
        AuditChain.Head head =
                query.text("head")
                        .map(
                                text ->
                                        AuditChain.Head.parse(text)
                                                .orElseThrow(
                                                        () ->
                                                                ProblemException.invalidParameter(
                                                                        "head",
                                                                        "must be the head of a"
                                                                                + " verification")))
                        .orElse(null);
        return chain.verify(from, to, head);
    }
}
