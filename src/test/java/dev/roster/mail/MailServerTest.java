package dev.roster.mail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.MailCatcher;
import dev.roster.testing.SmtpServer;
import dev.roster.testing.SwitchedOffProfile;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(SwitchedOffProfile.class)
@DisplayName("With a mail server")
class MailServerTest {

    @Inject Outbox outbox;

    private final String recipient = Caller.newEmail();
    private SmtpServer server;

    @BeforeEach
    void start() {
        server =
                SmtpServer.settings()
                        .port(Integer.getInteger(SwitchedOffProfile.SMTP_PORT))
                        .start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    @DisplayName("a mail leaves right after the commit, from the configured sender")
    void committed() throws Exception {
        QuarkusTransaction.requiringNew()
                .run(
                        () -> {
                            put();
                            assertEquals(List.of(), server.received());
                        });
        await();
        SmtpServer.Received received = server.received().get(0);
        assertEquals(recipient, received.recipient());
        MimeMessage mime = MailCatcher.parse(received.source());
        assertEquals(
                new InternetAddress("mail@roster.example", "Äpfel & Co", "UTF-8"),
                mime.getFrom()[0]);
        assertTrue(MailCatcher.part(mime, "text/plain").contains("Äpfel & Co"));
        assertTrue(MailCatcher.part(mime, "text/html").contains("Äpfel &amp; Co"));
    }

    @Test
    @DisplayName("a mail of a transaction that is rolled back is none")
    void rolledBack() throws Exception {
        assertThrows(
                IllegalStateException.class,
                () ->
                        QuarkusTransaction.requiringNew()
                                .run(
                                        () -> {
                                            put();
                                            throw new IllegalStateException();
                                        }));
        QuarkusTransaction.requiringNew().run(this::put);
        await();
        assertEquals(1, server.received().size());
        assertEquals(
                1L,
                Database.value("SELECT count(*) FROM mail_outbox WHERE recipient = ?", recipient));
    }

    private void put() {
        outbox.put(MailKind.MAGIC_LINK, recipient, null, "en", Map.of("url", "http://localhost/x"));
    }

    private void await() throws InterruptedException {
        long deadline = System.nanoTime() + 60_000_000_000L;
        // not before the service knows of it, so that the server is not gone too soon
        while (System.nanoTime() < deadline
                && (Boolean)
                        Database.value(
                                "SELECT EXISTS (SELECT 1 FROM mail_outbox WHERE sent_at IS NULL AND"
                                        + " recipient = ?)",
                                recipient)) {
            Thread.sleep(20);
        }
        assertEquals(1, server.received().size());
    }
}
