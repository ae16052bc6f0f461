package dev.roster.ratelimit;

import java.util.Map;
import java.util.function.Consumer;

/** What can be said of the limits' settings before there is a framework to ask. */
public final class RateLimitSettings {

    private RateLimitSettings() {}

    /**
     * By environment variable, what reads an entry and throws an {@link IllegalArgumentException}.
     */
    public static Map<String, Consumer<String>> readers() {
        return Map.of("ROSTER_RATE_LIMIT_RULES", RateLimitRule::parse);
    }
}
