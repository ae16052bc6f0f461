package dev.roster.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.roster.audit.AuditVerification.Broken;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The hash chain over the trail: puts new events into it, and finds out whether it still fits them.
 * ADR 0018 has its form.
 */
@ApplicationScoped
class AuditChain {

    /** Events in one transaction or statement. */
    static final int BATCH = 2000;

    /** The first and last link of a time, and the head. */
    private static final String ENDS =
            """
            SELECT coalesce(min(position), 1), coalesce(max(position), 0),
                (SELECT position || '-' || encode(hash, 'hex') FROM audit_chain ORDER BY position DESC LIMIT 1)
            FROM (SELECT position FROM audit_chain
                WHERE position > 0 AND occurred_at >= CAST(:from AS timestamptz) AND occurred_at < CAST(:to AS timestamptz)
                OFFSET 0) AS part
            """;

    /**
     * A part of the chain, with the link before it, and what has become of each link's event. One
     * that is missing was dropped where an event says so of its month, as {@code
     * audit_partitions_drop} could have done: no month of the 90 days before that, and none that is
     * behind an event which is still there. Whoever can write events cannot say so of others.
     */
    private static final String LINKS =
            """
            WITH bound AS MATERIALIZED (
                SELECT least(
                    (SELECT max(least(CAST(substring(after ->> 'before', '^[1-9]\\d{3}-(?:0[1-9]|1[0-2])-01T00:00:00Z$') AS timestamptz),
                        least(occurred_at, now()) - interval '90 days')) FROM audit_events
                        WHERE action = 'audit_events.dropped' AND actor_id IS NULL),
                    (SELECT date_trunc('month', min(occurred_at), 'UTC') FROM audit_events)) AS dropped
            ), part AS (
                SELECT * FROM audit_chain WHERE position >= :behind AND position <= :last ORDER BY position LIMIT :batch + 1
            ), links AS (
                SELECT *, lag(position) OVER w AS before, lag(hash) OVER w AS previous FROM part WINDOW w AS (ORDER BY position)
            ), judged AS (
                SELECT l.position, l.event_id, l.occurred_at, CASE
                    WHEN l.position > 1 AND l.before IS DISTINCT FROM l.position - 1 THEN 'unlinked'
                    WHEN e.id IS NULL AND l.occurred_at < (SELECT dropped FROM bound) THEN 'dropped'
                    WHEN e.id IS NULL THEN 'removed'
                    WHEN l.hash <> audit_link(l.previous, audit_canonical(e)) THEN 'changed'
                    WHEN e.details_salt IS NULL AND e.before IS NULL AND e.after IS NULL
                        AND e.ip_address = '' AND e.user_agent = '' THEN 'redacted'
                    WHEN e.details_digest = audit_details_digest(e.details_salt, e.before, e.after, e.ip_address, e.user_agent)
                        THEN 'verified'
                    ELSE 'changed' END AS verdict
                FROM links l LEFT JOIN audit_events e ON e.id = l.event_id AND e.occurred_at = l.occurred_at
                WHERE l.position > :behind
            )
            SELECT coalesce(max(position), :behind),
                count(*) FILTER (WHERE verdict IN ('verified', 'redacted')),
                count(*) FILTER (WHERE verdict = 'redacted'),
                count(*) FILTER (WHERE verdict = 'dropped'),
                count(*) FILTER (WHERE verdict IN ('unlinked', 'removed', 'changed')),
                (array_agg(CAST(jsonb_build_object('reason', verdict, 'position', position, 'eventId', event_id, 'occurredAt', occurred_at) AS text)
                    ORDER BY position) FILTER (WHERE verdict IN ('unlinked', 'removed', 'changed')))[1]
            FROM judged
            """;

    /** A part of the events: which of them wait for their link, and which have none. */
    private static final String EVENTS =
            """
            WITH part AS MATERIALIZED (
                SELECT occurred_at, id FROM audit_events
                WHERE occurred_at >= CAST(:time AS timestamptz) AND (occurred_at, id) > (CAST(:time AS timestamptz), CAST(:id AS uuid))
                    AND occurred_at < CAST(:to AS timestamptz)
                ORDER BY occurred_at, id LIMIT :batch
            ), judged AS (
                SELECT p.*, EXISTS (SELECT FROM audit_unsealed u WHERE u.occurred_at = p.occurred_at AND u.event_id = p.id) AS unsealed,
                    EXISTS (SELECT FROM audit_chain c WHERE c.event_id = p.id AND c.occurred_at = p.occurred_at AND c.position > 0) AS sealed
                FROM part p
            )
            SELECT count(*), count(*) FILTER (WHERE unsealed), count(*) FILTER (WHERE NOT unsealed AND NOT sealed),
                (array_agg(CAST(jsonb_build_object('reason', 'unknown', 'eventId', id, 'occurredAt', occurred_at) AS text)
                    ORDER BY occurred_at, id) FILTER (WHERE NOT unsealed AND NOT sealed))[1],
                (array_agg(CAST(occurred_at AS text) ORDER BY occurred_at DESC, id DESC))[1],
                (array_agg(CAST(id AS text) ORDER BY occurred_at DESC, id DESC))[1]
            FROM judged
            """;

    private final EntityManager entityManager;
    private final ObjectMapper json;

    /** Whether this replica may have written something that is not sealed yet. */
    private final AtomicBoolean written = new AtomicBoolean();

    AuditChain(EntityManager entityManager, ObjectMapper json) {
        this.entityManager = entityManager;
        this.json = json;
    }

    void onWritten(@Observes(during = TransactionPhase.AFTER_SUCCESS) AuditLog.Written event) {
        written.set(true);
    }

    /** Asks nothing of a database that may be asleep, unless there is something to do. */
    @Scheduled(
            every = "${roster.audit.seal-every}",
            delayed = "${roster.audit.seal-every}",
            concurrentExecution = ConcurrentExecution.SKIP)
    void sealWritten() {
        if (written.getAndSet(false) && !seal()) {
            written.set(true);
        }
    }

    /** Seals all there is; false while another replica is at it. */
    boolean seal() {
        Integer sealed;
        do {
            sealed = QuarkusTransaction.requiringNew().call(this::sealBatch);
        } while (sealed != null && sealed == BATCH);
        return sealed != null;
    }

    /** Seals some in the caller's transaction: how many, null while another replica is at it. */
    Integer sealBatch() {
        return (Integer)
                entityManager
                        .createNativeQuery("SELECT audit_seal(:batch)", Integer.class)
                        .setParameter("batch", BATCH)
                        .getSingleResult();
    }

    /**
     * Holds the events of a time against the chain, in parts of bounded size.
     *
     * @param from null for the beginning
     * @param to the first time that is left out; null for the end
     * @param known a head that was answered before, which must still be a link; null for none
     */
    AuditVerification verify(Instant from, Instant to, Head known) {
        seal();
        String begin = from == null ? "-infinity" : from.toString();
        String end = to == null ? "infinity" : to.toString();
        Object[] ends = row(ENDS, Map.of("from", begin, "to", end));
        Found found = new Found();
        links(found, (Long) ends[0] - 1, (Long) ends[1]);
        events(found, begin, end);
        if (known != null && !isLink(known)) {
            found.broken(1, new Broken("head_missing", known.position(), null, null));
        }
        return new AuditVerification(
                found.broken == 0,
                found.verified,
                found.redacted,
                found.dropped,
                found.broken,
                found.unsealed,
                (String) ends[2],
                found.first);
    }

    private void links(Found found, long behind, long last) {
        long position = behind;
        while (position < last) {
            Object[] part = row(LINKS, Map.of("behind", position, "last", last, "batch", BATCH));
            position = (Long) part[0];
            found.verified += (Long) part[1];
            found.redacted += (Long) part[2];
            found.dropped += (Long) part[3];
            found.broken((Long) part[4], broken(part[5]));
        }
    }

    private void events(Found found, String from, String to) {
        String time = from;
        String id = new UUID(0, 0).toString();
        long seen;
        do {
            Object[] part = row(EVENTS, Map.of("time", time, "id", id, "to", to, "batch", BATCH));
            seen = (Long) part[0];
            found.unsealed += (Long) part[1];
            found.broken((Long) part[2], broken(part[3]));
            time = (String) part[4];
            id = (String) part[5];
        } while (seen == BATCH);
    }

    private boolean isLink(Head known) {
        return (Boolean)
                entityManager
                        .createNativeQuery(
                                "SELECT EXISTS (SELECT FROM audit_chain WHERE position = :position"
                                        + " AND hash = decode(:hash, 'hex'))",
                                Boolean.class)
                        .setParameter("position", known.position())
                        .setParameter("hash", known.hash())
                        .getSingleResult();
    }

    private Object[] row(String sql, Map<String, Object> parameters) {
        Query query = entityManager.createNativeQuery(sql);
        parameters.forEach(query::setParameter);
        return (Object[]) query.getSingleResult();
    }

    private Broken broken(Object text) {
        try {
            return text == null ? null : json.readValue((String) text, Broken.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Place and hash of a link, as {@link AuditVerification#head} has them. */
    record Head(long position, String hash) {

        static Optional<Head> parse(String text) {
            return text.matches("[1-9][0-9]{0,17}-[0-9a-f]{64}")
                    ? Optional.of(
                            new Head(
                                    Long.parseLong(text.substring(0, text.indexOf('-'))),
                                    text.substring(text.indexOf('-') + 1)))
                    : Optional.empty();
        }
    }

    /** What a verification has come to. */
    private static final class Found {

        private long verified;
        private long redacted;
        private long dropped;
        private long broken;
        private long unsealed;
        private Broken first;

        void broken(long number, Broken what) {
            broken += number;
            first = first == null ? what : first;
        }
    }
}
