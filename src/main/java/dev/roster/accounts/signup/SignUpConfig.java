package dev.roster.accounts.signup;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Whether and how strangers make accounts. */
@ConfigMapping(prefix = "roster.sign-up")
public interface SignUpConfig {

    /** False: accounts are made by administrators alone. */
    @WithDefault("true")
    boolean enabled();

    /**
     * Whether signing up signs in. False also hides whether an address has an account: a duplicate
     * is answered like a new one (contract, section 9).
     */
    @WithDefault("true")
    boolean signIn();
}
