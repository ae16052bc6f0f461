package dev.roster.platform.persistence;

import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.AgroalConnectionFactoryConfiguration;
import io.agroal.api.security.SimplePassword;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/**
 * Connections for what takes minutes, such as a COPY at the speed of its sender. They are not the
 * pool's, so that no request waits for one, and have no limit on how long a statement is silent.
 * Whoever opens one sees to it that there are few.
 */
@ApplicationScoped
public class LongConnections {

    private final AgroalDataSource dataSource;

    LongConnections(AgroalDataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** As the pool would, by the same user; the caller closes it. */
    public Connection open() throws SQLException {
        AgroalConnectionFactoryConfiguration config =
                dataSource
                        .getConfiguration()
                        .connectionPoolConfiguration()
                        .connectionFactoryConfiguration();
        Properties properties = new Properties();
        properties.putAll(config.jdbcProperties());
        if (config.principal() != null) {
            properties.setProperty("user", config.principal().getName());
        }
        config.credentials().stream()
                .filter(SimplePassword.class::isInstance)
                .map(SimplePassword.class::cast)
                .forEach(password -> properties.setProperty("password", password.getWord()));
        properties.setProperty("socketTimeout", "0");
        return DriverManager.getConnection(config.jdbcUrl(), properties);
    }
}
