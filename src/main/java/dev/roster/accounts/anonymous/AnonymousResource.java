package dev.roster.accounts.anonymous;

import dev.roster.accounts.betterauth.AuthUser;
import dev.roster.accounts.betterauth.BetterAuth;
import dev.roster.accounts.betterauth.Plugin;
import dev.roster.accounts.betterauth.SignedIn;
import dev.roster.accounts.session.ActiveSession;
import dev.roster.accounts.session.CurrentSession;
import dev.roster.accounts.session.Sessions;
import dev.roster.accounts.signup.SignUpConfig;
import dev.roster.users.Users;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.core.http.HttpServerResponse;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.UUID;

/** Signing in as a guest, and leaving without a trace (contract, section 16). */
@Path(BetterAuth.PATH)
@BetterAuth
@PermitAll
@Plugin.Routes(Plugin.ANONYMOUS)
@Produces(MediaType.APPLICATION_JSON)
public class AnonymousResource {

    private final Guests guests;
    private final Users users;
    private final AnonymousConfig config;
    private final SignUpConfig signUp;
    private final Sessions sessions;
    private final CurrentSession current;
    private final HttpServerResponse response;

    AnonymousResource(
            Guests guests,
            Users users,
            AnonymousConfig config,
            SignUpConfig signUp,
            Sessions sessions,
            CurrentSession current,
            HttpServerResponse response) {
        this.guests = guests;
        this.users = users;
        this.config = config;
        this.signUp = signUp;
        this.sessions = sessions;
        this.current = current;
        this.response = response;
    }

    /** The answer of a guest's sign-in. */
    @RegisterForReflection
    public record SignedInGuest(String token, AuthUser user) {}

    /** The answer of a guest's deletion. */
    public record Success(boolean success) {}

    @POST
    @Path("/sign-in/anonymous")
    public SignedInGuest signIn() {
        if (current.find().filter(active -> active.user().anonymous).isPresent()) {
            throw AnonymousError.ANONYMOUS_USERS_CANNOT_SIGN_IN_AGAIN_ANONYMOUSLY.exception();
        }
        if (!signUp.enabled()) {
            throw AnonymousError.FAILED_TO_CREATE_USER.exception();
        }
        Sessions.Begun begun = guests.signIn();
        sessions.keep(response, begun.token(), true);
        return new SignedInGuest(begun.token(), AuthUser.of(begun.session().user));
    }

    @POST
    @Path("/delete-anonymous-user")
    @SignedIn
    public Success delete() {
        ActiveSession active = current.require();
        if (!config.deletion()) {
            throw AnonymousError.DELETE_ANONYMOUS_USER_DISABLED.exception();
        }
        UUID id = active.user().id;
        if (!users.deleteAnonymous(id, id)) {
            throw AnonymousError.USER_IS_NOT_ANONYMOUS.exception();
        }
        sessions.forget(response);
        return new Success(true);
    }
}
