package dev.roster.accounts.passwordreset;

import dev.roster.accounts.betterauth.AuthError;
import dev.roster.accounts.betterauth.AuthRequest;
import dev.roster.accounts.betterauth.BetterAuth;
import dev.roster.accounts.betterauth.Fields;
import dev.roster.accounts.betterauth.Redirects;
import dev.roster.accounts.betterauth.Status;
import dev.roster.users.EmailAddress;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Optional;

/** Resetting a forgotten password (contract, section 9). */
@Path(BetterAuth.PATH)
@BetterAuth
@PermitAll
@Produces(MediaType.APPLICATION_JSON)
public class PasswordResetResource {

    private final PasswordReset reset;
    private final Redirects redirects;
    private final AuthRequest request;

    PasswordResetResource(PasswordReset reset, Redirects redirects, AuthRequest request) {
        this.reset = reset;
        this.redirects = redirects;
        this.request = request;
    }

    /** The answer of request-password-reset, for known and unknown addresses. */
    public record Requested(boolean status, String message) {}

    @POST
    @Path("/request-password-reset")
    public Requested requestPasswordReset() {
        Fields fields = request.fields();
        String email =
                fields.matching(
                        "email",
                        text -> EmailAddress.parse(text).isPresent(),
                        "Invalid email address");
        String redirectTo = fields.optionalString("redirectTo").orElse(null);
        fields.check();
        reset.request(email, redirectTo);
        return new Requested(
                true, "If this email exists in our system, check your email for the reset link");
    }

    /** What the mailed link leads to: the application's page, with the token or an error. */
    @GET
    @Path("/reset-password/{token}")
    public Response resetPasswordCallback(@PathParam("token") String token) {
        Fields query = request.query();
        query.string("callbackURL");
        query.check();
        Optional<String> target =
                request.redirectTarget("callbackURL", AuthError.INVALID_CALLBACK_URL);
        if (target.isEmpty()) {
            return redirects.toErrorPage("INVALID_TOKEN");
        }
        String absolute = redirects.absolute(target.get());
        return reset.isGood(token)
                ? Redirects.to(absolute, "token", token)
                : Redirects.to(absolute, "error", "INVALID_TOKEN");
    }

    /** The token is in the body, or else in the query. */
    @POST
    @Path("/reset-password")
    public Status resetPassword() {
        Fields fields = request.fields();
        String newPassword = fields.string("newPassword");
        String token = fields.optionalString("token").orElse("");
        fields.check();
        Fields query = request.query();
        String queryToken = query.optionalString("token").orElse("");
        query.check();
        String given = token.isEmpty() ? queryToken : token;
        if (given.isEmpty()) {
            throw AuthError.INVALID_TOKEN.exception(400);
        }
        reset.reset(given, newPassword);
        return Status.DONE;
    }
}
