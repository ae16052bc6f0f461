package dev.roster.platform.security;

import io.quarkus.security.identity.SecurityIdentity;
import jakarta.enterprise.context.RequestScoped;
import java.util.Set;
import java.util.UUID;

/** Who calls, on endpoints that are {@code @Authenticated}. */
@RequestScoped
public class CurrentUser {

    /** Attribute of the identity: the {@link Permission} keys its roles add up to. */
    public static final String PERMISSIONS = "roster.permissions";

    private final SecurityIdentity identity;

    CurrentUser(SecurityIdentity identity) {
        this.identity = identity;
    }

    public UUID id() {
        return UUID.fromString(identity.getPrincipal().getName());
    }

    public boolean is(UUID userId) {
        return id().equals(userId);
    }

    public boolean may(Permission permission) {
        return permission.isIn(permissions());
    }

    /** The {@link Permission} keys that its roles add up to. */
    public Set<String> permissions() {
        Set<String> held = identity.getAttribute(PERMISSIONS);
        return held == null ? Set.of() : held;
    }

    /** Whether one of its roles allows everything. */
    public boolean mayAll() {
        Set<String> held = identity.getAttribute(PERMISSIONS);
        return held != null && held.contains(Permission.ALL);
    }
}
