package dev.roster.accounts.multisession;

import dev.roster.accounts.betterauth.AuthRequest;
import dev.roster.accounts.betterauth.BetterAuth;
import dev.roster.accounts.betterauth.Fields;
import dev.roster.accounts.betterauth.Plugin;
import dev.roster.accounts.betterauth.SignedIn;
import dev.roster.accounts.betterauth.Status;
import dev.roster.accounts.session.ActiveSession;
import dev.roster.accounts.session.CurrentSession;
import dev.roster.accounts.session.DeviceSessions;
import dev.roster.accounts.session.SessionAndUser;
import dev.roster.accounts.session.Sessions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Optional;

/** The users who are signed in on a device (contract, section 10, multi-session). */
@Path(BetterAuth.PATH + "/multi-session")
@BetterAuth
@Plugin.Routes(Plugin.MULTI_SESSION)
@PermitAll
@Produces(MediaType.APPLICATION_JSON)
public class MultiSessionResource {

    private final DeviceSessions devices;
    private final Sessions sessions;
    private final CurrentSession current;
    private final AuthRequest request;
    private final HttpServerRequest http;
    private final HttpServerResponse response;

    MultiSessionResource(
            DeviceSessions devices,
            Sessions sessions,
            CurrentSession current,
            AuthRequest request,
            HttpServerRequest http,
            HttpServerResponse response) {
        this.devices = devices;
        this.sessions = sessions;
        this.current = current;
        this.request = request;
        this.http = http;
        this.response = response;
    }

    /** One session per user, oldest first; needs no active one. */
    @GET
    @Path("/list-device-sessions")
    public List<SessionAndUser> listDeviceSessions() {
        return devices.list(http).stream().map(SessionAndUser::of).toList();
    }

    /** Makes another session of the device the active one. */
    @POST
    @Path("/set-active")
    public SessionAndUser setActive() {
        String token = given();
        requireHeld(token);
        Optional<ActiveSession> found = sessions.find(token);
        if (found.isEmpty()) {
            devices.clear(response, token);
            throw MultiSessionError.INVALID_SESSION_TOKEN.exception();
        }
        sessions.keep(response, token, found.get().session().remember);
        return SessionAndUser.of(found.get());
    }

    /** Ends a session of the device; after the active one another becomes active. */
    @POST
    @Path("/revoke")
    @SignedIn
    public Status revoke() {
        String token = given();
        ActiveSession active = current.require();
        requireHeld(token);
        sessions.end(token);
        devices.clear(response, token);
        if (token.equals(active.token())) {
            devices.next(http, token)
                    .ifPresentOrElse(
                            next -> sessions.keep(response, next.token(), next.session().remember),
                            () -> sessions.forget(response));
        }
        return Status.DONE;
    }

    private String given() {
        Fields fields = request.fields();
        String token = fields.string("sessionToken");
        fields.check();
        return token;
    }

    private void requireHeld(String token) {
        if (!devices.holds(http, token)) {
            throw MultiSessionError.INVALID_SESSION_TOKEN.exception();
        }
    }
}
