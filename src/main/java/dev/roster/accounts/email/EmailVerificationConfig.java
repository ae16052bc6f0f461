package dev.roster.accounts.email;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How users prove their addresses, and what they may do before. */
@ConfigMapping(prefix = "roster.email-verification")
public interface EmailVerificationConfig {

    /** Whether signing up mails a link. */
    @WithDefault("true")
    boolean sendOnSignUp();

    /**
     * Whether nobody signs in by password before the address is verified. Signing up begins no
     * session then, and does not tell whether an address has an account.
     */
    @WithDefault("false")
    boolean required();

    /** Whether a sign-in that is refused for want of verification mails a new link. */
    @WithDefault("false")
    boolean sendOnSignIn();

    /** Whether following the link begins a session, the first time; not past a second factor. */
    @WithDefault("false")
    boolean autoSignInAfterVerification();

    /** How long a mailed link is good; links of a change of address too. */
    @WithDefault("1H")
    Duration expiresIn();
}
