package dev.roster.audit;

import java.util.Locale;

/** What can happen to a record. The trail holds its key. */
public enum AuditAction {
    USER_SIGNED_UP,
    SIGN_UP_REFUSED("sign_up.refused"),
    USER_CREATED,
    USER_UPDATED,
    USER_DELETED,
    USER_PURGED,
    USER_EXPORTED,
    USER_ERASED,
    ERASURE_REQUESTED,
    USER_RESTORED,
    PROFILE_UPDATED,
    PREFERENCES_UPDATED,
    PREFERENCES_DELETED,
    ATTRIBUTES_UPDATED,
    PASSWORD_CHANGED,
    PASSWORD_REHASHED,
    PASSWORD_RESET,
    PASSWORD_SET,
    PASSWORD_CHANGE_REQUIRED("password.change_required"),
    EMAIL_VERIFIED,
    EMAIL_CHANGED,
    USERNAME_CHANGED,
    USER_BANNED,
    USER_UNBANNED,
    USER_IMPERSONATED,
    USER_IMPORTED,
    IMPORT_STARTED,
    USERS_EXPORTED,
    JOB_CANCELLED,
    IMPERSONATION_ENDED,
    ACCOUNT_UNLINKED,
    TWO_FACTOR_ENABLED("two_factor.enabled"),
    TWO_FACTOR_DISABLED("two_factor.disabled"),
    TWO_FACTOR_LOCKED("two_factor.locked"),
    BACKUP_CODES_GENERATED("backup_codes.generated"),
    BACKUP_CODE_USED("backup_code.used"),
    API_KEY_CREATED("api_key.created"),
    API_KEY_UPDATED("api_key.updated"),
    API_KEY_DELETED("api_key.deleted"),
    DEVICE_APPROVED,
    DEVICE_DENIED,
    SIGNING_KEY_CREATED("signing_key.created"),
    ORGANIZATION_CREATED,
    ORGANIZATION_UPDATED,
    ORGANIZATION_DELETED,
    MEMBER_ADDED,
    MEMBER_UPDATED,
    MEMBER_REMOVED,
    INVITATION_CREATED,
    INVITATION_RESENT,
    INVITATION_ACCEPTED,
    INVITATION_REJECTED,
    INVITATION_CANCELED,
    TEAM_CREATED,
    TEAM_UPDATED,
    TEAM_DELETED,
    TEAM_MEMBER_ADDED("team_member.added"),
    TEAM_MEMBER_REMOVED("team_member.removed"),
    ROLE_CREATED,
    ROLE_UPDATED,
    ROLE_DELETED,
    ROLE_GRANTED,
    ROLES_CHANGED,
    SESSION_CREATED,
    SESSION_REFUSED,
    SESSION_REVOKED,
    SESSIONS_REVOKED,
    /** Written by the database itself. */
    AUDIT_EVENTS_DROPPED("audit_events.dropped");

    private final String key;

    AuditAction() {
        key = name().toLowerCase(Locale.ROOT).replaceFirst("_", ".");
    }

    /** One whose record's name has several words. */
    AuditAction(String key) {
        this.key = key;
    }

    /** Such as {@code user.signed_up}. */
    public String key() {
        return key;
    }
}
