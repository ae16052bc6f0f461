package dev.roster.mail;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.MailCatcher;
import dev.roster.testing.Mails;
import dev.roster.testing.SmtpServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.List;
import java.util.Map;
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
    @DisplayName("sends what is due and forgets its link")
    void sends() throws Exception {
        Mails.leave("MAGIC_LINK", recipient, "en", Map.of("url", "http://localhost/x?a=1&b=2"));
        dispatcher().sendDue(smtp());
        assertEquals(1, server.received().size());
        assertEquals(
                "Your link to sign in",
                MailCatcher.parse(server.received().get(0).source()).getSubject());
        assertEquals(
                List.of(Map.of("sent", true, "kept", false)),
                Database.query(
                        "SELECT sent_at IS NOT NULL AS sent, payload IS NOT NULL AS kept FROM"
                                + " mail_outbox"));
    }

    private Dispatcher dispatcher() {
        return new Dispatcher(
                outbox, templates, config, setup, vertx, sender, meters, Clock.systemUTC());
    }

    private Transport smtp() {
        return new SmtpTransport(
                vertx,
                SmtpUrl.parse("smtp://localhost:" + server.port()),
                sender,
                "localhost",
                Dispatcher.BATCH,
                Clock.systemUTC());
    }
}
