package dev.roster.platform.problem;

import java.time.Duration;
import java.util.Objects;

/**
 * There is more work of one kind than this process takes on. Nothing has been done and the same
 * request may succeed later: mapped to 503 with {@code Retry-After} in whole seconds.
 */
public class OverloadedException extends RuntimeException {

    private final Duration retryAfter;

    /**
     * @param message for the log, without anything the caller sent
     * @param retryAfter when trying again makes sense, one second or more
     */
    public OverloadedException(String message, Duration retryAfter) {
        super(message);
        this.retryAfter = Objects.requireNonNull(retryAfter, "retryAfter");
    }

    public Duration retryAfter() {
        return retryAfter;
    }
}
