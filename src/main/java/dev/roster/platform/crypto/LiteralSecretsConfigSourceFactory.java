package dev.roster.platform.crypto;

import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.Expressions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * Takes the secrets in the environment as they are written. Otherwise {@code $$} and <code>${
 * </code> in them would be read as expressions, and a secret shared with a Better Auth server would
 * differ from the one that server signs with.
 */
public class LiteralSecretsConfigSourceFactory implements ConfigSourceFactory {

    /** Just above the environment (300). */
    private static final int ORDINAL = 301;

    private static final List<String> VARIABLES = List.of("ROSTER_SECRET", "ROSTER_ADMIN_PASSWORD");

    @Override
    public Iterable<ConfigSource> getConfigSources(ConfigSourceContext context) {
        Map<String, String> escaped = new HashMap<>();
        for (String variable : VARIABLES) {
            ConfigValue value = Expressions.withoutExpansion(() -> context.getValue(variable));
            if (value != null && value.getValue() != null && value.getValue().contains("$")) {
                escaped.put(variable, value.getValue().replace("$", "\\$"));
            }
        }
        return escaped.isEmpty() ? List.of() : List.of(new EnvConfigSource(escaped, ORDINAL));
    }
}
