package dev.roster.audit;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.Immutable;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.UuidGenerator;
import org.hibernate.type.SqlTypes;

/** One change or attempt: who, what, which record, before and after, when, from where. */
@Entity
@Immutable
@Table(name = "audit_events")
public class AuditEvent extends PanacheEntityBase {

    @Id
    @UuidGenerator(style = UuidGenerator.Style.VERSION_7)
    public UUID id;

    @Column(name = "occurred_at", nullable = false)
    public Instant occurredAt;

    @Column(nullable = false)
    public String action;

    /** The user who did it; null for a stranger and for the service itself. */
    @Column(name = "actor_id")
    public UUID actorId;

    @Column(name = "target_type", nullable = false)
    public String targetType;

    /** Null where an attempt met no record. */
    @Column(name = "target_id")
    public UUID targetId;

    /** The changed members as they were, as a JSON object; null where nothing was. */
    @JdbcTypeCode(SqlTypes.JSON)
    public String before;

    /** The changed members as they are, as a JSON object; null where nothing is. */
    @JdbcTypeCode(SqlTypes.JSON)
    public String after;

    @Column(name = "ip_address", nullable = false)
    public String ipAddress;

    @Column(name = "user_agent", nullable = false)
    public String userAgent;

    @Column(name = "request_id", nullable = false)
    public String requestId;

    /** Given by the database; null once before, after, address and agent are redacted. */
    @Column(name = "details_salt", insertable = false, updatable = false)
    public UUID detailsSalt;
}
