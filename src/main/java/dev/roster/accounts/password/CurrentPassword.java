package dev.roster.accounts.password;

import dev.roster.accounts.betterauth.AuthError;
import dev.roster.accounts.betterauth.AuthException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.UUID;

/** The password of a user who is signed in, asked for again before something sensitive. */
@ApplicationScoped
public class CurrentPassword {

    private final PasswordHasher hasher;
    private final PasswordRules rules;

    CurrentPassword(PasswordHasher hasher, PasswordRules rules) {
        this.hasher = hasher;
        this.rules = rules;
    }

    /**
     * Checks the password of a user, holding no connection meanwhile.
     *
     * @throws AuthException 400 INVALID_PASSWORD, also where the user has none; PASSWORD_TOO_LONG
     */
    public Credential require(UUID userId, String password) {
        return require(userId, password, AuthError.INVALID_PASSWORD);
    }

    /**
     * The same where the dialect tells a user who has no password so.
     *
     * @throws AuthException 400 INVALID_PASSWORD, PASSWORD_TOO_LONG, or {@code none}
     */
    public Credential require(UUID userId, String password, AuthError none) {
        rules.checkGiven(password);
        Credential credential = Credential.findPassword(userId).orElseThrow(none::exception);
        if (!hasher.verify(password, credential.passwordHash).matches()) {
            throw AuthError.INVALID_PASSWORD.exception();
        }
        return credential;
    }
}
