package dev.roster.directory.reports;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How old figures may be that take a look at every user. */
@ConfigMapping(prefix = "roster.reports")
interface ReportsConfig {

    /** Time between two counts; older figures are counted anew when somebody asks for them. */
    @WithDefault("10M")
    Duration every();
}
