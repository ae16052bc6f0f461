package dev.roster.accounts.signin;

import dev.roster.accounts.betterauth.AcceptsForm;
import dev.roster.accounts.betterauth.AuthError;
import dev.roster.accounts.betterauth.AuthRequest;
import dev.roster.accounts.betterauth.BetterAuth;
import dev.roster.accounts.betterauth.Fields;
import dev.roster.accounts.password.PasswordRules;
import dev.roster.accounts.session.DeviceSessions;
import dev.roster.accounts.session.Sessions;
import dev.roster.users.EmailAddress;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/** Signing in by e-mail and password, and signing out (contract, section 9). */
@Path(BetterAuth.PATH)
@BetterAuth
@PermitAll
@Produces(MediaType.APPLICATION_JSON)
public class SignInResource {

    private final SignIn signIn;
    private final SignInAnswer answer;
    private final Sessions sessions;
    private final DeviceSessions devices;
    private final PasswordRules rules;
    private final AuthRequest request;
    private final HttpServerRequest http;
    private final HttpServerResponse response;

    SignInResource(
            SignIn signIn,
            SignInAnswer answer,
            Sessions sessions,
            DeviceSessions devices,
            PasswordRules rules,
            AuthRequest request,
            HttpServerRequest http,
            HttpServerResponse response) {
        this.signIn = signIn;
        this.answer = answer;
        this.sessions = sessions;
        this.devices = devices;
        this.rules = rules;
        this.request = request;
        this.http = http;
        this.response = response;
    }

    /** The answer of a sign-out. */
    public record Success(boolean success) {}

    @POST
    @Path("/sign-in/email")
    @AcceptsForm
    public Object signInEmail() {
        Fields fields = request.fields();
        String email = fields.string("email");
        String password = fields.string("password");
        String callbackUrl =
                fields.optionalString("callbackURL").filter(url -> !url.isEmpty()).orElse(null);
        boolean remember = fields.optionalBoolean("rememberMe").orElse(true);
        fields.check();
        request.refuseForeignForm();
        String address = EmailAddress.parse(email).orElseThrow(AuthError.INVALID_EMAIL::exception);
        rules.checkGiven(password);
        SignIn.Result result = signIn.byEmail(EmailAddress.key(address), password, remember);
        return answer.of(result, remember, callbackUrl);
    }

    @POST
    @Path("/sign-out")
    public Success signOut() {
        sessions.tokens(http).forEach(sessions::end);
        sessions.forget(response);
        devices.signOut(http, response);
        return new Success(true);
    }
}
