package dev.roster.accounts.password;

import dev.roster.accounts.betterauth.AuthError;
import dev.roster.accounts.betterauth.AuthException;
import jakarta.enterprise.context.ApplicationScoped;

/** What a password must be. */
@ApplicationScoped
public class PasswordRules {

    /**
     * UTF-16 code units of a password that is given. Longer than any new one may be: the system
     * whose hash was imported may have allowed more.
     */
    private static final int MAX_GIVEN = 4096;

    private final PasswordConfig config;
    private final PasswordHasher hasher;

    PasswordRules(PasswordConfig config, PasswordHasher hasher) {
        this.config = config;
        this.hasher = hasher;
    }

    /**
     * Checks the length of a new password, in UTF-16 code units (contract, section 8); under bcrypt
     * its bytes too.
     *
     * @throws AuthException 400 PASSWORD_TOO_SHORT or PASSWORD_TOO_LONG
     */
    public void check(String password) {
        if (password.length() < config.minLength()) {
            throw AuthError.PASSWORD_TOO_SHORT.exception();
        }
        if (password.length() > config.maxLength() || !hasher.accepts(password)) {
            throw AuthError.PASSWORD_TOO_LONG.exception();
        }
    }

    /**
     * Checks a password that somebody claims to be the stored one: too long to be any system's, it
     * is not worth a hash. One that is shorter or longer than a new one may be is good.
     *
     * @throws AuthException 400 PASSWORD_TOO_LONG
     */
    public void checkGiven(String password) {
        if (password.length() > MAX_GIVEN) {
            throw AuthError.PASSWORD_TOO_LONG.exception();
        }
    }
}
