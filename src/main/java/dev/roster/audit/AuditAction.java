package dev.roster.audit;

import java.util.Locale;

/** What can happen to a record. The trail holds the name in lower case, words joined by dots. */
public enum AuditAction {
    USER_SIGNED_UP,
    USER_CREATED,
    USER_UPDATED,
    USER_DELETED,
    PROFILE_UPDATED,
    PREFERENCES_UPDATED,
    PREFERENCES_DELETED,
    PASSWORD_CHANGED,
    PASSWORD_REHASHED,
    ROLE_GRANTED,
    SESSION_CREATED,
    SESSION_REFUSED,
    SESSION_REVOKED,
    SESSIONS_REVOKED;

    /** Such as {@code user.signed_up}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replaceFirst("_", ".");
    }
}
