package dev.roster.jobs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.platform.persistence.DatabaseFailure;
import io.quarkus.arc.All;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.hibernate.id.uuid.UuidVersion7Strategy;
import org.jboss.logging.Logger;

/**
 * Runs jobs, one at a time on each replica: those started here at once, and once in a while what
 * another replica left behind.
 */
@ApplicationScoped
public class JobRunner {

    private static final Logger LOG = Logger.getLogger(JobRunner.class);

    /** Within the time that a container has to stop; a step takes a second or so. */
    private static final long STOPPING_SECONDS = 10;

    private final List<JobKind> kinds;
    private final JobsConfig config;
    private final ObjectMapper json;

    private final ThreadPoolExecutor worker =
            new ThreadPoolExecutor(
                    1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), daemon("jobs"));

    private final ScheduledExecutorService heart =
            Executors.newSingleThreadScheduledExecutor(daemon("jobs-lease"));

    /** Read-locked by whoever runs a job, so that a stop can wait for the step. */
    private final ReadWriteLock running = new ReentrantReadWriteLock();

    private volatile boolean stopping;

    JobRunner(@All List<JobKind> kinds, JobsConfig config, ObjectMapper json) {
        this.kinds = kinds;
        this.config = config;
        this.json = json;
        worker.allowCoreThreadTimeOut(true);
    }

    private static ThreadFactory daemon(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Looks for jobs; returns at once. The first time when the service has started. */
    @Scheduled(every = "${roster.jobs.poll-every}")
    public void wake() {
        // one look waits at most: it takes whatever there is
        if (!stopping && worker.getQueue().isEmpty()) {
            worker.execute(this::runAll);
        }
    }

    /** What is under way ends its step; whoever takes it next goes on behind it. */
    void onStop(@Observes ShutdownEvent stopped) throws InterruptedException {
        stopping = true;
        worker.shutdown();
        if (!running.writeLock().tryLock(STOPPING_SECONDS, TimeUnit.SECONDS)) {
            LOG.warn("Stopped in the middle of a job's step, which is done again elsewhere");
        }
        heart.shutdownNow();
    }

    private void runAll() {
        try {
            while (!stopping && run(null)) {
                // there may be more
            }
            if (!stopping && QuarkusTransaction.requiringNew().call(Job::isAnyUnfinished)) {
                // somebody else's, who may be dead
                heart.schedule(this::wake, config.lease().toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (RuntimeException e) {
            LOG.warn("Jobs wait: the database cannot be read or written", e);
        }
    }

    /**
     * Runs a job in this thread, unless somebody has it.
     *
     * @param wanted this one, or null for the oldest that waits
     * @return whether there was one
     */
    public boolean run(UUID wanted) {
        UUID lease = UuidVersion7Strategy.INSTANCE.generateUuid(null);
        Optional<Job.Taken> found =
                QuarkusTransaction.requiringNew()
                        .call(
                                () -> {
                                    // else nobody would take them, and who waits waits for ever
                                    Job.failExhausted();
                                    return Job.take(wanted, lease, config.lease());
                                });
        if (found.isEmpty()) {
            return false;
        }
        Job.Taken job = found.get();
        long beat = config.lease().toMillis() / 3;
        ScheduledFuture<?> beating =
                heart.scheduleWithFixedDelay(
                        () -> extend(job.id(), lease), beat, beat, TimeUnit.MILLISECONDS);
        running.readLock().lock();
        try {
            run(job, lease);
        } finally {
            running.readLock().unlock();
            beating.cancel(false);
        }
        return true;
    }

    private void run(Job.Taken job, UUID lease) {
        Optional<JobKind> kind =
                kinds.stream().filter(each -> each.name().equals(job.kind())).findFirst();
        try {
            kind.orElseThrow(() -> new JobFailure("This release knows no such job"))
                    .run(
                            new JobRun(
                                    job.id(),
                                    job.createdBy(),
                                    parameters(job),
                                    job.isNew(),
                                    lease,
                                    () -> stopping));
        } catch (JobRun.StoppedException e) {
            QuarkusTransaction.requiringNew().run(() -> Job.release(job.id(), lease));
        } catch (JobFailure e) {
            QuarkusTransaction.requiringNew().run(() -> Job.fail(job.id(), lease, e.getMessage()));
        } catch (Exception e) {
            if (DatabaseFailure.unavailable(e)) {
                // the lease runs out, and somebody goes on
                LOG.warnf(e, "Job %s waits for the database", job.id());
                return;
            }
            if (DatabaseFailure.passing(e)) {
                LOG.warnf("A step of job %s is done again: %s", job.id(), e.getMessage());
                QuarkusTransaction.requiringNew().run(() -> Job.requeue(job.id(), lease));
                return;
            }
            LOG.errorf(e, "Job %s failed", job.id());
            QuarkusTransaction.requiringNew()
                    .run(
                            () ->
                                    Job.fail(
                                            job.id(),
                                            lease,
                                            "Something went wrong on our side; the log says more"));
        }
        if (QuarkusTransaction.requiringNew()
                .call(
                        () ->
                                Job.<Job>findByIdOptional(job.id())
                                        .filter(Job::isFinished)
                                        .isPresent())) {
            kind.ifPresent(it -> it.clear(job.id()));
        }
    }

    private ObjectNode parameters(Job.Taken job) {
        try {
            return json.readValue(job.parameters(), ObjectNode.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("PostgreSQL writes well-formed jsonb", e);
        }
    }

    private void extend(UUID id, UUID lease) {
        try {
            QuarkusTransaction.requiringNew().run(() -> Job.extend(id, lease, config.lease()));
        } catch (RuntimeException e) {
            // the next beat may come in time; a step of a lost job commits nothing
            LOG.warnf("The lease of job %s was not extended: %s", id, e.getMessage());
        }
    }
}
