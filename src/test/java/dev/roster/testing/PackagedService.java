package dev.roster.testing;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/**
 * The surroundings of the packaged service: a PostgreSQL of its own and the settings that
 * production needs, given as an operator gives them.
 */
public class PackagedService implements QuarkusTestResourceLifecycleManager {

    public static final String SECRET = "packaged-tests-only-secret-0123456789abcdef";

    private EmbeddedPostgres postgres;

    @Override
    public Map<String, String> start() {
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
                "0S");
    }

    @Override
    public void stop() {
        System.clearProperty(Database.PACKAGED_URL);
        if (postgres != null) {
            try {
                postgres.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
