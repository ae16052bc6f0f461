package dev.roster.accounts.email;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** How users change their address. */
@ConfigMapping(prefix = "roster.change-email")
public interface ChangeEmailConfig {

    /** False: 400 CHANGE_EMAIL_DISABLED. */
    @WithDefault("true")
    boolean enabled();

    /**
     * Whether a verified user confirms at the old address first; the link to the new one is mailed
     * then.
     */
    @WithDefault("true")
    boolean sendConfirmation();

    /** Whether the address of an unverified user changes at once. */
    @WithDefault("false")
    boolean updateWithoutVerification();
}
