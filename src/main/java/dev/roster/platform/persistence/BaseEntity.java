package dev.roster.platform.persistence;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.EntityListeners;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.Version;
import java.time.Instant;

/**
 * What every mutable record has: when it came, when it last changed, and the number of the change
 * that optimistic locking and {@code ETag} compare. Each entity declares its own identifier.
 */
@MappedSuperclass
@EntityListeners(Timestamps.class)
public abstract class BaseEntity extends PanacheEntityBase {

    @Column(name = "created_at", nullable = false, updatable = false)
    public Instant createdAt;

    @Column(name = "updated_at", nullable = false)
    public Instant updatedAt;

    @Version
    @Column(nullable = false)
    public long version;
}
