package dev.roster.audit;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;

/** How long the trail is kept, and how soon a new event is sealed. */
@ConfigMapping(prefix = "roster.audit")
public interface AuditConfig {

    /**
     * How long events are kept; 0 for ever. They go by whole months, and the database drops none of
     * the last 90 days whatever it is told.
     */
    @WithDefault("400D")
    @NotNull
    @DurationMin(seconds = 0)
    Duration keep();

    /** How long an event waits for its place in the chain, at most. */
    @WithDefault("5S")
    @NotNull
    @DurationMin(seconds = 1)
    Duration sealEvery();
}
