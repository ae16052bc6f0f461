package dev.roster.accounts.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.accounts.betterauth.AuthError;
import dev.roster.accounts.betterauth.AuthException;
import dev.roster.accounts.betterauth.AuthRequest;
import dev.roster.accounts.betterauth.AuthUser;
import dev.roster.accounts.betterauth.BetterAuth;
import dev.roster.accounts.betterauth.Cookies;
import dev.roster.accounts.betterauth.ErrorCode;
import dev.roster.accounts.betterauth.Fields;
import dev.roster.accounts.betterauth.Plugin;
import dev.roster.accounts.betterauth.Status;
import dev.roster.accounts.password.PasswordRules;
import dev.roster.accounts.session.ActiveSession;
import dev.roster.accounts.session.AuthSession;
import dev.roster.accounts.session.CurrentSession;
import dev.roster.accounts.session.SessionAndUser;
import dev.roster.accounts.session.SessionConfig;
import dev.roster.accounts.session.Sessions;
import dev.roster.accounts.username.UsernameError;
import dev.roster.accounts.username.UsernameRules;
import dev.roster.platform.json.Times;
import dev.roster.platform.problem.ProblemException;
import dev.roster.platform.security.Permission;
import dev.roster.users.EmailAddress;
import dev.roster.users.ImageUrl;
import dev.roster.users.User;
import dev.roster.users.UserDocument;
import dev.roster.users.Username;
import dev.roster.users.Users;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * The fifteen operations of the admin plugin (contract, sections 10 and 16). Who is not signed in
 * gets 401 without a body, who may not 403 with the operation's own code.
 */
@Path(BetterAuth.PATH + "/admin")
@BetterAuth
@Plugin.Routes(Plugin.ADMIN)
@PermitAll
@Produces(MediaType.APPLICATION_JSON)
public class AdminResource {

    private static final String ADMIN_COOKIE = "admin_session";
    private static final String DEFAULT_REASON = "No reason";
    private static final long LONGEST_BAN = 100L * 365 * 24 * 3600;

    /** Members of a user that not even an administrator sets; what is no member is ignored. */
    private static final List<String> PROTECTED =
            List.of("createdAt", "updatedAt", "twoFactorEnabled", "isAnonymous");

    private final UserAdministration administration;
    private final Sessions sessions;
    private final SessionConfig sessionConfig;
    private final CurrentSession current;
    private final PasswordRules passwords;
    private final UsernameRules usernames;
    private final Cookies cookies;
    private final AuthRequest request;
    private final HttpServerRequest http;
    private final HttpServerResponse response;
    private final Clock clock;

    AdminResource(
            UserAdministration administration,
            Sessions sessions,
            SessionConfig sessionConfig,
            CurrentSession current,
            PasswordRules passwords,
            UsernameRules usernames,
            Cookies cookies,
            AuthRequest request,
            HttpServerRequest http,
            HttpServerResponse response,
            Clock clock) {
        this.administration = administration;
        this.sessions = sessions;
        this.sessionConfig = sessionConfig;
        this.current = current;
        this.passwords = passwords;
        this.usernames = usernames;
        this.cookies = cookies;
        this.request = request;
        this.http = http;
        this.response = response;
        this.clock = clock;
    }

    /** One user. */
    @RegisterForReflection
    public record OneUser(AuthUser user) {}

    /** A page of users; limit and offset as they were asked for, absent where they were not. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Page(List<AuthUser> users, long total, Integer limit, Integer offset) {}

    /** Where a user is signed in. */
    @RegisterForReflection
    public record SessionList(List<AuthSession> sessions) {}

    /** It is done. */
    @RegisterForReflection
    public record Success(boolean success) {}

    /** Whether something is allowed; the error is always null. */
    @RegisterForReflection
    public record Allowed(String error, boolean success) {}

    @GET
    @Path("/list-users")
    public Page listUsers() {
        Fields query = request.query();
        UserQuery asked = UserQuery.of(query);
        query.check();
        administrator()
                .require(Permission.USERS_LIST, AdminError.YOU_ARE_NOT_ALLOWED_TO_LIST_USERS);
        UserQuery.Result found = asked.run();
        return new Page(
                found.users().stream().map(AuthUser::of).toList(),
                found.total(),
                asked.limit,
                asked.offset);
    }

    @GET
    @Path("/get-user")
    public AuthUser getUser() {
        Fields query = request.query();
        String id = query.string("id");
        query.check();
        administrator().require(Permission.USERS_READ, AdminError.YOU_ARE_NOT_ALLOWED_TO_GET_USER);
        return AuthUser.of(
                User.findByPublicId(id).orElseThrow(() -> AuthError.USER_NOT_FOUND.exception(404)));
    }

    @POST
    @Path("/create-user")
    public OneUser createUser() {
        Fields fields = request.fields();
        String email = fields.string("email");
        Optional<String> password = fields.optionalString("password").filter(p -> !p.isEmpty());
        String name = fields.string("name");
        fields.hold("name", name, "", UserDocument.class);
        Optional<List<String>> role = fields.optionalStrings("role");
        Optional<ObjectNode> data = fields.optionalObject("data");
        fields.check();
        Administrator administrator = administrator();
        administrator.require(
                Permission.USERS_CREATE, AdminError.YOU_ARE_NOT_ALLOWED_TO_CREATE_USERS);
        Users.Change change = change(administrator);
        if (data.isPresent()) {
            requireRules(change, null);
        }
        Optional<List<String>> roles = role.or(() -> roles(data));
        roles.ifPresent(names -> requireSetRole(administrator));
        String address = EmailAddress.parse(email).orElseThrow(AuthError.INVALID_EMAIL::exception);
        password.ifPresent(passwords::check);
        return new OneUser(
                AuthUser.of(
                        administer(
                                AdminError.YOU_ARE_NOT_ALLOWED_TO_CREATE_USERS,
                                () ->
                                        administration.create(
                                                administrator.id(),
                                                new UserAdministration.NewUser(
                                                        name,
                                                        address,
                                                        roles.map(AdminResource::split)
                                                                .orElse(List.of())),
                                                password.orElse(null),
                                                change))));
    }

    @POST
    @Path("/update-user")
    public AuthUser updateUser() {
        Fields fields = request.fields();
        String userId = fields.string("userId");
        Optional<ObjectNode> data = fields.optionalObject("data");
        if (data.isEmpty()) {
            fields.object("data");
        }
        fields.check();
        Administrator administrator = administrator();
        administrator.require(
                Permission.USERS_UPDATE, AdminError.YOU_ARE_NOT_ALLOWED_TO_UPDATE_USERS);
        ObjectNode members = data.orElseThrow();
        if (members.isEmpty()) {
            throw AdminError.NO_DATA_TO_UPDATE.exception();
        }
        if (members.has("password")) {
            throw AdminError.PASSWORD_CANNOT_BE_UPDATED_VIA_UPDATE_USER.exception();
        }
        if (members.has("id")) {
            throw AdminError.USER_ID_CANNOT_BE_UPDATED.exception();
        }
        Optional<List<String>> roles = roles(data).map(AdminResource::split);
        roles.ifPresent(names -> requireSetRole(administrator));
        Users.Change change = change(administrator);
        return AuthUser.of(
                administer(
                        AdminError.YOU_ARE_NOT_ALLOWED_TO_UPDATE_USERS,
                        () ->
                                administration.change(
                                        administrator.id(),
                                        id(userId),
                                        user -> {
                                            Users.Change wanted = amended(change, user);
                                            requireRules(wanted, user);
                                            return new UserAdministration.Edit(wanted, roles);
                                        })));
    }

    @POST
    @Path("/set-role")
    public OneUser setRole() {
        Fields fields = request.fields();
        String userId = fields.string("userId");
        List<String> roles = fields.strings("role");
        fields.check();
        Administrator administrator = administrator();
        requireSetRole(administrator);
        return new OneUser(
                AuthUser.of(
                        administer(
                                AdminError.YOU_ARE_NOT_ALLOWED_TO_CHANGE_USERS_ROLE,
                                () ->
                                        administration.setRoles(
                                                administrator.id(), id(userId), split(roles)))));
    }

    @POST
    @Path("/ban-user")
    public OneUser banUser() {
        Fields fields = request.fields();
        String userId = fields.string("userId");
        Optional<String> reason = fields.optionalString("banReason").filter(r -> !r.isEmpty());
        fields.hold("banReason", reason.orElse(null), null, Users.Ban.class, "reason");
        Optional<Double> seconds = fields.optionalNumber("banExpiresIn", Long.MIN_VALUE);
        fields.check();
        Administrator administrator = administrator();
        administrator.require(Permission.USERS_BAN, AdminError.YOU_ARE_NOT_ALLOWED_TO_BAN_USERS);
        Instant expires =
                seconds.filter(number -> number != 0)
                        .map(number -> Math.max(0, Math.min(number.longValue(), LONGEST_BAN)))
                        .map(number -> clock.instant().plusSeconds(number))
                        .orElse(null);
        Users.Ban ban = new Users.Ban(reason.orElse(DEFAULT_REASON), expires);
        return banned(administrator, userId, Optional.of(ban));
    }

    @POST
    @Path("/unban-user")
    public OneUser unbanUser() {
        String userId = userId();
        Administrator administrator = administrator();
        administrator.require(Permission.USERS_BAN, AdminError.YOU_ARE_NOT_ALLOWED_TO_BAN_USERS);
        return banned(administrator, userId, Optional.empty());
    }

    private OneUser banned(Administrator administrator, String userId, Optional<Users.Ban> ban) {
        return new OneUser(
                AuthUser.of(
                        administer(
                                AdminError.YOU_ARE_NOT_ALLOWED_TO_BAN_USERS,
                                () ->
                                        administration.ban(
                                                administrator.id(), id(userId), user -> {}, ban))));
    }

    @POST
    @Path("/list-user-sessions")
    public SessionList listUserSessions() {
        String userId = userId();
        Administrator administrator = administrator();
        administrator.require(
                Permission.SESSIONS_LIST, AdminError.YOU_ARE_NOT_ALLOWED_TO_LIST_USERS_SESSIONS);
        return new SessionList(
                User.findByPublicId(userId).map(user -> sessions.list(user.id)).orElse(List.of()));
    }

    /** The session of a token or a handle; done, too, where there is none. */
    @POST
    @Path("/revoke-user-session")
    public Success revokeUserSession() {
        Fields fields = request.fields();
        String token = fields.string("sessionToken");
        fields.check();
        Administrator administrator = administrator();
        administrator.require(
                Permission.SESSIONS_REVOKE,
                AdminError.YOU_ARE_NOT_ALLOWED_TO_REVOKE_USERS_SESSIONS);
        sessions.owner(token)
                .ifPresent(
                        user -> {
                            administrator.requireNotAbove(
                                    user, AdminError.YOU_ARE_NOT_ALLOWED_TO_REVOKE_USERS_SESSIONS);
                            sessions.revoke(user.id, token, administrator.id());
                        });
        return new Success(true);
    }

    @POST
    @Path("/revoke-user-sessions")
    public Success revokeUserSessions() {
        String userId = userId();
        Administrator administrator = administrator();
        administrator.require(
                Permission.SESSIONS_REVOKE,
                AdminError.YOU_ARE_NOT_ALLOWED_TO_REVOKE_USERS_SESSIONS);
        // done, too, where there is nobody
        User.findByPublicId(userId)
                .ifPresent(
                        user ->
                                administer(
                                        AdminError.YOU_ARE_NOT_ALLOWED_TO_REVOKE_USERS_SESSIONS,
                                        () -> {
                                            administration.resetSessions(
                                                    administrator.id(), user.id);
                                            return user;
                                        }));
        return new Success(true);
    }

    @POST
    @Path("/remove-user")
    public Success removeUser() {
        String userId = userId();
        Administrator administrator = administrator();
        administrator.require(
                Permission.USERS_DELETE, AdminError.YOU_ARE_NOT_ALLOWED_TO_DELETE_USERS);
        if (userId.equals(administrator.active().user().publicId())) {
            throw AdminError.YOU_CANNOT_REMOVE_YOURSELF.exception();
        }
        return administer(
                AdminError.YOU_ARE_NOT_ALLOWED_TO_DELETE_USERS,
                () -> {
                    // the reference removes the row: here, too, the address is free at once
                    administration.remove(administrator.id(), id(userId), user -> {}, false);
                    return new Success(true);
                });
    }

    @POST
    @Path("/set-user-password")
    public Status setUserPassword() {
        Fields fields = request.fields();
        String password = fields.nonEmpty("newPassword");
        String userId = fields.nonEmpty("userId");
        fields.check();
        Administrator administrator = administrator();
        administrator.require(
                Permission.USERS_SET_PASSWORD,
                AdminError.YOU_ARE_NOT_ALLOWED_TO_SET_USERS_PASSWORD);
        passwords.check(password);
        return administer(
                AdminError.YOU_ARE_NOT_ALLOWED_TO_SET_USERS_PASSWORD,
                () -> {
                    administration.setPassword(administrator.id(), id(userId), password);
                    return Status.DONE;
                });
    }

    @POST
    @Path("/has-permission")
    public Allowed hasPermission() {
        Fields fields = request.fields();
        Optional<Map<String, List<String>>> asked = fields.optionalStringLists("permissions");
        fields.optionalStringLists("permission");
        fields.check();
        if (asked.isEmpty()) {
            throw new AuthException(
                    400, null, "invalid permission check. no permission(s) were passed.");
        }
        return new Allowed(null, administrator().mayAll(asked.get()));
    }

    /** The administrator's own session waits in a cookie until it stops. */
    @POST
    @Path("/impersonate-user")
    public SessionAndUser impersonateUser() {
        String userId = userId();
        Administrator administrator = administrator();
        administrator.require(
                Permission.USERS_IMPERSONATE, AdminError.YOU_ARE_NOT_ALLOWED_TO_IMPERSONATE_USERS);
        ActiveSession own = administrator.active();
        if (own.session().impersonatedBy != null || own.session().ofApiKey) {
            // whoever acts would no longer be named, and could not go back
            throw AdminError.YOU_ARE_NOT_ALLOWED_TO_IMPERSONATE_USERS.exception();
        }
        ActiveSession begun =
                administer(
                        AdminError.YOU_CANNOT_IMPERSONATE_ADMINS,
                        () -> administration.impersonate(own.user(), id(userId)));
        sessions.forget(response);
        cookies.set(
                response,
                ADMIN_COOKIE,
                own.token() + ":" + (own.session().remember ? "" : "true"),
                sessionConfig.expiresIn());
        sessions.keep(response, begun.token(), false);
        return SessionAndUser.of(begun);
    }

    @POST
    @Path("/stop-impersonating")
    public SessionAndUser stopImpersonating() {
        ActiveSession impersonated = signedIn();
        String administratorId = impersonated.session().impersonatedBy;
        if (administratorId == null) {
            throw new AuthException(400, null, "You are not impersonating anyone");
        }
        ActiveSession own =
                cookies.signed(http, ADMIN_COOKIE).stream()
                        .map(value -> value.split(":", 2)[0])
                        .flatMap(token -> sessions.find(token).stream())
                        .filter(session -> session.user().publicId().equals(administratorId))
                        .findFirst()
                        .orElseThrow(
                                // 500 in the reference, though it is the client who lacks it
                                () -> new AuthException(400, null, "Failed to find admin session"));
        sessions.endImpersonation(impersonated, own.user());
        cookies.clear(response, ADMIN_COOKIE);
        if (own.session().remember) {
            sessions.forgetDontRemember(response);
        }
        sessions.keep(response, own.token(), own.session().remember);
        return SessionAndUser.of(own);
    }

    private ActiveSession signedIn() {
        return current.find().orElseThrow(() -> new AuthException(401, null, null));
    }

    private Administrator administrator() {
        return Administrator.of(signedIn());
    }

    private String userId() {
        Fields fields = request.fields();
        String userId = fields.string("userId");
        fields.check();
        return userId;
    }

    private static UUID id(String publicId) {
        return User.findByPublicId(publicId)
                .orElseThrow(() -> AuthError.USER_NOT_FOUND.exception(404))
                .id;
    }

    /** Does what administrators do in both dialects, and tells of its problems as this one does. */
    private static <T> T administer(ErrorCode forbidden, Supplier<T> change) {
        try {
            return change.get();
        } catch (ProblemException e) {
            throw switch (e.code()) {
                case NOT_FOUND -> AuthError.USER_NOT_FOUND.exception(404);
                case FORBIDDEN ->
                        e instanceof UserAdministration.RoleAboveException
                                ? AdminError.YOU_ARE_NOT_ALLOWED_TO_CHANGE_USERS_ROLE.exception()
                                : forbidden.exception();
                case VALIDATION_FAILED ->
                        AdminError.YOU_ARE_NOT_ALLOWED_TO_SET_NON_EXISTENT_VALUE.exception();
                case CONFLICT -> AdminError.YOU_CANNOT_BAN_YOURSELF.exception();
                case EMAIL_TAKEN -> AuthError.USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL.exception(400);
                case USERNAME_TAKEN -> UsernameError.USERNAME_IS_ALREADY_TAKEN.exception();
                case LAST_ADMINISTRATOR -> AuthError.LAST_ADMINISTRATOR.exception();
                default -> e;
            };
        }
    }

    private static void requireSetRole(Administrator administrator) {
        administrator.require(
                Permission.USERS_SET_ROLE, AdminError.YOU_ARE_NOT_ALLOWED_TO_CHANGE_USERS_ROLE);
    }

    /** Roles come as one text with commas, or as an array. */
    private static List<String> split(List<String> roles) {
        return roles.stream()
                .flatMap(role -> Arrays.stream(role.split(",", -1)))
                .map(String::trim)
                .toList();
    }

    private static Optional<List<String>> roles(Optional<ObjectNode> data) {
        JsonNode role = data.map(members -> members.get("role")).orElse(null);
        if (role == null) {
            return Optional.empty();
        }
        List<String> names = new ArrayList<>();
        if (role.isArray()) {
            role.forEach(name -> names.add(name.textValue()));
        } else {
            names.add(role.textValue());
        }
        if (names.contains(null)) {
            throw AdminError.INVALID_ROLE_TYPE.exception();
        }
        return Optional.of(names);
    }

    /** The change, and what it says of the ban there is without saying that there is one. */
    private Users.Change amended(Users.Change change, User user) {
        Fields data = request.fields().object("data");
        boolean reason = data.has("banReason");
        boolean expires = data.has("banExpires");
        if (!user.banned || change.ban().isPresent() || !reason && !expires) {
            return change;
        }
        return change.with(
                Optional.of(
                        new Users.Ban(
                                reason
                                        ? data.nullableString("banReason")
                                                .filter(r -> !r.isEmpty())
                                                .orElse(DEFAULT_REASON)
                                        : user.banReason,
                                expires ? banExpires(data).orElse(null) : user.banExpires)));
    }

    private static Optional<Instant> banExpires(Fields data) {
        try {
            return data.nullableString("banExpires").map(Instant::parse).map(Times::storable);
        } catch (DateTimeException e) {
            data.fault("banExpires", "Invalid input: expected an ISO 8601 time in UTC");
            return Optional.empty();
        }
    }

    /**
     * Holds what {@code data} changes to the rules of the REST API.
     *
     * @param user as it is stored; null for a new one
     */
    private void requireRules(Users.Change change, User user) {
        Fields data = request.fields().object("data");
        Username stored = user == null ? Username.NONE : Username.of(user);
        data.hold(
                "name",
                change.name().filter(name -> !name.isEmpty()).orElse(null),
                user == null ? null : user.name,
                UserDocument.class);
        data.hold(
                "image",
                change.image().flatMap(image -> image).orElse(null),
                user == null ? null : user.image,
                UserDocument.class);
        data.hold(
                "displayUsername",
                change.rename().apply(stored).displayUsername(),
                stored.displayUsername(),
                Username.class);
        data.hold(
                "banReason",
                change.ban().flatMap(ban -> ban).map(Users.Ban::reason).orElse(null),
                user == null ? null : user.banReason,
                Users.Ban.class,
                "reason");
        data.check();
    }

    /** What the members of {@code data} ask for; those that nobody may set are refused. */
    private Users.Change change(Administrator administrator) {
        if (!request.fields().has("data")) {
            return Users.Change.NONE;
        }
        Fields fields = request.fields().object("data");
        for (String name : PROTECTED) {
            if (fields.has(name)) {
                throw AuthError.FIELD_NOT_ALLOWED.exception(name + " is not allowed to be set");
            }
        }
        Optional<String> name = fields.optionalString("name");
        Optional<Optional<String>> image =
                fields.has("image")
                        ? Optional.of(fields.nullableString("image").map(ImageUrl.Check::orNone))
                        : Optional.empty();
        Optional<String> email = fields.optionalString("email");
        Optional<Boolean> verified = fields.optionalBoolean("emailVerified");
        Optional<Boolean> banned = fields.optionalBoolean("banned");
        Optional<String> reason = fields.nullableString("banReason").filter(r -> !r.isEmpty());
        Instant banEnds = banExpires(fields).orElse(null);
        UsernameRules.Change rename = usernames.ofUpdate(fields);
        fields.check();
        if (fields.has("banned") || fields.has("banReason") || fields.has("banExpires")) {
            administrator.require(
                    Permission.USERS_BAN, AdminError.YOU_ARE_NOT_ALLOWED_TO_BAN_USERS);
        }
        if (email.isPresent() || verified.isPresent()) {
            administrator.require(
                    Permission.USERS_SET_EMAIL, AdminError.YOU_ARE_NOT_ALLOWED_TO_SET_USERS_EMAIL);
        }
        Optional<String> address =
                email.map(
                        text ->
                                EmailAddress.parse(text)
                                        .orElseThrow(AuthError.INVALID_EMAIL::exception));
        return new Users.Change(
                name,
                image,
                address,
                verified,
                rename,
                Optional.empty(),
                banned.map(
                        ban ->
                                ban
                                        ? Optional.of(
                                                new Users.Ban(
                                                        reason.orElse(DEFAULT_REASON), banEnds))
                                        : Optional.empty()));
    }
}
