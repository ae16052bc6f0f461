package dev.roster.platform.persistence;

import dev.roster.platform.crypto.RandomTokens;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.annotation.Priority;
import jakarta.interceptor.AroundInvoke;
import jakarta.interceptor.Interceptor;
import jakarta.interceptor.InvocationContext;
import jakarta.transaction.Status;
import jakarta.transaction.Transactional;
import java.util.concurrent.Callable;

/**
 * Repeats a transaction that failed because another one ran at the same time, so that a concurrent
 * change is no error to a caller that named no version. The repetition reads what the other one
 * stored: a precondition is checked again, and a key that is taken is refused as such. As an
 * interceptor it does so for every {@code @Transactional} method that begins a transaction.
 */
@Interceptor
@Transactional
@Priority(Interceptor.Priority.PLATFORM_BEFORE + 190) // around the one that begins transactions
public class Transactions {

    /** More than requests that can meet: of those that do, one succeeds each time. */
    private static final int MAX_ATTEMPTS = 25;

    /** A duplicate that is still there is not a matter of concurrency. */
    private static final int MAX_ATTEMPTS_AFTER_VIOLATION = 2;

    private static final int MAX_PAUSE_MILLIS = 40;

    private static final New NEW = new New();

    /** A transaction of its own, whether or not the caller has one. */
    public static New requiringNew() {
        return NEW;
    }

    /** Begins the transaction of some work, and of each repetition. */
    public static final class New {

        private New() {}

        public <T> T call(Callable<T> work) {
            try {
                return repeat(() -> QuarkusTransaction.requiringNew().call(work));
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException("QuarkusTransaction wraps checked exceptions", e);
            }
        }

        public void run(Runnable work) {
            call(
                    () -> {
                        work.run();
                        return null;
                    });
        }
    }

    @AroundInvoke
    Object intercept(InvocationContext method) throws Exception {
        // what joins a transaction is repeated with it
        return QuarkusTransaction.getStatus() == Status.STATUS_NO_TRANSACTION
                ? repeat(method::proceed)
                : method.proceed();
    }

    private static <T> T repeat(Callable<T> work) throws Exception {
        for (int attempt = 1; ; attempt++) {
            try {
                return work.call();
            } catch (Exception e) {
                if (attempt >= maxAttempts(e)) {
                    throw e;
                }
                pause(e);
            }
        }
    }

    private static int maxAttempts(Exception failure) {
        if (DatabaseFailure.isConcurrentChange(failure)) {
            return MAX_ATTEMPTS;
        }
        return DatabaseFailure.isKeyViolation(failure) && !isTakenByUser(failure)
                ? MAX_ATTEMPTS_AFTER_VIOLATION
                : 1;
    }

    /**
     * Whether a user has the address or the name already. That is not tried again: the repetition
     * and its pause would tell by the time whether an address has an account.
     */
    private static boolean isTakenByUser(Exception failure) {
        return DatabaseFailure.violatedConstraint(failure)
                .filter(constraint -> constraint.startsWith("users_"))
                .isPresent();
    }

    /** Lets the others finish; no connection is held meanwhile. */
    private static void pause(Exception failure) throws Exception {
        try {
            Thread.sleep(1 + Byte.toUnsignedInt(RandomTokens.bytes(1)[0]) % MAX_PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure;
        }
    }
}
