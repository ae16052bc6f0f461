package dev.roster.accounts.session;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;

/** A session on the dialect's wire (contract, section 5). */
@RegisterForReflection
public record AuthSession(
        Instant expiresAt,
        String token,
        Instant createdAt,
        Instant updatedAt,
        String ipAddress,
        String userAgent,
        String userId,
        String impersonatedBy,
        String activeOrganizationId,
        String activeTeamId,
        String id) {

    /**
     * @param token the token where it is known, else the session's handle, which ends it too
     */
    public static AuthSession of(Session session, String token) {
        return new AuthSession(
                session.expiresAt,
                token,
                session.createdAt,
                session.updatedAt,
                session.ipAddress,
                session.userAgent,
                session.user.publicId(),
                session.impersonatedBy,
                session.activeOrganizationId,
                session.activeTeamId,
                session.id.toString());
    }
}
