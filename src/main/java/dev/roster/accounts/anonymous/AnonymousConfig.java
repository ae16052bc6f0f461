package dev.roster.accounts.anonymous;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** What becomes of guests (Better Auth contract, section 16). */
@ConfigMapping(prefix = "roster.anonymous")
public interface AnonymousConfig {

    /**
     * Whether guests are deleted: when they ask for it, and when they sign up or in as somebody.
     * False keeps them, for applications that move what they left over to the new user.
     */
    @WithDefault("true")
    boolean deletion();
}
