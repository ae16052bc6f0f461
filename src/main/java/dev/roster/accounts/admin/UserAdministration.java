package dev.roster.accounts.admin;

import dev.roster.access.Authority;
import dev.roster.access.Authority.Acting;
import dev.roster.access.Authority.Actor;
import dev.roster.access.Role;
import dev.roster.access.Roles;
import dev.roster.accounts.password.Credential;
import dev.roster.accounts.password.PasswordHasher;
import dev.roster.accounts.passwordreset.PasswordInvitations;
import dev.roster.accounts.session.ActiveSession;
import dev.roster.accounts.session.Sessions;
import dev.roster.accounts.verification.Verification;
import dev.roster.audit.AuditAction;
import dev.roster.audit.AuditLog;
import dev.roster.mail.MailKind;
import dev.roster.platform.persistence.DatabaseFailure;
import dev.roster.platform.persistence.Transactions;
import dev.roster.platform.problem.ProblemCode;
import dev.roster.platform.problem.ProblemException;
import dev.roster.platform.security.Permission;
import dev.roster.users.EmailAddress;
import dev.roster.users.User;
import dev.roster.users.Username;
import dev.roster.users.Users;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.PersistenceException;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What administrators change of other users, for both dialects: change, consequences and audit
 * event at once. Each use case asks {@link Authority} first, and throws a {@link ProblemException}:
 * 403 where the actor may not, 404 for no such user, EMAIL_TAKEN, USERNAME_TAKEN or
 * LAST_ADMINISTRATOR.
 */
@ApplicationScoped
public class UserAdministration {

    private final Authority authority;
    private final Users users;
    private final Roles roles;
    private final Sessions sessions;
    private final PasswordHasher hasher;
    private final PasswordInvitations invitations;
    private final ImpersonationConfig impersonation;
    private final AuditLog audit;
    private final Clock clock;

    UserAdministration(
            Authority authority,
            Users users,
            Roles roles,
            Sessions sessions,
            PasswordHasher hasher,
            PasswordInvitations invitations,
            ImpersonationConfig impersonation,
            AuditLog audit,
            Clock clock) {
        this.authority = authority;
        this.users = users;
        this.roles = roles;
        this.sessions = sessions;
        this.hasher = hasher;
        this.invitations = invitations;
        this.impersonation = impersonation;
        this.audit = audit;
        this.clock = clock;
    }

    /** A role that the actor may not give, being less itself. */
    public static final class RoleAboveException extends ProblemException {

        private static final long serialVersionUID = 1L;

        RoleAboveException() {
            super(ProblemCode.FORBIDDEN, "Nobody gives a role that allows more than it may itself");
        }
    }

    /** An account to be made for somebody; the address as it is to be stored. */
    public record NewUser(String name, String email, List<String> roles) {}

    /**
     * Makes an account with a password or without.
     *
     * @param password null for none
     * @param change what else it is to be from the beginning
     */
    User create(UUID actor, NewUser account, String password, Users.Change change) {
        // off the database connection
        String hash = password == null ? null : hasher.hash(password);
        return Transactions.requiringNew()
                .call(
                        () -> {
                            User user = create(actor, account, change);
                            if (hash != null) {
                                Credential.password(user, hash).persist();
                            }
                            return user;
                        });
    }

    /**
     * Makes an account without a password, in the caller's transaction or one of its own.
     *
     * @param change what else it is to be from the beginning
     */
    @Transactional
    public User create(UUID actorId, NewUser account, Users.Change change) {
        Actor actor = authority.require(actorId, Permission.USERS_CREATE);
        require(actor, change, account.roles());
        return unlessTaken(
                () -> {
                    User user = users.create(account.name(), account.email(), null, Username.NONE);
                    audit.record(AuditAction.USER_CREATED, actorId, "user", user.id);
                    users.administer(user, change, actorId);
                    if (!account.roles().isEmpty()) {
                        setRoles(new Acting(actor, user, List.of()), account.roles());
                    }
                    return user;
                });
    }

    /** Has a user choose a first password by a mailed link, in the caller's transaction. */
    @Transactional
    public void invite(User user, String redirectTo) {
        invitations.send(MailKind.SET_PASSWORD, user, redirectTo);
    }

    /** What becomes of a user, and of its roles where there are any. */
    public record Edit(Users.Change change, Optional<List<String>> roles) {}

    /**
     * Changes a user.
     *
     * @param edit of the user as it is stored; it may refuse
     */
    @Transactional
    public User change(UUID actor, UUID id, Function<User, Edit> edit) {
        Acting acting = authority.over(actor, id, Permission.USERS_UPDATE);
        Edit wanted = edit.apply(acting.user());
        require(acting.actor(), wanted.change(), wanted.roles().orElse(List.of()));
        return unlessTaken(
                () -> {
                    apply(acting, wanted.change());
                    wanted.roles().ifPresent(names -> setRoles(acting, names));
                    return acting.user();
                });
    }

    /**
     * Lets a user in again, or keeps it out and ends its sessions.
     *
     * @param precondition of the user as it is stored; it may refuse
     */
    @Transactional
    public User ban(UUID actor, UUID id, Consumer<User> precondition, Optional<Users.Ban> ban) {
        Acting acting = authority.over(actor, id, Permission.USERS_BAN);
        precondition.accept(acting.user());
        apply(acting, Users.Change.of(ban));
        return acting.user();
    }

    /** What a change asks for beyond leave to make or change users. */
    private static void require(Actor actor, Users.Change change, List<String> newRoles) {
        if (change.email().isPresent() || change.emailVerified().isPresent()) {
            actor.require(Permission.USERS_SET_EMAIL);
        }
        if (change.ban().isPresent()) {
            actor.require(Permission.USERS_BAN);
        }
        if (!newRoles.isEmpty()) {
            actor.require(Permission.USERS_SET_ROLE);
        }
    }

    private void apply(Acting acting, Users.Change change) {
        User user = acting.user();
        boolean ban = change.ban().filter(Optional::isPresent).isPresent();
        if (ban && acting.onItself()) {
            throw new ProblemException(ProblemCode.CONFLICT, "Nobody bans itself");
        }
        if (ban) {
            requireAnotherAdministrator(acting);
        }
        String emailKey = EmailAddress.key(user.email);
        users.administer(user, change, acting.actor().id());
        if (!EmailAddress.key(user.email).equals(emailKey)) {
            // whoever reads what went to the old address is no longer this user
            Verification.voidMailed(user.id);
        }
        if (ban) {
            endSessions(acting);
        }
    }

    /** Replaces the roles of a user. */
    @Transactional
    public User setRoles(UUID actor, UUID id, List<String> names) {
        Acting acting = authority.over(actor, id, Permission.USERS_SET_ROLE);
        setRoles(acting, names);
        return acting.user();
    }

    private void setRoles(Acting acting, List<String> names) {
        List<Role> wanted = Role.listByName(names);
        if (wanted.size() != names.stream().distinct().count()) {
            throw ProblemException.invalid("roles", "names a role that does not exist");
        }
        if (!acting.actor().covers(wanted)) {
            throw new RoleAboveException();
        }
        if (wanted.stream().noneMatch(role -> role.permissions.contains(Permission.ALL))) {
            requireAnotherAdministrator(acting);
        }
        roles.replace(acting.user(), names.stream().distinct().toList(), acting.actor().id());
        if (wanted.stream().noneMatch(r -> Permission.USERS_IMPERSONATE.isIn(r.permissions))) {
            sessions.endImpersonationsBy(List.of(acting.user().id));
        }
    }

    private void requireAnotherAdministrator(Acting acting) {
        if (acting.onAdministrator() && roles.isLastAdministrator(acting.user().id)) {
            throw new ProblemException(ProblemCode.LAST_ADMINISTRATOR, null);
        }
    }

    private void endSessions(Acting acting) {
        sessions.revoke(acting.user().id, null, acting.actor().id());
        sessions.endImpersonationsBy(List.of(acting.user().id));
    }

    /**
     * Deletes a user, which {@link #restore} can take back, and ends its sessions.
     *
     * @param precondition of the user as it is stored; it may refuse
     * @param holdAddress whether nobody else gets the address before the user is purged
     */
    @Transactional
    public void remove(UUID actor, UUID id, Consumer<User> precondition, boolean holdAddress) {
        Acting acting = authority.over(actor, id, Permission.USERS_DELETE);
        precondition.accept(acting.user());
        if (acting.onItself()) {
            throw new ProblemException(ProblemCode.CONFLICT, "Nobody removes itself");
        }
        requireAnotherAdministrator(acting);
        users.delete(acting.user(), actor, holdAddress);
        Verification.voidAll(id);
        endSessions(acting);
    }

    /**
     * Takes a deletion back; the user signs in anew.
     *
     * @param precondition of the user as it is stored; it may refuse
     */
    @Transactional
    public User restore(UUID actor, UUID id, Consumer<User> precondition) {
        Acting acting = authority.overDeleted(actor, id, Permission.USERS_DELETE);
        precondition.accept(acting.user());
        return unlessTaken(
                () -> {
                    users.restore(acting.user(), actor);
                    return acting.user();
                });
    }

    /** Ends every session of a user, and those in which it acts as somebody else. */
    @Transactional
    public void resetSessions(UUID actor, UUID id) {
        endSessions(authority.over(actor, id, Permission.SESSIONS_REVOKE));
    }

    /**
     * Voids the password of a user, ends its sessions and mails it a link to choose another one.
     * Until then the old password is as good as a wrong one, so that whoever stole it is not even
     * told that it was right.
     *
     * @param redirectTo where the link leads, or null for the origin
     */
    @Transactional
    public void requirePasswordChange(UUID actor, UUID id, String redirectTo) {
        Acting acting = authority.over(actor, id, Permission.USERS_SET_PASSWORD);
        Verification.voidAll(id);
        // before the sessions end, so that none begins by the old password behind that
        Credential.voidPassword(id, clock.instant());
        endSessions(acting);
        invitations.send(MailKind.CHANGE_PASSWORD, acting.user(), redirectTo);
        audit.record(AuditAction.PASSWORD_CHANGE_REQUIRED, actor, "user", id);
    }

    /** Sets the password of a user, whether or not it had one. Its sessions go on. */
    void setPassword(UUID actor, UUID id, String password) {
        String hash = hasher.hash(password);
        Transactions.requiringNew()
                .run(
                        () -> {
                            User user =
                                    authority.over(actor, id, Permission.USERS_SET_PASSWORD).user();
                            Credential.setPassword(user, hash, clock.instant());
                            audit.record(AuditAction.PASSWORD_SET, actor, "user", user.id);
                        });
    }

    /**
     * Begins a session as another user.
     *
     * @param administrator who acts
     */
    @Transactional
    ActiveSession impersonate(User administrator, UUID id) {
        Acting acting = authority.over(administrator.id, id, Permission.USERS_IMPERSONATE);
        boolean another = acting.roles().stream().anyMatch(role -> !role.permissions.isEmpty());
        boolean allowed =
                impersonation.administrators()
                        || acting.actor().may(Permission.USERS_IMPERSONATE_ADMINS);
        if (another && !allowed) {
            throw new ProblemException(ProblemCode.FORBIDDEN, null);
        }
        Sessions.Begun begun =
                sessions.impersonate(acting.user(), administrator, impersonation.expiresIn());
        return new ActiveSession(begun.session(), acting.user(), acting.roles(), begun.token());
    }

    private static User unlessTaken(Supplier<User> change) {
        try {
            return change.get();
        } catch (PersistenceException e) {
            Optional<String> violated = DatabaseFailure.violatedConstraint(e);
            if (violated.filter("users_email_key"::equals).isPresent()) {
                throw new ProblemException(ProblemCode.EMAIL_TAKEN, null);
            }
            if (violated.filter("users_username_key"::equals).isPresent()) {
                throw new ProblemException(ProblemCode.USERNAME_TAKEN, null);
            }
            throw e;
        }
    }
}
