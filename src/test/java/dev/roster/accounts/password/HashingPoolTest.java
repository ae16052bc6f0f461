package dev.roster.accounts.password;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.roster.platform.problem.OverloadedException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

// a pool that blocks where it must not would hang the build
@Timeout(30)
class HashingPoolTest {

    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final ExecutorService callers = Executors.newCachedThreadPool();
    private final CountDownLatch release = new CountDownLatch(1);

    @AfterEach
    void stop() {
        release.countDown();
        callers.shutdownNow();
    }

    private HashingPool pool(int threads, int queue) {
        return new HashingPool(Settings.pool(threads, queue), meters);
    }

    private CompletableFuture<String> call(HashingPool pool, String result) {
        return CompletableFuture.supplyAsync(() -> pool.run(() -> held(result)), callers);
    }

    private String held(String result) {
        try {
            release.await();
            return result;
        } catch (InterruptedException e) {
            return "interrupted";
        }
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            Thread.sleep(1);
        }
    }

    private double gauge(String name) {
        return meters.get(name).gauge().value();
    }

    /** One of each: a task on the only thread, then one on the only place in the queue. */
    private CompletableFuture<?>[] fill(HashingPool pool) throws InterruptedException {
        CompletableFuture<String> running = call(pool, "running");
        await(() -> gauge("roster.hashing.active") == 1);
        CompletableFuture<String> queued = call(pool, "queued");
        await(() -> pool.queued() == 1);
        return new CompletableFuture<?>[] {running, queued};
    }

    @Test
    @DisplayName("refuses at once when the queue is full, and what it took finishes")
    void full() throws Exception {
        HashingPool pool = pool(1, 1);
        CompletableFuture<?>[] taken = fill(pool);
        AtomicBoolean ran = new AtomicBoolean();

        // the thread is still held, so an answer now is an answer without waiting
        OverloadedException refused =
                assertThrows(
                        OverloadedException.class,
                        () ->
                                pool.run(
                                        () -> {
                                            ran.set(true);
                                            return null;
                                        }));

        assertEquals(Duration.ofSeconds(1), refused.retryAfter());
        assertFalse(taken[0].isDone());
        assertFalse(taken[1].isDone());
        assertEquals(1, meters.get("roster.hashing.refused").counter().count());
        assertEquals(1, gauge("roster.hashing.queued"));

        release.countDown();
        assertEquals("running", taken[0].get());
        assertEquals("queued", taken[1].get());
        assertFalse(ran.get());
        assertEquals("free again", pool.run(() -> "free again"));
        await(() -> meters.get("roster.hashing.duration").timer().count() == 3);
    }

    @Test
    @DisplayName("computes as many at once as there are threads, and no more")
    void bounded() throws Exception {
        HashingPool pool = pool(2, 8);
        CompletableFuture<?>[] calls = new CompletableFuture<?>[5];
        for (int i = 0; i < calls.length; i++) {
            calls[i] = call(pool, "done");
        }
        await(() -> gauge("roster.hashing.active") + pool.queued() == calls.length);

        assertEquals(2, gauge("roster.hashing.active"));
        assertEquals(3, pool.queued());

        release.countDown();
        CompletableFuture.allOf(calls).get();
    }

    @Test
    @DisplayName("an interrupted caller gives its place in the queue back and stays interrupted")
    void interrupted() throws Exception {
        HashingPool pool = pool(1, 1);
        CompletableFuture<String> running = call(pool, "running");
        await(() -> gauge("roster.hashing.active") == 1);
        AtomicBoolean ran = new AtomicBoolean();
        AtomicBoolean flag = new AtomicBoolean();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread caller =
                new Thread(
                        () -> {
                            try {
                                pool.run(
                                        () -> {
                                            ran.set(true);
                                            return null;
                                        });
                            } catch (RuntimeException e) {
                                thrown.set(e);
                                flag.set(Thread.currentThread().isInterrupted());
                            }
                        });
        caller.start();
        await(() -> pool.queued() == 1);

        caller.interrupt();
        caller.join();

        assertInstanceOf(OverloadedException.class, thrown.get());
        assertTrue(flag.get());
        assertEquals(0, pool.queued());
        release.countDown();
        assertEquals("running", running.get());
        pool.close(Duration.ofSeconds(20));
        assertFalse(ran.get());
    }

    @Test
    @DisplayName("closing lets what was taken finish and takes nothing new")
    void closes() throws Exception {
        HashingPool pool = pool(1, 1);
        CompletableFuture<?>[] taken = fill(pool);
        CompletableFuture<Void> closing =
                CompletableFuture.runAsync(() -> pool.close(Duration.ofSeconds(20)), callers);

        release.countDown();
        closing.get();

        assertEquals("running", taken[0].get());
        assertEquals("queued", taken[1].get());
        assertThrows(OverloadedException.class, () -> pool.run(() -> "too late"));
    }

    @Test
    @DisplayName("when the grace is over no caller is left waiting")
    void givesUp() throws Exception {
        HashingPool pool = pool(1, 1);
        CompletableFuture<?>[] taken = fill(pool);

        pool.close(Duration.ZERO);

        ExecutionException dropped = assertThrows(ExecutionException.class, () -> taken[1].get());
        assertInstanceOf(OverloadedException.class, dropped.getCause());
        assertEquals("interrupted", taken[0].get());
    }

    @Test
    @DisplayName("what the work throws reaches the caller as it is")
    void failures() {
        HashingPool pool = pool(1, 1);
        IllegalStateException failure = new IllegalStateException();
        OutOfMemoryError error = new OutOfMemoryError();

        assertSame(
                failure,
                assertThrows(IllegalStateException.class, () -> pool.run(() -> raise(failure))));
        assertSame(error, assertThrows(OutOfMemoryError.class, () -> pool.run(() -> raise(error))));
        assertEquals("alive", pool.run(() -> "alive"));
    }

    private static Object raise(RuntimeException failure) {
        throw failure;
    }

    private static Object raise(Error failure) {
        throw failure;
    }

    @Test
    @DisplayName("its threads are named and keep no process alive")
    void threads() {
        HashingPool pool = pool(1, 1);

        assertEquals("hashing-1", pool.run(() -> Thread.currentThread().getName()));
        assertTrue(pool.run(() -> Thread.currentThread().isDaemon()));
    }

    @ParameterizedTest
    @CsvSource({"0,1,1", "0,2,1", "0,8,7", "3,1,3", "1,8,1"})
    @DisplayName("takes the configured threads, or all processors but one")
    void derivesThreads(int configured, int processors, int expected) {
        assertEquals(expected, HashingPool.threads(configured, processors));
    }

    @ParameterizedTest
    @CsvSource({
        "0,0,1,1",
        "128,0,1,1",
        "10,0.05,1,1",
        "128,0.05,1,7",
        "128,0.05,4,2",
        "100,1,1,30",
        "10000,60,1,30"
    })
    @DisplayName("asks to come back when the queue will be worked off, in 1 to 30 seconds")
    void retryAfter(int waiting, double secondsEach, int threads, long expected) {
        assertEquals(
                Duration.ofSeconds(expected),
                HashingPool.retryAfter(waiting, secondsEach, threads));
    }
}
