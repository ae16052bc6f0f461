package dev.roster.accounts.anonymous;

import dev.roster.accounts.betterauth.Plugin;
import dev.roster.accounts.betterauth.PluginsConfig;
import dev.roster.accounts.session.SessionBegan;
import dev.roster.accounts.session.Sessions;
import dev.roster.platform.crypto.RandomTokens;
import dev.roster.platform.http.RequestContext;
import dev.roster.users.User;
import dev.roster.users.Users;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.transaction.Transactional;
import java.util.regex.Pattern;

/** How guests come and go. */
@ApplicationScoped
class Guests {

    private static final String ADDRESS_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
    private static final int ADDRESS_LENGTH = 32;

    /** Where somebody signs up or in, as the reference has it; other sessions are no sign-in. */
    private static final Pattern SIGN_IN =
            Pattern.compile(
                    "/api/auth/(sign-in/.+|sign-up/.+|magic-link/verify|email-otp/verify-email"
                            + "|verify-email)");

    private final Users users;
    private final Sessions sessions;
    private final AnonymousConfig config;
    private final PluginsConfig plugins;
    private final RequestContext request;
    private final HttpServerRequest http;

    Guests(
            Users users,
            Sessions sessions,
            AnonymousConfig config,
            PluginsConfig plugins,
            RequestContext request,
            HttpServerRequest http) {
        this.users = users;
        this.sessions = sessions;
        this.config = config;
        this.plugins = plugins;
        this.request = request;
        this.http = http;
    }

    /** Makes a guest and signs it in. */
    @Transactional
    public Sessions.Begun signIn() {
        String address = RandomTokens.of(ADDRESS_ALPHABET, ADDRESS_LENGTH);
        return sessions.begin(users.createAnonymous(address + "@" + User.ANONYMOUS_DOMAIN), true);
    }

    /**
     * Deletes the guest who has just become somebody, in the transaction in which the session
     * begins.
     */
    void becomes(@Observes SessionBegan began) {
        User somebody = began.session().user;
        if (somebody.anonymous
                || !config.deletion()
                || !Plugin.ANONYMOUS.isEnabled(plugins)
                || !request.present()
                || !SIGN_IN.matcher(request.path()).matches()) {
            return;
        }
        sessions.find(sessions.tokens(http))
                .filter(active -> active.user().anonymous)
                .ifPresent(active -> users.deleteAnonymous(active.user().id, somebody.id));
    }
}
