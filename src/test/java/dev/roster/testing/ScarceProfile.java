package dev.roster.testing;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.Map;

/** A deployment that hashes one password at a time, slowly, and takes no strangers in. */
public class ScarceProfile implements QuarkusTestProfile {

    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of(
                "roster.password.hashing.threads", "1",
                "roster.password.hashing.queue", "1",
                "roster.password.argon2.memory-kib", "32768",
                "roster.password.argon2.iterations", "4",
                "roster.sign-up.enabled", "false");
    }
}
