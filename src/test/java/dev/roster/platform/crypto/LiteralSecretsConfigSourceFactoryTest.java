package dev.roster.platform.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LiteralSecretsConfigSourceFactoryTest {

    @ParameterizedTest
    @ValueSource(
            strings = {"plain-secret", "pa$$word", "${HOME}", "a$b", "$", "back\\slash$", "${"})
    @DisplayName("a secret in the environment means what it says")
    void literal(String secret) {
        SmallRyeConfig config =
                new SmallRyeConfigBuilder()
                        .addDefaultInterceptors()
                        .withSources(new EnvConfigSource(Map.of("ROSTER_SECRET", secret), 300))
                        .withSources(new LiteralSecretsConfigSourceFactory())
                        .build();
        assertEquals(secret, config.getValue("roster.secret", String.class));
    }
}
