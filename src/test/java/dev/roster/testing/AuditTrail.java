package dev.roster.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What the trail holds of the changes of one user. */
public final class AuditTrail {

    private AuditTrail() {}

    /**
     * One event; {@code transaction} is the number of the one that wrote it, as {@code xmin} of the
     * changed row has it.
     */
    public record Event(
            String action,
            UUID actor,
            String targetType,
            UUID target,
            JsonNode before,
            JsonNode after,
            String ipAddress,
            String userAgent,
            String requestId,
            String transaction) {}

    /** The changes of user, profile and preferences, oldest first. */
    public static List<Event> changesOf(UUID user) {
        return Database.query(
                        "SELECT action, actor_id, target_type, target_id, before::text, after::text,"
                                + " ip_address, user_agent, request_id, xmin::text AS transaction"
                                + " FROM audit_events WHERE target_id = ? AND action IN"
                                + " ('user.updated', 'profile.updated', 'preferences.updated',"
                                + " 'preferences.deleted') ORDER BY id",
                        user)
                .stream()
                .map(AuditTrail::event)
                .toList();
    }

    /** The one change there is. */
    public static Event onlyChangeOf(UUID user) {
        List<Event> events = changesOf(user);
        if (events.size() != 1) {
            throw new AssertionError("not one event but " + events);
        }
        return events.get(0);
    }

    private static Event event(Map<String, Object> row) {
        return new Event(
                (String) row.get("action"),
                (UUID) row.get("actor_id"),
                (String) row.get("target_type"),
                (UUID) row.get("target_id"),
                json(row.get("before")),
                json(row.get("after")),
                (String) row.get("ip_address"),
                (String) row.get("user_agent"),
                (String) row.get("request_id"),
                (String) row.get("transaction"));
    }

    private static JsonNode json(Object column) {
        return column == null ? null : Rest.json((String) column);
    }
}
