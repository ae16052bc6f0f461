package dev.roster.testing;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/**
 * The surroundings of the packaged service: a PostgreSQL of its own and the settings that
 * production needs, given as an operator gives them.
 *
 * <p>It is there for all tests of the package: one bound to a class is not seen by the {@code
 * Nested} classes that an *IT inherits, for each of which the service would start again without.
 */
@WithTestResource(value = PackagedService.class, scope = TestResourceScope.GLOBAL)
public class PackagedService implements QuarkusTestResourceLifecycleManager {

    public static final String SECRET = "packaged-tests-only-secret-0123456789abcdef";

    private EmbeddedPostgres postgres;

    /** Only failsafe, which runs the *IT classes, sets this. */
    private static final boolean PACKAGED = Boolean.getBoolean("roster.test.packaged");

    @Override
    public Map<String, String> start() {
        if (!PACKAGED) {
            return Map.of();
        }
        try {
            postgres = EmbeddedPostgres.builder().start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        System.setProperty(Database.PACKAGED_URL, postgres.getJdbcUrl("postgres", "postgres"));
        return Map.of(
                "DATABASE_URL",
                "postgresql://postgres:postgres@localhost:" + postgres.getPort() + "/postgres",
                "roster.secret",
                SECRET,
                "roster.base-url",
                Caller.ORIGIN,
                "roster.trusted-origins",
                "http://trusted.example:3000,https://*.wild.example,myapp://",
                "roster.shutdown-delay",
                "0S",
                "roster.rate-limit.enabled",
                "false");
    }

    @Override
    public void stop() {
        if (postgres != null) {
            System.clearProperty(Database.PACKAGED_URL);
            try {
                postgres.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
