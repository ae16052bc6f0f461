package dev.roster.accounts.apikey;

import dev.roster.accounts.betterauth.ErrorCode;

/** The error codes of API keys (contract, section 16). */
enum ApiKeyError implements ErrorCode {
    UNAUTHORIZED_SESSION(401, "Unauthorized or invalid session"),
    SERVER_ONLY_PROPERTY(
            400,
            "The property you're trying to set can only be set from the server auth instance"
                    + " only."),
    KEY_NOT_FOUND(404, "API Key not found"),
    NO_VALUES_TO_UPDATE(400, "No values to update."),
    NAME_REQUIRED(400, "API Key name is required."),
    INVALID_NAME_LENGTH(400, "The name length is either too large or too small."),
    INVALID_PREFIX_LENGTH(400, "The prefix length is either too large or too small."),
    METADATA_DISABLED(400, "Metadata is disabled."),
    INVALID_METADATA_TYPE(400, "metadata must be an object or undefined"),
    KEY_DISABLED_EXPIRATION(400, "Custom key expiration values are disabled."),
    EXPIRES_IN_IS_TOO_SMALL(400, "The expiresIn is smaller than the predefined minimum value."),
    EXPIRES_IN_IS_TOO_LARGE(400, "The expiresIn is larger than the predefined maximum value."),
    USER_NOT_MEMBER_OF_ORGANIZATION(
            403, "You are not a member of the organization that owns this API key."),
    KEY_LIMIT_REACHED(403, "You have reached the maximum number of API keys."),
    INVALID_API_KEY(401, "Invalid API key."),
    KEY_DISABLED(401, "API Key is disabled"),
    KEY_EXPIRED(401, "API Key has expired"),
    USER_BANNED(401, "User is banned"),
    INVALID_REFERENCE_ID_FROM_API_KEY(401, "The reference id from the API key is invalid."),
    INSUFFICIENT_API_KEY_PERMISSIONS(
            403, "A key with permissions of its own does not act as a session."),
    USAGE_EXCEEDED(429, "API Key has reached its usage limit"),
    RATE_LIMITED(429, "Rate limit exceeded.");

    private final int status;
    private final String message;

    ApiKeyError(int status, String message) {
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
