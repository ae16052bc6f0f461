package dev.roster.accounts.session;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Several users signed in on one device. */
@ConfigMapping(prefix = "roster.multi-session")
public interface MultiSessionConfig {

    /** How many users a device keeps signed in; one more is signed in, but not kept. */
    @WithDefault("5")
    int max();
}
