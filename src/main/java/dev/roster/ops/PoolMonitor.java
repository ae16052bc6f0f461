package dev.roster.ops;

import io.agroal.api.AgroalDataSource;
import io.agroal.api.AgroalPoolInterceptor;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAccumulator;

/**
 * Counts of the connection pool what Agroal does not: how long connections are held, and who waits.
 */
@Singleton
public class PoolMonitor implements AgroalPoolInterceptor {

    /** The pool asks for its interceptors while it is made. */
    private final Instance<AgroalDataSource> pool;

    private final Map<Connection, Long> acquiredAt = new ConcurrentHashMap<>();
    private final LongAccumulator longestHold = new LongAccumulator(Math::max, 0);
    private final Counter overflow;

    PoolMonitor(Instance<AgroalDataSource> pool, MeterRegistry meters) {
        this.pool = pool;
        overflow =
                Counter.builder("roster.pool.overflow")
                        .description("Requests that waited for a connection, all being in use")
                        .register(meters);
        TimeGauge.builder(
                        "roster.pool.longest.hold",
                        this,
                        TimeUnit.NANOSECONDS,
                        monitor -> monitor.longestHold().toNanos())
                .description("The longest that a connection was or is in use, since the start")
                .register(meters);
    }

    @Override
    public void onConnectionAcquire(Connection connection) {
        acquiredAt.put(connection, System.nanoTime());
    }

    @Override
    public void onConnectionReturn(Connection connection) {
        Long since = acquiredAt.remove(connection);
        if (since != null) {
            longestHold.accumulate(System.nanoTime() - since);
        }
        // this one goes to somebody who waits
        if (pool.get().getMetrics().awaitingCount() > 0) {
            overflow.increment();
        }
    }

    @Override
    public void onConnectionDestroy(Connection connection) {
        acquiredAt.remove(connection);
    }

    /** How many requests waited until a connection came back to the pool. */
    long overflow() {
        return (long) overflow.count();
    }

    /** The longest that a connection was in use, or is. */
    Duration longestHold() {
        long now = System.nanoTime();
        return Duration.ofNanos(
                acquiredAt.values().stream()
                        .mapToLong(since -> now - since)
                        .reduce(longestHold.get(), Math::max));
    }
}
