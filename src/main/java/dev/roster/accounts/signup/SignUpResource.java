package dev.roster.accounts.signup;

import dev.roster.accounts.betterauth.AcceptsForm;
import dev.roster.accounts.betterauth.AuthError;
import dev.roster.accounts.betterauth.AuthRequest;
import dev.roster.accounts.betterauth.AuthUser;
import dev.roster.accounts.betterauth.BetterAuth;
import dev.roster.accounts.betterauth.Fields;
import dev.roster.accounts.betterauth.ProtectedFields;
import dev.roster.accounts.email.EmailVerification;
import dev.roster.accounts.password.PasswordHasher;
import dev.roster.accounts.password.PasswordRules;
import dev.roster.accounts.session.Sessions;
import dev.roster.accounts.username.UsernameRules;
import dev.roster.platform.persistence.DatabaseFailure;
import dev.roster.users.EmailAddress;
import dev.roster.users.ImageUrl;
import dev.roster.users.UserDocument;
import dev.roster.users.Username;
import dev.roster.users.Users;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.core.http.HttpServerResponse;
import jakarta.annotation.security.PermitAll;
import jakarta.persistence.PersistenceException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/** Signing up by e-mail and password (contract, section 9). */
@Path(BetterAuth.PATH)
@BetterAuth
@PermitAll
@Produces(MediaType.APPLICATION_JSON)
public class SignUpResource {

    private final SignUp signUp;
    private final Users users;
    private final EmailVerification verification;
    private final SignUpConfig config;
    private final PasswordHasher hasher;
    private final PasswordRules rules;
    private final UsernameRules usernames;
    private final Sessions sessions;
    private final AuthRequest request;
    private final HttpServerResponse response;

    SignUpResource(
            SignUp signUp,
            Users users,
            EmailVerification verification,
            SignUpConfig config,
            PasswordHasher hasher,
            PasswordRules rules,
            UsernameRules usernames,
            Sessions sessions,
            AuthRequest request,
            HttpServerResponse response) {
        this.signUp = signUp;
        this.users = users;
        this.verification = verification;
        this.config = config;
        this.hasher = hasher;
        this.rules = rules;
        this.usernames = usernames;
        this.sessions = sessions;
        this.request = request;
        this.response = response;
    }

    /** The answer of a sign-up; the token is null where no session began. */
    @RegisterForReflection
    public record SignedUp(String token, AuthUser user) {}

    @POST
    @Path("/sign-up/email")
    @AcceptsForm
    public SignedUp signUpEmail() {
        Fields fields = request.fields();
        String name = fields.string("name");
        String email =
                fields.matching(
                        "email",
                        text -> EmailAddress.parse(text).isPresent(),
                        "Invalid email address");
        String password = fields.nonEmpty("password");
        String image = fields.nullableString("image").map(ImageUrl.Check::orNone).orElse(null);
        fields.hold("name", name, "", UserDocument.class);
        fields.hold("image", image, null, UserDocument.class);
        fields.optionalString("callbackURL");
        boolean remember = fields.optionalBoolean("rememberMe").orElse(true);
        Username username = usernames.ofSignUp(fields);
        fields.hold("displayUsername", username.displayUsername(), null, Username.class);
        fields.check();
        request.refuseForeignForm();
        if (!config.enabled()) {
            throw AuthError.EMAIL_PASSWORD_SIGN_UP_DISABLED.exception();
        }
        rules.check(password);
        ProtectedFields.refuse(fields);
        boolean discreet = !config.signIn() || verification.isRequired();
        // before the address, which a discreet sign-up tells nothing of
        usernames.requireFree(username);
        SignUp.NewAccount account =
                new SignUp.NewAccount(
                        name,
                        EmailAddress.parse(email).orElseThrow(),
                        image,
                        hasher.hash(password),
                        username);
        try {
            SignUp.Result result = signUp.create(account, !discreet, remember);
            if (result.token() != null) {
                sessions.keep(response, result.token(), remember);
            }
            return new SignedUp(result.token(), AuthUser.of(result.user()));
        } catch (PersistenceException e) {
            usernames.refuseTaken(e);
            boolean taken =
                    DatabaseFailure.violatedConstraint(e)
                            .filter("users_email_key"::equals)
                            .isPresent();
            if (!taken) {
                throw e;
            }
            if (!discreet) {
                throw AuthError.USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL.exception();
            }
            signUp.refuse(account);
            // tells nobody that the address has an account
            return new SignedUp(
                    null,
                    AuthUser.of(
                            users.lookAlike(
                                    account.name(),
                                    account.email(),
                                    account.image(),
                                    account.username())));
        }
    }
}
