package dev.roster.platform.security;

import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;

/** What a role can allow, by the name that {@code roles.permissions} holds. */
public enum Permission {
    /** See every field of every user and profile. */
    USERS_READ("users:read"),
    /** Change every user and profile. */
    USERS_UPDATE("users:update"),
    /** List and search users. */
    USERS_LIST("users:list"),
    /** Make accounts for others. */
    USERS_CREATE("users:create"),
    /** Remove users. */
    USERS_DELETE("users:delete"),
    /** Keep users out, and let them in again. */
    USERS_BAN("users:ban"),
    /** Give and take roles; of those alone whose permissions one has. */
    USERS_SET_ROLE("users:set-role"),
    /** Set the password of others. */
    USERS_SET_PASSWORD("users:set-password"),
    /** Change the address of others, and whether it counts as proven. */
    USERS_SET_EMAIL("users:set-email"),
    /** Change the phone number of others. */
    USERS_SET_PHONE("users:set-phone"),
    /** Act as another user, for a time. */
    USERS_IMPERSONATE("users:impersonate"),
    /** Act as another administrator; {@link #ALL} does not include it. */
    USERS_IMPERSONATE_ADMINS("users:impersonate-admins"),
    /** See where others are signed in. */
    SESSIONS_LIST("sessions:list"),
    /** Sign others out. */
    SESSIONS_REVOKE("sessions:revoke"),
    /** Delete the sessions of others, which is no more than to revoke them. */
    SESSIONS_DELETE("sessions:delete"),
    /** Load users from a file. */
    USERS_IMPORT("users:import"),
    /** Take users out as a file, and everything held on one person. */
    USERS_EXPORT("users:export"),
    /** Let a person vanish for good. */
    USERS_ERASE("users:erase"),
    /** See the figures about users. */
    REPORTS_READ("reports:read"),
    /** Read the audit trail, and have it verified. */
    AUDIT_READ("audit:read"),
    /** See roles, and why a user may do what it may. */
    ROLES_READ("roles:read"),
    /** Make, change and remove roles; of no more permissions than one has. */
    ROLES_UPDATE("roles:update"),
    /** See every group and its members. */
    GROUPS_READ("groups:read"),
    /** Make, change and remove groups, and who belongs to them. */
    GROUPS_UPDATE("groups:update"),
    /** See how the service is doing. */
    OPS_READ("ops:read");

    /**
     * In a role's list: every permission there is or will be, but that to act as an administrator.
     */
    public static final String ALL = "*";

    private final String key;

    Permission(String key) {
        this.key = key;
    }

    /** Whether a role with these keys allows it. */
    public boolean isIn(Collection<String> keys) {
        return keys.contains(key) || this != USERS_IMPERSONATE_ADMINS && keys.contains(ALL);
    }

    /** The permission of this name. */
    public static Optional<Permission> of(String key) {
        return Arrays.stream(values()).filter(p -> p.key.equals(key)).findFirst();
    }

    /** The name that {@code roles.permissions} holds. */
    public String key() {
        return key;
    }
}
