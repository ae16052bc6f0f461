package dev.roster.platform.security;

/** What a role can allow, by the name that {@code roles.permissions} holds. */
public enum Permission {
    /** See every field of every user and profile. */
    USERS_READ("users:read"),
    /** Change every user and profile. */
    USERS_UPDATE("users:update");

    /** In a role's list: every permission there is or will be. */
    public static final String ALL = "*";

    private final String key;

    Permission(String key) {
        this.key = key;
    }

    /** The name that {@code roles.permissions} holds. */
    public String key() {
        return key;
    }
}
