package dev.roster.platform.persistence;

import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.Expressions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * Makes {@code DATABASE_URL} the data source's URL, user and password. The other settings of the
 * data source stay where they are, and a {@code QUARKUS_DATASOURCE_…} variable still wins.
 */
public class DatabaseUrlConfigSourceFactory implements ConfigSourceFactory {

    /** Above application.properties (250, beside the process 260), below .env (295). */
    static final int ORDINAL = 275;

    @Override
    public Iterable<ConfigSource> getConfigSources(ConfigSourceContext context) {
        // Tests empty the database they are given, so they never take the one in the environment.
        if (context.getProfiles().contains("test")) {
            return List.of();
        }
        return find(context)
                .<Iterable<ConfigSource>>map(url -> List.of(source(url)))
                .orElse(List.of());
    }

    private static Optional<DatabaseUrl> find(ConfigSourceContext context) {
        // Unexpanded: "${" and "$$" may well be part of a password.
        return Expressions.withoutExpansion(
                () ->
                        Stream.of("DATABASE_URL", "database.url")
                                .map(context::getValue)
                                .filter(value -> value != null && value.getValue() != null)
                                .map(ConfigValue::getValue)
                                .filter(text -> !text.isBlank())
                                .findFirst()
                                .flatMap(DatabaseUrlConfigSourceFactory::parse));
    }

    private static Optional<DatabaseUrl> parse(String text) {
        try {
            return Optional.of(DatabaseUrl.parse(text));
        } catch (IllegalArgumentException malformed) {
            // StartupSettings names the fault, before anything here is read in production.
            return Optional.empty();
        }
    }

    /** Of the kind "environment", of which a build records nothing in what it packages. */
    private static ConfigSource source(DatabaseUrl url) {
        Map<String, String> variables = new HashMap<>();
        variables.put("QUARKUS_DATASOURCE_JDBC_URL", url.jdbcUrl());
        url.user()
                .map(DatabaseUrlConfigSourceFactory::literal)
                .ifPresent(user -> variables.put("QUARKUS_DATASOURCE_USERNAME", user));
        url.password()
                .map(DatabaseUrlConfigSourceFactory::literal)
                .ifPresent(password -> variables.put("QUARKUS_DATASOURCE_PASSWORD", password));
        return new EnvConfigSource(variables, ORDINAL);
    }

    private static String literal(String text) {
        return text.replace("$", "\\$");
    }
}
