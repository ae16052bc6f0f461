package dev.roster.accounts.admin;

import dev.roster.access.Role;
import dev.roster.access.RoleGrant;
import dev.roster.accounts.betterauth.AuthException;
import dev.roster.accounts.betterauth.ErrorCode;
import dev.roster.accounts.session.ActiveSession;
import dev.roster.platform.security.Permission;
import dev.roster.users.User;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Who calls an operation of the plugin, and what it may do: what its roles allow, and never to
 * somebody who may do what it may not itself.
 */
record Administrator(ActiveSession active, Set<String> permissions) {

    /** The actions of the reference whose name is another one here. */
    private static final Map<String, String> ACTIONS = Map.of("users:get", "users:read");

    static Administrator of(ActiveSession active) {
        return new Administrator(active, permissionsOf(active.roles()));
    }

    private static Set<String> permissionsOf(List<Role> roles) {
        return roles.stream()
                .flatMap(role -> role.permissions.stream())
                .collect(Collectors.toUnmodifiableSet());
    }

    UUID id() {
        return active.user().id;
    }

    boolean is(User user) {
        return id().equals(user.id);
    }

    boolean may(Permission permission) {
        return permission.isIn(permissions);
    }

    /**
     * @throws AuthException the error where the permission is missing
     */
    void require(Permission permission, ErrorCode otherwise) {
        if (!may(permission)) {
            throw otherwise.exception();
        }
    }

    /**
     * @throws AuthException the error for a user who may do what the caller may not: whoever could
     *     set its password, say, could be it
     */
    void requireNotAbove(User user, ErrorCode otherwise) {
        if (!is(user)
                && !RoleGrant.rolesOf(user.id).stream()
                        .allMatch(role -> role.isWithin(permissions))) {
            throw otherwise.exception();
        }
    }

    /**
     * Whether everything is allowed that a client asks for: by resource the actions; not nothing.
     */
    boolean mayAll(Map<String, List<String>> asked) {
        return !asked.isEmpty()
                && asked.entrySet().stream()
                        .allMatch(
                                resource ->
                                        !resource.getValue().isEmpty()
                                                && resource.getValue().stream()
                                                        .allMatch(
                                                                a -> mayOne(resource.getKey(), a)));
    }

    private boolean mayOne(String resource, String action) {
        String plural = Set.of("user", "session").contains(resource) ? resource + "s" : resource;
        String key = ACTIONS.getOrDefault(plural + ":" + action, plural + ":" + action);
        return Permission.of(key)
                .map(this::may)
                // one that an application has given a meaning of its own
                .orElseGet(() -> permissions.contains(key));
    }
}
