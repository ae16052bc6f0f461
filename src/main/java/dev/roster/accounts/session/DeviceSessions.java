package dev.roster.accounts.session;

import dev.roster.accounts.betterauth.Cookies;
import dev.roster.accounts.betterauth.Plugin;
import dev.roster.accounts.betterauth.PluginsConfig;
import dev.roster.audit.AuditAction;
import dev.roster.audit.AuditLog;
import dev.roster.platform.http.HeaderRoom;
import dev.roster.platform.persistence.Transactions;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The sessions of several users on one device, each in a cookie of its own beside that of the
 * active one: one per user, and so many users (contract, sections 4 and 10, multi-session). While
 * the plugin is switched off there are none.
 */
@ApplicationScoped
public class DeviceSessions {

    private static final String COOKIE = "session_token_multi-";

    private static final String SET_COOKIE = "Set-Cookie";

    private final MultiSessionConfig config;
    private final boolean enabled;
    private final Cookies cookies;
    private final AuditLog audit;
    private final CurrentVertxRequest current;
    private final Clock clock;

    DeviceSessions(
            MultiSessionConfig config,
            PluginsConfig plugins,
            Cookies cookies,
            AuditLog audit,
            CurrentVertxRequest current,
            Clock clock) {
        this.config = config;
        this.enabled = Plugin.MULTI_SESSION.isEnabled(plugins);
        this.cookies = cookies;
        this.audit = audit;
        this.current = current;
        this.clock = clock;
    }

    /**
     * Has the device keep a session beside those of other users. An older session of the same user
     * ends, cookies of sessions that have ended go; a device that has enough users keeps no more.
     * Costs no statement on a device that has no other session.
     *
     * @param maxAge as the active session's cookie has it
     */
    void keep(HttpServerResponse response, String token, Duration maxAge) {
        if (!enabled || current.getCurrent() == null) {
            return;
        }
        Set<String> others = tokens(current.getCurrent().request());
        if (others.contains(token)) {
            return;
        }
        if (others.isEmpty() || dropStale(response, token, others) < config.max()) {
            cookies.set(response, cookie(token), token, maxAge);
        }
    }

    /** Returns how many sessions of other users the device goes on holding. */
    private int dropStale(HttpServerResponse response, String token, Set<String> others) {
        List<String> all = new ArrayList<>(others);
        all.add(token);
        Map<String, ActiveSession> live = new HashMap<>();
        Session.findByTokens(all, clock.instant())
                .forEach(session -> live.put(session.token(), session));
        UUID user = live.containsKey(token) ? live.get(token).user().id : null;
        List<ActiveSession> replaced = new ArrayList<>();
        int kept = 0;
        for (String other : others) {
            ActiveSession session = live.get(other);
            if (session != null && !session.user().id.equals(user)) {
                kept++;
                continue;
            }
            clear(response, other);
            if (session != null) {
                replaced.add(session);
            }
        }
        end(replaced);
        return kept;
    }

    /** Whether the device holds this token, as its signed cookie proves. */
    public boolean holds(HttpServerRequest request, String token) {
        return tokens(request).contains(token);
    }

    /** The live sessions of the device, one per user, oldest first; in one statement. */
    public List<ActiveSession> list(HttpServerRequest request) {
        Set<String> tokens = tokens(request);
        if (tokens.isEmpty()) {
            return List.of();
        }
        Instant now = clock.instant();
        Set<UUID> users = new HashSet<>();
        return Session.findByTokens(tokens, now).stream()
                .filter(session -> !session.user().isBanned(now))
                .filter(session -> users.add(session.user().id))
                .toList();
    }

    /** The session that becomes the active one when the one of this token has ended. */
    public Optional<ActiveSession> next(HttpServerRequest request, String ended) {
        return list(request).stream().filter(s -> !s.token().equals(ended)).findFirst();
    }

    /** Has the device forget the cookie of a token. */
    public void clear(HttpServerResponse response, String token) {
        cookies.clear(response, cookie(token));
    }

    /**
     * Leaves cookies, whose sessions have ended, for a later response to clear, where this one's
     * headers would be too long.
     *
     * @param others bytes of headers that are not in the response yet
     */
    void shorten(HttpServerResponse response, int others) {
        int excess = others - HeaderRoom.left(response);
        if (excess <= 0) {
            return;
        }
        List<String> kept = new ArrayList<>();
        for (String cookie : response.headers().getAll(SET_COOKIE)) {
            if (excess > 0 && cookie.contains(COOKIE) && cookie.contains("=; Max-Age=0;")) {
                excess -= HeaderRoom.size(SET_COOKIE, cookie);
            } else {
                kept.add(cookie);
            }
        }
        response.headers().set(SET_COOKIE, kept);
    }

    /** Ends every session that the device holds, and has it forget them. */
    public void signOut(HttpServerRequest request, HttpServerResponse response) {
        Set<String> tokens = tokens(request);
        if (tokens.isEmpty()) {
            return;
        }
        tokens.forEach(token -> clear(response, token));
        end(Session.findByTokens(tokens, clock.instant()));
    }

    private void end(List<ActiveSession> ended) {
        if (ended.isEmpty()) {
            return;
        }
        Transactions.requiringNew()
                .run(
                        () -> {
                            Session.end(ended.stream().map(e -> e.session().id).toList());
                            for (ActiveSession one : ended) {
                                audit.record(
                                        AuditAction.SESSION_REVOKED,
                                        one.user().id,
                                        "session",
                                        one.session().id);
                            }
                        });
    }

    /** What the device holds by cookies whose signature is ours; a name alone proves nothing. */
    private Set<String> tokens(HttpServerRequest request) {
        if (!enabled) {
            return Set.of();
        }
        Set<String> tokens = new LinkedHashSet<>();
        cookies.signed(request, name -> name.startsWith(COOKIE)).stream()
                .filter(signed -> signed.name().equals(cookie(signed.value())))
                .forEach(signed -> tokens.add(signed.value()));
        return tokens;
    }

    private static String cookie(String token) {
        return COOKIE + token.toLowerCase(Locale.ROOT);
    }
}
