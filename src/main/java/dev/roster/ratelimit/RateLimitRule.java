package dev.roster.ratelimit;

import io.quarkus.runtime.configuration.DurationConverter;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Calls allowed to the paths that a pattern matches.
 *
 * @param pattern an exact path, or a prefix and {@code *}; names the rule in metrics
 * @param max calls in a window, for each client and route
 * @param window the pause after which counting starts anew
 */
record RateLimitRule(String pattern, int max, Duration window) {

    private static final Pattern SETTING =
            Pattern.compile("(/[A-Za-z0-9._~:/-]*\\*?)=(\\d{1,6})/(\\w+)");

    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofDays(1);

    RateLimitRule {
        if (max < 1 || window.compareTo(SHORTEST) < 0 || window.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "needs 1 call or more, and a window from 1 second to 1 day");
        }
    }

    static RateLimitRule seconds(String pattern, int max, int seconds) {
        return new RateLimitRule(pattern, max, Duration.ofSeconds(seconds));
    }

    /**
     * Reads {@code path=max/window}.
     *
     * @throws IllegalArgumentException if it is none; the message continues the setting's name
     */
    static RateLimitRule parse(String text) {
        Matcher parts = SETTING.matcher(text.trim());
        if (!parts.matches()) {
            throw new IllegalArgumentException("is no rule of the form /path=5/30S");
        }
        return new RateLimitRule(
                parts.group(1),
                Integer.parseInt(parts.group(2)),
                DurationConverter.parseDuration(parts.group(3)));
    }

    boolean matches(String path) {
        return pattern.endsWith("*")
                ? path.startsWith(pattern.substring(0, pattern.length() - 1))
                : path.equals(pattern);
    }

    /** Permits to take from the database at once: a tenth, so that ten calls cost a statement. */
    int lease() {
        return Math.max(1, max / 10);
    }

    /** Whether each call is counted by itself, as it is where ten or fewer guesses matter. */
    boolean strict() {
        return lease() == 1;
    }
}
