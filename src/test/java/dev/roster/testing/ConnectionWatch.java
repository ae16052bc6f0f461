package dev.roster.testing;

import io.agroal.api.AgroalPoolInterceptor;
import io.quarkus.test.junit.callback.QuarkusTestAfterEachCallback;
import io.quarkus.test.junit.callback.QuarkusTestMethodContext;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.postgresql.PGConnection;

/**
 * Fails any test in which a thread of the service waits for something else while it holds a
 * connection of the pool: for a second connection, for a password hash, or for the client that
 * reads a response. Under load each of these lets a few requests stall all others.
 */
@Singleton
public class ConnectionWatch implements AgroalPoolInterceptor {

    /** Tests may call beans within a transaction of their own. */
    private static final Set<String> THREADS_OF_TESTS = Set.of("main", AtOnce.THREADS);

    /** Who holds a connection since when. */
    private record Holder(Thread thread, Throwable acquired) {}

    /** By the driver's own connection: the pool wraps it anew for each call. */
    private static final Map<PGConnection, Holder> HELD =
            Collections.synchronizedMap(new IdentityHashMap<>());

    private static final Queue<AssertionError> VIOLATIONS = new ConcurrentLinkedQueue<>();

    @Override
    public void onConnectionAcquire(Connection connection) {
        check("asks for another connection");
        HELD.put(
                driverConnection(connection),
                new Holder(Thread.currentThread(), new Throwable("acquired here")));
    }

    @Override
    public void onConnectionReturn(Connection connection) {
        HELD.remove(driverConnection(connection));
    }

    private static PGConnection driverConnection(Connection pooled) {
        try {
            return pooled.unwrap(PGConnection.class);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Notes a violation where the calling thread holds a connection.
     *
     * @param waiting what the thread is about to wait for, as a predicate
     */
    static void check(String waiting) {
        Thread current = Thread.currentThread();
        if (THREADS_OF_TESTS.contains(current.getName())) {
            return;
        }
        List.copyOf(HELD.values()).stream()
                .filter(holder -> holder.thread() == current)
                .map(
                        holder ->
                                new AssertionError(
                                        "A thread that holds a connection of the pool " + waiting,
                                        holder.acquired()))
                .forEach(VIOLATIONS::add);
    }

    /** Fails the test during which a violation was noted. */
    public static class AfterEach implements QuarkusTestAfterEachCallback {

        @Override
        public void afterEach(QuarkusTestMethodContext context) {
            AssertionError first = VIOLATIONS.poll();
            if (first != null) {
                VIOLATIONS.clear();
                throw first;
            }
        }
    }
}
