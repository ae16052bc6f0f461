package dev.roster.accounts.betterauth;

import dev.roster.users.EmailAddress;
import dev.roster.users.User;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;

/** A user on the dialect's wire: members, order and nulls of contract section 8. */
@RegisterForReflection
public record AuthUser(
        String name,
        String email,
        boolean emailVerified,
        String image,
        Instant createdAt,
        Instant updatedAt,
        String username,
        String displayUsername,
        String role,
        boolean banned,
        String banReason,
        Instant banExpires,
        boolean twoFactorEnabled,
        boolean isAnonymous,
        String id) {

    public static AuthUser of(User user) {
        return new AuthUser(
                user.name,
                EmailAddress.key(user.email),
                user.emailVerified,
                user.image,
                user.createdAt,
                user.updatedAt,
                user.username,
                user.displayUsername,
                user.role(),
                user.banned,
                user.banReason,
                user.banExpires,
                user.twoFactorEnabled,
                user.anonymous,
                user.publicId());
    }
}
