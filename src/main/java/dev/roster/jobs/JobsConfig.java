package dev.roster.jobs;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How jobs are taken, and how long finished ones are kept. */
@ConfigMapping(prefix = "roster.jobs")
public interface JobsConfig {

    /**
     * Time between two looks for what another replica left behind; one is taken at the start, and
     * while there are jobs that have not ended another one after each {@link #lease}.
     */
    @WithDefault("10M")
    Duration pollEvery();

    /** How long a replica that fell silent keeps a job from the others. */
    @WithDefault("30S")
    Duration lease();

    /** How long a finished job and its report can be read. */
    @WithDefault("7D")
    Duration keep();
}
