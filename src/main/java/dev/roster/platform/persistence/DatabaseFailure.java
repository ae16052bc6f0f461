package dev.roster.platform.persistence;

import java.sql.SQLException;
import java.util.Optional;
import org.hibernate.exception.ConstraintViolationException;

/** Reads what a failed statement means out of the chain of causes around it. */
public final class DatabaseFailure {

    private DatabaseFailure() {}

    /** The name of the violated constraint or unique index, as the migrations spell it. */
    public static Optional<String> violatedConstraint(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConstraintViolationException violation) {
                return Optional.ofNullable(violation.getConstraintName());
            }
        }
        return Optional.empty();
    }

    /**
     * Whether the database could not be reached, went away, or had no connection to give in time:
     * SQLSTATE classes 08 (connection), 53 (resources) and 57P (shutdown, crash, cannot connect
     * now), or Agroal's acquisition timeout, which carries none.
     */
    public static boolean unavailable(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                String state = sql.getSQLState();
                if (state == null
                        ? String.valueOf(sql.getMessage()).contains("Acquisition timeout")
                        : state.startsWith("08")
                                || state.startsWith("53")
                                || state.startsWith("57P")) {
                    return true;
                }
            }
        }
        return false;
    }
}
