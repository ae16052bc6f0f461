package dev.roster.accounts.betterauth;

/**
 * The dialect's base error codes with their message and usual status (contract, section 3). Each
 * plugin has an enum of its own beside its resource.
 */
public enum AuthError implements ErrorCode {
    VALIDATION_ERROR(400, "Validation error"),
    BAD_REQUEST(400, "Invalid JSON in request body"),
    UNSUPPORTED_MEDIA_TYPE(415, "Unsupported media type"),
    UNAUTHORIZED(401, "Unauthorized"),
    USER_NOT_FOUND(400, "User not found"),
    EMAIL_NOT_VERIFIED(403, "Email not verified"),
    EMAIL_ALREADY_VERIFIED(400, "Email is already verified"),
    VERIFICATION_EMAIL_NOT_ENABLED(400, "Verification email isn't enabled"),
    EMAIL_MISMATCH(400, "Email mismatch"),
    CHANGE_EMAIL_DISABLED(400, "Change email is disabled"),
    MISSING_OR_NULL_ORIGIN(403, "Missing or null Origin"),
    INVALID_ORIGIN(403, "Invalid origin"),
    SPECULATIVE_REQUEST(403, "A link that works once must be followed, not prefetched"),
    INVALID_CALLBACK_URL(403, "Invalid callbackURL"),
    INVALID_REDIRECT_URL(403, "Invalid redirectURL"),
    INVALID_ERROR_CALLBACK_URL(403, "Invalid errorCallbackURL"),
    INVALID_NEW_USER_CALLBACK_URL(403, "Invalid newUserCallbackURL"),
    CROSS_SITE_NAVIGATION_LOGIN_BLOCKED(
            403, "Cross-site navigation login blocked. This request appears to be a CSRF attack."),
    METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED(
            405, "POST method requires deferSessionRefresh to be enabled in session config"),
    FIELD_NOT_ALLOWED(400, "Field not allowed"),
    EMAIL_PASSWORD_SIGN_UP_DISABLED(400, "Email and password sign up is not enabled"),
    USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL(422, "User already exists. Use another email."),
    INVALID_EMAIL(400, "Invalid email"),
    INVALID_EMAIL_OR_PASSWORD(401, "Invalid email or password"),
    INVALID_PASSWORD(400, "Invalid password"),
    PASSWORD_TOO_SHORT(400, "Password too short"),
    PASSWORD_TOO_LONG(400, "Password too long"),
    BANNED_USER(
            403,
            "You have been banned from this application. Please contact support if you believe"
                    + " this is an error."),
    EMAIL_CAN_NOT_BE_UPDATED(400, "Email can not be updated"),
    CREDENTIAL_ACCOUNT_NOT_FOUND(400, "Credential account not found"),
    SESSION_EXPIRED(400, "Session expired. Re-authenticate to perform this action."),
    SESSION_NOT_FRESH(403, "Session is not fresh"),
    INVALID_TOKEN(404, "Invalid token"),
    TOKEN_EXPIRED(401, "Token expired"),
    INVALID_USER(401, "Invalid user"),
    FAILED_TO_GET_USER_INFO(404, "Failed to get user info"),
    PROVIDER_NOT_FOUND(404, "Provider not found"),
    ACCOUNT_NOT_FOUND(400, "Account not found"),
    FAILED_TO_UNLINK_LAST_ACCOUNT(400, "You can't unlink your last account"),
    /** Not in the reference, which lets an installation lose its last administrator. */
    LAST_ADMINISTRATOR(403, "The last administrator cannot be demoted, banned or removed");

    private final int status;
    private final String message;

    AuthError(int status, String message) {
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
