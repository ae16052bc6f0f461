package dev.roster.accounts.passwordreset;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How users get a new password by mail. */
@ConfigMapping(prefix = "roster.password-reset")
public interface PasswordResetConfig {

    /** False: 400 RESET_PASSWORD_DISABLED. */
    @WithDefault("true")
    boolean enabled();

    /** How long a mailed link is good. */
    @WithDefault("1H")
    Duration expiresIn();

    /** How long the link is good that somebody is mailed for whom an account was made. */
    @WithDefault("7D")
    Duration invitationExpiresIn();

    /**
     * Whether a reset ends the sessions of the user. Those of an account whose address nobody had
     * proven end always.
     */
    @WithDefault("false")
    boolean revokeSessions();
}
