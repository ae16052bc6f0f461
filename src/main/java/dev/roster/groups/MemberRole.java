package dev.roster.groups;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a member can be, and what each may do (contract, section 10, organization). */
enum MemberRole {
    /** Whoever makes a group; only owners make and unmake owners, and one is always left. */
    OWNER(EnumSet.allOf(GroupPermission.class)),
    ADMIN(EnumSet.complementOf(EnumSet.of(GroupPermission.ORGANIZATION_DELETE))),
    MEMBER(EnumSet.of(GroupPermission.AC_READ));

    private final Set<GroupPermission> permissions;

    MemberRole(Set<GroupPermission> permissions) {
        this.permissions = permissions;
    }

    /** As it is stored and on the wire, such as {@code owner}. */
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    static boolean isKnown(String key) {
        return of(key).isPresent();
    }

    static boolean isOwner(List<String> keys) {
        return keys.contains(OWNER.key());
    }

    /** Whether one of the roles permits it. */
    static boolean anyPermits(List<String> keys, GroupPermission permission) {
        return keys.stream()
                .flatMap(key -> of(key).stream())
                .anyMatch(role -> role.permissions.contains(permission));
    }

    /**
     * Whether one of the roles permits all of this by itself.
     *
     * @param asked actions by resource; a resource without actions, an unknown one and nothing at
     *     all are not permitted
     */
    static boolean anyPermits(List<String> keys, Map<String, List<String>> asked) {
        return keys.stream().flatMap(key -> of(key).stream()).anyMatch(role -> role.permits(asked));
    }

    private boolean permits(Map<String, List<String>> asked) {
        return !asked.isEmpty()
                && asked.entrySet().stream()
                        .allMatch(
                                entry ->
                                        !entry.getValue().isEmpty()
                                                && entry.getValue().stream()
                                                        .allMatch(
                                                                action ->
                                                                        permits(
                                                                                entry.getKey(),
                                                                                action)));
    }

    private boolean permits(String resource, String action) {
        return permissions.stream().anyMatch(permission -> permission.is(resource, action));
    }

    private static Optional<MemberRole> of(String key) {
        return Arrays.stream(values()).filter(role -> role.key().equals(key)).findFirst();
    }
}
