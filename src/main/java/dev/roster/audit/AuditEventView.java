package dev.roster.audit;

import com.fasterxml.jackson.annotation.JsonRawValue;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** An event as who may read the trail sees it. */
@RegisterForReflection
@Schema(name = "AuditEvent")
public record AuditEventView(
        UUID id,
        Instant occurredAt,
        @Schema(examples = "user.updated") String action,
        @Schema(
                        nullable = true,
                        description =
                                "The user who did it; null for a stranger and for the service itself")
                UUID actorId,
        @Schema(examples = "user") String targetType,
        @Schema(nullable = true, description = "Null where an attempt met no record") UUID targetId,
        @JsonRawValue
                @Schema(
                        type = SchemaType.OBJECT,
                        nullable = true,
                        description = "The changed members as they were")
                String before,
        @JsonRawValue
                @Schema(
                        type = SchemaType.OBJECT,
                        nullable = true,
                        description = "The changed members as they are")
                String after,
        @Schema(examples = "203.0.113.7", description = "Empty outside of requests")
                String ipAddress,
        String userAgent,
        String requestId,
        @Schema(
                        description =
                                "Whether what it told of a person was emptied when the person was"
                                        + " erased")
                boolean redacted) {

    static AuditEventView of(AuditEvent event) {
        return new AuditEventView(
                event.id,
                event.occurredAt,
                event.action,
                event.actorId,
                event.targetType,
                event.targetId,
                event.before,
                event.after,
                event.ipAddress,
                event.userAgent,
                event.requestId,
                event.detailsSalt == null);
    }
}
