package dev.roster.platform.security;

import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What a role can allow, by the name that {@code roles.permissions} holds. */
public enum Permission {
    USERS_READ("users:read", "See every field of every user and profile"),
    USERS_UPDATE("users:update", "Change every user and profile"),
    USERS_LIST("users:list", "List and search users"),
    USERS_CREATE("users:create", "Make accounts for others"),
    USERS_DELETE("users:delete", "Remove users"),
    USERS_BAN("users:ban", "Keep users out, and let them in again"),
    USERS_SET_ROLE(
            "users:set-role", "Give and take roles; of those alone whose permissions one has"),
    USERS_SET_PASSWORD("users:set-password", "Set the password of others"),
    USERS_SET_EMAIL(
            "users:set-email", "Change the address of others, and whether it counts as proven"),
    USERS_SET_PHONE(
            "users:set-phone",
            "Known to the Better Auth client; here users:update is needed to change a phone number"),
    USERS_IMPERSONATE("users:impersonate", "Act as another user, for a time"),
    USERS_IMPERSONATE_ADMINS(
            "users:impersonate-admins", "Act as another administrator; * does not include it"),
    SESSIONS_LIST("sessions:list", "See where others are signed in"),
    SESSIONS_REVOKE("sessions:revoke", "Sign others out"),
    SESSIONS_DELETE(
            "sessions:delete",
            "Known to the Better Auth client; here sessions:revoke is needed to end a session"),
    USERS_IMPORT("users:import", "Load users from a file"),
    USERS_EXPORT("users:export", "Take users out as a file, and everything held on one person"),
    USERS_ERASE("users:erase", "Let a person vanish for good"),
    REPORTS_READ("reports:read", "See the figures about users"),
    AUDIT_READ("audit:read", "Read the audit trail, and have it verified"),
    ROLES_READ("roles:read", "See roles, and why a user may do what it may"),
    ROLES_UPDATE(
            "roles:update", "Make, change and remove roles; of no more permissions than one has"),
    GROUPS_READ("groups:read", "See every group and its members"),
    GROUPS_UPDATE("groups:update", "Make, change and remove groups, and who belongs to them"),
    OPS_READ("ops:read", "See how the service is doing");

    /**
     * In a role's list: every permission there is or will be, but that to act as an administrator.
     */
    public static final String ALL = "*";

    private final String key;
    private final String description;

    Permission(String key, String description) {
        this.key = key;
        this.description = description;
    }

    /** Whether a role with these keys allows it. */
    public boolean isIn(Collection<String> keys) {
        return keys.contains(key) || this != USERS_IMPERSONATE_ADMINS && keys.contains(ALL);
    }

    /** Of what the keys allow what has one of these names, for somebody who is held to those. */
    public static Set<String> narrow(Collection<String> keys, Collection<String> names) {
        boolean all = keys.contains(ALL);
        return names.stream()
                .filter(
                        name ->
                                keys.contains(name)
                                        || all && !name.equals(USERS_IMPERSONATE_ADMINS.key))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The permission of this name. */
    public static Optional<Permission> of(String key) {
        return Arrays.stream(values()).filter(p -> p.key.equals(key)).findFirst();
    }

    /** The name that {@code roles.permissions} holds. */
    public String key() {
        return key;
    }

    /** What it allows, for whoever puts roles together. */
    public String description() {
        return description;
    }
}
