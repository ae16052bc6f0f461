package dev.roster.mail;

import dev.roster.mail.Transport.RefusedException;
import dev.roster.platform.crypto.RandomTokens;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * Sends what is in the outbox: right after the commit that put it there, and again when an attempt
 * is due.
 *
 * <p>A mail is taken in a transaction of its own, which also puts its next attempt off, then sent
 * while neither a connection nor a lock is held, and then marked: a slow mail server costs the
 * requests nothing. What the server has answered for is remembered until the database has it too,
 * so that a failed commit does not send it again; after the death of the process in between, the
 * receiver can tell the copy by its {@code Message-ID}.
 *
 * <p>One thread of each replica does this, a few mails at a time. It asks the database only when
 * there is something to do, and once in a while for what another replica left behind.
 */
@ApplicationScoped
class Dispatcher {

    /** Mails under way at once, and connections to the mail server. */
    static final int BATCH = 5;

    /** Pauses before each further attempt: a day and twenty minutes in all. */
    static final List<Duration> PAUSES =
            List.of(
                    Duration.ofMinutes(1),
                    Duration.ofMinutes(5),
                    Duration.ofMinutes(15),
                    Duration.ofHours(1),
                    Duration.ofHours(3),
                    Duration.ofHours(8),
                    Duration.ofHours(12));

    private static final Logger LOG = Logger.getLogger(Dispatcher.class);

    /** A little longer than the transport waits for a server that is silent. */
    private static final Duration SENDING = Duration.ofSeconds(SmtpTransport.SILENCE + 15L);

    /** How long a mail is nobody else's: several times what sending it and saying so may take. */
    private static final Duration TAKEN = Duration.ofMinutes(5);

    /** Within the time that a container has to stop, behind the requests in flight. */
    private static final Duration STOPPING = Duration.ofSeconds(10);

    private static final Duration AFTER_FAILURE = Duration.ofSeconds(30);
    private static final int LONGEST_ERROR = 500;

    private final Outbox outbox;
    private final Templates templates;
    private final MailConfig config;
    private final MeterRegistry meters;
    private final Clock clock;
    private final Optional<Transport> transport;

    /** Answered for by the server, not yet marked so in the database. */
    private final Set<UUID> acknowledged = ConcurrentHashMap.newKeySet();

    private final AtomicBoolean awake = new AtomicBoolean();
    private ScheduledExecutorService thread;
    private ScheduledFuture<?> next;

    Dispatcher(
            Outbox outbox,
            Templates templates,
            MailConfig config,
            MailSetup setup,
            Vertx vertx,
            Sender sender,
            MeterRegistry meters,
            Clock clock) {
        this.outbox = outbox;
        this.templates = templates;
        this.config = config;
        this.meters = meters;
        this.clock = clock;
        this.transport = setup.transport(vertx, sender, clock, BATCH);
    }

    void onStart(@Observes StartupEvent started) {
        if (transport.isPresent()) {
            thread =
                    Executors.newSingleThreadScheduledExecutor(
                            task -> {
                                Thread sending = new Thread(task, "mail");
                                sending.setDaemon(true);
                                return sending;
                            });
            wake();
        }
    }

    void onPut(@Observes(during = TransactionPhase.AFTER_SUCCESS) Outbox.Put put) {
        wake();
    }

    /** What is under way, and what the last requests put in, is still sent. */
    void onStop(@Observes ShutdownEvent stopped) throws InterruptedException {
        ScheduledExecutorService sending = stop();
        if (sending == null) {
            return;
        }
        if (!sending.awaitTermination(STOPPING.toMillis(), TimeUnit.MILLISECONDS)) {
            LOG.warn("Stopped before the mail server had answered; the mail is tried again later");
        }
        transport.ifPresent(Transport::close);
    }

    private synchronized ScheduledExecutorService stop() {
        ScheduledExecutorService sending = thread;
        thread = null;
        if (sending != null) {
            if (next != null) {
                next.cancel(false);
            }
            sending.shutdown();
        }
        return sending;
    }

    private synchronized void wake() {
        if (thread != null && awake.compareAndSet(false, true)) {
            thread.execute(this::run);
        }
    }

    private synchronized void runAgain(Duration delay) {
        if (thread != null) {
            if (next != null) {
                next.cancel(false);
            }
            next = thread.schedule(this::wake, delay.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void run() {
        awake.set(false);
        try {
            runAgain(sendDue(transport.orElseThrow()));
        } catch (RuntimeException e) {
            // the database, or a commit that it refused
            LOG.warn("Mail waits: the outbox cannot be read or written", e);
            runAgain(AFTER_FAILURE);
        }
    }

    /**
     * Sends every mail that is due.
     *
     * @return how long there is nothing more to do, as far as is known
     */
    Duration sendDue(Transport by) {
        mark(Set.copyOf(acknowledged), Map.of());
        while (sendBatch(by) == BATCH) {
            // there may be more
        }
        Duration seldom = config.mail().pollEvery();
        Instant now = clock.instant();
        return QuarkusTransaction.requiringNew()
                .call(OutboxMail::nextDue)
                .map(due -> Duration.between(now, due))
                .filter(pause -> pause.compareTo(seldom) < 0)
                .map(pause -> pause.isNegative() ? Duration.ZERO : pause)
                .orElse(seldom);
    }

    private int sendBatch(Transport by) {
        Instant now = clock.instant();
        List<OutboxMail> taken =
                QuarkusTransaction.requiringNew()
                        .call(() -> OutboxMail.take(now, now.plus(TAKEN), BATCH));
        Map<UUID, CompletableFuture<Void>> underWay = new HashMap<>();
        for (OutboxMail mail : taken) {
            if (!acknowledged.contains(mail.id)) {
                underWay.put(mail.id, send(by, mail));
            }
        }
        Map<UUID, Exception> failures = new HashMap<>();
        long deadline = System.nanoTime() + SENDING.toNanos();
        underWay.forEach(
                (id, sending) ->
                        failure(sending, deadline).ifPresent(failure -> failures.put(id, failure)));
        mark(taken.stream().map(mail -> mail.id).toList(), failures);
        return taken.size();
    }

    private CompletableFuture<Void> send(Transport by, OutboxMail mail) {
        try {
            return by.send(
                            templates.render(
                                    mail.id,
                                    mail.kind,
                                    mail.recipient,
                                    mail.locale,
                                    outbox.valuesOf(mail)))
                    .toCompletableFuture()
                    // also when the answer comes too late to be waited for
                    .thenRun(() -> acknowledged.add(mail.id));
        } catch (RuntimeException e) {
            // a template or a key, which an operator can repair
            return CompletableFuture.failedFuture(e);
        }
    }

    private static Optional<Exception> failure(CompletableFuture<Void> sending, long deadline) {
        try {
            sending.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            return Optional.empty();
        } catch (ExecutionException e) {
            return Optional.of(e.getCause() instanceof Exception cause ? cause : e);
        } catch (TimeoutException e) {
            return Optional.of(new TimeoutException("the mail server does not answer"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of(e);
        }
    }

    /** What became of mails, in one transaction; what was acknowledged stays so if it fails. */
    private void mark(Collection<UUID> ids, Map<UUID, Exception> failures) {
        if (ids.isEmpty()) {
            return;
        }
        Instant now = clock.instant();
        List<OutboxMail> marked =
                QuarkusTransaction.requiringNew()
                        .call(
                                () -> {
                                    List<OutboxMail> mails =
                                            OutboxMail.list("id in ?1", List.copyOf(ids));
                                    mails.removeIf(OutboxMail::isOver);
                                    mails.forEach(mail -> mark(mail, failures.get(mail.id), now));
                                    return mails;
                                });
        acknowledged.removeAll(ids.stream().filter(id -> !failures.containsKey(id)).toList());
        marked.forEach(this::tell);
    }

    private void mark(OutboxMail mail, Exception failure, Instant now) {
        if (failure == null) {
            mail.sent(now);
            return;
        }
        boolean permanent = failure instanceof RefusedException refused && refused.permanent;
        String error = reason(failure);
        if (permanent || mail.attempts > PAUSES.size()) {
            mail.givenUp(error, now);
        } else {
            Duration pause = PAUSES.get(mail.attempts - 1);
            // a tenth more or less, so that a server that was down is not met by all at once
            long tenth = pause.toMillis() / 10;
            long jitter = tenth * RandomTokens.bytes(1)[0] / 128;
            mail.failed(error, now.plus(pause).plusMillis(jitter));
        }
    }

    private static String reason(Exception failure) {
        String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        String line = message.replaceAll("\\p{Cc}+", " ");
        return line.length() > LONGEST_ERROR ? line.substring(0, LONGEST_ERROR) : line;
    }

    /** To the log and the metrics, without the recipient. */
    private void tell(OutboxMail mail) {
        String kind = mail.kind.template();
        if (mail.sentAt != null) {
            meters.counter("roster.mail.sent", "kind", kind).increment();
            return;
        }
        String reason = mail.lastError.replace(mail.recipient, "<recipient>");
        if (mail.failedAt != null) {
            meters.counter("roster.mail.failed", "kind", kind).increment();
            LOG.errorf(
                    "Mail %s (%s) is given up after %d attempts: %s",
                    mail.id, kind, mail.attempts, reason);
        } else {
            meters.counter("roster.mail.retried", "kind", kind).increment();
            LOG.warnf(
                    "Mail %s (%s) is tried again at %s: %s",
                    mail.id, kind, mail.nextAttemptAt, reason);
        }
    }
}
