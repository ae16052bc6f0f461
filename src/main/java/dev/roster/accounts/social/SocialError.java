package dev.roster.accounts.social;

import dev.roster.accounts.betterauth.ErrorCode;

/** Errors of the endpoints of identity providers (contract, section 3, inline codes). */
enum SocialError implements ErrorCode {
    PROVIDER_NOT_SUPPORTED(400, "Provider is not supported."),
    PROVIDER_NOT_CONFIGURED(400, "Account is not associated with a configured social provider.");

    private final int status;
    private final String message;

    SocialError(int status, String message) {
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
