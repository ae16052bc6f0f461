package dev.roster.accounts.session;

import com.fasterxml.jackson.databind.node.NullNode;
import dev.roster.accounts.betterauth.AuthError;
import dev.roster.accounts.betterauth.AuthException;
import dev.roster.accounts.betterauth.AuthRequest;
import dev.roster.accounts.betterauth.BetterAuth;
import dev.roster.accounts.betterauth.Fields;
import dev.roster.accounts.betterauth.SignedIn;
import dev.roster.accounts.betterauth.Status;
import io.vertx.core.http.HttpServerResponse;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** Reading and ending sessions (contract, sections 5 and 9). */
@Path(BetterAuth.PATH)
@BetterAuth
@PermitAll
@Produces(MediaType.APPLICATION_JSON)
public class SessionResource {

    private static final List<String> NOT_INPUT =
            List.of("impersonatedBy", "activeOrganizationId", "activeTeamId");

    private final Sessions sessions;
    private final CurrentSession current;
    private final AuthRequest request;
    private final HttpServerResponse response;
    private final Clock clock;

    SessionResource(
            Sessions sessions,
            CurrentSession current,
            AuthRequest request,
            HttpServerResponse response,
            Clock clock) {
        this.sessions = sessions;
        this.current = current;
        this.request = request;
        this.response = response;
        this.clock = clock;
    }

    /** The session and its user, or JSON {@code null}; never 401. */
    @GET
    @Path("/get-session")
    public Object getSession(@QueryParam("disableRefresh") String disableRefresh) {
        neverCached();
        Optional<ActiveSession> active = current.find();
        if (active.isEmpty()) {
            return NullNode.instance;
        }
        // any text counts as true, "false" too (contract, section 1)
        if (disableRefresh == null || disableRefresh.isEmpty()) {
            sessions.refreshIfDue(active.get(), response);
        }
        return SessionAndUser.of(active.get());
    }

    @POST
    @Path("/get-session")
    public Object postSession() {
        neverCached();
        throw AuthError.METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED.exception();
    }

    /** A session has nothing that its user may change by itself (contract, section 9). */
    @POST
    @Path("/update-session")
    @SignedIn
    public void updateSession() {
        Fields fields = request.fields();
        fields.check();
        current.require();
        for (String name : NOT_INPUT) {
            if (fields.isTruthy(name)) {
                throw AuthError.FIELD_NOT_ALLOWED.exception(name + " is not allowed to be set");
            }
        }
        throw new AuthException(400, null, "No fields to update");
    }

    @GET
    @Path("/list-sessions")
    @SignedIn
    public List<AuthSession> listSessions() {
        ActiveSession active = current.requireFresh();
        return Session.listActive(active.user().id, clock.instant()).stream()
                .map(
                        session ->
                                AuthSession.of(
                                        session,
                                        session.id.equals(active.session().id)
                                                ? active.token()
                                                : session.handle()))
                .toList();
    }

    @POST
    @Path("/revoke-session")
    @SignedIn
    public Status revokeSession() {
        Fields fields = request.fields();
        String token = fields.string("token");
        fields.check();
        ActiveSession active = current.require();
        sessions.end(active.user().id, token);
        if (token.equals(active.token()) || token.equals(active.session().handle())) {
            sessions.forget(response);
        }
        return Status.DONE;
    }

    @POST
    @Path("/revoke-sessions")
    @SignedIn
    public Status revokeSessions() {
        sessions.endAll(current.require().user().id);
        sessions.forget(response);
        return Status.DONE;
    }

    @POST
    @Path("/revoke-other-sessions")
    @SignedIn
    public Status revokeOtherSessions() {
        ActiveSession active = current.require();
        sessions.endOthers(active.user().id, active.session().id);
        return Status.DONE;
    }

    private void neverCached() {
        response.putHeader("cache-control", "no-store").putHeader("pragma", "no-cache");
    }
}
