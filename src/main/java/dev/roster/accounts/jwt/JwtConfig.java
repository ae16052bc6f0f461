package dev.roster.accounts.jwt;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** The tokens that Roster signs, and its keys for it. */
@ConfigMapping(prefix = "roster.jwt")
public interface JwtConfig {

    /** What new keys are for; those there are stay published, and their tokens good. */
    @WithDefault("EDDSA")
    SignatureAlgorithm algorithm();

    /** From signing to the end of a token. It is not ended by signing out, so keep it short. */
    @WithDefault("15M")
    Duration expiresIn();

    /** The claim {@code iss}; by default the base URL's origin. */
    Optional<String> issuer();

    /** The claim {@code aud}; by default the base URL's origin. */
    Optional<String> audience();

    /**
     * How long a key signs before the next one does, which is published a day before, or at half of
     * this time. Of effect on keys made from then on; 0 for ever.
     */
    @WithDefault("90D")
    Duration rotateEvery();

    /** How long a key stays published after it has signed for the last time. */
    @WithDefault("30D")
    Duration grace();

    /** Whether get-session sends a token in {@code set-auth-jwt} each time. */
    @WithDefault("true")
    boolean getSessionHeader();
}
