package dev.roster.accounts.betterauth;

/** Ends a request of the dialect with an error. */
public class AuthException extends RuntimeException {

    private final int status;
    private final String code;
    private final transient Object details;

    /**
     * @param code null for the few errors that have a message alone (contract, section 2)
     * @param message null, with the code, for those that have no body at all
     */
    public AuthException(int status, String code, String message) {
        this(status, code, message, null);
    }

    /**
     * @param details a member of the body beside code and message; null for none
     */
    public AuthException(int status, String code, String message, Object details) {
        super(message);
        this.status = status;
        this.code = code;
        this.details = details;
    }

    public int status() {
        return status;
    }

    public String code() {
        return code;
    }

    public Object details() {
        return details;
    }
}
