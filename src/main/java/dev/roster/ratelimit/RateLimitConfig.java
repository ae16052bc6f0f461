package dev.roster.ratelimit;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;

/** How often one client may call the Better Auth dialect (contract, section 7). */
@ConfigMapping(prefix = "roster.rate-limit")
public interface RateLimitConfig {

    /** Whether calls are limited at all; off in dev mode. */
    @WithDefault("true")
    boolean enabled();

    /** Calls of one client to one route in a window, where no stricter rule is. */
    @WithDefault("100")
    @Min(1)
    @Max(100_000)
    int max();

    /** The window of that rule, a second to a day; it begins anew after this long a pause. */
    @WithDefault("10S")
    @NotNull
    @DurationMin(seconds = 1)
    @DurationMax(days = 1)
    Duration window();

    /**
     * Rules that go before the built-in ones, such as {@code /sign-in/email=5/30S}: a path below
     * {@code /api/auth}, perhaps with {@code *} at its end, the calls and the window. The first
     * that matches holds.
     */
    Optional<List<String>> rules();
}
