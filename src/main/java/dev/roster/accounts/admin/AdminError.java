package dev.roster.accounts.admin;

import dev.roster.accounts.betterauth.ErrorCode;

/** The codes of the admin plugin. */
enum AdminError implements ErrorCode {
    YOU_CANNOT_BAN_YOURSELF(400, "You cannot ban yourself"),
    YOU_CANNOT_REMOVE_YOURSELF(400, "You cannot remove yourself"),
    YOU_ARE_NOT_ALLOWED_TO_CHANGE_USERS_ROLE(403, "You are not allowed to change users role"),
    YOU_ARE_NOT_ALLOWED_TO_CREATE_USERS(403, "You are not allowed to create users"),
    YOU_ARE_NOT_ALLOWED_TO_LIST_USERS(403, "You are not allowed to list users"),
    YOU_ARE_NOT_ALLOWED_TO_LIST_USERS_SESSIONS(403, "You are not allowed to list users sessions"),
    YOU_ARE_NOT_ALLOWED_TO_BAN_USERS(403, "You are not allowed to ban users"),
    YOU_ARE_NOT_ALLOWED_TO_IMPERSONATE_USERS(403, "You are not allowed to impersonate users"),
    YOU_ARE_NOT_ALLOWED_TO_REVOKE_USERS_SESSIONS(
            403, "You are not allowed to revoke users sessions"),
    YOU_ARE_NOT_ALLOWED_TO_DELETE_USERS(403, "You are not allowed to delete users"),
    YOU_ARE_NOT_ALLOWED_TO_SET_USERS_PASSWORD(403, "You are not allowed to set users password"),
    YOU_ARE_NOT_ALLOWED_TO_GET_USER(403, "You are not allowed to get user"),
    YOU_ARE_NOT_ALLOWED_TO_UPDATE_USERS(403, "You are not allowed to update users"),
    YOU_ARE_NOT_ALLOWED_TO_SET_USERS_EMAIL(403, "You are not allowed to update users email"),
    YOU_CANNOT_IMPERSONATE_ADMINS(403, "You cannot impersonate admins"),
    NO_DATA_TO_UPDATE(400, "No data to update"),
    INVALID_ROLE_TYPE(400, "Invalid role type"),
    YOU_ARE_NOT_ALLOWED_TO_SET_NON_EXISTENT_VALUE(
            400, "You are not allowed to set a non-existent role value"),
    PASSWORD_CANNOT_BE_UPDATED_VIA_UPDATE_USER(
            400,
            "Password cannot be updated through update-user. Use the set-user-password endpoint"
                    + " instead"),
    USER_ID_CANNOT_BE_UPDATED(400, "User id cannot be updated");

    private final int status;
    private final String message;

    AdminError(int status, String message) {
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
