package dev.roster.jobs;

import dev.roster.platform.persistence.BaseEntity;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.UuidGenerator;
import org.hibernate.type.SqlTypes;

/**
 * A piece of work and how far it is. Leases are kept by the database's clock, which all replicas
 * share.
 */
@Entity
@Table(name = "jobs")
public class Job extends BaseEntity {

    public static final String QUEUED = "queued";
    public static final String RUNNING = "running";
    public static final String CANCELLED = "cancelled";

    /** Times that a job is taken without coming any further before it is given up. */
    private static final int MAX_ATTEMPTS = 5;

    @Id
    @UuidGenerator(style = UuidGenerator.Style.VERSION_7)
    public UUID id;

    @Column(nullable = false)
    public String kind;

    @Column(nullable = false)
    public String permission;

    /** A JSON object. */
    @JdbcTypeCode(SqlTypes.JSON)
    @Column(nullable = false)
    public String parameters;

    @Column(nullable = false)
    public String status;

    @Column(nullable = false)
    public long total;

    @Column(nullable = false)
    public long processed;

    @Column(nullable = false)
    public long succeeded;

    @Column(nullable = false)
    public long skipped;

    @Column(nullable = false)
    public long refused;

    public String error;

    @Column(name = "created_by")
    public UUID createdBy;

    @Column(name = "resumed_at")
    public Instant resumedAt;

    @Column(name = "resumed_from", nullable = false)
    public long resumedFrom;

    @Column(name = "finished_at")
    public Instant finishedAt;

    /** A job that was taken. */
    record Taken(UUID id, String kind, String parameters, UUID createdBy, boolean isNew) {}

    /** Whether any has not come to its end. */
    static boolean isAnyUnfinished() {
        return count("status in ?1", List.of(QUEUED, RUNNING)) > 0;
    }

    /** Those that have not come to their end, the oldest first. */
    static List<UUID> unfinished() {
        return Job.<Job>list("status in ?1 order by id", List.of(QUEUED, RUNNING)).stream()
                .map(job -> job.id)
                .toList();
    }

    public boolean isFinished() {
        return finishedAt != null;
    }

    /** Rows a second since it was last taken; null before there is anything to tell. */
    Double rate(Instant now) {
        if (resumedAt == null || processed == resumedFrom) {
            return null;
        }
        Duration time = Duration.between(resumedAt, isFinished() ? finishedAt : now);
        return (processed - resumedFrom) * 1000.0 / Math.max(1, time.toMillis());
    }

    /** Newest first. */
    static List<Job> list(UUID createdBy, UUID before, int size) {
        return find(
                        "(?1 is null or createdBy = ?1) and (?2 is null or id < ?2) order by id"
                                + " desc",
                        createdBy,
                        before)
                .page(0, size)
                .list();
    }

    /**
     * Takes a job that waits, or whose holder fell silent; of several takers each gets another one.
     *
     * @param wanted this one alone, or null for the oldest
     */
    static Optional<Taken> take(UUID wanted, UUID lease, Duration time) {
        List<?> rows =
                getEntityManager()
                        .createNativeQuery(
                                """
                                UPDATE jobs SET status = 'running', lease = :lease, attempts = attempts + 1,
                                    leased_until = clock_timestamp() + :millis * interval '1 millisecond',
                                    resumed_at = clock_timestamp(), resumed_from = processed
                                WHERE id = (
                                    SELECT id FROM jobs
                                    WHERE (status = 'queued' OR status = 'running' AND leased_until < clock_timestamp())
                                        AND attempts < :attempts AND (CAST(:wanted AS uuid) IS NULL OR id = :wanted)
                                    ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
                                RETURNING id, kind, CAST(parameters AS text), created_by, processed = 0
                                """,
                                Object[].class)
                        .setParameter("lease", lease)
                        .setParameter("millis", time.toMillis())
                        .setParameter("attempts", MAX_ATTEMPTS)
                        .setParameter("wanted", wanted)
                        .getResultList();
        return rows.stream()
                .map(Object[].class::cast)
                .map(
                        row ->
                                new Taken(
                                        (UUID) row[0],
                                        (String) row[1],
                                        (String) row[2],
                                        (UUID) row[3],
                                        (Boolean) row[4]))
                .findFirst();
    }

    /** Gives up what kills each process that takes it, or fails each time. */
    static int failExhausted() {
        return getEntityManager()
                .createNativeQuery(
                        """
                        UPDATE jobs SET status = 'failed', error = 'No attempt came any further', lease = NULL,
                            finished_at = clock_timestamp(), updated_at = clock_timestamp(), version = version + 1
                        WHERE (status = 'queued' OR status = 'running' AND leased_until < clock_timestamp())
                            AND attempts >= :attempts
                        """)
                .setParameter("attempts", MAX_ATTEMPTS)
                .executeUpdate();
    }

    /** Keeps the job for longer. */
    static boolean extend(UUID id, UUID lease, Duration time) {
        return getEntityManager()
                        .createNativeQuery(
                                "UPDATE jobs SET leased_until = clock_timestamp() + :millis *"
                                        + " interval '1 millisecond' WHERE id = :id AND lease ="
                                        + " :lease AND status = 'running'")
                        .setParameter("millis", time.toMillis())
                        .setParameter("id", id)
                        .setParameter("lease", lease)
                        .executeUpdate()
                == 1;
    }

    /**
     * Waits for its turn at the job, until the transaction ends. Who came first is next, which the
     * row's own lock does not promise: a step that follows a step could have it before whoever
     * waits to cancel.
     */
    private static void lockInTurn(UUID id) {
        getEntityManager()
                .createNativeQuery(
                        "SELECT CAST(pg_advisory_xact_lock(hashtextextended(:job, 0)) AS text)",
                        Object.class)
                .setParameter("job", "jobs " + id)
                .getSingleResult();
    }

    /** Where the next step begins; empty where the job is not, or no longer, held by the lease. */
    static Optional<Long> lockPosition(UUID id, UUID lease) {
        lockInTurn(id);
        List<?> rows =
                getEntityManager()
                        .createNativeQuery(
                                "SELECT position FROM jobs WHERE id = :id AND lease = :lease AND"
                                        + " status = 'running' FOR UPDATE",
                                Long.class)
                        .setParameter("id", id)
                        .setParameter("lease", lease)
                        .getResultList();
        return rows.stream().map(Long.class::cast).findFirst();
    }

    static void advance(UUID id, JobRun.Step step) {
        getEntityManager()
                .createNativeQuery(
                        """
                        UPDATE jobs SET position = :position, processed = processed + :processed, succeeded = succeeded + :succeeded,
                            skipped = skipped + :skipped, refused = refused + :refused, attempts = 0,
                            status = CASE WHEN :last THEN 'done' ELSE status END,
                            finished_at = CASE WHEN :last THEN clock_timestamp() END,
                            updated_at = clock_timestamp(), version = version + 1
                        WHERE id = :id
                        """)
                .setParameter("position", step.position())
                .setParameter("processed", step.processed())
                .setParameter("succeeded", step.succeeded())
                .setParameter("skipped", step.skipped())
                .setParameter("refused", step.refused())
                .setParameter("last", step.last())
                .setParameter("id", id)
                .executeUpdate();
    }

    /** Lets go of the job; another replica takes it at once. */
    static void release(UUID id, UUID lease) {
        getEntityManager()
                .createNativeQuery(
                        "UPDATE jobs SET status = 'queued', lease = NULL, attempts = 0 WHERE id ="
                                + " :id AND lease = :lease AND status = 'running'")
                .setParameter("id", id)
                .setParameter("lease", lease)
                .executeUpdate();
    }

    /** Lets go of it after a step that failed; when none comes further, it is given up. */
    static void requeue(UUID id, UUID lease) {
        getEntityManager()
                .createNativeQuery(
                        "UPDATE jobs SET status = 'queued', lease = NULL WHERE id = :id AND lease"
                                + " = :lease AND status = 'running'")
                .setParameter("id", id)
                .setParameter("lease", lease)
                .executeUpdate();
    }

    static void fail(UUID id, UUID lease, String error) {
        end(id, "failed", error, "lease = CAST(:lease AS uuid) AND status = 'running'", lease);
    }

    /**
     * Ends a job that has not ended, after the step that it is in; what it did stays.
     *
     * @return false where it has
     */
    static boolean cancel(UUID id) {
        lockInTurn(id);
        return end(
                id,
                CANCELLED,
                null,
                "CAST(:lease AS uuid) IS NULL AND status IN ('queued', 'running')",
                null);
    }

    private static boolean end(UUID id, String status, String error, String condition, UUID lease) {
        return getEntityManager()
                        .createNativeQuery(
                                "UPDATE jobs SET status = :status, error = :error, finished_at ="
                                        + " clock_timestamp(), updated_at = clock_timestamp(),"
                                        + " version = version + 1 WHERE id = :id AND "
                                        + condition)
                        .setParameter("status", status)
                        .setParameter("error", error)
                        .setParameter("id", id)
                        .setParameter("lease", lease)
                        .executeUpdate()
                == 1;
    }
}
