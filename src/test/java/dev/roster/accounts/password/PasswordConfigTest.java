package dev.roster.accounts.password;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.validator.BeanValidationConfigValidator;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PasswordConfigTest {

    private static final Validator VALIDATOR =
            Validation.buildDefaultValidatorFactory().getValidator();

    private static PasswordConfig config(Map<String, String> values) {
        BeanValidationConfigValidator validator = () -> VALIDATOR;
        return new SmallRyeConfigBuilder()
                .withMapping(PasswordConfig.class)
                .withValidator(validator)
                .withDefaultValues(values)
                .build()
                .getConfigMapping(PasswordConfig.class);
    }

    @Test
    @DisplayName("the defaults are OWASP's and Better Auth's")
    void defaults() {
        PasswordConfig config = config(Map.of());

        assertEquals(PasswordConfig.Algorithm.ARGON2ID, config.algorithm());
        assertEquals(19_456, config.argon2().memoryKib());
        assertEquals(2, config.argon2().iterations());
        assertEquals(1, config.argon2().parallelism());
        assertEquals(12, config.bcrypt().cost());
        assertEquals(0, config.hashing().threads());
        assertEquals(256, config.hashing().queue());
        assertEquals(8, config.minLength());
        assertEquals(128, config.maxLength());
    }

    @Test
    @DisplayName("the algorithm is written in lower case")
    void algorithm() {
        assertEquals(
                PasswordConfig.Algorithm.BCRYPT,
                config(Map.of("roster.password.algorithm", "bcrypt")).algorithm());
    }

    @ParameterizedTest
    @CsvSource({
        "argon2.memory-kib,7167,7168",
        "argon2.memory-kib,262145,262144",
        "argon2.iterations,0,1",
        "argon2.iterations,11,10",
        "argon2.parallelism,0,1",
        "argon2.parallelism,17,16",
        "bcrypt.cost,9,10",
        "bcrypt.cost,17,16",
        "hashing.threads,-1,0",
        "hashing.threads,257,256",
        "hashing.queue,0,1",
        "hashing.queue,10001,10000",
        "min-length,7,8",
        "min-length,65,64",
        "max-length,63,64",
        "max-length,1025,1024",
    })
    @DisplayName("a value out of bounds refuses to start and names its key")
    void bounds(String key, String refused, String taken) {
        String property = "roster.password." + key;

        ConfigValidationException thrown =
                assertThrows(
                        ConfigValidationException.class, () -> config(Map.of(property, refused)));
        assertTrue(thrown.getMessage().contains(property), thrown.getMessage());

        config(Map.of(property, taken));
    }

    @Test
    @DisplayName("an unknown algorithm refuses to start")
    void unknownAlgorithm() {
        assertThrows(
                ConfigValidationException.class,
                () -> config(Map.of("roster.password.algorithm", "md5")));
    }
}
