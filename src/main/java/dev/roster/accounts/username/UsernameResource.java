package dev.roster.accounts.username;

import dev.roster.accounts.betterauth.AuthRequest;
import dev.roster.accounts.betterauth.BetterAuth;
import dev.roster.accounts.betterauth.Fields;
import dev.roster.accounts.betterauth.Plugin;
import dev.roster.accounts.password.Credential;
import dev.roster.accounts.password.PasswordRules;
import dev.roster.accounts.signin.SignIn;
import dev.roster.accounts.signin.SignInAnswer;
import dev.roster.users.User;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/** Signing in by user name, and asking for a free one (contract, section 10). */
@Path(BetterAuth.PATH)
@BetterAuth
@Plugin.Routes(Plugin.USERNAME)
@PermitAll
@Produces(MediaType.APPLICATION_JSON)
public class UsernameResource {

    private final UsernameRules rules;
    private final PasswordRules passwords;
    private final SignIn signIn;
    private final SignInAnswer answer;
    private final AuthRequest request;

    UsernameResource(
            UsernameRules rules,
            PasswordRules passwords,
            SignIn signIn,
            SignInAnswer answer,
            AuthRequest request) {
        this.rules = rules;
        this.passwords = passwords;
        this.signIn = signIn;
        this.answer = answer;
        this.request = request;
    }

    /** Whether nobody has the name. */
    public record Availability(boolean available) {}

    @POST
    @Path("/sign-in/username")
    public Object signInUsername() {
        Fields fields = request.fields();
        String username = fields.string("username");
        String password = fields.string("password");
        boolean remember = fields.optionalBoolean("rememberMe").orElse(true);
        String callbackUrl =
                fields.optionalString("callbackURL").filter(url -> !url.isEmpty()).orElse(null);
        fields.check();
        if (username.isEmpty() || password.isEmpty()) {
            throw UsernameError.INVALID_USERNAME_OR_PASSWORD.exception();
        }
        String name = rules.lookUp(username);
        passwords.checkGiven(password);
        SignIn.Result result =
                signIn.byPassword(
                        () -> Credential.findLoginByUsername(name),
                        password,
                        remember,
                        UsernameError.INVALID_USERNAME_OR_PASSWORD);
        return answer.of(result, remember, callbackUrl);
    }

    @POST
    @Path("/is-username-available")
    public Availability isUsernameAvailable() {
        Fields fields = request.fields();
        String username = fields.string("username");
        fields.check();
        if (username.isEmpty()) {
            throw UsernameError.INVALID_USERNAME.exception(422);
        }
        return new Availability(!User.existsByUsername(rules.lookUp(username)));
    }
}
