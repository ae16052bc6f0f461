package dev.roster.ratelimit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The settings of the limits")
class RateLimitConfigTest {

    private static RateLimitConfig config(Map<String, String> values) {
        return new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(RateLimitConfig.class)
                .withDefaultValues(values)
                .build()
                .getConfigMapping(RateLimitConfig.class);
    }

    @Test
    @DisplayName("limit calls unless told otherwise")
    void defaults() {
        RateLimitConfig config = config(Map.of());
        assertTrue(config.enabled());
        assertEquals(100, config.max());
        assertEquals(Duration.ofSeconds(10), config.window());
        assertEquals(100, new RateLimitRules(config).of("/ok").max());
    }

    @Test
    @DisplayName("take rules by path and prefix, the first of which holds")
    void rules() {
        RateLimitRules rules =
                new RateLimitRules(
                        config(
                                Map.of(
                                        "roster.rate-limit.rules",
                                        "/sign-in/email=5/30S, /sign-in*=7/1M, /get-session=1000/10",
                                        "roster.rate-limit.max",
                                        "50")));
        assertEquals(
                new RateLimitRule("/sign-in/email", 5, Duration.ofSeconds(30)),
                rules.of("/sign-in/email"));
        assertEquals(7, rules.of("/sign-in/username").max());
        assertEquals(1000, rules.of("/get-session").max());
        assertEquals(50, rules.of("/ok").max());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/x",
                "x=5/10S",
                "/x=0/10S",
                "/x=5/0S",
                "/x=5/25H",
                "/x=-1/10S",
                "/*/y=5/10S",
                "/x=5/soon"
            })
    @DisplayName("refuse to start with a rule that is none")
    void invalid(String rule) {
        RateLimitConfig config = config(Map.of("roster.rate-limit.rules", rule));
        assertThrows(IllegalArgumentException.class, () -> new RateLimitRules(config));
    }
}
