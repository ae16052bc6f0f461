package dev.roster.accounts.email;

import dev.roster.accounts.betterauth.AuthError;
import dev.roster.accounts.betterauth.AuthException;
import dev.roster.accounts.session.ActiveSession;
import dev.roster.accounts.session.Sessions;
import dev.roster.accounts.verification.UserMail;
import dev.roster.accounts.verification.Verification;
import dev.roster.accounts.verification.Verification.Purpose;
import dev.roster.mail.MailKind;
import dev.roster.platform.persistence.DatabaseFailure;
import dev.roster.platform.persistence.Transactions;
import dev.roster.users.EmailAddress;
import dev.roster.users.User;
import dev.roster.users.Users;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.PersistenceException;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Changing the address of a user. A link is good once, while the user still has the address it had
 * when the link was mailed, and dies with a reset of the password.
 */
@ApplicationScoped
public class EmailChange {

    private final ChangeEmailConfig config;
    private final EmailVerificationConfig verificationConfig;
    private final EmailVerification verification;
    private final EmailLinks links;
    private final UserMail mail;
    private final Sessions sessions;
    private final Users users;
    private final Clock clock;

    EmailChange(
            ChangeEmailConfig config,
            EmailVerificationConfig verificationConfig,
            EmailVerification verification,
            EmailLinks links,
            UserMail mail,
            Sessions sessions,
            Users users,
            Clock clock) {
        this.config = config;
        this.verificationConfig = verificationConfig;
        this.verification = verification;
        this.links = links;
        this.mail = mail;
        this.sessions = sessions;
        this.users = users;
        this.clock = clock;
    }

    /**
     * Begins a change, or makes it at once where the settings allow that (contract, section 9).
     * Says nothing of whether the new address is taken.
     *
     * @param newEmail as {@link EmailAddress#parse} gives it
     * @return whether the address was changed at once
     * @throws AuthException 400 CHANGE_EMAIL_DISABLED, or without code for the address there is and
     *     where no links are mailed; 401 where the session ends meanwhile
     */
    boolean request(ActiveSession active, String newEmail, String callbackUrl) {
        User user = active.user();
        if (!config.enabled()) {
            throw AuthError.CHANGE_EMAIL_DISABLED.exception();
        }
        if (EmailAddress.key(newEmail).equals(EmailAddress.key(user.email))) {
            throw new AuthException(400, null, "Email is the same");
        }
        if (!user.emailVerified && config.updateWithoutVerification()) {
            return changeAtOnce(active, newEmail);
        }
        if (!verificationConfig.enabled()) {
            throw new AuthException(400, null, "Verification email isn't enabled");
        }
        boolean confirm = user.emailVerified && config.sendConfirmation();
        Transactions.requiringNew()
                .run(
                        () -> {
                            requireStill(active);
                            if (confirm) {
                                mailOld(user, newEmail, callbackUrl);
                            } else {
                                mailNew(user, newEmail, callbackUrl);
                            }
                        });
        return false;
    }

    /**
     * Follows a link of a change.
     *
     * @param current the session of whoever follows it, if any
     * @return the user with its new address; empty where that is mailed a link now
     * @throws AuthException 401 USER_NOT_FOUND, INVALID_TOKEN where the link was used or the
     *     address is another by now, INVALID_USER for another user's session; 422
     *     USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL where the new address was taken meanwhile
     */
    Optional<User> follow(EmailLink link, Optional<ActiveSession> current, String callbackUrl) {
        if (link.userId() == null || EmailAddress.parse(link.updateTo()).isEmpty()) {
            throw EmailLinks.invalid();
        }
        UUID userId =
                User.findByPublicId(link.userId())
                        .map(user -> user.id)
                        .orElseThrow(() -> AuthError.USER_NOT_FOUND.exception(401));
        if (current.filter(it -> !it.user().id.equals(userId)).isPresent()) {
            throw AuthError.INVALID_USER.exception();
        }
        try {
            return Transactions.requiringNew().call(() -> use(link, userId, callbackUrl));
        } catch (PersistenceException e) {
            requireTaken(e);
            throw AuthError.USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL.exception();
        }
    }

    private Optional<User> use(EmailLink link, UUID userId, String callbackUrl) {
        // locked before anything is used up, as a reset of the password does
        User user =
                User.lock(userId)
                        .filter(it -> EmailAddress.key(it.email).equals(link.email()))
                        .filter(it -> useUp(link, userId))
                        .orElseThrow(EmailLinks::invalid);
        if (EmailLink.CONFIRMATION.equals(link.requestType())) {
            mailNew(user, link.updateTo(), callbackUrl);
            return Optional.empty();
        }
        // what proves nothing of the new address is a link of an old Better Auth server
        boolean proven = EmailLink.VERIFICATION.equals(link.requestType());
        users.changeEmail(userId, link.updateTo(), proven && user.emailVerified);
        Verification.voidMailed(userId);
        if (!proven) {
            verification.send(user);
        }
        return Optional.of(user);
    }

    private boolean useUp(EmailLink link, UUID userId) {
        Instant now = clock.instant();
        return link.id() == null
                ? Verification.useForeign(
                        Purpose.CHANGE_EMAIL, foreignId(link), link.expiresAt(), now)
                : Verification.consume(Purpose.CHANGE_EMAIL, userId, link.id(), now);
    }

    /** Another server's link has no id: what it says stands for one. */
    private static String foreignId(EmailLink link) {
        return String.join(
                "|",
                link.userId(),
                link.email(),
                link.updateTo(),
                String.valueOf(link.requestType()),
                link.expiresAt().toString());
    }

    /** Whoever was put out meanwhile must not be mailed a way back in. */
    private void requireStill(ActiveSession active) {
        if (!sessions.holds(active)) {
            throw AuthError.UNAUTHORIZED.exception();
        }
    }

    private boolean changeAtOnce(ActiveSession active, String newEmail) {
        UUID userId = active.user().id;
        try {
            Transactions.requiringNew()
                    .run(
                            () -> {
                                requireStill(active);
                                User user = User.findById(userId);
                                users.changeEmail(userId, newEmail, false);
                                Verification.voidMailed(userId);
                                verification.send(user);
                            });
            return true;
        } catch (PersistenceException e) {
            requireTaken(e);
            return false;
        }
    }

    /**
     * Does nothing where the database says that the address is taken.
     *
     * @throws PersistenceException where it says anything else
     */
    private static void requireTaken(PersistenceException e) {
        boolean taken =
                DatabaseFailure.violatedConstraint(e).filter("users_email_key"::equals).isPresent();
        if (!taken) {
            throw e;
        }
    }

    /** Whether the new address is taken plays no part yet: who has the old one learns nothing. */
    private void mailOld(User user, String newEmail, String callbackUrl) {
        String url = link(EmailLink.CONFIRMATION, user, newEmail, callbackUrl);
        mail.send(
                MailKind.CHANGE_EMAIL,
                user,
                Map.of("name", user.name, "newEmail", newEmail, "url", url));
    }

    private void mailNew(User user, String newEmail, String callbackUrl) {
        boolean taken = User.findByEmail(EmailAddress.key(newEmail)).isPresent();
        String url = link(EmailLink.VERIFICATION, user, newEmail, callbackUrl);
        Map<String, String> values = Map.of("name", user.name, "url", url);
        if (taken) {
            mail.pretend(MailKind.VERIFY_EMAIL, user.id, values);
        } else {
            mail.send(MailKind.VERIFY_EMAIL, newEmail, user.id, values);
        }
    }

    private String link(String requestType, User user, String newEmail, String callbackUrl) {
        String id =
                Verification.issue(
                        Purpose.CHANGE_EMAIL,
                        user.id,
                        verificationConfig.expiresIn(),
                        clock.instant());
        return links.changing(requestType, user.email, newEmail, user.publicId(), id, callbackUrl);
    }
}
