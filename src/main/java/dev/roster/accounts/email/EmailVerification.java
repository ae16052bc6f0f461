package dev.roster.accounts.email;

import dev.roster.accounts.betterauth.AuthError;
import dev.roster.accounts.betterauth.AuthException;
import dev.roster.accounts.betterauth.AuthRequest;
import dev.roster.accounts.session.ActiveSession;
import dev.roster.accounts.session.Sessions;
import dev.roster.accounts.verification.UserMail;
import dev.roster.audit.AuditAction;
import dev.roster.audit.AuditLog;
import dev.roster.mail.MailKind;
import dev.roster.platform.persistence.Transactions;
import dev.roster.users.EmailAddress;
import dev.roster.users.User;
import dev.roster.users.Users;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;

/** Proving that the address of a user is its own. */
@ApplicationScoped
public class EmailVerification {

    private final EmailVerificationConfig config;
    private final EmailLinks links;
    private final UserMail mail;
    private final Users users;
    private final Sessions sessions;
    private final AuditLog audit;
    private final AuthRequest request;
    private final Clock clock;

    EmailVerification(
            EmailVerificationConfig config,
            EmailLinks links,
            UserMail mail,
            Users users,
            Sessions sessions,
            AuditLog audit,
            AuthRequest request,
            Clock clock) {
        this.config = config;
        this.links = links;
        this.mail = mail;
        this.users = users;
        this.sessions = sessions;
        this.audit = audit;
        this.request = request;
        this.clock = clock;
    }

    /** Whether nobody signs in by password before the address is verified. */
    public boolean isRequired() {
        return config.required();
    }

    /** Mails a new user its link where that is set up, in the caller's transaction. */
    public void welcome(User user) {
        if (config.enabled() && config.sendOnSignUp()) {
            send(user);
        }
    }

    /** Costs what {@link #welcome} costs, for a sign-up that only looks as if it succeeded. */
    public void pretendToWelcome(String name, String email) {
        if (config.enabled() && config.sendOnSignUp()) {
            pretend(name, email);
        }
    }

    /**
     * Refuses a user who has proven who it is, but not its address, where that is asked for.
     *
     * @throws AuthException 403 EMAIL_NOT_VERIFIED
     */
    public void require(User user) {
        if (!config.required() || user.emailVerified) {
            return;
        }
        Transactions.requiringNew()
                .run(
                        () -> {
                            audit.record(AuditAction.SESSION_REFUSED, null, "user", user.id);
                            if (config.enabled() && config.sendOnSignIn()) {
                                send(user);
                            }
                        });
        throw AuthError.EMAIL_NOT_VERIFIED.exception();
    }

    /**
     * Mails a link for a stranger who named an address, which costs the same where there is nobody
     * to mail: no account, or nothing left to prove.
     *
     * @throws AuthException 400 VERIFICATION_EMAIL_NOT_ENABLED
     */
    @Transactional
    public void sendTo(String email) {
        requireEnabled();
        Optional<User> user =
                User.findByEmail(EmailAddress.key(email))
                        .filter(found -> !found.emailVerified && !found.anonymous);
        if (user.isPresent()) {
            send(user.get());
        } else {
            pretend("", email);
        }
    }

    /**
     * Mails a signed-in user a link.
     *
     * @throws AuthException 400 EMAIL_MISMATCH for another's address, EMAIL_ALREADY_VERIFIED,
     *     VERIFICATION_EMAIL_NOT_ENABLED
     */
    @Transactional
    public void sendTo(User user, String email) {
        requireEnabled();
        if (!EmailAddress.key(email).equals(EmailAddress.key(user.email))) {
            throw AuthError.EMAIL_MISMATCH.exception();
        }
        if (user.emailVerified) {
            throw AuthError.EMAIL_ALREADY_VERIFIED.exception();
        }
        send(user);
    }

    /** Mails a user the link that proves its address, in the caller's transaction. */
    void send(User user) {
        String url = links.proving(user.email, user.publicId(), request.callbackUrl());
        mail.send(MailKind.VERIFY_EMAIL, user, Map.of("name", user.name, "url", url));
    }

    private void requireEnabled() {
        if (!config.enabled()) {
            throw AuthError.VERIFICATION_EMAIL_NOT_ENABLED.exception();
        }
    }

    private void pretend(String name, String email) {
        String url = links.proving(email, "", request.callbackUrl());
        mail.pretend(MailKind.VERIFY_EMAIL, null, Map.of("name", name, "url", url));
    }

    /**
     * Marks the address of a link as proven. A repetition changes nothing.
     *
     * @param current the session of whoever follows it, if any
     * @return the token of the session that began, which happens with the first of several
     * @throws AuthException 401 USER_NOT_FOUND where nobody has the address any more, INVALID_TOKEN
     *     where somebody else has it
     */
    @Transactional
    Optional<String> prove(EmailLink link, Optional<ActiveSession> current) {
        User user =
                User.findByEmail(link.email())
                        .orElseThrow(() -> AuthError.USER_NOT_FOUND.exception(401));
        if (link.userId() != null && !link.userId().equals(user.publicId())) {
            throw EmailLinks.invalid();
        }
        return prove(user, link.email(), current);
    }

    /**
     * Marks an address as proven that somebody has shown to read the mail of.
     *
     * @param emailKey what was proven, as {@link EmailAddress#key} gives it
     * @param current the session of whoever proved it, if any
     * @return the token of the session that began, which happens with the first proof alone
     */
    @Transactional
    public Optional<String> prove(User user, String emailKey, Optional<ActiveSession> current) {
        if (!users.verifyEmail(user.id, emailKey) || !config.autoSignInAfterVerification()) {
            return Optional.empty();
        }
        boolean signedIn = current.filter(it -> it.user().id.equals(user.id)).isPresent();
        // a link proves one thing that a user has: a second factor is not skipped by it
        if (signedIn || user.twoFactorEnabled || user.isBanned(clock.instant())) {
            return Optional.empty();
        }
        return Optional.of(sessions.begin(user, true).token());
    }
}
