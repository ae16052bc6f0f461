package dev.roster.retention;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;

/** How often and how fast rows whose time is over are deleted. */
@ConfigMapping(prefix = "roster.retention")
public interface RetentionConfig {

    /** Time between two runs. */
    @WithDefault("10M")
    Duration every();

    /** Rows deleted in one transaction. */
    @WithDefault("500")
    @Min(1)
    @Max(10_000)
    int batch();
}
