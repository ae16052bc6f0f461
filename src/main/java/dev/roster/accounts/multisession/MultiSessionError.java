package dev.roster.accounts.multisession;

import dev.roster.accounts.betterauth.ErrorCode;

/** The plugin's error codes (contract, section 10). */
enum MultiSessionError implements ErrorCode {
    INVALID_SESSION_TOKEN(401, "Invalid session token");

    private final int status;
    private final String message;

    MultiSessionError(int status, String message) {
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
