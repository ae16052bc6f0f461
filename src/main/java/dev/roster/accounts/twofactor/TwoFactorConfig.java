package dev.roster.accounts.twofactor;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import java.time.Duration;

/** How the second factor is asked for (Better Auth contract, sections 10 and 14). */
@ConfigMapping(prefix = "roster.two-factor")
public interface TwoFactorConfig {

    /** What authenticator apps call this service, where the client does not say. */
    @WithDefault("Roster")
    @NotBlank
    String issuer();

    /** Whether codes are mailed; false leaves authenticator apps and backup codes. */
    @WithDefault("true")
    boolean mailedCodes();

    /** How long a mailed code is good. */
    @WithDefault("3M")
    Duration codeLifetime();

    /** How long a sign-in waits for its second factor. */
    @WithDefault("10M")
    Duration challengeLifetime();

    /** For how long a trusted device is not asked; each sign-in starts it afresh. */
    @WithDefault("30D")
    Duration trustLifetime();

    /** Tries for each sign-in, and for each mailed code. */
    @WithDefault("5")
    @Min(1)
    int maxAttempts();

    /** Wrong tries in a row, whatever the sign-in, behind which the user is locked out. */
    @WithDefault("10")
    @Min(1)
    int maxFailures();

    /** How long a user who was locked out stays so. */
    @WithDefault("15M")
    Duration lockDuration();

    /** Whether an authenticator app counts before it has shown a right code. */
    @WithDefault("false")
    boolean skipVerificationOnEnable();
}
