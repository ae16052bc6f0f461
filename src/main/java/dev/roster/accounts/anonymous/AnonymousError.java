package dev.roster.accounts.anonymous;

import dev.roster.accounts.betterauth.ErrorCode;

/** The errors of guests (contract, section 16). */
enum AnonymousError implements ErrorCode {
    ANONYMOUS_USERS_CANNOT_SIGN_IN_AGAIN_ANONYMOUSLY(
            400, "Anonymous users cannot sign in again anonymously"),
    DELETE_ANONYMOUS_USER_DISABLED(400, "Deleting anonymous users is disabled"),
    FAILED_TO_CREATE_USER(403, "Failed to create user"),
    USER_IS_NOT_ANONYMOUS(403, "User is not anonymous");

    private final int status;
    private final String message;

    AnonymousError(int status, String message) {
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
