package dev.roster.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.roster.platform.crypto.Boxes;
import dev.roster.platform.readiness.StartupSettings;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The mails that the service has put into its outbox, read as the dispatcher reads them. */
public final class Mails {

    private static final ObjectMapper JSON = new ObjectMapper();

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

    /** Every mail to an address that has not been sent yet, oldest first. */
    public static List<Mail> to(String recipient) {
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

    /** The secret of the service under test, which seals its mails and signs its links. */
    public static String secret() {
        return System.getProperty(Database.PACKAGED_URL) == null
                ? StartupSettings.DEVELOPMENT_SECRET
                : PackagedService.SECRET;
    }

    private static Mail open(Map<String, Object> row) {
        String payload =
                Boxes.of(secret())
                        .open(
                                (byte[]) row.get("payload"),
                                "mail_outbox.payload " + (UUID) row.get("id"));
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
