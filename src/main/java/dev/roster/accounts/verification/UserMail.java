package dev.roster.accounts.verification;

import dev.roster.mail.MailKind;
import dev.roster.mail.Outbox;
import dev.roster.platform.http.RequestContext;
import dev.roster.platform.http.TrustedOrigins;
import dev.roster.users.EmailAddress;
import dev.roster.users.Profile;
import dev.roster.users.User;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Mails of accounts: in the recipient's language, with links to the configured origin alone. */
@ApplicationScoped
public class UserMail {

    private static final UUID NOBODY = new UUID(0, 0);

    private final Outbox outbox;
    private final TrustedOrigins origins;
    private final RequestContext request;

    UserMail(Outbox outbox, TrustedOrigins origins, RequestContext request) {
        this.outbox = outbox;
        this.origins = origins;
        this.request = request;
    }

    /** To a user's own address, in the caller's transaction. */
    public void send(MailKind kind, User user, Map<String, String> values) {
        send(kind, user.email, user.id, values);
    }

    /**
     * To some address, in the caller's transaction. To the placeholder of a guest nothing is sent.
     *
     * @param userId whose mail it is, in whose language; or null: in that of the request then
     */
    public void send(MailKind kind, String address, UUID userId, Map<String, String> values) {
        if (EmailAddress.key(address).endsWith("@" + User.ANONYMOUS_DOMAIN)) {
            return;
        }
        // asked for nobody too: what is sent to a stranger costs what is sent to a user
        String chosen = Profile.localeOf(userId == null ? NOBODY : userId).orElse(null);
        outbox.put(kind, address, userId, chosen == null ? request.language() : chosen, values);
    }

    /**
     * To many, by one statement; who has no language gets the mail in that of the request. In the
     * caller's transaction.
     */
    public void sendAll(MailKind kind, List<Outbox.Letter> letters) {
        String language = request.language();
        outbox.putAll(
                kind,
                letters.stream()
                        .filter(
                                letter ->
                                        !EmailAddress.key(letter.recipient())
                                                .endsWith("@" + User.ANONYMOUS_DOMAIN))
                        .map(letter -> letter.locale() == null ? letter.in(language) : letter)
                        .toList());
    }

    /**
     * Does what sending does, statement by statement, but nobody gets a mail: for what must not
     * tell, by the time it takes, whether an address has an account.
     *
     * @param userId whose language it would have been in, or null
     */
    public void pretend(MailKind kind, UUID userId, Map<String, String> values) {
        Profile.localeOf(userId == null ? NOBODY : userId);
        outbox.pretend(kind, request.language(), values);
    }

    /**
     * A link to this service.
     *
     * @param path absolute, such as {@code /api/auth/verify-email}
     * @param query names and values in turn, not encoded yet
     */
    public String link(String path, String... query) {
        StringBuilder link = new StringBuilder(origins.own()).append(path);
        for (int i = 0; i < query.length; i += 2) {
            link.append(i == 0 ? '?' : '&')
                    .append(query[i])
                    .append('=')
                    .append(encode(query[i + 1]));
        }
        return link.toString();
    }

    private static String encode(String text) {
        // as encodeURIComponent does for a space
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
