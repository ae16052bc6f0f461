package dev.roster.accounts.password;

import dev.roster.accounts.betterauth.AuthError;
import dev.roster.accounts.betterauth.AuthException;
import jakarta.inject.Singleton;

/** What a new password must be. */
@Singleton
public class PasswordRules {

    private final PasswordConfig config;
    private final PasswordHasher hasher;

    PasswordRules(PasswordConfig config, PasswordHasher hasher) {
        this.config = config;
        this.hasher = hasher;
    }

    /**
     * Checks the length, in UTF-16 code units (contract, section 8).
     *
     * @throws AuthException 400 PASSWORD_TOO_SHORT or PASSWORD_TOO_LONG
     */
    public void check(String password) {
        if (password.length() < config.minLength()) {
            throw AuthError.PASSWORD_TOO_SHORT.exception();
        }
        if (password.length() > config.maxLength()) {
            throw AuthError.PASSWORD_TOO_LONG.exception();
        }
    }
}
