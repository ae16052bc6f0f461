package dev.roster.accounts.betterauth;

/** A code that errors of the dialect carry; the constants of the enums that implement it. */
public interface ErrorCode {

    /** The code itself. */
    String name();

    /** The usual status. */
    int status();

    /** The usual message. */
    String message();

    default AuthException exception() {
        return new AuthException(status(), name(), message());
    }

    /** The same code with a message of its own. */
    default AuthException exception(String ownMessage) {
        return new AuthException(status(), name(), ownMessage);
    }

    /** The same code and message with another status, as some endpoints have it. */
    default AuthException exception(int ownStatus) {
        return new AuthException(ownStatus, name(), message());
    }
}
