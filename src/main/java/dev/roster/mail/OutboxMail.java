package dev.roster.mail;

import dev.roster.platform.persistence.BaseEntity;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
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

    /** Where the payload belongs: it opens in no other row. */
    static String context(UUID id) {
        return "mail_outbox.payload " + id;
    }
}
