package dev.roster.platform.persistence;

import jakarta.persistence.OptimisticLockException;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import javax.transaction.xa.XAException;
import org.hibernate.StaleStateException;
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
     * now), or Agroal's acquisition timeout, which carries none. A connection that breaks during
     * COMMIT is told by an {@link XAException} alone, suppressed in the exception of the rollback.
     */
    public static boolean unavailable(Throwable failure) {
        return unavailable(failure, new HashSet<>());
    }

    /**
     * Whether the database ended one of several transactions that waited for each other in a circle
     * (SQLSTATE 40P01): nothing of it is done, and it can be sent again.
     */
    public static boolean deadlocked(Throwable failure) {
        return has("40P01", failure);
    }

    /**
     * Whether the database ended a statement for what others had written (SQLSTATE 40001): on a
     * replica what it read stood in the way of what the replica had to take over; elsewhere, where
     * somebody set a stricter isolation than the usual one, there was no order for them. Nothing of
     * it is done, and it can be sent again.
     */
    public static boolean outrun(Throwable failure) {
        return has("40001", failure);
    }

    /**
     * Whether another transaction's change alone made this one fail: a deadlock (SQLSTATE 40P01), a
     * serialization failure (40001), or a row whose version changed after it was read.
     */
    public static boolean isConcurrentChange(Throwable failure) {
        return deadlocked(failure) || outrun(failure) || isStale(failure, new HashSet<>());
    }

    /**
     * Whether a key exists already (SQLSTATE 23505), or a referenced one exists no more (23503);
     * another transaction may have stored or deleted it after this one looked.
     */
    public static boolean isKeyViolation(Throwable failure) {
        return has("23505", failure) || has("23503", failure);
    }

    /**
     * Whether the same work can succeed when it is done once more: it was ended for others
     * (SQLSTATE 40P01, 40001), or what it refers to went meanwhile (23503).
     */
    public static boolean passing(Throwable failure) {
        return deadlocked(failure) || outrun(failure) || has("23503", failure);
    }

    /** A failure of the flush before a commit is suppressed in the exception of the commit. */
    private static boolean isStale(Throwable failure, Set<Throwable> seen) {
        if (failure == null || !seen.add(failure)) {
            return false;
        }
        return failure instanceof OptimisticLockException
                || failure instanceof StaleStateException
                || isStale(failure.getCause(), seen)
                || Arrays.stream(failure.getSuppressed())
                        .anyMatch(suppressed -> isStale(suppressed, seen));
    }

    private static boolean has(String state, Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && state.equals(sql.getSQLState())) {
                return true;
            }
        }
        return false;
    }

    private static boolean unavailable(Throwable failure, Set<Throwable> seen) {
        if (failure == null || !seen.add(failure)) {
            return false;
        }
        if (failure instanceof XAException) {
            return true;
        }
        if (failure instanceof SQLException sql && unavailable(sql)) {
            return true;
        }
        return unavailable(failure.getCause(), seen)
                || Arrays.stream(failure.getSuppressed())
                        .anyMatch(suppressed -> unavailable(suppressed, seen));
    }

    private static boolean unavailable(SQLException failure) {
        String state = failure.getSQLState();
        if (state == null) {
            return String.valueOf(failure.getMessage())
                    .toLowerCase(Locale.ROOT)
                    .contains("acquisition timeout");
        }
        return state.startsWith("08") || state.startsWith("53") || state.startsWith("57P");
    }
}
