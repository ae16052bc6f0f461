package dev.roster.accounts.email;

import dev.roster.accounts.betterauth.AuthError;
import dev.roster.accounts.betterauth.AuthException;
import dev.roster.accounts.betterauth.AuthRequest;
import dev.roster.accounts.betterauth.AuthUser;
import dev.roster.accounts.betterauth.BetterAuth;
import dev.roster.accounts.betterauth.Fields;
import dev.roster.accounts.betterauth.Redirects;
import dev.roster.accounts.betterauth.SignedIn;
import dev.roster.accounts.betterauth.Status;
import dev.roster.accounts.session.ActiveSession;
import dev.roster.accounts.session.CurrentSession;
import dev.roster.accounts.session.Sessions;
import dev.roster.users.EmailAddress;
import dev.roster.users.User;
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

/** Verifying and changing addresses (contract, section 9). */
@Path(BetterAuth.PATH)
@BetterAuth
@PermitAll
@Produces(MediaType.APPLICATION_JSON)
public class EmailResource {

    private final EmailVerification verification;
    private final EmailChange change;
    private final EmailLinks links;
    private final Sessions sessions;
    private final CurrentSession current;
    private final AuthRequest request;
    private final HttpServerResponse response;

    EmailResource(
            EmailVerification verification,
            EmailChange change,
            EmailLinks links,
            Sessions sessions,
            CurrentSession current,
            AuthRequest request,
            HttpServerResponse response) {
        this.verification = verification;
        this.change = change;
        this.links = links;
        this.sessions = sessions;
        this.current = current;
        this.request = request;
        this.response = response;
    }

    /** The answer of verify-email; the user is null unless its address changed. */
    @RegisterForReflection
    public record Verified(boolean status, AuthUser user) {}

    /** Says the same to strangers whether or not the address has an account to verify. */
    @POST
    @Path("/send-verification-email")
    public Status sendVerificationEmail() {
        Fields fields = request.fields();
        String email = address(fields, "email");
        fields.optionalString("callbackURL");
        fields.check();
        Optional<ActiveSession> active = current.find();
        if (active.isPresent()) {
            verification.sendTo(active.get().user(), email);
        } else {
            verification.sendTo(email);
        }
        return Status.DONE;
    }

    @GET
    @Path("/verify-email")
    public Response verifyEmail() {
        request.refuseSpeculation();
        Fields query = request.query();
        String token = query.string("token");
        query.optionalString("callbackURL");
        query.check();
        String target =
                request.redirectTarget("callbackURL", AuthError.INVALID_CALLBACK_URL).orElse(null);
        Object answer;
        try {
            answer = follow(links.read(token), target);
        } catch (AuthException e) {
            if (target == null) {
                throw e;
            }
            return Redirects.to(target, "error", e.code());
        }
        return target == null
                ? Response.ok(answer, MediaType.APPLICATION_JSON_TYPE).build()
                : Redirects.to(target);
    }

    private Object follow(EmailLink link, String target) {
        Optional<ActiveSession> active = current.find();
        if (!link.changesAddress()) {
            verification
                    .prove(link, active)
                    .ifPresent(token -> sessions.keep(response, token, true));
            return new Verified(true, null);
        }
        Optional<User> changed = change.follow(link, active, target);
        if (changed.isEmpty()) {
            return Status.DONE;
        }
        active.ifPresent(this::keep);
        return new Verified(true, AuthUser.of(changed.get()));
    }

    @POST
    @Path("/change-email")
    @SignedIn
    public Status changeEmail() {
        Fields fields = request.fields();
        String newEmail = address(fields, "newEmail");
        fields.optionalString("callbackURL");
        fields.check();
        ActiveSession active = current.require();
        boolean changed =
                change.request(
                        active, EmailAddress.parse(newEmail).orElseThrow(), request.callbackUrl());
        if (changed) {
            keep(active);
        }
        return Status.DONE;
    }

    private static String address(Fields fields, String name) {
        return fields.matching(
                name, text -> EmailAddress.parse(text).isPresent(), "Invalid email address");
    }

    private void keep(ActiveSession active) {
        sessions.keep(response, active.token(), active.session().remember);
    }
}
