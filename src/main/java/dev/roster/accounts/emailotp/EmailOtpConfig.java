package dev.roster.accounts.emailotp;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Codes that are mailed. */
@ConfigMapping(prefix = "roster.email-otp")
public interface EmailOtpConfig {

    /** From mailing a code to its end. */
    @WithDefault("5M")
    Duration expiresIn();

    /** Tries of a code, right ones counted too; the one behind the last voids it. */
    @WithDefault("3")
    int maxAttempts();

    /**
     * Whether an unknown address is given an account by signing in. False: it is answered like a
     * known one, but nobody gets a mail. While {@code roster.sign-up.enabled} is false, so is this.
     */
    @WithDefault("true")
    boolean signUp();

    /** Whether a user may change its address by a code to the new one. */
    @WithDefault("false")
    boolean changeEmail();

    /** Whether that takes a code to the old address too, of type {@code email-verification}. */
    @WithDefault("true")
    boolean verifyCurrentEmail();
}
