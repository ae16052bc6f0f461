package dev.roster.mail;

import dev.roster.platform.persistence.BaseEntity;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.hibernate.Session;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** A mail that is to be sent, was sent, or could not be sent. */
@Entity
@Table(name = "mail_outbox")
public class OutboxMail extends BaseEntity {

    /** Made by the application: it is sealed into the payload and sent as the message id. */
    @Id public UUID id;

    @Enumerated(EnumType.STRING)
    @JdbcTypeCode(SqlTypes.VARCHAR)
    @Column(nullable = false)
    public MailKind kind;

    @Column(nullable = false)
    public String recipient;

    /** Whose mail it is, also where it goes to an address that is not the user's yet; or null. */
    @Column(name = "user_id")
    public UUID userId;

    /** BCP 47 tag of the recipient's language; null for the default. */
    public String locale;

    /** The template's values, a JSON object, sealed; null once sent or given up. */
    public byte[] payload;

    @Column(nullable = false)
    public int attempts;

    @Column(name = "next_attempt_at", nullable = false)
    public Instant nextAttemptAt;

    @Column(name = "sent_at")
    public Instant sentAt;

    @Column(name = "failed_at")
    public Instant failedAt;

    @Column(name = "last_error")
    public String lastError;

    /**
     * Takes mails that are due for an attempt, in the caller's transaction: nobody else has them
     * until {@code until}, by when whoever took them has died or said what became of them.
     */
    static List<OutboxMail> take(Instant now, Instant until, int limit) {
        return getEntityManager()
                .unwrap(Session.class)
                .createNativeQuery(
                        "UPDATE mail_outbox SET attempts = attempts + 1, next_attempt_at = :until,"
                                + " updated_at = :now, version = version + 1 WHERE id IN (SELECT id"
                                + " FROM mail_outbox WHERE sent_at IS NULL AND failed_at IS NULL"
                                + " AND next_attempt_at <= :now ORDER BY next_attempt_at LIMIT"
                                + " :limit FOR UPDATE SKIP LOCKED) RETURNING *",
                        OutboxMail.class)
                .setParameter("now", now)
                .setParameter("until", until)
                .setParameter("limit", limit)
                .getResultList();
    }

    /** Stores mails that are to be sent now, by one statement. */
    static void insertAll(List<OutboxMail> mails, Instant now) {
        getEntityManager()
                .createNativeQuery(
                        "INSERT INTO mail_outbox (id, kind, recipient, user_id, locale, payload,"
                                + " next_attempt_at, created_at, updated_at) SELECT m.id, m.kind,"
                                + " m.recipient, m.user_id, m.locale, decode(m.payload, 'base64'),"
                                + " :now, :now, :now FROM unnest(CAST(:ids AS uuid[]), CAST(:kinds"
                                + " AS text[]), CAST(:recipients AS text[]), CAST(:users AS"
                                + " uuid[]), CAST(:locales AS text[]), CAST(:payloads AS text[]))"
                                + " AS m (id, kind, recipient, user_id, locale, payload)")
                .setParameter("now", now)
                .setParameter("ids", mails.stream().map(it -> it.id).toArray(UUID[]::new))
                .setParameter("kinds", texts(mails, it -> it.kind.name()))
                .setParameter("recipients", texts(mails, it -> it.recipient))
                .setParameter("users", mails.stream().map(it -> it.userId).toArray(UUID[]::new))
                .setParameter("locales", texts(mails, it -> it.locale))
                .setParameter(
                        "payloads",
                        texts(mails, it -> Base64.getEncoder().encodeToString(it.payload)))
                .executeUpdate();
    }

    private static String[] texts(List<OutboxMail> mails, Function<OutboxMail, String> text) {
        return mails.stream().map(text).toArray(String[]::new);
    }

    /** When the next attempt of any mail is due; empty while there is none to come. */
    static Optional<Instant> nextDue() {
        return Optional.ofNullable(
                getEntityManager()
                        .createQuery(
                                "select min(nextAttemptAt) from OutboxMail where sentAt is null and"
                                        + " failedAt is null",
                                Instant.class)
                        .getSingleResult());
    }

    /** The server has answered for it. */
    void sent(Instant now) {
        sentAt = now;
        payload = null;
        lastError = null;
    }

    /** There is another attempt to come. */
    void failed(String error, Instant next) {
        lastError = error;
        nextAttemptAt = next;
    }

    /** There is none. */
    void givenUp(String error, Instant now) {
        lastError = error;
        failedAt = now;
        payload = null;
    }

    boolean isOver() {
        return sentAt != null || failedAt != null;
    }

    /** Where the payload belongs: it opens in no other row. */
    static String context(UUID id) {
        return "mail_outbox.payload " + id;
    }
}
