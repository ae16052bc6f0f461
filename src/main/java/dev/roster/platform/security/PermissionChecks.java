package dev.roster.platform.security;

import io.quarkus.security.identity.AuthenticationRequestContext;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.SecurityIdentityAugmentor;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Set;

/**
 * Lets {@code @PermissionsAllowed("users:list")} on an endpoint ask for a {@link Permission}:
 * whoever is signed in without it gets 403, a stranger 401, before the body is read.
 */
@ApplicationScoped
class PermissionChecks implements SecurityIdentityAugmentor {

    @Override
    public Uni<SecurityIdentity> augment(
            SecurityIdentity identity, AuthenticationRequestContext context) {
        Set<String> held = identity.getAttribute(CurrentUser.PERMISSIONS);
        if (held == null) {
            return Uni.createFrom().item(identity);
        }
        return Uni.createFrom()
                .item(
                        QuarkusSecurityIdentity.builder(identity)
                                .addPermissionChecker(
                                        asked -> Uni.createFrom().item(isAllowed(asked, held)))
                                .build());
    }

    private static boolean isAllowed(java.security.Permission asked, Set<String> held) {
        return Permission.of(asked.getName() + ":" + asked.getActions())
                .filter(permission -> permission.isIn(held))
                .isPresent();
    }
}
