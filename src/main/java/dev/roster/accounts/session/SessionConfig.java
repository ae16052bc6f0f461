package dev.roster.accounts.session;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How long sessions last (Better Auth contract, section 5). */
@ConfigMapping(prefix = "roster.session")
public interface SessionConfig {

    /** From sign-in, or the last refresh, to the end. */
    @WithDefault("7D")
    Duration expiresIn();

    /** The age since the last refresh at which a read puts the end off again. */
    @WithDefault("1D")
    Duration updateAge();

    /** Up to this age since sign-in a session is fresh enough for sensitive actions. */
    @WithDefault("1D")
    Duration freshAge();

    /** From sign-in to the end where the user did not want to be remembered; never put off. */
    @WithDefault("1D")
    Duration unrememberedExpiresIn();
}
