package dev.roster.platform.persistence;

import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.AgroalConnectionFactoryConfiguration;
import io.agroal.api.security.SimplePassword;
import io.quarkus.agroal.DataSource;
import io.quarkus.arc.InjectableInstance;
import io.quarkus.flyway.FlywayConfigurationCustomizer;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jboss.logging.Logger;
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

    private static final Logger LOG = Logger.getLogger(MigrationConnections.class);

    private static final int FOR_EVER = -1;

    private static final String SERVICE_URL = "DATABASE_URL";

    /** An answer later than this many seconds is that of a replica that is away. */
    private static final int REPLICA_TIMEOUT = 10;

    private final AgroalDataSource service;
    private final List<AgroalDataSource> replicas;

    @Inject
    MigrationConnections(
            AgroalDataSource service,
            @DataSource("read") InjectableInstance<AgroalDataSource> replicas) {
        this(service, replicas.listActive());
    }

    /**
     * @param service the service's pool, or null where there is none to check
     * @param replicas those to check beside it
     */
    MigrationConnections(AgroalDataSource service, List<AgroalDataSource> replicas) {
        this.service = service;
        this.replicas = replicas;
    }

    @Override
    public void customize(FluentConfiguration flyway) {
        flyway.lockRetryCount(FOR_EVER);
        Connections connections;
        if (flyway.getDataSource() instanceof AgroalDataSource pool) {
            connections = own(SERVICE_URL, pool);
        } else {
            // quarkus.flyway.jdbc-url or username
            connections =
                    own(
                            "ROSTER_DATABASE_OWNER_URL",
                            flyway.getUrl(),
                            flyway.getUser(),
                            flyway.getPassword(),
                            usual());
            connections.service = service == null ? null : own(SERVICE_URL, service);
        }
        connections.replicas =
                replicas.stream().map(pool -> own("ROSTER_DATABASE_READ_URL", pool)).toList();
        connections.replicas.forEach(
                replica -> PGProperty.SOCKET_TIMEOUT.set(replica.givenProperties, REPLICA_TIMEOUT));
        flyway.dataSource(connections);
        flyway.callbacks(
                Stream.concat(
                                Stream.of(flyway.getCallbacks()),
                                Stream.of(new OwnerCheck(connections.refusal)))
                        .toArray(Callback[]::new));
    }

    /** Connections to where the pool's go, as the same user. */
    private static Connections own(String variable, AgroalDataSource dataSource) {
        AgroalConnectionFactoryConfiguration pool =
                dataSource
                        .getConfiguration()
                        .connectionPoolConfiguration()
                        .connectionFactoryConfiguration();
        return own(
                variable,
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

        private transient List<Connections> replicas = List.of();

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
                    refusal.requireWritable(connection);
                    refusal.requireRights(connection);
                    if (service != null) {
                        service.requireWritable();
                    }
                    replicas.forEach(Connections::requireUsable);
                    checked = true;
                }
                return connection;
            } catch (SQLException | RuntimeException e) {
                connection.close();
                throw e;
            }
        }

        private void requireWritable() throws SQLException {
            try (Connection connection = open()) {
                refusal.requireWritable(connection);
            }
        }

        /** A replica that is away is no reason not to start. */
        private void requireUsable() {
            try {
                open().close();
            } catch (SQLException away) {
                LOG.warnf("ROSTER_DATABASE_READ_URL: the replica is away. %s", away.getMessage());
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

    /** Comes before each migration, not to a start that has none to run. */
    private record OwnerCheck(DatabaseRefusal refusal) implements Callback {

        @Override
        public boolean supports(Event event, Context context) {
            return event == Event.BEFORE_EACH_MIGRATE;
        }

        @Override
        public boolean canHandleInTransaction(Event event, Context context) {
            return true;
        }

        @Override
        public void handle(Event event, Context context) {
            try {
                refusal.requireOwner(context.getConnection());
            } catch (SQLException e) {
                throw new FlywayException("Cannot find out who owns the tables", e);
            }
        }

        @Override
        public String getCallbackName() {
            return "owner";
        }
    }
}
