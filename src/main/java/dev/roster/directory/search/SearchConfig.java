package dev.roster.directory.search;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/** How far the directory counts. */
@ConfigMapping(prefix = "roster.search")
public interface SearchConfig {

    /** Up to how many users a total is exact; above, it is the planner's estimate. */
    @WithDefault("250")
    @Min(0)
    @Max(1_000_000)
    int exactTotal();
}
