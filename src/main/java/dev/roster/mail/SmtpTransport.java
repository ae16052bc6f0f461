package dev.roster.mail;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.ext.mail.LoginOption;
import io.vertx.ext.mail.MailClient;
import io.vertx.ext.mail.MailMessage;
import io.vertx.ext.mail.SMTPException;
import io.vertx.ext.mail.StartTLSOptions;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;

/** Sends by SMTP (RFC 5321). Certificate and host name of a server with TLS are verified. */
class SmtpTransport implements Transport {

    /** A server silent for as long is taken to be gone, in seconds. */
    static final int SILENCE = 60;

    private static final int CONNECT_MILLIS = 10_000;

    /** As MIME has it at most in one encoded word: 45 bytes become 60 of 75 characters. */
    private static final int ENCODED_WORD_BYTES = 45;

    /** Needs neither encoding nor quotes nor folding. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9 '!-]{1,60}");

    private final Vertx vertx;
    private final io.vertx.ext.mail.MailConfig config;
    private final Sender from;
    private final Clock clock;

    private final Context context;
    private MailClient client;

    /**
     * @param connections at most at once
     * @param host what this service calls itself to the server
     */
    SmtpTransport(
            Vertx vertx, SmtpUrl url, Sender from, String host, int connections, Clock clock) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.from = from;
        this.clock = clock;
        config =
                new io.vertx.ext.mail.MailConfig()
                        .setHostname(url.host().replaceAll("[\\[\\]]", ""))
                        .setPort(url.port())
                        .setSsl(url.tls())
                        .setStarttls(
                                url.tls()
                                        ? StartTLSOptions.DISABLED
                                        : StartTLSOptions.valueOf(url.starttls().name()))
                        .setLogin(
                                url.user().isPresent()
                                        ? LoginOption.REQUIRED
                                        : LoginOption.DISABLED)
                        .setUsername(url.user().orElse(null))
                        .setPassword(url.password().orElse(null))
                        // the others are older than TLS, and no safer inside it
                        .setAuthMethods("PLAIN LOGIN")
                        .setOwnHostname(host)
                        .setMaxPoolSize(connections)
                        // a kept one may be closed by the server just as it is used again
                        .setKeepAlive(false);
        config.setConnectTimeout(CONNECT_MILLIS);
        config.setIdleTimeout(SILENCE);
        // the host name is verified as long as nothing is set: the library takes a setting back
        url.ca().ifPresent(ca -> config.setTrustOptions(new PemTrustOptions().addCertPath(ca)));
    }

    @Override
    public CompletionStage<Void> send(RenderedMail mail) {
        if (!Sender.isAddress(mail.recipient())) {
            return CompletableFuture.failedFuture(
                    new RefusedException(true, "the recipient is no address for SMTP", null));
        }
        MailMessage message = message(mail);
        MailClient by = client();
        CompletableFuture<Void> sending = new CompletableFuture<>();
        // on one event loop from the start: else the library may miss a greeting that comes at once
        context.runOnContext(
                now ->
                        by.sendMail(message)
                                .onSuccess(result -> sending.complete(null))
                                .onFailure(
                                        failure ->
                                                sending.completeExceptionally(refusal(failure))));
        return sending;
    }

    private MailMessage message(RenderedMail mail) {
        String host = from.address().substring(from.address().indexOf('@') + 1);
        MailMessage message =
                new MailMessage(from.address(), mail.recipient(), "", mail.text())
                        .setHtml(mail.html());
        // the library would put a name into a comment, and take characters beyond the BMP apart
        return message.addHeader("From", encoded(from.name()) + " <" + from.address() + ">")
                .addHeader("Subject", encoded(mail.subject()))
                .addHeader("Message-ID", "<" + mail.id() + "@" + host + ">")
                .addHeader(
                        "Date",
                        DateTimeFormatter.RFC_1123_DATE_TIME.format(
                                clock.instant().atOffset(ZoneOffset.UTC)))
                .addHeader("Content-Language", mail.locale())
                // RFC 3834: nobody's holiday note answers it
                .addHeader("Auto-Submitted", "auto-generated")
                .addHeader("X-Roster-Mail", mail.kind().template());
    }

    /** Encoded words (RFC 2047), folded; there is no line break that is not of the folding. */
    static String encoded(String text) {
        if (PLAIN.matcher(text).matches()) {
            return text;
        }
        StringBuilder words = new StringBuilder();
        StringBuilder word = new StringBuilder();
        int bytes = 0;
        for (int c : text.codePoints().toArray()) {
            String character = Character.toString(Character.isISOControl(c) ? ' ' : c);
            int length = character.getBytes(StandardCharsets.UTF_8).length;
            if (bytes + length > ENCODED_WORD_BYTES) {
                words.append(encodedWord(word)).append("\r\n ");
                word.setLength(0);
                bytes = 0;
            }
            word.append(character);
            bytes += length;
        }
        return words.append(encodedWord(word)).toString();
    }

    private static String encodedWord(CharSequence word) {
        return "=?UTF-8?B?"
                + Base64.getEncoder()
                        .encodeToString(word.toString().getBytes(StandardCharsets.UTF_8))
                + "?=";
    }

    /**
     * Gives up on what the server says of this recipient or this mail alone: what it says of us
     * (login, sender) an operator can repair meanwhile.
     */
    private static RefusedException refusal(Throwable failure) {
        boolean permanent =
                failure instanceof SMTPException reply
                        && reply.isPermanent()
                        && (reply.getMessage().startsWith("recipient address not accepted")
                                || reply.getMessage().startsWith("sending data failed"));
        String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        return new RefusedException(permanent, message, failure);
    }

    /** Made when the first mail is sent, so that the start does not pay for it. */
    private synchronized MailClient client() {
        if (client == null) {
            client = MailClient.create(vertx, config);
        }
        return client;
    }

    @Override
    public synchronized void close() {
        if (client != null) {
            client.close();
            client = null;
        }
    }
}
