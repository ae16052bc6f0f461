package dev.roster.accounts.passwordreset;

import dev.roster.accounts.verification.UserMail;
import dev.roster.accounts.verification.Verification;
import dev.roster.accounts.verification.Verification.Purpose;
import dev.roster.mail.MailKind;
import dev.roster.mail.Outbox;
import dev.roster.platform.http.TrustedOrigins;
import dev.roster.platform.problem.ProblemCode;
import dev.roster.platform.problem.ProblemException;
import dev.roster.users.User;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Has people choose a password because an administrator wants it, who never learns it: by the link,
 * and the token in it, that a reset has.
 */
@ApplicationScoped
public class PasswordInvitations {

    private final PasswordResetConfig config;
    private final UserMail mail;
    private final TrustedOrigins origins;
    private final Clock clock;

    PasswordInvitations(
            PasswordResetConfig config, UserMail mail, TrustedOrigins origins, Clock clock) {
        this.config = config;
        this.mail = mail;
        this.origins = origins;
        this.clock = clock;
    }

    /**
     * Mails a user the link, in the caller's transaction.
     *
     * @param kind filled with name and url
     * @param redirectTo where the link leads, with the token behind it; null for the origin
     * @throws ProblemException 400 for a target that is not trusted, 409 while passwords are not
     *     reset
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public void send(MailKind kind, User user, String redirectTo) {
        requirePossible(redirectTo);
        String token =
                Verification.issue(
                        Purpose.RESET_PASSWORD,
                        user.id,
                        "{}",
                        PasswordReset.TOKEN_LENGTH,
                        config.invitationExpiresIn(),
                        clock.instant());
        mail.send(kind, user, Map.of("name", user.name, "url", link(token, redirectTo)));
    }

    /** Somebody to be mailed a link; the locale may be null, and so may where the link leads. */
    public record Invited(
            UUID userId, String name, String email, String locale, String redirectTo) {}

    /**
     * The same for many, by two statements whatever their number; {@link #requirePossible} has let
     * each target pass.
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public void sendAll(MailKind kind, List<Invited> invited) {
        if (invited.isEmpty()) {
            return;
        }
        List<String> tokens =
                Verification.issueAll(
                        Purpose.RESET_PASSWORD,
                        invited.stream().map(Invited::userId).toList(),
                        PasswordReset.TOKEN_LENGTH,
                        config.invitationExpiresIn(),
                        clock.instant());
        List<Outbox.Letter> letters = new ArrayList<>();
        for (int i = 0; i < tokens.size(); i++) {
            Invited one = invited.get(i);
            letters.add(
                    new Outbox.Letter(
                            one.email(),
                            one.userId(),
                            one.locale(),
                            Map.of(
                                    "name",
                                    one.name(),
                                    "url",
                                    link(tokens.get(i), one.redirectTo()))));
        }
        mail.sendAll(kind, letters);
    }

    /**
     * Refuses what no link could lead to.
     *
     * @throws ProblemException as {@link #send}
     */
    public void requirePossible(String redirectTo) {
        if (redirectTo != null && !origins.trustsRedirect(redirectTo)) {
            throw ProblemException.invalid("redirectTo", "must be a path or a trusted origin's");
        }
        if (redirectTo != null && TrustedOrigins.isTooLong(redirectTo)) {
            throw ProblemException.invalid(
                    "redirectTo",
                    "must have at most "
                            + TrustedOrigins.MAX_TARGET
                            + " characters, percent-encoded");
        }
        if (!config.enabled()) {
            throw new ProblemException(
                    ProblemCode.CONFLICT,
                    "Nobody can set a password by mail: this is switched off");
        }
    }

    private String link(String token, String redirectTo) {
        return mail.link(
                "/api/auth/reset-password/" + token,
                "callbackURL",
                redirectTo == null ? "/" : redirectTo);
    }
}
