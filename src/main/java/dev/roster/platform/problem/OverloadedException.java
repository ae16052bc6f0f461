package dev.roster.platform.problem;

import java.time.Duration;

/** The service has more work than it can take on: 503 with {@code Retry-After}. */
public class OverloadedException extends RuntimeException {

    private final Duration retryAfter;

    public OverloadedException(String message, Duration retryAfter) {
        super(message);
        this.retryAfter = retryAfter;
    }

    public Duration retryAfter() {
        return retryAfter;
    }
}
