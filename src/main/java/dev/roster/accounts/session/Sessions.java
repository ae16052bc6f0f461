package dev.roster.accounts.session;

import dev.roster.access.RolesChanged;
import dev.roster.accounts.betterauth.AuthError;
import dev.roster.accounts.betterauth.Cookies;
import dev.roster.audit.AuditAction;
import dev.roster.audit.AuditLog;
import dev.roster.platform.crypto.Digests;
import dev.roster.platform.crypto.RandomTokens;
import dev.roster.platform.http.ClientAddress;
import dev.roster.platform.http.RequestContext;
import dev.roster.platform.persistence.Transactions;
import dev.roster.platform.security.Permission;
import dev.roster.users.User;
import dev.roster.users.Users;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Begins, finds and ends sessions, and keeps the client's cookies in step. */
@ApplicationScoped
public class Sessions {

    private static final int TOKEN_LENGTH = 32;
    private static final String TOKEN_COOKIE = "session_token";
    private static final String DATA_COOKIE = "session_data";
    private static final String DONT_REMEMBER_COOKIE = "dont_remember";
    private static final String BEARER = "bearer ";

    private final SessionConfig config;
    private final Cookies cookies;
    private final DeviceSessions devices;
    private final RequestContext request;
    private final Users users;
    private final AuditLog audit;
    private final Event<SessionBegan> began;
    private final Event<SessionsForestalled> forestalled;
    private final Clock clock;

    Sessions(
            SessionConfig config,
            Cookies cookies,
            DeviceSessions devices,
            RequestContext request,
            Users users,
            AuditLog audit,
            Event<SessionBegan> began,
            Event<SessionsForestalled> forestalled,
            Clock clock) {
        this.config = config;
        this.cookies = cookies;
        this.devices = devices;
        this.request = request;
        this.users = users;
        this.audit = audit;
        this.began = began;
        this.forestalled = forestalled;
        this.clock = clock;
    }

    /** A session that began, and its token, which is not stored. */
    public record Begun(Session session, String token) {}

    /**
     * Begins a session, in the caller's transaction.
     *
     * @throws dev.roster.accounts.betterauth.AuthException 403 for a banned user
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public Begun begin(User user, boolean remember) {
        return begin(
                user,
                remember,
                remember ? config.expiresIn() : config.unrememberedExpiresIn(),
                null);
    }

    /**
     * Begins a session in which an administrator acts as another user; it ends with the browser, is
     * never put off, and names who acts. In the caller's transaction.
     *
     * @throws dev.roster.accounts.betterauth.AuthException 403 for a banned user
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public Begun impersonate(User user, User administrator, Duration lifetime) {
        Begun begun = begin(user, false, lifetime, administrator.publicId());
        audit.record(AuditAction.USER_IMPERSONATED, administrator.id, "user", user.id);
        return begun;
    }

    private Begun begin(User user, boolean remember, Duration lifetime, String impersonatedBy) {
        Instant now = clock.instant();
        if (user.isBanned(now)) {
            throw AuthError.BANNED_USER.exception();
        }
        String token = RandomTokens.alphanumeric(TOKEN_LENGTH);
        Session session = new Session();
        session.user = user;
        session.tokenDigest = Digests.sha256(token);
        session.remember = remember;
        session.ipAddress = ClientAddress.network(request.address());
        session.userAgent = request.userAgent();
        session.createdAt = now;
        session.impersonatedBy = impersonatedBy;
        session.expiresAt = now.plus(lifetime);
        session.persist();
        audit.record(AuditAction.SESSION_CREATED, user.id, "session", session.id);
        if (impersonatedBy == null) {
            users.welcome(user);
        }
        began.fire(new SessionBegan(session));
        return new Begun(session, token);
    }

    /**
     * Begins a session in place of another of the user, whose acting administrator and active
     * organization it keeps; in the caller's transaction. What changes how a user signs in does so,
     * in case somebody else has got hold of the token.
     *
     * @param user the user of the old session, as it is now
     * @throws dev.roster.accounts.betterauth.AuthException 401 where the old one has ended
     *     meanwhile
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public Begun replace(ActiveSession active, User user) {
        Session old = active.session();
        // what stands in for an API key is not stored
        if (old.ofApiKey ? !holds(active) : !end(user.id, active.token())) {
            throw AuthError.UNAUTHORIZED.exception();
        }
        Begun begun = begin(user, old.remember);
        Session session = begun.session();
        session.impersonatedBy = old.impersonatedBy;
        session.activeOrganizationId = old.activeOrganizationId;
        session.activeTeamId = old.activeTeamId;
        if (old.impersonatedBy != null) {
            session.expiresAt = old.expiresAt;
        }
        return begun;
    }

    /**
     * Whether what a request came with, which was read before this transaction, is still there. Who
     * puts the user out meanwhile locks it, and so waits for the end of the transaction: nothing is
     * left behind by somebody who is out.
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public boolean holds(ActiveSession active) {
        return User.lock(active.user().id).isPresent() && Session.exists(active.session().id);
    }

    /**
     * Returns the tokens that a request shows: that of {@code Authorization: Bearer}, signed or
     * not, else those of all signed cookies. Says nothing of whether there are such sessions.
     */
    public List<String> tokens(HttpServerRequest http) {
        if (isBearer(http)) {
            String bearer = http.getHeader("Authorization").substring(BEARER.length()).trim();
            return bearer.indexOf('.') < 0
                    ? List.of(bearer)
                    : cookies.verify(bearer).stream().toList();
        }
        return cookies.signed(http, TOKEN_COOKIE);
    }

    /**
     * Whether the request shows its token by {@code Authorization}; cookies count for nothing then.
     */
    static boolean isBearer(HttpServerRequest http) {
        String authorization = http.getHeader("Authorization");
        return authorization != null
                && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length());
    }

    /** Returns the live session of a request's tokens; of several the last to begin (ADR 0024). */
    public Optional<ActiveSession> find(List<String> tokens) {
        return Session.newestFirst(tokens, clock.instant())
                .flatMap(token -> find(token).stream())
                .findFirst();
    }

    /** The live session of a token, in one statement; nothing is written. */
    public Optional<ActiveSession> find(String token) {
        if (token.length() != TOKEN_LENGTH) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        return Session.findByToken(token, now)
                .filter(found -> !found.user().isBanned(now))
                .filter(this::isNotImpersonatedInVain)
                .map(
                        found ->
                                new ActiveSession(
                                        found.session(), found.user(), found.roles(), token));
    }

    /** Whether a token's session is still stored, but has ended by time. */
    public boolean hasExpired(String token) {
        return Session.hasExpired(token, clock.instant());
    }

    /** Tells the trail who really acts; whoever that was must still be let in. */
    private boolean isNotImpersonatedInVain(Session.Found found) {
        String administrator = found.session().impersonatedBy;
        if (administrator == null) {
            return true;
        }
        Optional<User> acting =
                User.findByPublicId(administrator).filter(u -> !u.isBanned(clock.instant()));
        acting.filter(user -> request.present()).ifPresent(user -> request.impersonatedBy(user.id));
        return acting.isPresent();
    }

    /**
     * Puts the end of a session off where that is due, and has the client keep its cookie as long.
     */
    public void refreshIfDue(ActiveSession active, HttpServerResponse response) {
        Instant now = clock.instant();
        Session session = active.session();
        if (!session.isRefreshDue(config, now)) {
            return;
        }
        Instant expiresAt = now.plus(config.expiresIn());
        Transactions.requiringNew().run(() -> Session.refresh(session.id, expiresAt, now));
        session.expiresAt = expiresAt;
        session.updatedAt = now;
        keep(response, active.token(), true);
    }

    /** Has the client keep the session's cookie; a bearer client reads the header instead. */
    public void keep(HttpServerResponse response, String token, boolean remember) {
        Duration maxAge = remember ? config.expiresIn() : null;
        cookies.set(response, TOKEN_COOKIE, token, maxAge);
        if (!remember) {
            cookies.set(response, DONT_REMEMBER_COOKIE, "true", null);
        }
        devices.keep(response, token, maxAge);
        response.putHeader("set-auth-token", cookies.sign(token));
    }

    /** Has the client forget its session. */
    public void forget(HttpServerResponse response) {
        forgetToken(response);
        forgetDontRemember(response);
    }

    /** Has the client forget whose session it has, while it signs in anew. */
    public void forgetToken(HttpServerResponse response) {
        cookies.clear(response, TOKEN_COOKIE);
        cookies.clear(response, DATA_COOKIE);
    }

    /** Has the client forget that its session was to end with the browser. */
    public void forgetDontRemember(HttpServerResponse response) {
        cookies.clear(response, DONT_REMEMBER_COOKIE);
    }

    /**
     * Sets what calls without an organization or a team refer to in this session. Neither grants
     * anything: who refers to them is looked up each time.
     *
     * @param organizationId public id, or null
     * @param teamId public id, or null
     */
    @Transactional
    public void activate(ActiveSession active, String organizationId, String teamId) {
        Session.activate(active.session().id, organizationId, teamId, clock.instant());
    }

    boolean isFresh(ActiveSession active) {
        return active.session().isFresh(config, clock.instant());
    }

    /** Ends the session of a token; does nothing where there is none. */
    @Transactional
    public void end(String token) {
        Session.findByToken(token, clock.instant())
                .ifPresent(
                        found -> {
                            Session.end(token);
                            audit.record(
                                    AuditAction.SESSION_REVOKED,
                                    found.user().id,
                                    "session",
                                    found.session().id);
                        });
    }

    /**
     * Ends one session of a user.
     *
     * @param tokenOrHandle its token or its handle
     * @return whether there was one
     */
    @Transactional
    public boolean end(UUID userId, String tokenOrHandle) {
        boolean ended = Session.end(userId, tokenOrHandle) > 0;
        if (ended) {
            audit.record(AuditAction.SESSION_REVOKED, userId, "user", userId);
        }
        return ended;
    }

    /** Ends every session of a user. */
    @Transactional
    public void endAll(UUID userId) {
        // an approval in flight is over before, or comes too late
        User.lock(userId);
        forestall(userId);
        if (Session.endAll(userId) > 0) {
            audit.record(AuditAction.SESSIONS_REVOKED, userId, "user", userId);
        }
    }

    /** Ends every session of a user but one. */
    @Transactional
    public void endOthers(UUID userId, UUID keep) {
        User.lock(userId);
        forestall(userId);
        if (Session.endOthers(userId, keep) > 0) {
            audit.record(AuditAction.SESSIONS_REVOKED, userId, "user", userId);
        }
    }

    /** Has no session of a user begin that was approved already, in the caller's transaction. */
    @Transactional(Transactional.TxType.MANDATORY)
    public void forestall(UUID userId) {
        forestalled.fire(new SessionsForestalled(List.of(userId)));
    }

    /** The sessions of a user as others may see them: by handles that are of no use but to end. */
    public List<AuthSession> list(UUID userId) {
        return Session.listActive(userId, clock.instant()).stream()
                .map(session -> AuthSession.of(session, session.handle()))
                .toList();
    }

    /** Whose session it is that a token or a handle names. */
    public Optional<User> owner(String tokenOrHandle) {
        return Session.findOwner(tokenOrHandle, clock.instant());
    }

    /**
     * Ends sessions on behalf of somebody else.
     *
     * @param tokenOrHandle the one to end, or null for all
     */
    @Transactional
    public void revoke(UUID userId, String tokenOrHandle, UUID actor) {
        if (tokenOrHandle == null) {
            forestall(userId);
        }
        long ended =
                tokenOrHandle == null ? Session.endAll(userId) : Session.end(userId, tokenOrHandle);
        if (ended > 0) {
            audit.record(AuditAction.SESSIONS_REVOKED, actor, "user", userId);
        }
    }

    /** Ends every session of many users on behalf of somebody else, by two statements. */
    @Transactional
    public void revokeAll(Collection<UUID> userIds, UUID actor) {
        forestalled.fire(new SessionsForestalled(userIds));
        audit.recordAll(AuditAction.SESSIONS_REVOKED, actor, "user", Session.endAll(userIds), null);
    }

    /** Ends every session in which one of these administrators acts as somebody else. */
    @Transactional
    public void endImpersonationsBy(Collection<UUID> administrators) {
        Session.endImpersonationsBy(administrators);
    }

    /** The same of everybody who may no longer do so. */
    void endImpersonationsInVain(@Observes RolesChanged changed) {
        Session.endImpersonationsWithout(Permission.USERS_IMPERSONATE);
    }

    /** Ends the session in which an administrator acts as somebody else. */
    @Transactional
    public void endImpersonation(ActiveSession impersonated, User administrator) {
        if (Session.end(impersonated.token()) > 0) {
            audit.record(
                    AuditAction.IMPERSONATION_ENDED,
                    administrator.id,
                    "user",
                    impersonated.user().id);
        }
    }
}
