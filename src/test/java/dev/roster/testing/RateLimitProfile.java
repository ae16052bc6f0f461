package dev.roster.testing;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.Map;

/**
 * A deployment that limits calls, behind a proxy: the tests say by {@code X-Forwarded-For} which
 * client they are.
 */
public class RateLimitProfile implements QuarkusTestProfile {

    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of(
                "roster.rate-limit.enabled", "true",
                "roster.rate-limit.rules", "/sign-out=2/1M,/list-*=30/1M",
                "roster.trusted-proxies", "127.0.0.1");
    }
}
