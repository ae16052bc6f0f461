package dev.roster.access;

import dev.roster.platform.http.RequestContext;
import dev.roster.platform.problem.ProblemCode;
import dev.roster.platform.problem.ProblemException;
import dev.roster.platform.security.Permission;
import dev.roster.users.ChangeGuard;
import dev.roster.users.User;
import io.quarkus.arc.Arc;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Who may act on whom. What a request was let in by is older than its transaction; this asks again
 * inside, with the users on both sides locked, so that what it says stays true to the end: whoever
 * was banned, removed or demoted meanwhile changes nothing more.
 */
@ApplicationScoped
public class Authority implements ChangeGuard {

    private final RequestContext request;
    private final Clock clock;

    Authority(RequestContext request, Clock clock) {
        this.request = request;
        this.clock = clock;
    }

    /** Somebody who acts, and the keys of what it may do. */
    public record Actor(UUID id, Set<String> permissions) {

        static Actor of(RoleGrant.Holder holder) {
            return new Actor(
                    holder.user().id,
                    holder.roles().stream()
                            .flatMap(role -> role.permissions.stream())
                            .collect(Collectors.toUnmodifiableSet()));
        }

        public boolean may(Permission permission) {
            return permission.isIn(permissions);
        }

        /**
         * @throws ProblemException 403
         */
        public void require(Permission permission) {
            if (!may(permission)) {
                throw forbidden();
            }
        }

        /** Whether nothing is allowed by the roles that is not allowed to the actor itself. */
        public boolean covers(Collection<Role> roles) {
            return roles.stream().allMatch(role -> role.isWithin(permissions));
        }
    }

    /**
     * Somebody who acts and on whom.
     *
     * @param user as it is stored
     */
    public record Acting(Actor actor, User user, List<Role> roles) {

        public boolean onItself() {
            return actor.id().equals(user.id);
        }

        /** Whether the user may do everything. */
        public boolean onAdministrator() {
            return roles.stream().anyMatch(role -> role.permissions.contains(Permission.ALL));
        }
    }

    /**
     * The caller, in its transaction.
     *
     * @throws ProblemException 403 where it may not, or no longer
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public Actor require(UUID actor, Permission needed) {
        return actor(RoleGrant.lockHolders(List.of(actor)), actor, needed);
    }

    /**
     * The caller and a user on whom it does not act, in the caller's transaction: neither is
     * deleted or changed before that ends.
     *
     * @return the user; empty where it is deleted, or nobody
     * @throws ProblemException 403 where the caller may not, or no longer
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public Optional<User> requireWith(UUID actor, UUID user, Permission needed) {
        Map<UUID, RoleGrant.Holder> holders = RoleGrant.lockHolders(List.of(actor, user));
        actor(holders, actor, needed);
        return Optional.ofNullable(holders.get(user))
                .map(RoleGrant.Holder::user)
                .filter(found -> found.deletedAt == null);
    }

    /**
     * The caller and a user who is not deleted, in the caller's transaction.
     *
     * @throws ProblemException 403 where the caller may not, or no longer, or the user may do what
     *     the caller may not; 404 for no such user
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public Acting over(UUID actor, UUID user, Permission needed) {
        return over(actor, user, needed, false);
    }

    /**
     * Somebody who acts on many.
     *
     * @param users those of them who are not deleted
     * @param above those of the users who may do what the actor may not
     * @param onAdministrators whether any of the others may do everything
     */
    public record ActingOnMany(
            Actor actor, Set<UUID> users, Set<UUID> above, boolean onAdministrators) {}

    /**
     * The caller and many users, in the caller's transaction; in five statements, however many they
     * are.
     *
     * @throws ProblemException 403 where the caller may not, or no longer
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public ActingOnMany overMany(UUID actorId, Collection<UUID> userIds, Permission needed) {
        Set<UUID> all = new HashSet<>(userIds);
        all.add(actorId);
        Set<UUID> users = RoleGrant.lockActive(all);
        Actor actor = actor(RoleGrant.holders(List.of(actorId)), actorId, needed);
        users.retainAll(userIds);
        List<Role> roles = Role.listAll();
        Set<UUID> above =
                RoleGrant.listHolders(
                        users, ids(roles, role -> !role.isWithin(actor.permissions())));
        above.remove(actorId);
        Set<UUID> administrators =
                RoleGrant.listHolders(
                        users, ids(roles, role -> role.permissions.contains(Permission.ALL)));
        return new ActingOnMany(actor, users, above, !above.containsAll(administrators));
    }

    private static List<UUID> ids(List<Role> roles, Predicate<Role> which) {
        return roles.stream().filter(which).map(role -> role.id).toList();
    }

    @Override
    @Transactional(Transactional.TxType.MANDATORY)
    public void requireChange(UUID actor, UUID user) {
        over(actor, user, Permission.USERS_UPDATE);
    }

    /** The same of a user who is deleted. */
    @Transactional(Transactional.TxType.MANDATORY)
    public Acting overDeleted(UUID actor, UUID user, Permission needed) {
        return over(actor, user, needed, true);
    }

    private Acting over(UUID actorId, UUID userId, Permission needed, boolean deleted) {
        Map<UUID, RoleGrant.Holder> holders = RoleGrant.lockHolders(List.of(actorId, userId));
        Actor actor = actor(holders, actorId, needed);
        RoleGrant.Holder holder = holders.get(userId);
        if (holder == null || deleted == (holder.user().deletedAt == null)) {
            throw ProblemException.notFound();
        }
        if (!actorId.equals(userId) && !actor.covers(holder.roles())) {
            throw new ProblemException(
                    ProblemCode.FORBIDDEN, "The user may do what you may not yourself");
        }
        return new Acting(actor, holder.user(), holder.roles());
    }

    private Actor actor(Map<UUID, RoleGrant.Holder> holders, UUID id, Permission needed) {
        RoleGrant.Holder holder = holders.get(id);
        if (holder == null
                || holder.user().deletedAt != null
                || holder.user().isBanned(clock.instant())) {
            throw forbidden();
        }
        Actor actor = narrowed(Actor.of(holder));
        actor.require(needed);
        return actor;
    }

    /** An API key may be held to less than its owner. */
    private Actor narrowed(Actor actor) {
        boolean inRequest = Arc.container().requestContext().isActive() && request.present();
        return inRequest
                ? request.limit()
                        .map(names -> Permission.narrow(actor.permissions(), names))
                        .map(permissions -> new Actor(actor.id(), permissions))
                        .orElse(actor)
                : actor;
    }

    private static ProblemException forbidden() {
        return new ProblemException(ProblemCode.FORBIDDEN, null);
    }
}
