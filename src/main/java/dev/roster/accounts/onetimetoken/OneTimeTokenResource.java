package dev.roster.accounts.onetimetoken;

import dev.roster.accounts.betterauth.AuthError;
import dev.roster.accounts.betterauth.AuthException;
import dev.roster.accounts.betterauth.AuthRequest;
import dev.roster.accounts.betterauth.BetterAuth;
import dev.roster.accounts.betterauth.Fields;
import dev.roster.accounts.betterauth.Plugin;
import dev.roster.accounts.betterauth.SignedIn;
import dev.roster.accounts.session.ActiveSession;
import dev.roster.accounts.session.CurrentSession;
import dev.roster.accounts.session.SessionAndUser;
import dev.roster.accounts.session.Sessions;
import io.vertx.core.http.HttpServerResponse;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/** Handing a session over by a token (contract, section 10, one-time-token). */
@Path(BetterAuth.PATH + "/one-time-token")
@BetterAuth
@Plugin.Routes(Plugin.ONE_TIME_TOKEN)
@PermitAll
@Produces(MediaType.APPLICATION_JSON)
public class OneTimeTokenResource {

    private final OneTimeTokens tokens;
    private final OneTimeTokenConfig config;
    private final Sessions sessions;
    private final CurrentSession current;
    private final AuthRequest request;
    private final HttpServerResponse response;

    OneTimeTokenResource(
            OneTimeTokens tokens,
            OneTimeTokenConfig config,
            Sessions sessions,
            CurrentSession current,
            AuthRequest request,
            HttpServerResponse response) {
        this.tokens = tokens;
        this.config = config;
        this.sessions = sessions;
        this.current = current;
        this.request = request;
        this.response = response;
    }

    /** A token. */
    public record Token(String token) {}

    @GET
    @Path("/generate")
    @SignedIn
    public Token generate() {
        ActiveSession active = current.require();
        if (active.session().ofApiKey) {
            // it is not stored, so that there is nothing to hand over
            throw AuthError.UNAUTHORIZED.exception();
        }
        if (!config.clientRequests()) {
            throw refusal("Client requests are disabled");
        }
        response.putHeader("cache-control", "no-store");
        return new Token(tokens.issue(active));
    }

    /** The session itself, of which the caller's client then has the cookie too. */
    @POST
    @Path("/verify")
    public SessionAndUser verify() {
        Fields fields = request.fields();
        String token = fields.string("token");
        fields.check();
        String sessionToken = tokens.redeem(token).orElseThrow(() -> refusal("Invalid token"));
        ActiveSession active =
                sessions.find(sessionToken)
                        .orElseThrow(
                                () ->
                                        refusal(
                                                sessions.hasExpired(sessionToken)
                                                        ? "Session expired"
                                                        : "Session not found"));
        sessions.keep(response, sessionToken, active.session().remember);
        return SessionAndUser.of(active);
    }

    /** These have a message alone (contract, section 2). */
    private static AuthException refusal(String message) {
        return new AuthException(400, null, message);
    }
}
