package dev.roster.accounts.magiclink;

import dev.roster.accounts.betterauth.AuthError;
import dev.roster.accounts.betterauth.AuthException;
import dev.roster.accounts.betterauth.AuthRequest;
import dev.roster.accounts.betterauth.AuthUser;
import dev.roster.accounts.betterauth.BetterAuth;
import dev.roster.accounts.betterauth.Fields;
import dev.roster.accounts.betterauth.Plugin;
import dev.roster.accounts.betterauth.Redirects;
import dev.roster.accounts.betterauth.Status;
import dev.roster.accounts.mailbox.MailboxSignIn;
import dev.roster.accounts.session.AuthSession;
import dev.roster.accounts.session.Sessions;
import dev.roster.users.EmailAddress;
import dev.roster.users.UserDocument;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.core.http.HttpServerResponse;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Optional;

/** Signing in by a mailed link (contract, section 16, magic-link). */
@Path(BetterAuth.PATH)
@BetterAuth
@Plugin.Routes(Plugin.MAGIC_LINK)
@PermitAll
@Produces(MediaType.APPLICATION_JSON)
public class MagicLinkResource {

    private final MagicLinks links;
    private final Sessions sessions;
    private final Redirects redirects;
    private final AuthRequest request;
    private final HttpServerResponse response;

    MagicLinkResource(
            MagicLinks links,
            Sessions sessions,
            Redirects redirects,
            AuthRequest request,
            HttpServerResponse response) {
        this.links = links;
        this.sessions = sessions;
        this.redirects = redirects;
        this.request = request;
        this.response = response;
    }

    /** What following a link answers that says nothing of where to go on. */
    @RegisterForReflection
    public record SignedIn(String token, AuthUser user, AuthSession session) {}

    /** Says the same whether or not the address has an account. */
    @POST
    @Path("/sign-in/magic-link")
    public Status signInMagicLink() {
        Fields fields = request.fields();
        String email =
                fields.matching(
                        "email",
                        text -> EmailAddress.parse(text).isPresent(),
                        "Invalid email address");
        String name = fields.optionalString("name").orElse("");
        // none stays empty
        fields.hold("name", name, "", UserDocument.class);
        MagicLinks.Targets targets =
                new MagicLinks.Targets(
                        target(fields, "callbackURL"),
                        target(fields, "newUserCallbackURL"),
                        target(fields, "errorCallbackURL"));
        fields.optionalObject("metadata");
        fields.check();
        request.refuseForeignForm();
        links.send(EmailAddress.parse(email).orElseThrow(), name, targets);
        return Status.DONE;
    }

    /** What the mailed link leads to: it signs in, and sends the browser on. */
    @GET
    @Path("/magic-link/verify")
    public Response magicLinkVerify() {
        request.refuseSpeculation();
        Fields query = request.query();
        String token = query.string("token");
        query.check();
        Optional<String> callback = redirectTarget("callbackURL");
        Optional<String> newUser = redirectTarget("newUserCallbackURL");
        Optional<String> errorTarget = redirectTarget("errorCallbackURL").or(() -> callback);
        String error = errorTarget.orElse("/");
        Optional<MailboxSignIn.Result> result;
        try {
            result = links.follow(token);
        } catch (AuthException e) {
            if (errorTarget.isEmpty() && AuthError.BANNED_USER.name().equals(e.code())) {
                throw e;
            }
            return Redirects.to(redirects.absolute(error), "error", e.code());
        }
        if (result.isEmpty()) {
            return Redirects.to(redirects.absolute(error), "error", "new_user_signup_disabled");
        }
        MailboxSignIn.Result signedIn = result.get();
        Sessions.Begun begun = signedIn.begun();
        sessions.keep(response, begun.token(), true);
        if (callback.isEmpty()) {
            return Response.ok(
                            new SignedIn(
                                    begun.token(),
                                    AuthUser.of(signedIn.user()),
                                    AuthSession.of(begun.session(), begun.token())),
                            MediaType.APPLICATION_JSON_TYPE)
                    .build();
        }
        String target = signedIn.isNew() ? newUser.orElse(callback.get()) : callback.get();
        return Redirects.to(redirects.absolute(target));
    }

    private Optional<String> redirectTarget(String name) {
        // the reference names them all alike
        return request.redirectTarget(name, AuthError.INVALID_CALLBACK_URL);
    }

    private static String target(Fields fields, String name) {
        return fields.optionalString(name).filter(text -> !text.isEmpty()).orElse(null);
    }
}
