package dev.roster.audit;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.platform.http.RequestContext;
import io.quarkus.arc.Arc;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.Objects;
import java.util.UUID;

/**
 * The one writer of the trail. It writes in the caller's transaction, so that a change and its
 * event are stored together or not at all.
 */
@ApplicationScoped
public class AuditLog {

    private final Clock clock;
    private final RequestContext request;
    private final ObjectMapper json;

    AuditLog(Clock clock, RequestContext request, ObjectMapper json) {
        this.clock = clock;
        this.request = request;
        this.json = json;
    }

    /** An event without a change to show. */
    public void record(AuditAction action, UUID actorId, String targetType, UUID targetId) {
        record(action, actorId, targetType, targetId, null, null);
    }

    /**
     * A change; of before and after only the members that differ are kept. Neither may hold a
     * secret.
     */
    public void record(
            AuditAction action,
            UUID actorId,
            String targetType,
            UUID targetId,
            ObjectNode before,
            ObjectNode after) {
        AuditEvent event = new AuditEvent();
        event.occurredAt = clock.instant();
        event.action = action.key();
        event.targetType = targetType;
        event.targetId = targetId;
        event.before = changed(before, after);
        event.after = changed(after, before);
        boolean inRequest = Arc.container().requestContext().isActive() && request.present();
        event.actorId = inRequest ? request.actor(actorId) : actorId;
        event.ipAddress = inRequest ? request.address() : "";
        event.userAgent = inRequest ? request.userAgent() : "";
        event.requestId = inRequest ? request.requestId() : "";
        event.persist();
    }

    private String changed(ObjectNode side, ObjectNode other) {
        if (side == null) {
            return null;
        }
        ObjectNode kept = json.createObjectNode();
        side.properties().stream()
                .filter(
                        member ->
                                other == null
                                        || !Objects.equals(
                                                member.getValue(), other.get(member.getKey())))
                .forEach(member -> kept.set(member.getKey(), member.getValue()));
        return kept.toString();
    }
}
