package dev.roster.accounts.account;

import dev.roster.accounts.betterauth.AuthError;
import dev.roster.accounts.betterauth.AuthException;
import dev.roster.accounts.betterauth.AuthRequest;
import dev.roster.accounts.betterauth.AuthUser;
import dev.roster.accounts.betterauth.BetterAuth;
import dev.roster.accounts.betterauth.Fields;
import dev.roster.accounts.betterauth.ProtectedFields;
import dev.roster.accounts.betterauth.Redirects;
import dev.roster.accounts.betterauth.SignedIn;
import dev.roster.accounts.betterauth.Status;
import dev.roster.accounts.password.Credential;
import dev.roster.accounts.password.PasswordRules;
import dev.roster.accounts.session.ActiveSession;
import dev.roster.accounts.session.CurrentSession;
import dev.roster.accounts.session.Sessions;
import dev.roster.accounts.username.UsernameRules;
import dev.roster.users.ImageUrl;
import dev.roster.users.User;
import dev.roster.users.UserDocument;
import dev.roster.users.Username;
import dev.roster.users.Users;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.core.http.HttpServerResponse;
import jakarta.annotation.security.PermitAll;
import jakarta.persistence.PersistenceException;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What a signed-in user changes about its own account (contract, section 9). */
@Path(BetterAuth.PATH)
@BetterAuth
@PermitAll
@Produces(MediaType.APPLICATION_JSON)
public class AccountResource {

    private final Account account;
    private final DeleteUserConfig deletion;
    private final Users users;
    private final Sessions sessions;
    private final CurrentSession current;
    private final PasswordRules rules;
    private final UsernameRules usernames;
    private final AuthRequest request;
    private final HttpServerResponse response;

    AccountResource(
            Account account,
            DeleteUserConfig deletion,
            Users users,
            Sessions sessions,
            CurrentSession current,
            PasswordRules rules,
            UsernameRules usernames,
            AuthRequest request,
            HttpServerResponse response) {
        this.account = account;
        this.deletion = deletion;
        this.users = users;
        this.sessions = sessions;
        this.current = current;
        this.rules = rules;
        this.usernames = usernames;
        this.request = request;
        this.response = response;
    }

    /** The answer of change-password; the token is null where the session goes on. */
    @RegisterForReflection
    public record PasswordChanged(String token, AuthUser user) {}

    /** The answer of delete-user. */
    @RegisterForReflection
    public record Deleted(boolean success, String message) {}

    /** A way to sign in, without its secrets. */
    @RegisterForReflection
    public record LinkedAccount(
            String accountId,
            String providerId,
            String userId,
            Instant createdAt,
            Instant updatedAt,
            String id,
            List<String> scopes) {

        static LinkedAccount of(Credential credential) {
            return new LinkedAccount(
                    credential.accountId,
                    credential.providerId,
                    credential.user.publicId(),
                    credential.createdAt,
                    credential.updatedAt,
                    credential.id.toString(),
                    credential.scopes);
        }
    }

    @POST
    @Path("/update-user")
    @SignedIn
    public Status updateUser() {
        Fields fields = request.fields();
        Optional<String> name = fields.optionalString("name");
        Optional<String> image = fields.nullableString("image").map(ImageUrl.Check::orNone);
        UsernameRules.Change rename = usernames.ofUpdate(fields);
        fields.check();
        ActiveSession active = current.require();
        if (fields.isTruthy("email")) {
            throw AuthError.EMAIL_CAN_NOT_BE_UPDATED.exception();
        }
        ProtectedFields.refuse(fields);
        if (name.isEmpty() && !fields.has("image") && rename.isNone()) {
            throw new AuthException(400, null, "No fields to update");
        }
        User stored = active.user();
        // the contract takes an empty one
        fields.hold(
                "name",
                name.filter(given -> !given.isEmpty()).orElse(null),
                stored.name,
                UserDocument.class);
        fields.hold("image", image.orElse(null), stored.image, UserDocument.class);
        fields.hold(
                "displayUsername",
                rename.apply(Username.of(stored)).displayUsername(),
                stored.displayUsername,
                Username.class);
        fields.check();
        try {
            users.update(
                    active.user().id,
                    user ->
                            new UserDocument(
                                    name.orElse(user.name()),
                                    fields.has("image") ? image.orElse(null) : user.image()),
                    rename);
        } catch (PersistenceException e) {
            usernames.refuseTaken(e);
            throw e;
        }
        sessions.keep(response, active.token(), active.session().remember);
        return Status.DONE;
    }

    @POST
    @Path("/change-password")
    @SignedIn
    public PasswordChanged changePassword() {
        Fields fields = request.fields();
        String newPassword = fields.string("newPassword");
        String currentPassword = fields.string("currentPassword");
        boolean revokeOthers = fields.optionalBoolean("revokeOtherSessions").orElse(false);
        fields.check();
        ActiveSession active = current.require();
        rules.check(newPassword);
        String token = account.changePassword(active, currentPassword, newPassword, revokeOthers);
        if (token != null) {
            sessions.keep(response, token, active.session().remember);
        }
        return new PasswordChanged(token, AuthUser.of(active.user()));
    }

    @POST
    @Path("/verify-password")
    @SignedIn
    public Status verifyPassword() {
        Fields fields = request.fields();
        String password = fields.string("password");
        fields.check();
        account.verifyPassword(current.require().user().id, password);
        return Status.DONE;
    }

    @POST
    @Path("/delete-user")
    @SignedIn
    public Deleted deleteUser() {
        Fields fields = request.optionalFields();
        Optional<String> password = fields.optionalString("password");
        Optional<String> token = fields.optionalString("token");
        fields.optionalString("callbackURL");
        fields.check();
        ActiveSession active = current.require();
        if (!deletion.enabled()) {
            throw new NotFoundException();
        }
        if (password.isPresent()) {
            account.requirePassword(active.user().id, password.get());
        }
        if (token.isEmpty() && deletion.confirmByMail()) {
            account.mailDeletion(active.user(), request.callbackUrl());
            return new Deleted(true, "Verification email sent");
        }
        if (password.isEmpty() && token.isEmpty() && !current.isFresh()) {
            throw AuthError.SESSION_EXPIRED.exception();
        }
        account.delete(active.user().id, token.orElse(null));
        sessions.forget(response);
        return new Deleted(true, "User deleted");
    }

    /** What the mailed link leads to; the user must be signed in. */
    @GET
    @Path("/delete-user/callback")
    public Response deleteUserCallback() {
        request.refuseSpeculation();
        Fields query = request.query();
        String token = query.string("token");
        query.optionalString("callbackURL");
        query.check();
        Optional<String> target =
                request.redirectTarget("callbackURL", AuthError.INVALID_CALLBACK_URL);
        if (!deletion.enabled()) {
            throw new AuthException(404, "NOT_FOUND", "Not found");
        }
        ActiveSession active =
                current.find().orElseThrow(AuthError.FAILED_TO_GET_USER_INFO::exception);
        account.delete(active.user().id, token);
        sessions.forget(response);
        return target.map(Redirects::to)
                .orElseGet(
                        () ->
                                Response.ok(
                                                new Deleted(true, "User deleted"),
                                                MediaType.APPLICATION_JSON_TYPE)
                                        .build());
    }

    @POST
    @Path("/unlink-account")
    @SignedIn
    public Status unlinkAccount() {
        Fields fields = request.fields();
        String accountId = fields.string("accountId");
        fields.check();
        account.unlink(current.requireFresh().user().id, accountId);
        return Status.DONE;
    }

    @GET
    @Path("/list-accounts")
    @SignedIn
    public List<LinkedAccount> listAccounts() {
        return Credential.listFor(current.require().user().id).stream()
                .map(LinkedAccount::of)
                .toList();
    }
}
