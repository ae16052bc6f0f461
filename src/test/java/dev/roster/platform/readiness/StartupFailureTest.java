package dev.roster.platform.readiness;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quarkus.runtime.QuarkusBindException;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.net.BindException;
import java.net.ConnectException;
import java.sql.SQLException;
import java.util.Optional;
import org.flywaydb.core.internal.exception.sqlExceptions.FlywaySqlUnableToConnectToDbException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A start that failed")
class StartupFailureTest {

    @Test
    @DisplayName("for want of the database is told in the driver's words")
    void databaseAway() {
        SQLException refused =
                new SQLException("Connection to db:5432 refused.", "08001", new ConnectException());
        Throwable cause =
                new RuntimeException(
                        "Failed to start quarkus",
                        new FlywaySqlUnableToConnectToDbException(refused, null));

        assertEquals(
                Optional.of("the database cannot be reached. Connection to db:5432 refused."),
                StartupFailure.explain(cause));
        assertEquals(69, StartupFailure.exitCode(1, cause));
    }

    @Test
    @DisplayName("for a port in use names the port")
    void portInUse() {
        assertEquals(
                Optional.of("port 8080 is in use or not permitted (PORT)"),
                StartupFailure.explain(
                        new QuarkusBindException("0.0.0.0", 8080, new BindException())));
    }

    @Test
    @DisplayName("for a setting repeats what Quarkus says of it")
    void configuration() {
        assertEquals(
                Optional.of("unknown time zone"),
                StartupFailure.explain(new ConfigurationException("unknown time zone")));
        assertEquals(
                78,
                StartupFailure.exitCode(
                        1, new RuntimeException(new ConfigurationException("unknown"))));
    }

    @Test
    @DisplayName("for anything else is left to the log")
    void unknown() {
        assertEquals(
                Optional.empty(),
                StartupFailure.explain(new IllegalStateException(new SQLException("syntax"))));
        assertEquals(1, StartupFailure.exitCode(1, new IllegalStateException()));
    }
}
