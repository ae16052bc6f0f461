package dev.roster.mail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.roster.mail.Transport.RefusedException;
import dev.roster.testing.MailCatcher;
import dev.roster.testing.PackagedProcess;
import dev.roster.testing.SmtpServer;
import io.vertx.core.Vertx;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("By SMTP")
class SmtpTransportTest {

    private static final String STORE_PASSWORD = "only-a-test";
    private static final UUID ID = new UUID(1, 2);

    @TempDir static Path directory;
    private static Vertx vertx;
    private static SSLContext localhost;
    private static SSLContext elsewhere;

    private SmtpServer server;
    private Transport transport;

    @BeforeAll
    static void certificates() throws Exception {
        vertx = Vertx.vertx();
        localhost = certificate("localhost");
        elsewhere = certificate("mail.example");
    }

    @AfterAll
    static void end() {
        vertx.close();
    }

    @AfterEach
    void close() {
        if (transport != null) {
            transport.close();
        }
        if (server != null) {
            server.close();
        }
    }

    @Test
    @DisplayName("a mail arrives as it was meant, in text and HTML")
    void arrives() throws Exception {
        server = SmtpServer.settings().start();
        send("smtp://localhost:" + server.port(), mail("Grüße 👩‍🚀 " + "weit ".repeat(30)));

        SmtpServer.Received received = server.received().get(0);
        assertEquals("mail@roster.example", received.from());
        assertEquals("ada@b.example", received.recipient());
        MimeMessage mime = MailCatcher.parse(received.source());
        assertEquals("Grüße 👩‍🚀 " + "weit ".repeat(30), mime.getSubject());
        InternetAddress from = (InternetAddress) mime.getFrom()[0];
        assertEquals("Äpfel, Birnen & \"Co\"", from.getPersonal());
        assertEquals("mail@roster.example", from.getAddress());
        assertEquals("<" + ID + "@roster.example>", mime.getMessageID());
        assertEquals(Instant.parse("2026-02-03T04:05:06Z"), mime.getSentDate().toInstant());
        assertEquals("auto-generated", mime.getHeader("Auto-Submitted", null));
        assertEquals("magic-link", mime.getHeader("X-Roster-Mail", null));
        assertEquals("de", mime.getHeader("Content-Language", null));
        assertEquals("Text\n.\nÄ", MailCatcher.part(mime, "text/plain").strip());
        assertEquals("<p>Ä</p>", MailCatcher.part(mime, "text/html").strip());
        assertTrue(received.source().lines().allMatch(line -> line.length() < 999));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nBcc: victim@c.example", "a\nBcc: victim@c.example", "a\rBcc: x"})
    @DisplayName("no header comes from a subject")
    void headerInjection(String subject) throws Exception {
        server = SmtpServer.settings().start();
        send("smtp://localhost:" + server.port(), mail(subject));
        MimeMessage mime = MailCatcher.parse(server.received().get(0).source());
        assertEquals(null, mime.getHeader("Bcc"));
        assertTrue(mime.getSubject().startsWith("a"));
        assertEquals(1, server.received().size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ada@b.example\r\nRCPT TO:<victim@c.example>",
                "ada@b.example,victim@c.example",
                "ada@b.example> SIZE=1",
                "Ada <ada@b.example>",
                "\"a b\"@b.example",
                "ädä@b.example",
                "postmaster",
                ""
            })
    @DisplayName("a recipient that is no plain address gets no mail, and no second try")
    void badRecipient(String recipient) {
        server = SmtpServer.settings().start();
        RenderedMail mail =
                new RenderedMail(ID, MailKind.MAGIC_LINK, recipient, "de", "s", "t", "h");
        assertTrue(refused("smtp://localhost:" + server.port(), mail).permanent);
        assertEquals(List.of(), server.received());
    }

    @Nested
    @DisplayName("with TLS")
    class Tls {

        @Test
        @DisplayName("by STARTTLS or from the start a mail is sent to a server that is trusted")
        void trusted() throws Exception {
            server = SmtpServer.settings().starttls(localhost).start();
            send("smtp://localhost:" + server.port() + "?ca=" + ca("localhost"), mail("s"));
            assertTrue(server.received().get(0).tls());
            server.close();
            transport.close();

            server = SmtpServer.settings().tls(localhost).start();
            send("smtps://localhost:" + server.port() + "?ca=" + ca("localhost"), mail("s"));
            assertTrue(server.received().get(0).tls());
        }

        @Test
        @DisplayName("a certificate of nobody known or for another host is refused")
        void untrusted() {
            for (String query : List.of("?starttls=required", "?ca=" + ca("mail.example"))) {
                server = SmtpServer.settings().starttls(elsewhere).start();
                assertFalse(refused("smtp://localhost:" + server.port() + query).permanent);
                assertEquals(List.of(), server.received());
                close();
            }
            for (String query : List.of("", "?ca=" + ca("mail.example"))) {
                server = SmtpServer.settings().tls(elsewhere).start();
                assertFalse(refused("smtps://localhost:" + server.port() + query).permanent);
                assertEquals(List.of(), server.received());
                close();
            }
        }

        @Test
        @DisplayName(
                "a server without STARTTLS gets neither mail nor password where it is required")
        void stripped() {
            server = SmtpServer.settings().login("me", "secret", "PLAIN").start();
            String url = "smtp://me:secret@localhost:" + server.port() + "?starttls=required";
            assertFalse(refused(url).permanent);
            assertEquals(List.of(), server.received());
        }
    }

    @Nested
    @DisplayName("to a server with a login")
    class Login {

        @ParameterizedTest
        @ValueSource(strings = {"PLAIN", "LOGIN", "XOAUTH2 CRAM-MD5 NTLM PLAIN LOGIN"})
        @DisplayName("a mail is sent with user and password")
        void login(String mechanisms) throws Exception {
            server =
                    SmtpServer.settings()
                            .starttls(localhost)
                            .login("me@b.example", "s:ecret/", mechanisms)
                            .start();
            send(
                    "smtp://me%40b.example:s%3Aecret%2F@localhost:"
                            + server.port()
                            + "?ca="
                            + ca("localhost"),
                    mail("s"));
            assertEquals(1, server.received().size());
        }

        @Test
        @DisplayName("a wrong password is no fault of the mail's")
        void wrongPassword() {
            server = SmtpServer.settings().login("me", "secret", "PLAIN LOGIN").start();
            assertFalse(refused("smtp://me:wrong@localhost:" + server.port()).permanent);
        }

        @Test
        @DisplayName("nothing is sent to one that does not ask for it")
        void noLoginOffered() {
            server = SmtpServer.settings().start();
            assertFalse(refused("smtp://me:secret@localhost:" + server.port()).permanent);
            assertEquals(List.of(), server.received());
        }
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "RCPT, 550 5.1.1 nobody there, true",
        "RCPT, 450 4.2.1 later, false",
        "., 554 5.6.0 not this, true",
        "., 451 4.3.0 later, false",
        "MAIL, 550 5.7.1 not from you, false",
        "CONNECT, 554 no service, false",
        "CONNECT, 421 too busy, false",
    })
    @DisplayName("only what is said of the recipient or the mail is for good")
    void refusals(String command, String reply, boolean permanent) {
        server = SmtpServer.settings().start().replyTo(command, reply);
        RefusedException refusal = refused("smtp://localhost:" + server.port());
        assertEquals(permanent, refusal.permanent, refusal.getMessage());
        assertTrue(refusal.getMessage().contains(reply), refusal.getMessage());
    }

    @Test
    @DisplayName("a connection that fails or ends is tried again later")
    void broken() {
        assertFalse(refused("smtp://localhost:" + PackagedProcess.freePort()).permanent);
        server = SmtpServer.settings().start().replyTo("RCPT", "");
        assertFalse(refused("smtp://localhost:" + server.port()).permanent);
        server.replyTo(".", "");
        assertFalse(refused("smtp://localhost:" + server.port()).permanent);
        assertEquals(List.of(), server.received());
    }

    private static RenderedMail mail(String subject) {
        return new RenderedMail(
                ID, MailKind.MAGIC_LINK, "ada@b.example", "de", subject, "Text\n.\nÄ", "<p>Ä</p>");
    }

    private void send(String url, RenderedMail mail) throws Exception {
        transport =
                new SmtpTransport(
                        vertx,
                        SmtpUrl.parse(url),
                        new Sender("Äpfel, Birnen & \"Co\"", "mail@roster.example"),
                        "roster.example",
                        2,
                        Clock.fixed(Instant.parse("2026-02-03T04:05:06Z"), ZoneOffset.UTC));
        transport.send(mail).toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private RefusedException refused(String url) {
        return refused(url, mail("s"));
    }

    private RefusedException refused(String url, RenderedMail mail) {
        ExecutionException failure = assertThrows(ExecutionException.class, () -> send(url, mail));
        return (RefusedException) failure.getCause();
    }

    private static Path ca(String host) {
        return directory.resolve(host + ".pem");
    }

    /** A self-signed certificate, in a file to be trusted. */
    private static SSLContext certificate(String host)
            throws IOException, InterruptedException, GeneralSecurityException {
        Path store = directory.resolve(host + ".p12");
        keytool(
                "-genkeypair",
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + host,
                "-ext",
                "san=dns:" + host,
                "-alias",
                "tls",
                "-validity",
                "2",
                "-keystore",
                store.toString());
        keytool(
                "-exportcert",
                "-rfc",
                "-alias",
                "tls",
                "-keystore",
                store.toString(),
                "-file",
                ca(host).toString());
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, STORE_PASSWORD.toCharArray());
        }
        KeyManagerFactory managers =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, STORE_PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    private static void keytool(String... arguments) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storetype", "PKCS12", "-storepass", STORE_PASSWORD));
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertEquals(0, process.waitFor());
    }
}
