package dev.roster.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.postgresql.PGConnection;

/** Many callers that start together. */
public final class AtOnce {

    /** What the names of the threads begin with. */
    static final String THREADS = "at-once";

    private AtOnce() {}

    /** Calls from as many threads at once and returns every result. */
    public static <T> List<T> run(int times, Callable<T> call) throws InterruptedException {
        return run(IntStream.range(0, times).mapToObj(i -> call).toList());
    }

    /**
     * Calls from as many threads at once, each by its number, and returns every result in order.
     */
    public static <T> List<T> numbered(int times, IntFunction<T> call) throws InterruptedException {
        return run(
                IntStream.range(0, times).<Callable<T>>mapToObj(i -> () -> call.apply(i)).toList());
    }

    /** Makes all the calls at once and returns every result, in the order of the calls. */
    public static <T> List<T> run(List<Callable<T>> calls) throws InterruptedException {
        ExecutorService threads =
                Executors.newFixedThreadPool(calls.size(), task -> new Thread(task, THREADS));
        try {
            CountDownLatch ready = new CountDownLatch(calls.size());
            List<Future<T>> futures = new ArrayList<>();
            for (Callable<T> call : calls) {
                futures.add(
                        threads.submit(
                                () -> {
                                    ready.countDown();
                                    ready.await();
                                    return call.call();
                                }));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get());
            }
            return results;
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } finally {
            threads.shutdownNow();
        }
    }

    /** Calls while a user's sessions are ended as they are with all that lets it in. */
    public static <T> T whilePutOut(UUID user, Supplier<T> call) {
        return meanwhile(
                call,
                "WITH ended AS (DELETE FROM sessions WHERE user_id = ?) UPDATE users SET updated_at"
                        + " = now() WHERE id = ?",
                user,
                user);
    }

    /**
     * Calls while a change is made and not committed, which the call comes to wait for, and commits
     * it then.
     *
     * @throws AssertionError where the call does not wait
     */
    public static <T> T meanwhile(Supplier<T> call, String change, Object... parameters) {
        try (Connection connection = Database.connect();
                PreparedStatement statement = connection.prepareStatement(change)) {
            connection.setAutoCommit(false);
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            assertEquals(1, statement.executeUpdate());
            CompletableFuture<T> answer = CompletableFuture.supplyAsync(call);
            int holder = connection.unwrap(PGConnection.class).getBackendPID();
            while (!(Boolean)
                    Database.value(
                            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE"
                                    + " pg_blocking_pids(pid) @> ARRAY[?])",
                            holder)) {
                assertFalse(answer.isDone(), () -> "waited for nothing: " + answer.join());
                Thread.onSpinWait();
            }
            connection.commit();
            return answer.join();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
