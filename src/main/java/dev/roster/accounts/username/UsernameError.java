package dev.roster.accounts.username;

import dev.roster.accounts.betterauth.ErrorCode;

/**
 * The plugin's error codes (contract, section 10); the shape of a name is 400 where it is set and
 * 422 where it is asked for.
 */
enum UsernameError implements ErrorCode {
    INVALID_USERNAME_OR_PASSWORD(401, "Invalid username or password"),
    USERNAME_IS_ALREADY_TAKEN(400, "Username is already taken. Please try another."),
    USERNAME_TOO_SHORT(400, "Username is too short"),
    USERNAME_TOO_LONG(400, "Username is too long"),
    INVALID_USERNAME(400, "Username is invalid");

    private final int status;
    private final String message;

    UsernameError(int status, String message) {
        this.status = status;
        this.message = message;
    }

    @Override
    public int status() {
        return status;
    }

    @Override
    public String message() {
        return message;
    }
}
