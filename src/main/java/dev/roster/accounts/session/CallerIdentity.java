package dev.roster.accounts.session;

import dev.roster.access.Role;
import dev.roster.platform.security.CurrentUser;
import dev.roster.users.User;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.runtime.QuarkusPrincipal;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Who calls the REST dialect, however the call proves it. */
public final class CallerIdentity {

    private CallerIdentity() {}

    /**
     * The identity of a user.
     *
     * @param roles those that were granted
     */
    public static SecurityIdentity of(User user, List<Role> roles) {
        return QuarkusSecurityIdentity.builder()
                .setPrincipal(new QuarkusPrincipal(user.id.toString()))
                .addRoles(Set.copyOf(user.roles()))
                .addAttribute(
                        CurrentUser.PERMISSIONS,
                        roles.stream()
                                .flatMap(role -> role.permissions.stream())
                                .collect(Collectors.toUnmodifiableSet()))
                .build();
    }
}
