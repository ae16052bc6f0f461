package dev.roster.ops;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;

/** What application.properties hands on to the pool and to the shutdown. */
@ConfigMapping(prefix = "roster")
public interface OperationsConfig {

    Pool pool();

    /** How long readiness is down before the port closes, so that a load balancer can notice. */
    @WithDefault("5S")
    Duration shutdownDelay();

    /** Connections to PostgreSQL. */
    interface Pool {

        /** Kept open while idle; 0 lets a serverless PostgreSQL fall asleep. */
        @WithDefault("5")
        @Min(0)
        int min();

        /** Open at most. */
        @WithDefault("15")
        @Min(1)
        @Max(1000)
        int max();
    }
}
