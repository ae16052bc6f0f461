package dev.roster.accounts.twofactor;

import dev.roster.accounts.session.ActiveSession;
import dev.roster.users.User;
import java.util.UUID;

/**
 * Who shows a second factor: somebody who is signed in, or whose sign-in waits for it.
 *
 * @param twoFactor null where the user has none but mailed codes
 * @param session null where a sign-in waits
 * @param pending null with a session
 * @param challenge the token of the sign-in; null with a session
 */
record Candidate(
        User user,
        TwoFactor twoFactor,
        ActiveSession session,
        TwoFactor.Pending pending,
        String challenge) {

    static Candidate signedIn(ActiveSession session) {
        User user = session.user();
        return new Candidate(user, TwoFactor.findFor(user.id).orElse(null), session, null, null);
    }

    static Candidate signingIn(TwoFactor.Pending pending) {
        return new Candidate(pending.user(), pending.twoFactor(), null, pending, pending.token());
    }

    boolean isSigningIn() {
        return pending != null;
    }

    boolean hasSecret() {
        return twoFactor != null && twoFactor.hasSecret();
    }

    /** What a mailed code is bound to: no other sign-in or session can use it. */
    String subject() {
        UUID id = isSigningIn() ? pending.challenge().id : session.session().id;
        return id.toString();
    }
}
