package dev.roster.directory.reports;

import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * Counts what takes a look at every user, and keeps it. A service that sleeps when nobody calls
 * misses its turns: whoever then asks gets the old figures, with their time, and sets off a count.
 */
@ApplicationScoped
class UserStatistics {

    static final String SIGN_UPS = "sign-ups";
    static final String STATUSES = "statuses";

    private static final Logger LOG = Logger.getLogger(UserStatistics.class);

    /** Any number that nothing else locks; transaction-scoped, as PgBouncer's pooling needs. */
    private static final long ADVISORY_LOCK = 0x726f73746573L;

    private static final String COUNT_SIGN_UPS =
            """
            SELECT jsonb_agg(to_jsonb(m) ORDER BY m.month) FROM (
                SELECT to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM') AS month, count(*) AS users,
                    count(*) FILTER (WHERE email_verified) AS verified
                FROM users WHERE deleted_at IS NULL AND NOT anonymous GROUP BY 1) m
            """;

    private static final String STATUS =
            """
            CASE WHEN u.deleted_at IS NOT NULL THEN 'deleted' WHEN u.anonymous THEN 'guest'
                WHEN u.banned AND (u.ban_expires IS NULL OR u.ban_expires > :now) THEN 'banned'
                ELSE u.status END
            """;

    private static final String COUNT_STATUSES =
            """
            SELECT jsonb_agg(to_jsonb(s) ORDER BY s.status, s.role NULLS FIRST) FROM (
                SELECT STATUS AS status, NULL AS role, count(*) AS users FROM users u GROUP BY 1
                UNION ALL
                SELECT STATUS, coalesce(r.name, 'user'), count(*)
                FROM users u LEFT JOIN role_grants g ON g.user_id = u.id LEFT JOIN roles r ON r.id = g.role_id
                GROUP BY 1, 2) s
            """
                    .replace("STATUS", STATUS);

    private static final String KEEP =
            """
            INSERT INTO user_statistics (report, figures, as_of)
            SELECT :report, coalesce((COUNT), '[]'), :now
            ON CONFLICT (report) DO UPDATE SET figures = excluded.figures, as_of = excluded.as_of
            """;

    private final EntityManager entityManager;
    private final ReportsConfig config;
    private final Vertx vertx;
    private final Clock clock;
    private final AtomicBoolean counting = new AtomicBoolean();

    UserStatistics(EntityManager entityManager, ReportsConfig config, Vertx vertx, Clock clock) {
        this.entityManager = entityManager;
        this.config = config;
        this.vertx = vertx;
        this.clock = clock;
    }

    /** The figures of a report as JSON, and when they were counted. */
    record Figures(String json, Instant asOf) {}

    Figures figures(String report) {
        Optional<Figures> kept = find(report);
        if (kept.isEmpty()) {
            // the very first time; of several at once all but one wait
            count(true, config.every());
            return find(report).orElseThrow();
        }
        if (isOlderThan(config.every(), kept.get())) {
            countSoon();
        }
        return kept.get();
    }

    private Optional<Figures> find(String report) {
        List<?> rows =
                entityManager
                        .createNativeQuery(
                                "SELECT CAST(figures AS text), as_of FROM user_statistics WHERE"
                                        + " report = :report",
                                Object[].class)
                        .setParameter("report", report)
                        .getResultList();
        return rows.stream()
                .findFirst()
                .map(Object[].class::cast)
                .map(row -> new Figures((String) row[0], (Instant) row[1]));
    }

    @Scheduled(
            every = "${roster.reports.every}",
            delayed = "${roster.reports.every}",
            concurrentExecution = ConcurrentExecution.SKIP)
    void count() {
        // of many replicas, each with its own clock, one comes first
        count(config.every().dividedBy(2));
    }

    /** Counts unless the figures are younger, or another replica is at it. */
    void count(Duration age) {
        count(false, age);
    }

    /** Counts behind the back of whoever asked. */
    private void countSoon() {
        if (counting.compareAndSet(false, true)) {
            vertx.<Void>executeBlocking(
                            () -> {
                                count(config.every());
                                return null;
                            },
                            false)
                    .onComplete(
                            done -> {
                                counting.set(false);
                                if (done.failed()) {
                                    LOG.error("Users were not counted", done.cause());
                                }
                            });
        }
    }

    private void count(boolean wait, Duration age) {
        QuarkusTransaction.requiringNew()
                .run(
                        () -> {
                            if (isLocked(wait)
                                    && find(STATUSES)
                                            .filter(kept -> !isOlderThan(age, kept))
                                            .isEmpty()) {
                                keep(SIGN_UPS, COUNT_SIGN_UPS);
                                keep(STATUSES, COUNT_STATUSES);
                            }
                        });
    }

    private boolean isOlderThan(Duration age, Figures figures) {
        return !figures.asOf().isAfter(clock.instant().minus(age));
    }

    private boolean isLocked(boolean wait) {
        Object locked =
                entityManager
                        .createNativeQuery(
                                wait
                                        ? "SELECT CAST(pg_advisory_xact_lock(:key) AS text) IS NOT NULL"
                                        : "SELECT pg_try_advisory_xact_lock(:key)")
                        .setParameter("key", ADVISORY_LOCK)
                        .getSingleResult();
        return (Boolean) locked;
    }

    private void keep(String report, String count) {
        entityManager
                .createNativeQuery(KEEP.replace("COUNT", count))
                .setParameter("report", report)
                .setParameter("now", clock.instant())
                .executeUpdate();
    }
}
