package dev.roster.accounts.mailbox;

import dev.roster.accounts.betterauth.AuthException;
import dev.roster.accounts.session.Sessions;
import dev.roster.audit.AuditAction;
import dev.roster.audit.AuditLog;
import dev.roster.platform.persistence.DatabaseFailure;
import dev.roster.platform.persistence.Transactions;
import dev.roster.users.EmailAddress;
import dev.roster.users.User;
import dev.roster.users.Users;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.PersistenceException;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Signs in whoever has shown to read the mail of an address. As in the reference no second factor
 * is asked for.
 */
@ApplicationScoped
public class MailboxSignIn {

    private final Users users;
    private final Sessions sessions;
    private final FirstProof proof;
    private final AuditLog audit;

    MailboxSignIn(Users users, Sessions sessions, FirstProof proof, AuditLog audit) {
        this.users = users;
        this.sessions = sessions;
        this.proof = proof;
        this.audit = audit;
    }

    /**
     * Who has the mailbox.
     *
     * @param email as {@link EmailAddress#parse} gives it
     * @param name of the account if it is made now
     * @param image the same; null for none
     */
    public record Owner(String email, String name, String image) {}

    /** The session that began, and whether the account was made for it. */
    public record Result(Sessions.Begun begun, boolean isNew) {

        public User user() {
            return begun.session().user;
        }
    }

    /**
     * Begins a session of the user with an address, in a transaction of its own. The address is
     * proven from then on.
     *
     * @param proven uses the proof up, within the transaction; what it throws ends it
     * @param create whether an unknown address is given an account
     * @return empty for an unknown address that is not; the proof is used up all the same
     * @throws AuthException 403 BANNED_USER
     */
    public Optional<Result> signIn(Supplier<Owner> proven, boolean create) {
        try {
            return attempt(proven, create);
        } catch (PersistenceException e) {
            boolean taken =
                    DatabaseFailure.violatedConstraint(e)
                            .filter("users_email_key"::equals)
                            .isPresent();
            if (!taken) {
                throw e;
            }
            // somebody made the account at the same time: it is there now; or the address is held
            // for
            // a deleted user, and nobody is given it
            return attempt(proven, false);
        }
    }

    private Optional<Result> attempt(Supplier<Owner> proven, boolean create) {
        return Transactions.requiringNew()
                .call(
                        () -> {
                            Owner owner = proven.get();
                            Optional<User> known =
                                    User.lockByEmail(EmailAddress.key(owner.email()));
                            if (known.isEmpty() && !create) {
                                return Optional.empty();
                            }
                            known.ifPresent(proof::take);
                            User user = known.orElseGet(() -> signUp(owner));
                            return Optional.of(
                                    new Result(sessions.begin(user, true), known.isEmpty()));
                        });
    }

    private User signUp(Owner owner) {
        User user = users.createVerified(owner.name(), owner.email(), owner.image());
        audit.record(AuditAction.USER_SIGNED_UP, user.id, "user", user.id);
        return user;
    }
}
