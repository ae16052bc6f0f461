package dev.roster.accounts.signup;

import dev.roster.accounts.email.EmailVerification;
import dev.roster.accounts.password.Credential;
import dev.roster.accounts.session.Sessions;
import dev.roster.audit.AuditAction;
import dev.roster.audit.AuditLog;
import dev.roster.users.EmailAddress;
import dev.roster.users.User;
import dev.roster.users.Username;
import dev.roster.users.Users;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;

/** Makes an account: user, password, session and audit events, all or nothing. */
@ApplicationScoped
public class SignUp {

    private final Users users;
    private final Sessions sessions;
    private final EmailVerification emailVerification;
    private final AuditLog audit;

    SignUp(Users users, Sessions sessions, EmailVerification emailVerification, AuditLog audit) {
        this.users = users;
        this.emailVerification = emailVerification;
        this.sessions = sessions;
        this.audit = audit;
    }

    /**
     * What a stranger asks for, checked; the address as it is to be stored, the password hashed.
     */
    public record NewAccount(
            String name, String email, String image, String passwordHash, Username username) {

        /** One without a user name. */
        public NewAccount(String name, String email, String image, String passwordHash) {
            this(name, email, image, passwordHash, Username.NONE);
        }
    }

    /** The user, and the token of its first session or null. */
    public record Result(User user, String token) {}

    /**
     * Stores a new account. That an address is free is for the database to say: of several at once
     * one wins.
     *
     * @param signIn whether a session begins
     * @throws jakarta.persistence.PersistenceException over {@code users_email_key} where the
     *     address has an account, over {@code users_username_key} where the user name is taken
     */
    @Transactional
    public Result create(NewAccount account, boolean signIn, boolean remember) {
        User user =
                users.create(account.name(), account.email(), account.image(), account.username());
        Credential.password(user, account.passwordHash()).persist();
        audit.record(AuditAction.USER_SIGNED_UP, user.id, "user", user.id);
        emailVerification.welcome(user);
        String token = signIn ? sessions.begin(user, remember).token() : null;
        return new Result(user, token);
    }

    /**
     * Notes that an address which has an account signed up again. Together with the insert that
     * failed it costs as many statements as an account that is made without a session.
     */
    @Transactional
    public void refuse(NewAccount account) {
        User owner = User.findByEmail(EmailAddress.key(account.email())).orElse(null);
        audit.record(AuditAction.SIGN_UP_REFUSED, null, "user", owner == null ? null : owner.id);
        emailVerification.pretendToWelcome(account.name(), account.email());
    }
}
