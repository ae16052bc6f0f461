package dev.roster.ops;

import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import javax.sql.DataSource;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationVersion;

/**
 * Ready while the database answers and has the schema of this release or a later one: both found
 * out by one statement.
 */
@Readiness
@ApplicationScoped
class DatabaseReadiness implements HealthCheck {

    private final DataSource dataSource;
    private final Flyway flyway;

    /** The newest migration of this release; found out once, since it does not change. */
    private volatile MigrationVersion needed;

    DatabaseReadiness(DataSource dataSource, Flyway flyway) {
        this.dataSource = dataSource;
        this.flyway = flyway;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder answer = HealthCheckResponse.named("database");
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement =
                        connection.prepareStatement(
                                "SELECT version FROM flyway_schema_history WHERE success AND"
                                        + " version IS NOT NULL ORDER BY installed_rank DESC LIMIT"
                                        + " 1");
                ResultSet rows = statement.executeQuery()) {
            String version = rows.next() ? rows.getString(1) : "none";
            boolean migrated =
                    !version.equals("none")
                            && MigrationVersion.fromVersion(version).compareTo(needed()) >= 0;
            return answer.status(migrated).withData("schema", version).build();
        } catch (SQLException e) {
            // the message may name hosts and users, which a probe's reader need not know
            return answer.down().withData("sqlState", String.valueOf(e.getSQLState())).build();
        }
    }

    private MigrationVersion needed() {
        if (needed == null) {
            needed =
                    Arrays.stream(flyway.info().all())
                            .filter(migration -> migration.getScript() != null)
                            .map(MigrationInfo::getVersion)
                            .filter(version -> version != null)
                            .max(MigrationVersion::compareTo)
                            .orElseThrow();
        }
        return needed;
    }
}
