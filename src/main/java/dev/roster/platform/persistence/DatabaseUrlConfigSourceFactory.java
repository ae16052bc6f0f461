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
 * Makes {@code DATABASE_URL} the data source's URL, user and password, and {@code
 * ROSTER_DATABASE_OWNER_URL} those of the migrations, which the data source does for without it.
 * With {@code ROSTER_DATABASE_READ_URL} there is a data source {@code read} too. The other settings
 * stay where they are, and a {@code QUARKUS_…} variable still wins.
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
        Map<String, String> variables = new HashMap<>();
        find(context, "DATABASE_URL", "database.url")
                .ifPresent(url -> put(variables, "QUARKUS_DATASOURCE", url));
        find(context, "ROSTER_DATABASE_OWNER_URL", "roster.database.owner-url")
                .ifPresent(url -> put(variables, "QUARKUS_FLYWAY", url));
        find(context, "ROSTER_DATABASE_READ_URL", "roster.database.read-url")
                .ifPresent(
                        url -> {
                            put(variables, "QUARKUS_DATASOURCE_READ", url);
                            variables.put("QUARKUS_DATASOURCE_READ_ACTIVE", "true");
                        });
        return variables.isEmpty() ? List.of() : List.of(source(variables));
    }

    private static Optional<DatabaseUrl> find(ConfigSourceContext context, String... names) {
        // Unexpanded: "${" and "$$" may well be part of a password.
        return Expressions.withoutExpansion(
                () ->
                        Stream.of(names)
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

    private static void put(Map<String, String> variables, String prefix, DatabaseUrl url) {
        variables.put(prefix + "_JDBC_URL", url.jdbcUrl());
        url.user()
                .map(DatabaseUrlConfigSourceFactory::literal)
                .ifPresent(user -> variables.put(prefix + "_USERNAME", user));
        url.password()
                .map(DatabaseUrlConfigSourceFactory::literal)
                .ifPresent(password -> variables.put(prefix + "_PASSWORD", password));
    }

    /** Of the kind "environment", of which a build records nothing in what it packages. */
    private static ConfigSource source(Map<String, String> variables) {
        return new EnvConfigSource(variables, ORDINAL);
    }

    private static String literal(String text) {
        return text.replace("$", "\\$");
    }
}
