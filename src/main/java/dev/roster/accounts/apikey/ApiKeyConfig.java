package dev.roster.accounts.apikey;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.time.Duration;
import java.util.Optional;

/** Keys for programs (Better Auth contract, section 10). What a key was made with, it keeps. */
@ConfigMapping(prefix = "roster.api-key")
public interface ApiKeyConfig {

    /** What keys begin with whose maker names no prefix: up to 32 of letters, digits, _ and -. */
    Optional<@Pattern(regexp = "[A-Za-z0-9_-]{1,32}") String> defaultPrefix();

    /** Letters of a key behind its prefix, 5.7 bits each. */
    @WithDefault("64")
    @Min(32)
    @Max(256)
    int keyLength();

    /** Whether every key needs a name. */
    @WithDefault("false")
    boolean requireName();

    /** Whether owners may keep a JSON value with a key. */
    @WithDefault("false")
    boolean metadata();

    /**
     * Whether a key acts as a session of its owner in the dialect too, as long as it has no
     * permissions of its own. Such a session is never fresh.
     */
    @WithDefault("false")
    boolean sessions();

    /** When keys expire. */
    Expiry expiry();

    /** How often a key may be used. */
    RateLimit rateLimit();

    /** When keys expire. */
    interface Expiry {

        /** The life of a key whose maker names none; absent for ever. */
        Optional<Duration> byDefault();

        /** Whether the maker of a key may name its life. */
        @WithDefault("true")
        boolean custom();

        /** The shortest life that may be named. */
        @WithDefault("1D")
        Duration min();

        /** The longest life that may be named. */
        @WithDefault("365D")
        Duration max();
    }

    /** How often a key may be used. */
    interface RateLimit {

        /** False lifts the limit of every key, and makes new ones without. */
        @WithDefault("true")
        boolean enabled();

        /** The time without a use after which counting begins anew, for new keys. */
        @WithDefault("24H")
        Duration timeWindow();

        /** Uses in a window, for new keys. */
        @WithDefault("10")
        @Min(1)
        int max();
    }
}
