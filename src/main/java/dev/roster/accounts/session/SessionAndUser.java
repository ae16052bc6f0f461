package dev.roster.accounts.session;

import dev.roster.accounts.betterauth.AuthUser;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** What get-session and its like answer (contract, section 5). */
@RegisterForReflection
public record SessionAndUser(AuthSession session, AuthUser user) {

    public static SessionAndUser of(ActiveSession active) {
        return new SessionAndUser(
                AuthSession.of(active.session(), active.token()), AuthUser.of(active.user()));
    }
}
