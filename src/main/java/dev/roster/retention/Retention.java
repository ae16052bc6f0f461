package dev.roster.retention;

import dev.roster.platform.jobs.PurgeTask;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.arc.All;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * Runs every {@link PurgeTask}, one replica at a time, in batches small enough to hold no lock for
 * long.
 */
@ApplicationScoped
public class Retention {

    private static final Logger LOG = Logger.getLogger(Retention.class);

    /** Any number that nothing else locks; transaction-scoped, as PgBouncer's pooling needs. */
    private static final long ADVISORY_LOCK = 0x726f73746572L;

    private final List<PurgeTask> tasks;
    private final RetentionConfig config;
    private final EntityManager entityManager;
    private final MeterRegistry meters;
    private final Clock clock;

    Retention(
            @All List<PurgeTask> tasks,
            RetentionConfig config,
            EntityManager entityManager,
            MeterRegistry meters,
            Clock clock) {
        this.tasks = tasks;
        this.config = config;
        this.entityManager = entityManager;
        this.meters = meters;
        this.clock = clock;
    }

    @Scheduled(
            every = "${roster.retention.every}",
            delayed = "${roster.retention.every}",
            concurrentExecution = ConcurrentExecution.SKIP)
    void run() {
        for (PurgeTask task : tasks) {
            try {
                long purged = purge(task);
                if (purged > 0) {
                    LOG.infof("Purged %d rows: %s", purged, task.name());
                }
            } catch (RuntimeException e) {
                // the other tasks have their turn all the same, and this one the next time
                meters.counter("roster.retention.failed", "task", task.name()).increment();
                LOG.errorf(e, "Not purged: %s", task.name());
            }
        }
    }

    /** Purges batch by batch until nothing is left or another replica is at it. */
    public long purge(PurgeTask task) {
        long total = 0;
        int purged;
        do {
            purged =
                    QuarkusTransaction.requiringNew()
                            .call(
                                    () ->
                                            lockedHere()
                                                    ? task.purge(clock.instant(), config.batch())
                                                    : 0);
            total += purged;
            meters.counter("roster.retention.purged", "task", task.name()).increment(purged);
        } while (purged == config.batch());
        return total;
    }

    private boolean lockedHere() {
        return (Boolean)
                entityManager
                        .createNativeQuery("SELECT pg_try_advisory_xact_lock(:key)")
                        .setParameter("key", ADVISORY_LOCK)
                        .getSingleResult();
    }
}
