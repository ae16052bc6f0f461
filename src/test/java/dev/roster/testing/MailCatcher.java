package dev.roster.testing;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import jakarta.mail.BodyPart;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the mails of the packaged service arrive: by SMTP, to be read by HTTP as Mailpit shows
 * them, {@code /api/v1/messages} (newest first) and {@code /api/v1/message/<ID>}; {@code Kind} and
 * {@code Locale} are there beyond Mailpit's.
 *
 * <p>By hand, beside a service that runs: {@code java -cp … dev.roster.testing.MailCatcher 1025
 * 8025}, and {@code ROSTER_SMTP_URL=smtp://localhost:1025}.
 */
public final class MailCatcher implements AutoCloseable {

    /** The system property that tells its URL. */
    static final String URL = "roster.test.mail-url";

    private static final Pattern MESSAGE = Pattern.compile("/api/v1/message/(\\d+)");

    private final List<Map<String, Object>> messages = new CopyOnWriteArrayList<>();
    private final SmtpServer smtp;
    private final HttpServer http;
    private final Runnable settle;

    /**
     * @param settle waits until what was caused so far has arrived
     */
    MailCatcher(int smtpPort, int httpPort, Runnable settle) {
        this.settle = settle;
        smtp = SmtpServer.settings().port(smtpPort).start();
        smtp.onReceived(this::keep);
        try {
            http =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), httpPort), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        http.setExecutor(Executors.newCachedThreadPool());
        http.createContext("/", this::answer);
        http.start();
    }

    /** One on free ports, for services that a test starts itself; mails take a moment to arrive. */
    public static MailCatcher start() {
        return new MailCatcher(0, 0, () -> {});
    }

    public static void main(String... ports) {
        new MailCatcher(Integer.parseInt(ports[0]), Integer.parseInt(ports[1]), () -> {});
    }

    /** The URL of the one that {@link PackagedService} has started. */
    public static String runningUrl() {
        return System.getProperty(URL);
    }

    public String smtpUrl() {
        return "smtp://localhost:" + smtp.port();
    }

    public String url() {
        return "http://localhost:" + http.getAddress().getPort();
    }

    @Override
    public void close() {
        http.stop(0);
        smtp.close();
    }

    /** One at a time: an id is a place in the list. */
    private synchronized void keep(SmtpServer.Received mail) {
        messages.add(message(mail, messages.size()));
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        Matcher one = MESSAGE.matcher(path);
        Object body = null;
        if (path.equals("/api/v1/messages")) {
            settle.run();
            List<Map<String, Object>> newestFirst = new ArrayList<>(messages);
            Collections.reverse(newestFirst);
            body = Map.of("total", newestFirst.size(), "messages", newestFirst);
        } else if (one.matches() && Integer.parseInt(one.group(1)) < messages.size()) {
            body = messages.get(Integer.parseInt(one.group(1)));
        }
        byte[] json = new ObjectMapper().writeValueAsBytes(body);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(body == null ? 404 : 200, json.length);
        exchange.getResponseBody().write(json);
        exchange.close();
    }

    private static Map<String, Object> message(SmtpServer.Received mail, int id) {
        MimeMessage mime = parse(mail.source());
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("ID", Integer.toString(id));
        message.put("To", List.of(Map.of("Address", mail.recipient())));
        message.put("Created", Instant.now().toString());
        try {
            message.put("Subject", mime.getSubject());
            message.put("Kind", mime.getHeader("X-Roster-Mail", null));
            message.put("Locale", mime.getHeader("Content-Language", null));
        } catch (MessagingException e) {
            throw new AssertionError(mail.source(), e);
        }
        message.put("Text", part(mime, "text/plain"));
        message.put("HTML", part(mime, "text/html"));
        return message;
    }

    /** Reads the source of a mail. */
    public static MimeMessage parse(String source) {
        try {
            return new MimeMessage(
                    null, new ByteArrayInputStream(source.getBytes(StandardCharsets.ISO_8859_1)));
        } catch (MessagingException e) {
            throw new AssertionError(source, e);
        }
    }

    /** The text of a part of a {@code multipart/alternative} mail. */
    public static String part(MimeMessage mime, String type) {
        try {
            MimeMultipart parts = (MimeMultipart) mime.getContent();
            for (int i = 0; i < parts.getCount(); i++) {
                BodyPart part = parts.getBodyPart(i);
                if (part.isMimeType(type)) {
                    return ((String) part.getContent()).replace("\r\n", "\n");
                }
            }
        } catch (MessagingException | IOException e) {
            throw new AssertionError(type, e);
        }
        throw new AssertionError("The mail has no part " + type);
    }
}
