package dev.roster.accounts.magiclink;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.accounts.betterauth.AuthError;
import dev.roster.accounts.betterauth.AuthException;
import dev.roster.accounts.mailbox.MailboxSignIn;
import dev.roster.accounts.signup.SignUpConfig;
import dev.roster.accounts.verification.UserMail;
import dev.roster.accounts.verification.Verification;
import dev.roster.accounts.verification.Verification.Purpose;
import dev.roster.mail.MailKind;
import dev.roster.users.EmailAddress;
import dev.roster.users.User;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Links that sign in whoever follows them. */
@ApplicationScoped
public class MagicLinks {

    private static final int TOKEN_LENGTH = 32;
    private static final String EMAIL = "email";
    private static final String NAME = "name";

    private final MagicLinkConfig config;
    private final SignUpConfig signUp;
    private final MailboxSignIn signIn;
    private final UserMail mail;
    private final ObjectMapper json;
    private final Clock clock;

    MagicLinks(
            MagicLinkConfig config,
            SignUpConfig signUp,
            MailboxSignIn signIn,
            UserMail mail,
            ObjectMapper json,
            Clock clock) {
        this.config = config;
        this.signUp = signUp;
        this.signIn = signIn;
        this.mail = mail;
        this.json = json;
        this.clock = clock;
    }

    /** Where a link leads to, each checked; null for what is not said. */
    record Targets(String callback, String newUser, String error) {}

    /**
     * Mails a link to an address. Costs the same where nobody is mailed.
     *
     * @param email as {@link EmailAddress#parse} gives it
     * @param name of the account if it is made by the link
     */
    @Transactional
    void send(String email, String name, Targets targets) {
        Optional<User> user = User.findByEmail(EmailAddress.key(email));
        boolean wanted = user.map(found -> !found.anonymous).orElse(mayCreate());
        UUID userId = user.map(found -> found.id).orElse(null);
        ObjectNode payload = json.createObjectNode().put(EMAIL, email).put(NAME, name);
        String token =
                Verification.issue(
                        Purpose.MAGIC_LINK,
                        userId,
                        payload.toString(),
                        TOKEN_LENGTH,
                        config.expiresIn(),
                        clock.instant());
        Map<String, String> values = Map.of("url", url(token, targets));
        if (wanted) {
            String address = user.map(found -> found.email).orElse(email);
            mail.send(MailKind.MAGIC_LINK, address, userId, values);
        } else {
            mail.pretend(MailKind.MAGIC_LINK, userId, values);
        }
    }

    /**
     * Uses a link up and signs in. Of several at once one wins.
     *
     * @return empty for an unknown address that is given no account
     * @throws AuthException 404 INVALID_TOKEN, 403 BANNED_USER
     */
    Optional<MailboxSignIn.Result> follow(String token) {
        return signIn.signIn(() -> use(token), mayCreate());
    }

    private MailboxSignIn.Owner use(String token) {
        String payload =
                Verification.consume(Purpose.MAGIC_LINK, token, clock.instant())
                        .map(Verification.Consumed::payload)
                        .orElseThrow(AuthError.INVALID_TOKEN::exception);
        try {
            JsonNode owner = json.readTree(payload);
            return new MailboxSignIn.Owner(
                    owner.path(EMAIL).textValue(), owner.path(NAME).textValue(), null);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The payload is what send wrote", e);
        }
    }

    private boolean mayCreate() {
        return config.signUp() && signUp.enabled();
    }

    private String url(String token, Targets targets) {
        List<String> query = new ArrayList<>(List.of("token", token));
        query.addAll(List.of("callbackURL", targets.callback() == null ? "/" : targets.callback()));
        if (targets.newUser() != null) {
            query.addAll(List.of("newUserCallbackURL", targets.newUser()));
        }
        if (targets.error() != null) {
            query.addAll(List.of("errorCallbackURL", targets.error()));
        }
        return mail.link("/api/auth/magic-link/verify", query.toArray(String[]::new));
    }
}
