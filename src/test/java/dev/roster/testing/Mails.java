package dev.roster.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.roster.platform.crypto.Boxes;
import dev.roster.platform.readiness.StartupSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The mails that the service has put into its outbox, read as the dispatcher reads them. The
 * packaged service has sent them, so that they are read where they have arrived; what is left then
 * of the values is the url or the code.
 */
public final class Mails {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern URL = Pattern.compile("(?m)^https?://\\S+$");
    private static final Pattern CODE = Pattern.compile("(?m)^ +(\\S+)$");

    private Mails() {}

    /** A mail: its kind, such as {@code VERIFY_EMAIL}, and what its template is filled with. */
    public record Mail(String kind, String recipient, String locale, Map<String, String> values) {

        /** The value with this name. */
        public String value(String name) {
            String value = values.get(name);
            if (value == null) {
                throw new AssertionError("No value " + name + " in " + values.keySet());
            }
            return value;
        }
    }

    /** Every mail to an address, oldest first; without those that a test has had sent. */
    public static List<Mail> to(String recipient) {
        String catcher = System.getProperty(MailCatcher.URL);
        if (catcher != null) {
            return arrived(catcher, recipient);
        }
        return Database.query(
                        "SELECT id, kind, recipient, locale, payload FROM mail_outbox WHERE"
                                + " lower(recipient) = lower(?) AND payload IS NOT NULL ORDER BY id",
                        recipient)
                .stream()
                .map(Mails::open)
                .toList();
    }

    /** The newest mail of a kind to an address. */
    public static Mail last(String kind, String recipient) {
        return to(recipient).stream()
                .filter(mail -> mail.kind().equals(kind))
                .reduce((first, second) -> second)
                .orElseThrow(() -> new AssertionError("No mail " + kind + " to " + recipient));
    }

    private static List<Mail> arrived(String catcher, String recipient) {
        List<Mail> mails = new ArrayList<>();
        try (InputStream in = URI.create(catcher + "/api/v1/messages").toURL().openStream()) {
            for (JsonNode message : JSON.readTree(in).path("messages")) {
                String address = message.at("/To/0/Address").textValue();
                if (address.equalsIgnoreCase(recipient)) {
                    // they come newest first
                    mails.add(0, arrived(address, message));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return mails;
    }

    private static Mail arrived(String recipient, JsonNode message) {
        String text = message.path("Text").textValue();
        Map<String, String> values = new HashMap<>();
        Matcher url = URL.matcher(text);
        if (url.find()) {
            values.put("url", url.group());
        }
        Matcher code = CODE.matcher(text);
        if (code.find()) {
            values.put("code", code.group(1));
        }
        String kind = message.path("Kind").textValue().toUpperCase(Locale.ROOT).replace('-', '_');
        return new Mail(kind, recipient, message.path("Locale").textValue(), values);
    }

    /** Leaves a mail in the outbox as a replica does that dies right after the commit. */
    public static UUID leave(
            String kind, String recipient, String locale, Map<String, String> values) {
        UUID id = UUID.randomUUID();
        try {
            Database.update(
                    "INSERT INTO mail_outbox (id, kind, recipient, locale, payload,"
                            + " next_attempt_at) VALUES (?, ?, ?, ?, ?, now() - interval '1 second')",
                    id,
                    kind,
                    recipient,
                    locale,
                    Boxes.of(secret()).seal(JSON.writeValueAsString(values), context(id)));
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
        return id;
    }

    /** The secret of the service under test, which seals its mails and signs its links. */
    public static String secret() {
        return System.getProperty(Database.PACKAGED_URL) == null
                ? StartupSettings.DEVELOPMENT_SECRET
                : PackagedService.SECRET;
    }

    private static String context(UUID id) {
        return "mail_outbox.payload " + id;
    }

    private static Mail open(Map<String, Object> row) {
        String payload =
                Boxes.of(secret()).open((byte[]) row.get("payload"), context((UUID) row.get("id")));
        try {
            return new Mail(
                    (String) row.get("kind"),
                    (String) row.get("recipient"),
                    (String) row.get("locale"),
                    JSON.readValue(payload, new TypeReference<Map<String, String>>() {}));
        } catch (JsonProcessingException e) {
            throw new AssertionError(payload, e);
        }
    }
}
