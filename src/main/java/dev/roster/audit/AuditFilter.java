package dev.roster.audit;

import dev.roster.platform.json.Times;
import dev.roster.platform.paging.ListQuery;
import dev.roster.platform.problem.ProblemException;
import jakarta.persistence.Query;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;

/** Which events are asked for, and the one statement that finds a part of them, newest first. */
final class AuditFilter {

    private static final int MOST_ACTIONS = 50;

    /** The columns that a parameter asks to be equal. */
    private static final Map<String, String> COLUMNS =
            Map.of(
                    "actor", "actor_id",
                    "target", "target_id",
                    "targetType", "target_type",
                    "requestId", "request_id");

    private final Map<String, Object> values = new TreeMap<>();
    private final List<String> actions;

    private AuditFilter(List<String> actions) {
        this.actions = actions;
    }

    /**
     * @throws ProblemException 400, naming the parameter
     */
    static AuditFilter of(ListQuery query) {
        AuditFilter filter = new AuditFilter(actions(query));
        filter.put("actor", query.id("actor"));
        filter.put("target", query.id("target"));
        filter.put("targetType", query.text("targetType"));
        filter.put("requestId", query.text("requestId"));
        filter.put("from", query.text("from").map(time("from")));
        filter.put("to", query.text("to").map(time("to")));
        return filter;
    }

    /** A point in time of a parameter, with an offset. */
    static Function<String, Instant> time(String name) {
        return text -> {
            try {
                Instant time = OffsetDateTime.parse(text).toInstant();
                // what PostgreSQL can hold
                if (time.isBefore(Instant.EPOCH)
                        || time.isAfter(Instant.parse("9999-12-31T00:00:00Z"))) {
                    throw new DateTimeException("out of range");
                }
                return time.truncatedTo(ChronoUnit.MICROS);
            } catch (DateTimeException e) {
                throw ProblemException.invalidParameter(
                        name, "must be a time such as 2026-11-21T08:00:00Z");
            }
        };
    }

    private static List<String> actions(ListQuery query) {
        List<String> actions =
                query.text("action").stream()
                        .flatMap(list -> Arrays.stream(list.split(",", -1)))
                        .distinct()
                        .toList();
        if (actions.size() > MOST_ACTIONS
                || !actions.stream().allMatch(it -> it.matches("[a-z_]+\\.[a-z_]+"))) {
            throw ProblemException.invalidParameter(
                    "action",
                    "must be up to "
                            + MOST_ACTIONS
                            + " actions such as user.updated, separated by commas");
        }
        return actions;
    }

    private void put(String name, Optional<?> value) {
        value.ifPresent(it -> values.put(name, it));
    }

    /** What a cursor of this list is bound to. */
    String list() {
        return "audit-events " + values + actions;
    }

    /** Where an event is in the list. */
    record Place(Instant time, UUID id) {

        /** From the keys of a cursor. */
        static Place of(List<String> keys) {
            try {
                return new Place(
                        Times.storable(Instant.parse(keys.get(0))), UUID.fromString(keys.get(1)));
            } catch (DateTimeException | IllegalArgumentException e) {
                throw ProblemException.invalidParameter("cursor", "is no cursor of ours");
            }
        }
    }

    /**
     * The events that follow.
     *
     * @param behind the last one that was seen; null at the beginning
     */
    List<AuditEvent> find(Place behind, int limit) {
        Query query =
                AuditEvent.getEntityManager()
                        .createNativeQuery(sql(behind != null), AuditEvent.class)
                        .setParameter("limit", limit);
        values.forEach(query::setParameter);
        if (!actions.isEmpty()) {
            query.setParameter("actions", actions.toArray(String[]::new));
        }
        if (behind != null) {
            query.setParameter("time", behind.time()).setParameter("id", behind.id());
        }
        @SuppressWarnings("unchecked")
        List<AuditEvent> events = query.getResultList();
        return events;
    }

    private String sql(boolean behind) {
        StringBuilder where = new StringBuilder("true");
        COLUMNS.forEach(
                (name, column) -> {
                    if (values.containsKey(name)) {
                        where.append(" AND x.").append(column).append(" = :").append(name);
                    }
                });
        if (values.containsKey("from")) {
            where.append(" AND x.occurred_at >= :from");
        }
        if (values.containsKey("to")) {
            where.append(" AND x.occurred_at < :to");
        }
        if (behind) {
            // by the first alone the server can leave out later months
            where.append(" AND x.occurred_at <= :time AND (x.occurred_at, x.id) < (:time, :id)");
        }
        String ordered = " ORDER BY x.occurred_at DESC, x.id DESC LIMIT :limit";
        if (actions.isEmpty()) {
            return "SELECT x.* FROM audit_events x WHERE " + where + ordered;
        }
        // of each action the newest: a range of its index, however rare it is
        return "SELECT x.* FROM unnest(CAST(:actions AS text[])) AS a (action) CROSS JOIN LATERAL ("
                + "SELECT x.* FROM audit_events x WHERE x.action = a.action AND "
                + where
                + ordered
                + ") x"
                + ordered;
    }
}
