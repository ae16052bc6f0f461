package dev.roster.accounts.magiclink;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Signing in by a mailed link. */
@ConfigMapping(prefix = "roster.magic-link")
public interface MagicLinkConfig {

    /** From mailing a link to its end. */
    @WithDefault("5M")
    Duration expiresIn();

    /**
     * Whether an unknown address is given an account. False: it is answered like a known one, but
     * nobody gets a mail. While {@code roster.sign-up.enabled} is false, so is this.
     */
    @WithDefault("true")
    boolean signUp();
}
