package dev.roster.accounts.account;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How users delete their accounts. */
@ConfigMapping(prefix = "roster.delete-user")
public interface DeleteUserConfig {

    /** False: 404. */
    @WithDefault("true")
    boolean enabled();

    /** Whether a deletion is confirmed by a mailed link. */
    @WithDefault("false")
    boolean confirmByMail();

    /** How long a mailed link is good. */
    @WithDefault("24H")
    Duration expiresIn();
}
