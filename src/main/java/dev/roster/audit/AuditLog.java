package dev.roster.audit;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.platform.http.RequestContext;
import io.quarkus.arc.Arc;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.hibernate.id.uuid.UuidVersion7Strategy;

/**
 * The one writer of the trail. It writes in the caller's transaction, so that a change and its
 * event are stored together or not at all. What an event tells is bounded, see {@link
 * AuditDetails}.
 */
@ApplicationScoped
public class AuditLog {

    private final Clock clock;
    private final RequestContext request;
    private final ObjectMapper json;
    private final EntityManager entityManager;
    private final Event<Written> written;

    AuditLog(
            Clock clock,
            RequestContext request,
            ObjectMapper json,
            EntityManager entityManager,
            Event<Written> written) {
        this.clock = clock;
        this.request = request;
        this.json = json;
        this.entityManager = entityManager;
        this.written = written;
    }

    /** Something was added to the trail, in the transaction that is under way. */
    record Written() {}

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
        AuditEvent event = event(action, actorId, targetType);
        event.targetId = targetId;
        event.before = changed(before, after);
        event.after = changed(after, before);
        event.persist();
        written.fire(new Written());
    }

    /**
     * The same change to many records: an event for each, by one statement whatever their number.
     *
     * @param after what all of them have become; null where nothing is to be shown. No secret
     */
    public void recordAll(
            AuditAction action,
            UUID actorId,
            String targetType,
            Collection<UUID> targetIds,
            ObjectNode after) {
        insert(action, actorId, targetType, targetIds, after, List.of());
    }

    /**
     * What one of many records was and has become; either may be null, and neither may hold a
     * secret.
     */
    public record Change(ObjectNode before, ObjectNode after) {}

    /**
     * Changes of one kind to many records, as {@link #recordAll}; of each only the members that
     * differ are kept.
     */
    public void recordEach(
            AuditAction action, UUID actorId, String targetType, Map<UUID, Change> changes) {
        insert(action, actorId, targetType, changes.keySet(), null, changes.values());
    }

    private void insert(
            AuditAction action,
            UUID actorId,
            String targetType,
            Collection<UUID> targetIds,
            ObjectNode after,
            Collection<Change> changes) {
        if (targetIds.isEmpty()) {
            return;
        }
        AuditEvent event = event(action, actorId, targetType);
        entityManager
                .createNativeQuery(
                        """
                        INSERT INTO audit_events (id, occurred_at, action, actor_id, target_type, target_id, before, after,
                            ip_address, user_agent, request_id)
                        SELECT t.id, :occurredAt, :action, CAST(:actor AS uuid), :targetType, t.target,
                            CAST(t.before AS jsonb), CAST(coalesce(t.after, :after) AS jsonb), :address, :agent, :request
                        FROM unnest(CAST(:ids AS uuid[]), CAST(:targets AS uuid[]), CAST(:befores AS text[]), CAST(:afters AS text[]))
                            AS t (id, target, before, after)
                        """)
                .setParameter("occurredAt", event.occurredAt)
                .setParameter("action", event.action)
                .setParameter("actor", event.actorId)
                .setParameter("targetType", event.targetType)
                .setParameter(
                        "after", after == null ? null : AuditDetails.bounded(after).toString())
                .setParameter("address", event.ipAddress)
                .setParameter("agent", event.userAgent)
                .setParameter("request", event.requestId)
                .setParameter(
                        "ids",
                        Stream.generate(() -> UuidVersion7Strategy.INSTANCE.generateUuid(null))
                                .limit(targetIds.size())
                                .toArray(UUID[]::new))
                .setParameter("targets", targetIds.toArray(UUID[]::new))
                .setParameter(
                        "befores",
                        changes.stream()
                                .map(it -> changed(it.before(), it.after()))
                                .toArray(String[]::new))
                .setParameter(
                        "afters",
                        changes.stream()
                                .map(it -> changed(it.after(), it.before()))
                                .toArray(String[]::new))
                .executeUpdate();
        written.fire(new Written());
    }

    /** Who, what and from where. */
    private AuditEvent event(AuditAction action, UUID actorId, String targetType) {
        AuditEvent event = new AuditEvent();
        event.occurredAt = clock.instant();
        event.action = action.key();
        event.targetType = targetType;
        boolean inRequest = Arc.container().requestContext().isActive() && request.present();
        event.actorId = inRequest ? request.actor(actorId) : actorId;
        event.ipAddress = inRequest ? request.address() : "";
        event.userAgent = inRequest ? request.userAgent() : "";
        event.requestId = inRequest ? request.requestId() : "";
        return event;
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
        return AuditDetails.bounded(kept).toString();
    }
}
