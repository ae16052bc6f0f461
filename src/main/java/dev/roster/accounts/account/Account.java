package dev.roster.accounts.account;

import dev.roster.access.Roles;
import dev.roster.accounts.betterauth.AuthError;
import dev.roster.accounts.betterauth.AuthException;
import dev.roster.accounts.password.Credential;
import dev.roster.accounts.password.CurrentPassword;
import dev.roster.accounts.password.PasswordHasher;
import dev.roster.accounts.session.ActiveSession;
import dev.roster.accounts.session.Sessions;
import dev.roster.accounts.verification.UserMail;
import dev.roster.accounts.verification.Verification;
import dev.roster.accounts.verification.Verification.Purpose;
import dev.roster.audit.AuditAction;
import dev.roster.audit.AuditLog;
import dev.roster.mail.MailKind;
import dev.roster.platform.persistence.Transactions;
import dev.roster.users.User;
import dev.roster.users.Users;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Changes a user makes to its own account. */
@ApplicationScoped
public class Account {

    private final PasswordHasher hasher;
    private final CurrentPassword currentPassword;
    private final Sessions sessions;
    private final Users users;
    private final Roles roles;
    private final UserMail mail;
    private final DeleteUserConfig config;
    private final AuditLog audit;
    private final Clock clock;

    Account(
            PasswordHasher hasher,
            CurrentPassword currentPassword,
            Sessions sessions,
            Users users,
            Roles roles,
            UserMail mail,
            DeleteUserConfig config,
            AuditLog audit,
            Clock clock) {
        this.hasher = hasher;
        this.currentPassword = currentPassword;
        this.sessions = sessions;
        this.users = users;
        this.roles = roles;
        this.mail = mail;
        this.config = config;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * Checks the password of a user, holding no connection meanwhile.
     *
     * @throws AuthException 400 INVALID_PASSWORD, PASSWORD_TOO_LONG, or
     *     CREDENTIAL_ACCOUNT_NOT_FOUND where the user has none
     */
    public Credential requirePassword(UUID userId, String password) {
        return currentPassword.require(userId, password, AuthError.CREDENTIAL_ACCOUNT_NOT_FOUND);
    }

    /**
     * Tells whether a password is the user's, and no more.
     *
     * @throws AuthException 400 INVALID_PASSWORD, PASSWORD_TOO_LONG
     */
    public void verifyPassword(UUID userId, String password) {
        currentPassword.require(userId, password);
    }

    /**
     * Changes the password of a user who knows the old one.
     *
     * @param revokeOthers whether every session ends and a new one begins
     * @return the token of the new session, or null
     * @throws AuthException 400 as {@link #requirePassword}
     */
    public String changePassword(
            ActiveSession active, String oldPassword, String newPassword, boolean revokeOthers) {
        UUID userId = active.user().id;
        Credential credential = requirePassword(userId, oldPassword);
        String hash = hasher.hash(newPassword);
        return Transactions.requiringNew()
                .call(
                        () -> {
                            // before the password is, as whoever resets it locks them
                            User user =
                                    User.lock(userId)
                                            .orElseThrow(AuthError.UNAUTHORIZED::exception);
                            // of two changes at once the second no longer knows the old password
                            if (!Credential.rehash(
                                    credential.id,
                                    credential.passwordHash,
                                    hash,
                                    clock.instant())) {
                                throw AuthError.INVALID_PASSWORD.exception();
                            }
                            audit.record(AuditAction.PASSWORD_CHANGED, userId, "user", userId);
                            if (!revokeOthers) {
                                return null;
                            }
                            sessions.endAll(userId);
                            return sessions.begin(user, active.session().remember).token();
                        });
    }

    /**
     * Deletes a user and ends its sessions.
     *
     * @param token null, or the one-time token that must be good for this
     * @throws AuthException 403 LAST_ADMINISTRATOR, 404 INVALID_TOKEN
     */
    @Transactional
    public void delete(UUID userId, String token) {
        if (token != null
                && !Verification.consume(Purpose.DELETE_USER, userId, token, clock.instant())) {
            throw AuthError.INVALID_TOKEN.exception();
        }
        // before the roles are, as whoever administers users locks them
        User.lock(userId);
        if (roles.isLastAdministrator(userId)) {
            throw AuthError.LAST_ADMINISTRATOR.exception();
        }
        users.delete(userId);
        Verification.voidAll(userId);
        sessions.endAll(userId);
    }

    /** Mails a user the link that deletes its account. */
    @Transactional
    public void mailDeletion(User user, String callbackUrl) {
        String token =
                Verification.issue(
                        Purpose.DELETE_USER, user.id, config.expiresIn(), clock.instant());
        String url =
                mail.link(
                        "/api/auth/delete-user/callback",
                        "token",
                        token,
                        "callbackURL",
                        callbackUrl == null ? "/" : callbackUrl);
        mail.send(MailKind.DELETE_ACCOUNT, user, Map.of("name", user.name, "url", url));
    }

    /**
     * Takes a way to sign in from a user, who must keep another.
     *
     * @throws AuthException 400 FAILED_TO_UNLINK_LAST_ACCOUNT, or ACCOUNT_NOT_FOUND where it is not
     *     the user's
     */
    @Transactional
    public void unlink(UUID userId, String accountId) {
        // of several at once each sees what the one before left
        User.lock(userId);
        List<Credential> accounts = Credential.listFor(userId);
        if (accounts.size() == 1) {
            throw AuthError.FAILED_TO_UNLINK_LAST_ACCOUNT.exception();
        }
        Credential account =
                accounts.stream()
                        .filter(it -> it.id.toString().equals(accountId))
                        .findFirst()
                        .orElseThrow(AuthError.ACCOUNT_NOT_FOUND::exception);
        account.delete();
        audit.record(AuditAction.ACCOUNT_UNLINKED, userId, "user", userId);
    }
}
