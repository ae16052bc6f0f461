package dev.roster.accounts.onetimetoken;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Handing a session over to another client. */
@ConfigMapping(prefix = "roster.one-time-token")
public interface OneTimeTokenConfig {

    /** From making a token to its end. */
    @WithDefault("3M")
    Duration expiresIn();

    /** False: nobody is given a new token; those there are stay good. */
    @WithDefault("true")
    boolean clientRequests();
}
