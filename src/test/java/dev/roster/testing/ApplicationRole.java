package dev.roster.testing;

import io.agroal.api.AgroalPoolInterceptor;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Has the service's pool work as the application role, as production should, while the migrations
 * own the tables: what the role may not do fails in a test.
 */
@ApplicationScoped
public class ApplicationRole implements AgroalPoolInterceptor {

    @Override
    public void onConnectionCreate(Connection connection) {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET ROLE roster_app");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
