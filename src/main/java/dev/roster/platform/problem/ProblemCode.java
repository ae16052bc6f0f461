package dev.roster.platform.problem;

import java.util.Locale;

/** Every error of the REST dialect: the stable {@code code} of its body, its status and title. */
public enum ProblemCode {
    MALFORMED_JSON(400, "The body is not well-formed JSON"),
    VALIDATION_FAILED(400, "The request does not meet the rules"),
    UNAUTHENTICATED(401, "Sign in first"),
    FORBIDDEN(403, "You may not do this"),
    UNTRUSTED_ORIGIN(403, "The request comes from an origin that is not trusted"),
    NOT_FOUND(404, "There is no such resource"),
    METHOD_NOT_ALLOWED(405, "The resource does not know this method"),
    NOT_ACCEPTABLE(406, "No representation of the accepted types"),
    CONFLICT(409, "The request contradicts what is stored"),
    EMAIL_TAKEN(409, "Another user has this address"),
    USERNAME_TAKEN(409, "Another user has this user name"),
    LAST_ADMINISTRATOR(409, "The last administrator stays one"),
    PRECONDITION_FAILED(412, "The resource has changed since you read it"),
    PAYLOAD_TOO_LARGE(413, "The body is too large"),
    URI_TOO_LONG(414, "The request line is too long"),
    UNSUPPORTED_MEDIA_TYPE(415, "The body's media type is not supported"),
    IDEMPOTENCY_KEY_REUSED(422, "The Idempotency-Key came with another request before"),
    PRECONDITION_REQUIRED(428, "If-Match with the ETag you last read is required"),
    RATE_LIMITED(429, "Too many requests"),
    HEADERS_TOO_LARGE(431, "The request headers are too large"),
    INTERNAL_ERROR(500, "Something went wrong on our side"),
    SERVICE_UNAVAILABLE(503, "Try again in a moment");

    private final int status;
    private final String title;

    ProblemCode(int status, String title) {
        this.status = status;
        this.title = title;
    }

    public int status() {
        return status;
    }

    public String title() {
        return title;
    }

    /** The {@code code} member: the constant's name in lower case. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
