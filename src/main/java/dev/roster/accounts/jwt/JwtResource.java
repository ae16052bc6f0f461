package dev.roster.accounts.jwt;

import dev.roster.accounts.betterauth.AuthUser;
import dev.roster.accounts.betterauth.BetterAuth;
import dev.roster.accounts.betterauth.Plugin;
import dev.roster.accounts.betterauth.SignedIn;
import dev.roster.accounts.session.ActiveSession;
import dev.roster.accounts.session.CurrentSession;
import io.vertx.core.http.HttpServerResponse;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;

/** Tokens, and the keys to verify them by (contract, section 10, jwt). */
@Path(BetterAuth.PATH)
@BetterAuth
@Plugin.Routes(Plugin.JWT)
@PermitAll
@Produces(MediaType.APPLICATION_JSON)
public class JwtResource {

    private final Tokens tokens;
    private final SigningKeys keys;
    private final CurrentSession current;
    private final HttpServerResponse response;

    JwtResource(
            Tokens tokens, SigningKeys keys, CurrentSession current, HttpServerResponse response) {
        this.tokens = tokens;
        this.keys = keys;
        this.current = current;
        this.response = response;
    }

    /** A token. */
    public record Token(String token) {}

    /** Public keys: the one that signs, the next one, and those of the grace period. */
    public record KeySet(List<Jwk> keys) {}

    @GET
    @Path("/token")
    @SignedIn
    public Token token() {
        ActiveSession active = current.require();
        response.putHeader("cache-control", "no-store");
        return new Token(tokens.issue(AuthUser.of(active.user()), active.session().impersonatedBy));
    }

    @GET
    @Path("/jwks")
    public KeySet jwks() {
        return new KeySet(keys.published());
    }
}
