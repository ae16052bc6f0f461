package dev.roster.platform.persistence;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.PrePersist;
import jakarta.persistence.PreUpdate;
import java.time.Clock;
import java.time.Instant;

/** Keeps {@link BaseEntity}'s times by the injected clock. */
@ApplicationScoped
public class Timestamps {

    private final Clock clock;

    Timestamps(Clock clock) {
        this.clock = clock;
    }

    @PrePersist
    void created(BaseEntity entity) {
        Instant now = clock.instant();
        if (entity.createdAt == null) {
            entity.createdAt = now;
        }
        entity.updatedAt = entity.createdAt;
    }

    @PreUpdate
    void updated(BaseEntity entity) {
        entity.updatedAt = clock.instant();
    }
}
