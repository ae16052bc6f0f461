package dev.roster.accounts.emailotp;

import dev.roster.accounts.betterauth.AuthError;
import dev.roster.accounts.betterauth.AuthException;
import dev.roster.accounts.betterauth.AuthRequest;
import dev.roster.accounts.betterauth.AuthUser;
import dev.roster.accounts.betterauth.BetterAuth;
import dev.roster.accounts.betterauth.Fields;
import dev.roster.accounts.betterauth.Plugin;
import dev.roster.accounts.betterauth.ProtectedFields;
import dev.roster.accounts.betterauth.SignedIn;
import dev.roster.accounts.mailbox.MailboxSignIn;
import dev.roster.accounts.session.ActiveSession;
import dev.roster.accounts.session.CurrentSession;
import dev.roster.accounts.session.Sessions;
import dev.roster.users.EmailAddress;
import dev.roster.users.ImageUrl;
import dev.roster.users.UserDocument;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.core.http.HttpServerResponse;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/** Mailed codes (contract, section 16, email-otp). */
@Path(BetterAuth.PATH)
@BetterAuth
@Plugin.Routes(Plugin.EMAIL_OTP)
@PermitAll
@Produces(MediaType.APPLICATION_JSON)
public class EmailOtpResource {

    private final EmailCodes codes;
    private final Sessions sessions;
    private final CurrentSession current;
    private final AuthRequest request;
    private final HttpServerResponse response;

    EmailOtpResource(
            EmailCodes codes,
            Sessions sessions,
            CurrentSession current,
            AuthRequest request,
            HttpServerResponse response) {
        this.codes = codes;
        this.sessions = sessions;
        this.current = current;
        this.request = request;
        this.response = response;
    }

    /** Done. */
    public record Success(boolean success) {

        static final Success DONE = new Success(true);
    }

    /** The answer of verify-email; the token is null where no session began. */
    @RegisterForReflection
    public record Verified(boolean status, String token, AuthUser user) {}

    /** The answer of a sign-in. */
    @RegisterForReflection
    public record SignedInUser(String token, AuthUser user) {}

    /** Says the same whether or not the address has an account. */
    @POST
    @Path("/email-otp/send-verification-otp")
    public Success sendVerificationOtp() {
        Fields fields = request.fields();
        String email = fields.string("email");
        CodeType type = type(fields);
        fields.check();
        request.refuseForeignForm();
        String address = address(email);
        if (type == CodeType.CHANGE_EMAIL) {
            throw new AuthException(400, null, "Invalid OTP type");
        }
        codes.send(type, address);
        return Success.DONE;
    }

    @POST
    @Path("/email-otp/check-verification-otp")
    public Success checkVerificationOtp() {
        Fields fields = request.fields();
        String email = fields.string("email");
        CodeType type = type(fields);
        String otp = fields.string("otp");
        fields.check();
        codes.check(type, address(email), otp);
        return Success.DONE;
    }

    @POST
    @Path("/email-otp/verify-email")
    public Verified verifyEmail() {
        Fields fields = request.fields();
        String email = fields.string("email");
        String otp = fields.string("otp");
        fields.check();
        EmailCodes.Proven proven = codes.verifyEmail(address(email), otp, current.find());
        if (proven.token() != null) {
            sessions.keep(response, proven.token(), true);
        }
        return new Verified(true, proven.token(), AuthUser.of(proven.user()));
    }

    @POST
    @Path("/sign-in/email-otp")
    public SignedInUser signInEmailOtp() {
        Fields fields = request.fields();
        String email = fields.string("email");
        String otp = fields.string("otp");
        String name = fields.optionalString("name").orElse("");
        String image = fields.optionalString("image").map(ImageUrl.Check::orNone).orElse(null);
        // none stays empty
        fields.hold("name", name, "", UserDocument.class);
        fields.hold("image", image, null, UserDocument.class);
        fields.check();
        ProtectedFields.refuse(fields);
        // what is no address was sent no code
        String address =
                EmailAddress.parse(email).orElseThrow(EmailOtpError.INVALID_OTP::exception);
        MailboxSignIn.Result result =
                codes.signIn(new MailboxSignIn.Owner(address, name, image), otp);
        String token = result.begun().token();
        sessions.keep(response, token, true);
        return new SignedInUser(token, AuthUser.of(result.user()));
    }

    /** Says the same whether or not the address has an account. */
    @POST
    @Path("/email-otp/request-password-reset")
    public Success requestPasswordReset() {
        Fields fields = request.fields();
        String email = fields.string("email");
        fields.check();
        codes.send(CodeType.FORGET_PASSWORD, address(email));
        return Success.DONE;
    }

    /** The former name of request-password-reset. */
    @POST
    @Path("/forget-password/email-otp")
    public Success forgetPassword() {
        return requestPasswordReset();
    }

    @POST
    @Path("/email-otp/reset-password")
    public Success resetPassword() {
        Fields fields = request.fields();
        String email = fields.string("email");
        String otp = fields.string("otp");
        String password = fields.string("password");
        fields.check();
        codes.resetPassword(address(email), otp, password);
        return Success.DONE;
    }

    @POST
    @Path("/email-otp/request-email-change")
    @SignedIn
    public Success requestEmailChange() {
        Fields fields = request.fields();
        String newEmail = fields.string("newEmail");
        String otp = fields.optionalString("otp").orElse(null);
        fields.check();
        ActiveSession active = current.require();
        codes.requireChangeEnabled();
        codes.requestChange(active.user(), address(newEmail), otp);
        return Success.DONE;
    }

    @POST
    @Path("/email-otp/change-email")
    @SignedIn
    public Success changeEmail() {
        Fields fields = request.fields();
        String newEmail = fields.string("newEmail");
        String otp = fields.string("otp");
        fields.check();
        ActiveSession active = current.require();
        codes.requireChangeEnabled();
        codes.change(active.user(), address(newEmail), otp);
        sessions.keep(response, active.token(), active.session().remember);
        return Success.DONE;
    }

    private static CodeType type(Fields fields) {
        return fields.oneOf("type", CodeType.names()).map(CodeType::of).orElse(null);
    }

    private static String address(String email) {
        return EmailAddress.parse(email).orElseThrow(AuthError.INVALID_EMAIL::exception);
    }
}
