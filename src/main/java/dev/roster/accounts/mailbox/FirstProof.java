package dev.roster.accounts.mailbox;

import dev.roster.accounts.apikey.ApiKeys;
import dev.roster.accounts.password.Credential;
import dev.roster.accounts.session.Sessions;
import dev.roster.accounts.twofactor.TwoFactors;
import dev.roster.accounts.verification.Verification;
import dev.roster.users.User;
import dev.roster.users.Users;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.UUID;

/**
 * The first proof that an account's address is somebody's own. Whoever made the account had given
 * none, so that nothing it set up stays: otherwise an account made with another's address would
 * wait for its victim.
 */
@ApplicationScoped
public class FirstProof {

    private final Users users;
    private final ApiKeys apiKeys;
    private final TwoFactors twoFactors;
    private final Sessions sessions;

    FirstProof(Users users, ApiKeys apiKeys, TwoFactors twoFactors, Sessions sessions) {
        this.users = users;
        this.apiKeys = apiKeys;
        this.twoFactors = twoFactors;
        this.sessions = sessions;
    }

    /**
     * Marks the address of a user as proven, in the caller's transaction, which has locked the user
     * ({@link User#lock}). Where it had not been: removes its password, links to providers, second
     * factor and API keys, voids its tokens and ends its sessions.
     *
     * @return whether it had not been
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public boolean take(User user) {
        if (user.emailVerified) {
            return false;
        }
        UUID userId = user.id;
        // before the sessions end, so that none begins by the password behind that
        Credential.deleteAll(userId);
        Verification.voidAll(userId);
        apiKeys.deleteAll(userId);
        twoFactors.switchOff(userId);
        sessions.endAll(userId);
        users.verifyEmail(user);
        return true;
    }
}
