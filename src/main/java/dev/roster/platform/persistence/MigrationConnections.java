package dev.roster.platform.persistence;

import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.AgroalConnectionFactoryConfiguration;
import io.agroal.api.security.SimplePassword;
import io.quarkus.flyway.FlywayConfigurationCustomizer;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
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
            flyway.dataSource(
                    own(flyway.getUrl(), flyway.getUser(), flyway.getPassword(), usual()));
        }
    }

    /** Connections to where the pool's go, as the same user. */
    private static DataSource own(AgroalConnectionFactoryConfiguration pool) {
        return own(
                pool.jdbcUrl(),
                pool.principal() == null ? null : pool.principal().getName(),
                pool.credentials().stream()
                        .filter(SimplePassword.class::isInstance)
                        .map(password -> ((SimplePassword) password).getWord())
                        .findFirst()
                        .orElse(null),
                pool.jdbcProperties());
    }

    /** As application.properties has them for the pool. */
    private static Properties usual() {
        Properties properties = new Properties();
        PGProperty.APPLICATION_NAME.set(properties, "roster");
        PGProperty.TCP_KEEP_ALIVE.set(properties, true);
        PGProperty.CONNECT_TIMEOUT.set(properties, 4);
        PGProperty.LOG_SERVER_ERROR_DETAIL.set(properties, false);
        return properties;
    }

    /**
     * @param others which the URL may contradict
     */
    private static DataSource own(String url, String user, String password, Properties others) {
        Properties properties = new Properties();
        properties.putAll(others);
        if (user != null) {
            PGProperty.USER.set(properties, user);
        }
        if (password != null) {
            PGProperty.PASSWORD.set(properties, password);
        }
        PGProperty.PREFER_QUERY_MODE.set(properties, PreferQueryMode.SIMPLE.value());
        PGProperty.SOCKET_TIMEOUT.set(properties, 0);
        return new Connections(url, properties);
    }

    /** The driver's own data source would write every property into the URL, which is logged. */
    private static final class Connections extends PGSimpleDataSource {

        private static final long serialVersionUID = 1;

        private final String givenUrl;
        private final Properties givenProperties;

        Connections(String url, Properties properties) {
            givenUrl = url;
            givenProperties = properties;
        }

        @Override
        public Connection getConnection() throws SQLException {
            return DriverManager.getConnection(givenUrl, givenProperties);
        }
    }
}
