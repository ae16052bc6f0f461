package dev.roster.ratelimit;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jboss.logging.Logger;

/**
 * Whether a call fits into its bucket. Replicas agree by {@link RateLimitStore}; what one knows for
 * certain it keeps in memory, so that a hot path does not cost a statement for each call.
 *
 * <p>Accuracy. Rules of fewer than 20 calls are strict: each call takes one permit from the
 * database, and exactly {@code max} pass however many replicas there are. Of larger rules a replica
 * leases a tenth of the permits at once and hands them out itself. A lease ends with the window
 * that it was taken in, so there are never more than {@code max} calls in a window; there may be
 * fewer, because permits that one replica has leased are not there for another: with {@code r}
 * replicas at most {@code (r - 1) * (max / 10 - 1)} of them. Such a window is over when no lease
 * has been taken for its length, not when no call has come, so that steady calls below the rate are
 * never refused. (In the reference the window never ends as long as calls come, and slow polling is
 * refused after 100 calls.)
 *
 * <p>A refusal is remembered until the window ends: a client that is over its limit costs no
 * statement. What is remembered is bounded; what falls out is asked for again.
 *
 * <p>When the database cannot be asked, strict rules fail, or an outage would let guesses through
 * uncounted. Others let the call pass, for it will meet the same outage where it needs the database
 * itself.
 */
@ApplicationScoped
class RateLimiter {

    private static final Logger LOG = Logger.getLogger(RateLimiter.class);

    private static final int REMEMBERED = 10_000;

    /** How long leased calls pass without asking after the database could not be asked. */
    private static final Duration OUTAGE = Duration.ofSeconds(1);

    private final RateLimitStore store;
    private final Vertx vertx;
    private final Clock clock;
    private final Map<String, Bucket> buckets =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
                    return size() > REMEMBERED;
                }
            };

    /**
     * The answer to a call.
     *
     * @param allowed whether it may go on
     * @param retryAfter seconds, from one up, after which a refused one may be tried again
     */
    record Verdict(boolean allowed, long retryAfter) {

        private static final Verdict ALLOWED = new Verdict(true, 0);

        static Verdict refused(long millis) {
            return new Verdict(false, Math.max(1, (millis + 999) / 1000));
        }
    }

    /** What this process knows of one; times are milliseconds of the clock. Guarded by itself. */
    private static final class Bucket {

        private int permits;
        private long permitsEnd;
        private long refusedUntil;
        private long openUntil;
        private Future<Void> lease;

        /** Null when only the database can tell. */
        Verdict known(long now) {
            if (now < refusedUntil) {
                return Verdict.refused(refusedUntil - now);
            }
            if (permits > 0 && now < permitsEnd) {
                permits--;
                return Verdict.ALLOWED;
            }
            return now < openUntil ? Verdict.ALLOWED : null;
        }

        /**
         * @param asked when the database was asked: what it says ends no later here than there
         */
        void learn(RateLimitStore.Taken taken, long asked) {
            long end = asked + taken.left().toMillis();
            if (taken.permits() == 0) {
                refusedUntil = end;
            } else {
                permits = taken.permits();
                permitsEnd = end;
            }
        }
    }

    RateLimiter(RateLimitStore store, Vertx vertx, Clock clock) {
        this.store = store;
        this.vertx = vertx;
        this.clock = clock;
    }

    /**
     * Counts a call. Never blocks; completes at once where the database need not be asked, else on
     * some thread.
     *
     * @return fails when a strict rule's database could not be asked
     */
    Future<Verdict> ask(String key, RateLimitRule rule) {
        Bucket bucket;
        synchronized (buckets) {
            bucket = buckets.computeIfAbsent(key, unknown -> new Bucket());
        }
        return ask(bucket, key, rule);
    }

    private Future<Verdict> ask(Bucket bucket, String key, RateLimitRule rule) {
        Future<Void> lease;
        synchronized (bucket) {
            long now = clock.millis();
            Verdict known = bucket.known(now);
            if (known != null) {
                return Future.succeededFuture(known);
            }
            if (rule.strict()) {
                return one(bucket, key, rule, now);
            }
            lease = bucket.lease == null ? lease(bucket, key, rule, now) : bucket.lease;
        }
        return lease.compose(done -> ask(bucket, key, rule));
    }

    private Future<Verdict> one(Bucket bucket, String key, RateLimitRule rule, long asked) {
        return vertx.executeBlocking(() -> store.take(key, rule), false)
                .map(
                        taken -> {
                            if (taken.permits() > 0) {
                                return Verdict.ALLOWED;
                            }
                            synchronized (bucket) {
                                bucket.learn(taken, asked);
                            }
                            return Verdict.refused(taken.left().toMillis());
                        });
    }

    /** One at a time: calls at once would lease all there is, and leave nothing for the others. */
    private Future<Void> lease(Bucket bucket, String key, RateLimitRule rule, long asked) {
        Promise<Void> lease = Promise.promise();
        // before asking: a quick answer is here, and takes it away again, while this still runs
        bucket.lease = lease.future();
        vertx.executeBlocking(() -> store.take(key, rule), false)
                .onComplete(
                        result -> {
                            synchronized (bucket) {
                                bucket.lease = null;
                                if (result.succeeded()) {
                                    bucket.learn(result.result(), asked);
                                } else {
                                    LOG.warnf(
                                            "Calls are not limited: %s",
                                            result.cause().getMessage());
                                    bucket.openUntil = clock.millis() + OUTAGE.toMillis();
                                }
                            }
                            lease.complete();
                        });
        return lease.future();
    }
}
