package dev.roster.accounts.device;

/** Ends a request with an error of RFC 6749, section 5.2. */
class OAuthException extends RuntimeException {

    private final int status;
    private final String error;

    OAuthException(int status, String error, String description) {
        super(description);
        this.status = status;
        this.error = error;
    }

    /** 400, which most of them are. */
    OAuthException(String error, String description) {
        this(400, error, description);
    }

    static OAuthException unauthorized() {
        return new OAuthException(401, "unauthorized", "Authentication required");
    }

    int status() {
        return status;
    }

    String error() {
        return error;
    }
}
