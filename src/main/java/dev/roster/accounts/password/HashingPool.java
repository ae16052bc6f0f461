package dev.roster.accounts.password;

import dev.roster.platform.problem.OverloadedException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * A few threads with a bounded queue. A hash takes tens of milliseconds of a processor and
 * megabytes of memory by design, so the number computed at once has to be small whatever arrives;
 * what does not fit is refused at once instead of piling up.
 */
@ApplicationScoped
public class HashingPool {

    /** Beyond this a client had better come back with a new request than be told to wait. */
    static final Duration LONGEST_RETRY = Duration.ofSeconds(30);

    private static final Duration GRACE = Duration.ofSeconds(10);

    private final ThreadPoolExecutor executor;
    private final Timer duration;
    private final Counter refused;

    @Inject
    public HashingPool(PasswordConfig config, MeterRegistry meters) {
        int threads =
                threads(config.hashing().threads(), Runtime.getRuntime().availableProcessors());
        AtomicInteger number = new AtomicInteger();
        executor =
                new ThreadPoolExecutor(
                        threads,
                        threads,
                        0,
                        TimeUnit.SECONDS,
                        new ArrayBlockingQueue<>(config.hashing().queue()),
                        task -> {
                            Thread thread = new Thread(task, "hashing-" + number.incrementAndGet());
                            thread.setDaemon(true);
                            return thread;
                        });
        duration =
                Timer.builder("roster.hashing.duration")
                        .description("Time one password hash takes, without waiting for a thread")
                        .register(meters);
        refused =
                Counter.builder("roster.hashing.refused")
                        .description("Password hashes refused because the queue was full")
                        .register(meters);
        Gauge.builder("roster.hashing.queued", executor, pool -> pool.getQueue().size())
                .description("Password hashes waiting for a thread")
                .register(meters);
        Gauge.builder("roster.hashing.active", executor, ThreadPoolExecutor::getActiveCount)
                .description("Password hashes being computed")
                .register(meters);
    }

    /**
     * Runs the work on a thread of the pool and waits for it. What the work throws is thrown here.
     * It blocks, so it is no call for an event loop.
     *
     * @throws OverloadedException at once when the queue is full, and when the pool is stopped or
     *     the caller interrupted before there is a result
     */
    public <T> T run(Supplier<T> work) {
        FutureTask<T> task = new FutureTask<>(() -> duration.record(work));
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            refused.increment();
            throw overloaded("The password hashing queue is full or closed");
        }
        return await(task);
    }

    private <T> T await(FutureTask<T> task) {
        try {
            return task.get();
        } catch (InterruptedException e) {
            // nobody reads the result any more: give the place in the queue to somebody else
            task.cancel(false);
            executor.remove(task);
            Thread.currentThread().interrupt();
            throw overloaded("Interrupted while waiting for a password hash");
        } catch (CancellationException e) {
            throw overloaded("The password hashing pool has been stopped");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            // a Supplier throws nothing checked
            throw (RuntimeException) e.getCause();
        }
    }

    private OverloadedException overloaded(String message) {
        return new OverloadedException(
                message,
                retryAfter(
                        executor.getQueue().size(),
                        duration.mean(TimeUnit.SECONDS),
                        executor.getCorePoolSize()));
    }

    /** Time in which what waits now will have been worked off, in whole seconds from one up. */
    static Duration retryAfter(int waiting, double secondsEach, int threads) {
        double seconds = Math.ceil(waiting * secondsEach / threads);
        return Duration.ofSeconds((long) Math.min(Math.max(1, seconds), LONGEST_RETRY.toSeconds()));
    }

    /** One processor is left for the requests that need no hash. */
    static int threads(int configured, int processors) {
        return configured > 0 ? configured : Math.max(1, processors - 1);
    }

    int queued() {
        return executor.getQueue().size();
    }

    @PreDestroy
    void close() {
        close(GRACE);
    }

    /** Takes nothing new, lets what was taken finish for a while, then gives up on the rest. */
    void close(Duration grace) {
        executor.shutdown();
        try {
            if (executor.awaitTermination(grace.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // a task that is dropped without being cancelled would leave its caller waiting for ever
        executor.shutdownNow().forEach(task -> ((Future<?>) task).cancel(false));
    }
}
