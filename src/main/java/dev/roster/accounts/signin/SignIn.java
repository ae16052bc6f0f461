package dev.roster.accounts.signin;

import dev.roster.accounts.betterauth.AuthError;
import dev.roster.accounts.betterauth.AuthException;
import dev.roster.accounts.password.Credential;
import dev.roster.accounts.password.PasswordHasher;
import dev.roster.accounts.session.Sessions;
import dev.roster.audit.AuditAction;
import dev.roster.audit.AuditLog;
import dev.roster.users.User;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/**
 * Signing in by password. No connection is held while the hash is computed, and an unknown address
 * costs what a wrong password costs: the same statements and one hash.
 */
@ApplicationScoped
public class SignIn {

    private final PasswordHasher hasher;
    private final Sessions sessions;
    private final AuditLog audit;

    SignIn(PasswordHasher hasher, Sessions sessions, AuditLog audit) {
        this.hasher = hasher;
        this.sessions = sessions;
        this.audit = audit;
    }

    /** Who signed in, and the token of the session that began. */
    public record Result(User user, String token) {}

    /**
     * Checks address and password and begins a session.
     *
     * @throws AuthException 401 INVALID_EMAIL_OR_PASSWORD, 403 BANNED_USER
     */
    public Result byEmail(String emailKey, String password, boolean remember) {
        Optional<Credential.Login> login = Credential.findLogin(emailKey);
        String hash = login.map(Credential.Login::passwordHash).orElse(null);
        PasswordHasher.Verification verification = hasher.verify(password, hash);
        if (!verification.matches()) {
            QuarkusTransaction.requiringNew()
                    .run(
                            () ->
                                    audit.record(
                                            AuditAction.SESSION_REFUSED,
                                            null,
                                            "user",
                                            login.map(l -> l.user().id).orElse(null)));
            throw AuthError.INVALID_EMAIL_OR_PASSWORD.exception();
        }
        User user = login.orElseThrow().user();
        String rehashed = verification.outdated() ? hasher.hash(password) : null;
        String token =
                QuarkusTransaction.requiringNew()
                        .call(
                                () -> {
                                    if (rehashed != null
                                            && Credential.rehash(
                                                    login.get().credential().id, hash, rehashed)) {
                                        audit.record(
                                                AuditAction.PASSWORD_REHASHED,
                                                user.id,
                                                "user",
                                                user.id);
                                    }
                                    return sessions.begin(user, remember).token();
                                });
        return new Result(user, token);
    }
}
