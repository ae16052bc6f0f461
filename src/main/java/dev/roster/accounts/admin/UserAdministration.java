package dev.roster.accounts.admin;

import dev.roster.access.Role;
import dev.roster.access.RoleGrant;
import dev.roster.access.Roles;
import dev.roster.accounts.betterauth.AuthError;
import dev.roster.accounts.betterauth.AuthException;
import dev.roster.accounts.password.Credential;
import dev.roster.accounts.password.PasswordHasher;
import dev.roster.accounts.session.ActiveSession;
import dev.roster.accounts.session.Sessions;
import dev.roster.accounts.username.UsernameRules;
import dev.roster.audit.AuditAction;
import dev.roster.audit.AuditLog;
import dev.roster.platform.persistence.DatabaseFailure;
import dev.roster.platform.security.Permission;
import dev.roster.users.User;
import dev.roster.users.Username;
import dev.roster.users.Users;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.PersistenceException;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** What administrators change of other users: change, consequences and audit event at once. */
@ApplicationScoped
class UserAdministration {

    private final Users users;
    private final Roles roles;
    private final Sessions sessions;
    private final PasswordHasher hasher;
    private final UsernameRules usernames;
    private final ImpersonationConfig impersonation;
    private final AuditLog audit;
    private final Clock clock;

    UserAdministration(
            Users users,
            Roles roles,
            Sessions sessions,
            PasswordHasher hasher,
            UsernameRules usernames,
            ImpersonationConfig impersonation,
            AuditLog audit,
            Clock clock) {
        this.users = users;
        this.roles = roles;
        this.sessions = sessions;
        this.hasher = hasher;
        this.usernames = usernames;
        this.impersonation = impersonation;
        this.audit = audit;
        this.clock = clock;
    }

    /** An account to be made for somebody; the address as it is to be stored. */
    record NewUser(String name, String email, String password, List<String> roles) {}

    /**
     * Makes an account.
     *
     * @param change what else it is to be from the beginning
     * @throws AuthException 400 USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL
     */
    User create(Administrator administrator, NewUser account, Users.Change change) {
        // off the database connection
        String hash = account.password() == null ? null : hasher.hash(account.password());
        return unlessTaken(
                () ->
                        QuarkusTransaction.requiringNew()
                                .call(
                                        () -> {
                                            User user =
                                                    users.create(
                                                            account.name(),
                                                            account.email(),
                                                            null,
                                                            Username.NONE);
                                            audit.record(
                                                    AuditAction.USER_CREATED,
                                                    administrator.id(),
                                                    "user",
                                                    user.id);
                                            if (hash != null) {
                                                Credential.password(user, hash).persist();
                                            }
                                            users.administer(user, change, administrator.id());
                                            if (!account.roles().isEmpty()) {
                                                setRoles(administrator, user, account.roles());
                                            }
                                            return user;
                                        }));
    }

    /**
     * Changes a user, and its roles where there are any.
     *
     * @throws AuthException 400 USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL; 403 LAST_ADMINISTRATOR
     */
    User change(
            Administrator administrator,
            String publicId,
            Users.Change change,
            Optional<List<String>> newRoles) {
        return unlessTaken(
                () ->
                        QuarkusTransaction.requiringNew()
                                .call(
                                        () -> {
                                            User user =
                                                    administrator.target(
                                                            publicId,
                                                            AdminError
                                                                    .YOU_ARE_NOT_ALLOWED_TO_UPDATE_USERS);
                                            apply(administrator, user, change);
                                            newRoles.ifPresent(
                                                    names -> setRoles(administrator, user, names));
                                            return user;
                                        }));
    }

    /** Lets a user in again, or keeps it out and ends its sessions. */
    @Transactional
    User ban(Administrator administrator, String publicId, Optional<Users.Ban> ban) {
        User user = administrator.target(publicId, AdminError.YOU_ARE_NOT_ALLOWED_TO_BAN_USERS);
        apply(administrator, user, banned(ban));
        return user;
    }

    private static Users.Change banned(Optional<Users.Ban> ban) {
        return new Users.Change(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                UnaryOperator.identity(),
                Optional.of(ban));
    }

    private void apply(Administrator administrator, User user, Users.Change change) {
        boolean ban = change.ban().filter(Optional::isPresent).isPresent();
        if (ban && administrator.is(user)) {
            throw AdminError.YOU_CANNOT_BAN_YOURSELF.exception();
        }
        if (ban && roles.isLastAdministrator(user.id)) {
            throw AuthError.LAST_ADMINISTRATOR.exception();
        }
        users.administer(user, change, administrator.id());
        if (ban) {
            sessions.revoke(user.id, null, administrator.id());
            sessions.endImpersonationsBy(user);
        }
    }

    /** Replaces the roles of a user. */
    @Transactional
    User setRoles(Administrator administrator, String publicId, List<String> names) {
        User user =
                administrator.target(publicId, AdminError.YOU_ARE_NOT_ALLOWED_TO_CHANGE_USERS_ROLE);
        setRoles(administrator, user, names);
        return user;
    }

    private void setRoles(Administrator administrator, User user, List<String> names) {
        List<Role> wanted = Role.listByName(names);
        if (wanted.size() != names.stream().distinct().count()) {
            throw AdminError.YOU_ARE_NOT_ALLOWED_TO_SET_NON_EXISTENT_VALUE.exception();
        }
        // nobody makes another, or itself, more than it is
        if (!wanted.stream().allMatch(role -> role.isWithin(administrator.permissions()))) {
            throw AdminError.YOU_ARE_NOT_ALLOWED_TO_CHANGE_USERS_ROLE.exception();
        }
        boolean stays = wanted.stream().anyMatch(r -> r.permissions.contains(Permission.ALL));
        if (!stays && roles.isLastAdministrator(user.id)) {
            throw AuthError.LAST_ADMINISTRATOR.exception();
        }
        roles.replace(user, names.stream().distinct().toList(), administrator.id());
        if (wanted.stream().noneMatch(r -> Permission.USERS_IMPERSONATE.isIn(r.permissions))) {
            sessions.endImpersonationsBy(user);
        }
    }

    /** Removes a user and ends its sessions. */
    @Transactional
    void remove(Administrator administrator, String publicId) {
        User user = administrator.target(publicId, AdminError.YOU_ARE_NOT_ALLOWED_TO_DELETE_USERS);
        if (roles.isLastAdministrator(user.id)) {
            throw AuthError.LAST_ADMINISTRATOR.exception();
        }
        users.delete(user.id, administrator.id());
        sessions.revoke(user.id, null, administrator.id());
        sessions.endImpersonationsBy(user);
    }

    /** Sets the password of a user, whether or not it had one. Its sessions go on. */
    void setPassword(Administrator administrator, String publicId, String password) {
        User target =
                administrator.target(
                        publicId, AdminError.YOU_ARE_NOT_ALLOWED_TO_SET_USERS_PASSWORD);
        String hash = hasher.hash(password);
        QuarkusTransaction.requiringNew()
                .run(
                        () -> {
                            User user =
                                    User.lock(target.id)
                                            .orElseThrow(
                                                    () -> AuthError.USER_NOT_FOUND.exception(404));
                            Credential.setPassword(user, hash, clock.instant());
                            audit.record(
                                    AuditAction.PASSWORD_SET, administrator.id(), "user", user.id);
                        });
    }

    /**
     * Begins a session as another user.
     *
     * @throws AuthException 403 YOU_CANNOT_IMPERSONATE_ADMINS, BANNED_USER; 404 USER_NOT_FOUND
     */
    @Transactional
    ActiveSession impersonate(Administrator administrator, String publicId) {
        User user =
                User.findByPublicId(publicId)
                        .orElseThrow(() -> AuthError.USER_NOT_FOUND.exception(404));
        List<Role> held = RoleGrant.rolesOf(user.id);
        boolean another = held.stream().anyMatch(role -> !role.permissions.isEmpty());
        boolean allowed =
                impersonation.administrators()
                        || administrator.may(Permission.USERS_IMPERSONATE_ADMINS);
        if (another && !allowed) {
            throw AdminError.YOU_CANNOT_IMPERSONATE_ADMINS.exception();
        }
        administrator.requireNotAbove(user, AdminError.YOU_CANNOT_IMPERSONATE_ADMINS);
        Sessions.Begun begun =
                sessions.impersonate(
                        user, administrator.active().user(), impersonation.expiresIn());
        return new ActiveSession(begun.session(), user, held, begun.token());
    }

    private User unlessTaken(Supplier<User> change) {
        try {
            return change.get();
        } catch (PersistenceException e) {
            usernames.refuseTaken(e);
            Optional<String> violated = DatabaseFailure.violatedConstraint(e);
            if (violated.filter("users_email_key"::equals).isPresent()) {
                throw AuthError.USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL.exception(400);
            }
            throw e;
        }
    }
}
