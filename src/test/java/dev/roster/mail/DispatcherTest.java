package dev.roster.mail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.roster.testing.AtOnce;
import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.Mails;
import dev.roster.testing.MutableClock;
import dev.roster.testing.PackagedProcess;
import dev.roster.testing.SmtpServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@QuarkusTest
@DisplayName("The dispatcher")
class DispatcherTest {

    @Inject Outbox outbox;
    @Inject Templates templates;
    @Inject MailConfig config;
    @Inject MailSetup setup;
    @Inject Vertx vertx;
    @Inject Sender sender;
    @Inject OldMail oldMail;
    @Inject Clock clock;

    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final SmtpServer server = SmtpServer.settings().start();
    private final String recipient = Caller.newEmail();

    @BeforeEach
    void nothingElseIsDue() {
        Database.update("DELETE FROM mail_outbox");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    @DisplayName("sends what is due, once, and forgets its link")
    void sends() {
        leave();
        Dispatcher dispatcher = dispatcher(clock);
        dispatcher.sendDue(smtp());
        dispatcher.sendDue(smtp());
        assertEquals(1, server.received().size());
        assertEquals(recipient, server.received().get(0).recipient());
        assertEquals(Map.of("sent", true, "failed", false, "kept", false), state());
        assertEquals(1, count("sent"));
    }

    @Test
    @DisplayName("sends any number of mails, and knows when there is more to do")
    void many() {
        for (int i = 0; i < 2 * Dispatcher.BATCH + 1; i++) {
            leave();
        }
        assertEquals(config.mail().pollEvery(), dispatcher(clock).sendDue(smtp()));
        assertEquals(2 * Dispatcher.BATCH + 1, server.received().size());
        leave();
        Database.update(
                "UPDATE mail_outbox SET next_attempt_at = now() + interval '1 minute' WHERE sent_at"
                        + " IS NULL");
        Duration pause = dispatcher(clock).sendDue(smtp());
        assertTrue(pause.compareTo(Duration.ofSeconds(50)) > 0, pause.toString());
        assertTrue(pause.compareTo(Duration.ofSeconds(61)) < 0, pause.toString());
        assertEquals(2 * Dispatcher.BATCH + 1, server.received().size());
    }

    @Test
    @DisplayName("sends each mail once, however many replicas are at it")
    void replicas() throws InterruptedException {
        for (int i = 0; i < 30; i++) {
            leave();
        }
        AtOnce.run(
                4,
                () -> {
                    Transport transport = smtp();
                    dispatcher(clock).sendDue(transport);
                    transport.close();
                    return null;
                });
        assertEquals(30, server.received().size());
        assertEquals(
                30,
                server.received().stream()
                        .map(mail -> mail.source().replaceAll("(?s).*Message-ID: (\\S+).*", "$1"))
                        .distinct()
                        .count());
    }

    @Test
    @DisplayName("tries again after a while, for a day, and then gives up for all to see")
    void backOff() {
        leave();
        MutableClock time = new MutableClock(clock.instant());
        Dispatcher dispatcher = dispatcher(time);
        int deadPort = PackagedProcess.freePort();
        Transport dead = smtp(deadPort);
        for (Duration pause : Dispatcher.PAUSES) {
            Duration next = dispatcher.sendDue(dead);
            Duration least = pause.multipliedBy(9).dividedBy(10);
            Duration most = pause.multipliedBy(11).dividedBy(10);
            if (most.compareTo(config.mail().pollEvery()) < 0) {
                assertTrue(next.compareTo(least) >= 0 && next.compareTo(most) <= 0, "" + next);
            }
            assertEquals(Map.of("sent", false, "failed", false, "kept", true), state());
            time.forward(least.minusSeconds(1));
            int attempts = attempts();
            dispatcher.sendDue(dead);
            assertEquals(attempts, attempts(), "not yet");
            time.forward(most.minus(least).plusSeconds(2));
        }
        dispatcher.sendDue(dead);
        assertEquals(Map.of("sent", false, "failed", true, "kept", false), state());
        assertTrue(lastError().contains("localhost"), lastError());
        assertEquals(Dispatcher.PAUSES.size(), count("retried"));
        assertEquals(1, count("failed"));

        time.forward(Duration.ofDays(1));
        dispatcher.sendDue(smtp());
        assertEquals(List.of(), server.received());
    }

    @Test
    @DisplayName("sends a mail that was refused for the moment when the time has come")
    void refusedForNow() {
        leave();
        MutableClock time = new MutableClock(clock.instant());
        Dispatcher dispatcher = dispatcher(time);
        server.replyTo("RCPT", "450 4.2.1 later");
        dispatcher.sendDue(smtp());
        assertTrue(lastError().contains("450 4.2.1 later"), lastError());
        time.forward(Duration.ofSeconds(70));
        dispatcher.sendDue(smtp());
        assertEquals(Map.of("sent", true, "failed", false, "kept", false), state());
        assertEquals(1, server.received().size());
    }

    @Test
    @DisplayName("gives up at once on a recipient that is refused for good")
    void refusedForGood() {
        leave();
        server.replyTo("RCPT", "550 5.1.1 nobody there");
        dispatcher(clock).sendDue(smtp());
        assertEquals(Map.of("sent", false, "failed", true, "kept", false), state());
        assertEquals(1, count("failed"));
    }

    @Test
    @DisplayName("lets no mail that cannot be written hold up the others")
    void unreadable() {
        UUID id = Mails.leave("MAGIC_LINK", recipient, "en", Map.of("url", "http://localhost/"));
        Database.update("UPDATE mail_outbox SET payload = 'altered' WHERE id = ?", id);
        leave();
        dispatcher(clock).sendDue(smtp());
        assertEquals(1, server.received().size());
        assertEquals(
                true,
                Database.value("SELECT last_error IS NOT NULL FROM mail_outbox WHERE id = ?", id));
    }

    @Test
    @DisplayName("never sends again what was acknowledged, though the database refused to note it")
    void crashAfterAcknowledgement() {
        leave();
        MutableClock time = new MutableClock(clock.instant());
        Dispatcher dispatcher = dispatcher(time);
        Database.update(
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE"
                        + " EXCEPTION 'refused'; END$$");
        Database.update(
                "CREATE TRIGGER refuse BEFORE UPDATE ON mail_outbox FOR EACH ROW WHEN (NEW.sent_at"
                        + " IS NOT NULL) EXECUTE FUNCTION refuse()");
        try {
            assertThrows(RuntimeException.class, () -> dispatcher.sendDue(smtp()));
            time.forward(Duration.ofHours(1));
            assertThrows(RuntimeException.class, () -> dispatcher.sendDue(smtp()));
        } finally {
            Database.update("DROP FUNCTION refuse() CASCADE");
        }
        assertEquals(1, server.received().size());
        dispatcher.sendDue(smtp());
        assertEquals(1, server.received().size());
        assertEquals(Map.of("sent", true, "failed", false, "kept", false), state());
    }

    @Test
    @DisplayName("sends what a replica took and died with, under the same Message-ID")
    void diedWith() {
        UUID id = leave();
        MutableClock time = new MutableClock(clock.instant());
        QuarkusTransaction.requiringNew()
                .call(() -> OutboxMail.take(time.instant(), time.instant().plusSeconds(300), 5));
        dispatcher(time).sendDue(smtp());
        assertEquals(List.of(), server.received());
        time.forward(Duration.ofSeconds(301));
        dispatcher(time).sendDue(smtp());
        assertTrue(server.received().get(0).source().contains("Message-ID: <" + id + "@"));
    }

    @Test
    @DisplayName("holds no connection to the database while the mail server takes its time")
    void slowServer() {
        leave();
        List<Object> open = new ArrayList<>();
        dispatcher(clock)
                .sendDue(
                        mail -> {
                            open.add(
                                    Database.value(
                                            "SELECT count(*) FROM pg_stat_activity WHERE datname ="
                                                    + " current_database() AND state = 'idle in"
                                                    + " transaction' AND query LIKE"
                                                    + " '%mail_outbox%'"));
                            return CompletableFuture.completedFuture(null);
                        });
        assertEquals(List.of(0L), open);
    }

    @Test
    @DisplayName("leaves records of mails for a week, and those to be sent for good")
    void purges() {
        UUID sent = leave();
        dispatcher(clock).sendDue(smtp());
        UUID waiting = leave();
        Database.update(
                "UPDATE mail_outbox SET created_at = created_at - interval '8 days', sent_at ="
                        + " sent_at - interval '167 hours'");
        Instant now = clock.instant();
        assertEquals(0, purge(now));
        assertEquals(1, purge(now.plus(Duration.ofHours(2))));
        assertEquals(List.of(Map.of("id", waiting)), Database.query("SELECT id FROM mail_outbox"));
        assertNotEquals(sent, waiting);
    }

    private int purge(Instant now) {
        return QuarkusTransaction.requiringNew().call(() -> oldMail.purge(now, 10));
    }

    private UUID leave() {
        return Mails.leave("MAGIC_LINK", recipient, "en", Map.of("url", "http://localhost/x"));
    }

    private static Map<String, Object> state() {
        return Database.query(
                        "SELECT sent_at IS NOT NULL AS sent, failed_at IS NOT NULL AS failed,"
                                + " payload IS NOT NULL AS kept FROM mail_outbox")
                .get(0);
    }

    private static int attempts() {
        return (Integer) Database.value("SELECT attempts FROM mail_outbox");
    }

    private static String lastError() {
        return (String) Database.value("SELECT last_error FROM mail_outbox");
    }

    private double count(String what) {
        return meters.counter("roster.mail." + what, "kind", "magic-link").count();
    }

    private Dispatcher dispatcher(Clock time) {
        return new Dispatcher(outbox, templates, config, setup, vertx, sender, meters, time);
    }

    private Transport smtp() {
        return smtp(server.port());
    }

    private Transport smtp(int port) {
        return new SmtpTransport(
                vertx,
                SmtpUrl.parse("smtp://localhost:" + port),
                sender,
                "localhost",
                Dispatcher.BATCH,
                clock);
    }
}
