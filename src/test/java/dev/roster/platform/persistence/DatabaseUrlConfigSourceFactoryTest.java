package dev.roster.platform.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The data source's settings")
class DatabaseUrlConfigSourceFactoryTest {

    private static final String URL = "quarkus.datasource.jdbc.url";
    private static final String USER = "quarkus.datasource.username";
    private static final String PASSWORD = "quarkus.datasource.password";
    private static final Map<String, String> PACKAGED =
            Map.of(URL, "jdbc:postgresql://packaged/r", USER, "packaged", PASSWORD, "packaged");

    @Test
    @DisplayName("come from DATABASE_URL rather than from application.properties")
    void abovePackaged() {
        SmallRyeConfig config =
                config("prod", Map.of("DATABASE_URL", "postgresql://ann:p%40w@db/r"));

        assertEquals("jdbc:postgresql://db:5432/r", value(config, URL));
        assertEquals("ann", value(config, USER));
        assertEquals("p@w", value(config, PASSWORD));
    }

    @Test
    @DisplayName("keep every sign of a password that looks like an expression")
    void noExpansion() {
        String password = "a${b}$$c\\$d\\\\${e}";
        SmallRyeConfig config =
                config("prod", Map.of("DATABASE_URL", "postgres://ann:" + password + "@db/r"));

        assertEquals(password, value(config, PASSWORD));
    }

    @Test
    @DisplayName("come from a system property in either spelling")
    void systemProperty() {
        for (String name : new String[] {"DATABASE_URL", "database.url"}) {
            SmallRyeConfig config =
                    builder("prod")
                            .withSources(
                                    new PropertiesConfigSource(
                                            Map.of(name, "postgres://db/r"), "system", 400))
                            .build();

            assertEquals("jdbc:postgresql://db:5432/r", value(config, URL));
        }
    }

    @Test
    @DisplayName("come from an explicit variable before DATABASE_URL")
    void belowExplicit() {
        SmallRyeConfig config =
                config(
                        "prod",
                        Map.of(
                                "DATABASE_URL", "postgresql://ann:pw@db/r",
                                "QUARKUS_DATASOURCE_JDBC_URL", "jdbc:postgresql://explicit/r",
                                "QUARKUS_DATASOURCE_PASSWORD", "explicit"));

        assertEquals("jdbc:postgresql://explicit/r", value(config, URL));
        assertEquals("ann", value(config, USER));
        assertEquals("explicit", value(config, PASSWORD));
    }

    @Test
    @DisplayName("of the replica come from ROSTER_DATABASE_READ_URL, and there is none without")
    void replica() {
        String url = "quarkus.datasource.read.jdbc.url";
        SmallRyeConfig config =
                config("prod", Map.of("ROSTER_DATABASE_READ_URL", "postgresql://rea:der@copy/r"));
        assertEquals("jdbc:postgresql://copy:5432/r", value(config, url));
        assertEquals("rea", value(config, "quarkus.datasource.read.username"));
        assertEquals("der", value(config, "quarkus.datasource.read.password"));
        assertEquals("true", value(config, "quarkus.datasource.read.active"));
        assertEquals("packaged", value(config, USER));
        config = config("prod", Map.of("DATABASE_URL", "postgresql://ann:pw@db/r"));
        assertEquals("", value(config, url));
        assertEquals("", value(config, "quarkus.datasource.read.active"));
    }

    @Test
    @DisplayName("of the migrations come from ROSTER_DATABASE_OWNER_URL, where it is given")
    void owner() {
        String url = "postgresql://ann:pw@db/r";
        SmallRyeConfig both =
                config(
                        "prod",
                        Map.of(
                                "DATABASE_URL",
                                url,
                                "ROSTER_DATABASE_OWNER_URL",
                                "postgresql://own%24er:p$w@primary/r"));
        assertEquals("ann", value(both, USER));
        assertEquals("jdbc:postgresql://primary:5432/r", value(both, "quarkus.flyway.jdbc-url"));
        assertEquals("own$er", value(both, "quarkus.flyway.username"));
        assertEquals("p$w", value(both, "quarkus.flyway.password"));
        SmallRyeConfig one = config("prod", Map.of("DATABASE_URL", url));
        assertEquals("", value(one, "quarkus.flyway.jdbc-url"));
    }

    @Test
    @DisplayName("stay as they are without DATABASE_URL, with a malformed one, and in tests")
    void inert() {
        String url = "postgresql://ann:pw@db/r";
        assertEquals("packaged", value(config("dev", Map.of()), USER));
        assertEquals("packaged", value(config("prod", Map.of("DATABASE_URL", " ")), USER));
        assertEquals("packaged", value(config("prod", Map.of("DATABASE_URL", "x")), USER));
        assertEquals("packaged", value(config("test", Map.of("DATABASE_URL", url)), USER));
        assertEquals("ann", value(config("dev", Map.of("DATABASE_URL", url)), USER));
    }

    private static String value(SmallRyeConfig config, String name) {
        return Optional.ofNullable(config.getConfigValue(name).getValue()).orElse("");
    }

    private static SmallRyeConfig config(String profile, Map<String, String> environment) {
        return builder(profile).withSources(new EnvConfigSource(environment, 300)).build();
    }

    private static SmallRyeConfigBuilder builder(String profile) {
        return new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withProfile(profile)
                .withSources(new PropertiesConfigSource(PACKAGED, "packaged", 250))
                .withSources(new DatabaseUrlConfigSourceFactory());
    }
}
