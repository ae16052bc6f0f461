package dev.roster.mail;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.roster.platform.crypto.SecretBox;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.hibernate.id.uuid.UuidVersion7Strategy;

/**
 * Takes mails in: what is put here with a change is sent if, and only if, the change is committed.
 */
@ApplicationScoped
public class Outbox {

    private final SecretBox box;
    private final ObjectMapper json;
    private final Clock clock;
    private final Event<Put> puts;

    Outbox(SecretBox box, ObjectMapper json, Clock clock, Event<Put> puts) {
        this.box = box;
        this.json = json;
        this.clock = clock;
        this.puts = puts;
    }

    /** Something was put in; observed after the commit. */
    record Put() {}

    /**
     * Puts a mail in, in the caller's transaction.
     *
     * @param userId whose mail it is, or null
     * @param locale BCP 47 tag of the recipient's language, or null
     * @param values what fills the template: exactly {@link MailKind#fields}
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public void put(
            MailKind kind,
            String recipient,
            UUID userId,
            String locale,
            Map<String, String> values) {
        mail(kind, recipient, userId, locale, values).persist();
        puts.fire(new Put());
    }

    /** A mail to one of many; the values as {@link #put} takes them. */
    public record Letter(String recipient, UUID userId, String locale, Map<String, String> values) {

        /** The same in another language, or null for none that is known. */
        public Letter in(String language) {
            return new Letter(recipient, userId, language, values);
        }
    }

    /** Puts mails of a kind in, in the caller's transaction, by one statement. */
    @Transactional(Transactional.TxType.MANDATORY)
    public void putAll(MailKind kind, List<Letter> letters) {
        OutboxMail.insertAll(
                letters.stream()
                        .map(
                                it ->
                                        mail(
                                                kind,
                                                it.recipient(),
                                                it.userId(),
                                                it.locale(),
                                                it.values()))
                        .toList(),
                clock.instant());
        puts.fire(new Put());
    }

    /**
     * Costs what putting a mail in costs, in the caller's transaction, but nobody gets one: the row
     * counts as sent.
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public void pretend(MailKind kind, String locale, Map<String, String> values) {
        OutboxMail mail = mail(kind, "", null, locale, values);
        mail.sentAt = clock.instant();
        mail.persist();
        puts.fire(new Put());
    }

    private OutboxMail mail(
            MailKind kind,
            String recipient,
            UUID userId,
            String locale,
            Map<String, String> values) {
        if (!values.keySet().equals(kind.fields())) {
            throw new IllegalArgumentException(kind + " is filled with " + kind.fields());
        }
        OutboxMail mail = new OutboxMail();
        mail.id = UuidVersion7Strategy.INSTANCE.generateUuid(null);
        mail.kind = kind;
        mail.recipient = recipient;
        mail.userId = userId;
        mail.locale = locale;
        mail.payload = box.seal(write(values), OutboxMail.context(mail.id));
        mail.nextAttemptAt = clock.instant();
        return mail;
    }

    /** What {@link #put} was given to fill the template with. */
    Map<String, String> valuesOf(OutboxMail mail) {
        try {
            return json.readValue(
                    box.open(mail.payload, OutboxMail.context(mail.id)),
                    new TypeReference<Map<String, String>>() {});
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The payload of mail " + mail.id + " is altered", e);
        }
    }

    private String write(Map<String, String> values) {
        try {
            return json.writeValueAsString(values);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("Texts can be written as JSON", e);
        }
    }
}
