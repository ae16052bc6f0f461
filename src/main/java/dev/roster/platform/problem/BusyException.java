package dev.roster.platform.problem;

import java.time.Duration;

/**
 * The caller is at something of which it gets one at a time: 429 with {@code Retry-After} in whole
 * seconds. The detail reaches the client.
 */
public class BusyException extends ProblemException {

    private static final long serialVersionUID = 1L;

    private final Duration retryAfter;

    /**
     * @param retryAfter when trying again makes sense, one second or more
     */
    public BusyException(String detail, Duration retryAfter) {
        super(ProblemCode.RATE_LIMITED, detail);
        this.retryAfter = retryAfter;
    }

    Duration retryAfter() {
        return retryAfter;
    }
}
