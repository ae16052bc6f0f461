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

    private final AgroalDataSource service;

    /**
     * @param service the service's pool, or null where there is none to check
     */
    MigrationConnections(AgroalDataSource service) {
        this.service = service;
    }

    @Override
    public void customize(FluentConfiguration flyway) {
        flyway.lockRetryCount(FOR_EVER);
        if (flyway.getDataSource() instanceof AgroalDataSource pool) {
            flyway.dataSource(own(pool));
        } else {
            // quarkus.flyway.jdbc-url or username
            Connections owners =
                    own(
                            "ROSTER_DATABASE_OWNER_URL",
                            flyway.getUrl(),
                            flyway.getUser(),
                            flyway.getPassword(),
                            usual());
            owners.service = service == null ? null : own(service);
            flyway.dataSource(owners);
        }
    }

    /** Connections to where the pool's go, as the same user. */
    private static Connections own(AgroalDataSource dataSource) {
        AgroalConnectionFactoryConfiguration pool =
                dataSource
                        .getConfiguration()
                        .connectionPoolConfiguration()
                        .connectionFactoryConfiguration();
        return own(
                "DATABASE_URL",
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
    private static Connections own(
            String variable, String url, String user, String password, Properties others) {
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
        return new Connections(variable, url, properties);
    }

    /** The driver's own data source would write every property into the URL, which is logged. */
    private static final class Connections extends PGSimpleDataSource {

        private static final long serialVersionUID = 1;

        private final String givenUrl;
        private final Properties givenProperties;
        private final transient DatabaseRefusal refusal;

        /** The service's own, where the migrations have another role; else null. */
        private transient Connections service;

        private transient boolean checked;

        Connections(String variable, String url, Properties properties) {
            givenUrl = url;
            givenProperties = properties;
            refusal = new DatabaseRefusal(variable, url, properties);
        }

        /**
         * Opens a connection; the first one only where the database can be used.
         *
         * @throws io.quarkus.runtime.configuration.ConfigurationException where it cannot
         * @throws SQLException while the database is away
         */
        @Override
        public Connection getConnection() throws SQLException {
            Connection connection = open();
            try {
                if (!checked) {
                    refusal.requireRights(connection);
                    if (service != null) {
                        service.open().close();
                    }
                    checked = true;
                }
                return connection;
            } catch (SQLException | RuntimeException e) {
                connection.close();
                throw e;
            }
        }

        /** By its schema at least, a connection that can be used. */
        private Connection open() throws SQLException {
            Connection connection;
            try {
                connection = DriverManager.getConnection(givenUrl, givenProperties);
            } catch (SQLException e) {
                refusal.requireAway(e);
                throw e;
            }
            try {
                refusal.requireSchema(connection);
                return connection;
            } catch (SQLException | RuntimeException e) {
                connection.close();
                throw e;
            }
        }
    }
}
