package dev.roster.platform.readiness;

import io.quarkus.runtime.ApplicationLifecycleManager;
import io.quarkus.runtime.PreventFurtherStepsException;
import io.quarkus.runtime.QuarkusBindException;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.ConfigValidationException;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.flywaydb.core.api.CoreErrorCode;
import org.flywaydb.core.api.FlywayException;
import org.jboss.logging.Logger;

/** What is said, and with which exit code, when Quarkus did not start. */
public final class StartupFailure {

    /** EX_UNAVAILABLE of sysexits.h. */
    static final int UNAVAILABLE = 69;

    /** EX_CONFIG of sysexits.h. */
    public static final int CONFIGURATION_ERROR = 78;

    private static final Pattern PROPERTY = Pattern.compile("\\broster(\\.[a-z0-9-]+)+\\b");

    private StartupFailure() {}

    /**
     * Ends the process. What an operator can repair is named in a line on stderr; anything else is
     * logged with its stack trace.
     *
     * @param cause why it did not start; null after an ordinary run
     */
    public static void exit(int code, Throwable cause) {
        if (cause != null && !ApplicationLifecycleManager.isVmShuttingDown()) {
            Optional<String> explanation = explain(cause);
            if (explanation.isPresent()) {
                System.err.println("Roster does not start: " + explanation.get());
            } else {
                Logger.getLogger(StartupFailure.class).error("Roster does not start", cause);
            }
        }
        System.exit(cause == null ? code : exitCode(code, cause));
    }

    static int exitCode(int code, Throwable cause) {
        if (isDatabaseAway(cause)) {
            return UNAVAILABLE;
        }
        return isConfiguration(root(cause)) || isRefusedByDatabase(cause)
                ? CONFIGURATION_ERROR
                : code;
    }

    static Optional<String> explain(Throwable cause) {
        List<Throwable> causes = causes(cause).toList();
        Throwable root = root(cause);
        if (isDatabaseAway(cause)) {
            return Optional.of("the database cannot be reached. " + databaseMessage(causes));
        }
        if (isRefusedByDatabase(cause)) {
            return Optional.of("the database does not allow it. " + databaseMessage(causes));
        }
        if (root instanceof QuarkusBindException bind) {
            return Optional.of("port " + bind.getPort() + " is in use or not permitted (PORT)");
        }
        boolean plain = isConfiguration(root) || root instanceof PreventFurtherStepsException;
        return plain
                ? Optional.ofNullable(root.getMessage()).map(StartupFailure::withVariables)
                : Optional.empty();
    }

    /** The framework names properties; operators set environment variables. */
    private static String withVariables(String message) {
        return PROPERTY.matcher(message)
                .replaceAll(
                        found -> Matcher.quoteReplacement(SettingText.variableOf(found.group())));
    }

    /** The driver's: it names host and port, where the cause below often says only "refused". */
    private static String databaseMessage(List<Throwable> causes) {
        return causes.stream()
                .filter(SQLException.class::isInstance)
                .map(Throwable::getMessage)
                .reduce((outer, inner) -> inner)
                .orElse("");
    }

    private static boolean isDatabaseAway(Throwable cause) {
        return causes(cause)
                .anyMatch(
                        c ->
                                c instanceof FlywayException flyway
                                        && flyway.getErrorCode() == CoreErrorCode.DB_CONNECTION);
    }

    /** SQLSTATE 42501, a missing right, and 25006, a database that takes no writes. */
    private static boolean isRefusedByDatabase(Throwable cause) {
        return causes(cause)
                .anyMatch(
                        c ->
                                c instanceof SQLException failure
                                        && Set.of("42501", "25006")
                                                .contains(String.valueOf(failure.getSQLState())));
    }

    private static boolean isConfiguration(Throwable root) {
        return root instanceof ConfigurationException || root instanceof ConfigValidationException;
    }

    private static Throwable root(Throwable cause) {
        return causes(cause).reduce((outer, inner) -> inner).orElseThrow();
    }

    private static Stream<Throwable> causes(Throwable cause) {
        return Stream.iterate(cause, c -> c != null, Throwable::getCause).limit(32);
    }
}
