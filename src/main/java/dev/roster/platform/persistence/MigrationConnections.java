package dev.roster.platform.persistence;

import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.AgroalConnectionFactoryConfiguration;
import io.agroal.api.security.SimplePassword;
import io.quarkus.flyway.FlywayConfigurationCustomizer;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.postgresql.PGProperty;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.jdbc.PreferQueryMode;

/**
 * Gives the migrations connections of their own, on which an index of a large table can be built
 * while others write to it.
 *
 * <ul>
 *   <li>By the simple query protocol: Flyway holds its lock by a transaction that is open
 *       meanwhile, and by the other protocol the statement that took the lock would hold a snapshot
 *       too, for the end of which {@code CREATE INDEX CONCURRENTLY} waits for ever. A lock of the
 *       session instead would not survive PgBouncer's transaction mode.
 *   <li>Without a limit for a statement, which the requests have: a vanished server is found out by
 *       TCP keep-alive.
 *   <li>As long as another replica migrates, this one waits.
 * </ul>
 */
@Singleton
class MigrationConnections implements FlywayConfigurationCustomizer {

    private static final int FOR_EVER = -1;

    @Override
    public void customize(FluentConfiguration flyway) {
        flyway.lockRetryCount(FOR_EVER);
        if (flyway.getDataSource() instanceof AgroalDataSource pool) {
            flyway.dataSource(
                    own(
                            pool.getConfiguration()
                                    .connectionPoolConfiguration()
                                    .connectionFactoryConfiguration()));
        } else {
            // quarkus.flyway.jdbc-url or username
            flyway.dataSource(own(flyway.getUrl(), flyway.getUser(), flyway.getPassword()));
        }
    }

    /** Connections to where the pool's go, as the same user. */
    private static DataSource own(AgroalConnectionFactoryConfiguration pool) {
        PGSimpleDataSource own =
                own(
                        pool.jdbcUrl(),
                        pool.principal() == null ? null : pool.principal().getName(),
                        pool.credentials().stream()
                                .filter(SimplePassword.class::isInstance)
                                .map(password -> ((SimplePassword) password).getWord())
                                .findFirst()
                                .orElse(null));
        try {
            for (String name : pool.jdbcProperties().stringPropertyNames()) {
                if (PGProperty.forName(name) != PGProperty.SOCKET_TIMEOUT) {
                    own.setProperty(name, pool.jdbcProperties().getProperty(name));
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return own;
    }

    private static PGSimpleDataSource own(String url, String user, String password) {
        PGSimpleDataSource own = new PGSimpleDataSource();
        // as application.properties has them for the pool; the URL may say otherwise
        own.setApplicationName("roster");
        own.setTcpKeepAlive(true);
        own.setConnectTimeout(4);
        own.setLogServerErrorDetail(false);
        own.setURL(url);
        if (user != null) {
            own.setUser(user);
        }
        if (password != null) {
            own.setPassword(password);
        }
        own.setPreferQueryMode(PreferQueryMode.SIMPLE);
        own.setSocketTimeout(0);
        return own;
    }
}
