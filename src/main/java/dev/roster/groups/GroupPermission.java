package dev.roster.groups;

import java.util.Locale;

/** What members may do in their group: an action on a resource, as the reference spells it. */
enum GroupPermission {
    ORGANIZATION_UPDATE,
    ORGANIZATION_DELETE,
    MEMBER_CREATE,
    MEMBER_UPDATE,
    MEMBER_DELETE,
    INVITATION_CREATE,
    INVITATION_CANCEL,
    TEAM_CREATE,
    TEAM_UPDATE,
    TEAM_DELETE,
    /** The roles themselves. */
    AC_CREATE,
    AC_READ,
    AC_UPDATE,
    AC_DELETE;

    private final String resource;
    private final String action;

    GroupPermission() {
        String[] parts = name().toLowerCase(Locale.ROOT).split("_");
        resource = parts[0];
        action = parts[1];
    }

    /** Whether applications call it this, such as {@code organization} and {@code update}. */
    boolean is(String resource, String action) {
        return this.resource.equals(resource) && this.action.equals(action);
    }
}
