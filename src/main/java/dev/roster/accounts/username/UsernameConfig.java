package dev.roster.accounts.username;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Which user names there may be. */
@ConfigMapping(prefix = "roster.username")
public interface UsernameConfig {

    /** The fewest characters of a user name, on signing in too. */
    @WithDefault("3")
    int minLength();

    /** The most characters of a user name, on signing in too. */
    @WithDefault("30")
    int maxLength();
}
