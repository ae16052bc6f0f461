package dev.roster.access;

import dev.roster.users.User;
import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MapsId;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.hibernate.Session;

/** The n-n between users and roles: who has which role, since when, by whom. */
@Entity
@Table(name = "role_grants")
public class RoleGrant extends PanacheEntityBase {

    /** A user has a role once. */
    @Embeddable
    public record Id(@Column(name = "user_id") UUID userId, @Column(name = "role_id") UUID roleId)
            implements Serializable {}

    @EmbeddedId public Id id;

    @MapsId("userId")
    @ManyToOne(fetch = FetchType.LAZY, optional = false)
    @JoinColumn(name = "user_id")
    public User user;

    @MapsId("roleId")
    @ManyToOne(fetch = FetchType.LAZY, optional = false)
    @JoinColumn(name = "role_id")
    public Role role;

    /** Null for grants of the service itself. */
    @Column(name = "granted_by")
    public UUID grantedBy;

    @Column(name = "granted_at", nullable = false)
    public Instant grantedAt;

    /** The roles of a user in order of granting. */
    public static List<Role> rolesOf(UUID userId) {
        return find(
                        "select g.role from RoleGrant g where g.user.id = ?1 order by g.grantedAt",
                        userId)
                .project(Role.class)
                .list();
    }

    /** A user and the roles it was granted. */
    public record Holder(User user, List<Role> roles) {}

    /**
     * A user who is not deleted, by the identifier that the Better Auth dialect shows, with its
     * roles; in one statement.
     */
    public static Optional<Holder> findHolder(String publicId) {
        Optional<UUID> ownId = User.ownId(publicId);
        List<Object[]> rows =
                getEntityManager()
                        .createQuery(
                                "select u, r from User u left join RoleGrant g on g.user = u left"
                                        + " join g.role r where u."
                                        + (ownId.isPresent() ? "id" : "externalId")
                                        + " = :id and u.deletedAt is null",
                                Object[].class)
                        .setParameter("id", ownId.<Object>map(id -> id).orElse(publicId))
                        .getResultList();
        return rows.stream()
                .findFirst()
                .map(
                        row ->
                                new Holder(
                                        (User) row[0],
                                        rows.stream()
                                                .map(each -> (Role) each[1])
                                                .filter(Objects::nonNull)
                                                .toList()));
    }

    /**
     * Users, deleted ones too, with their roles, none of which others change until the transaction
     * ends. Locked in the order of their ids, so that nobody waits in a circle; read by a second
     * statement, which sees what was committed while the first one waited.
     */
    static Map<UUID, Holder> lockHolders(Collection<UUID> ids) {
        getEntityManager()
                .createNativeQuery(
                        "SELECT id FROM users WHERE id = ANY (:ids) ORDER BY id FOR NO KEY UPDATE")
                .setParameter("ids", ids.toArray(new UUID[0]))
                .getResultList();
        return holders(ids);
    }

    /** The same without a lock of its own. */
    static Map<UUID, Holder> holders(Collection<UUID> ids) {
        Map<UUID, Holder> holders = new HashMap<>();
        getEntityManager()
                .createQuery(
                        "select u, r from User u left join RoleGrant g on g.user = u left join"
                                + " g.role r where u.id in :ids",
                        Object[].class)
                .setParameter("ids", ids)
                .getResultList()
                .stream()
                .forEach(
                        row -> {
                            User user = (User) row[0];
                            Holder holder =
                                    holders.computeIfAbsent(
                                            user.id, id -> new Holder(user, new ArrayList<>()));
                            if (row[1] != null) {
                                holder.roles().add((Role) row[1]);
                            }
                        });
        return holders;
    }

    /** Locks users in the same way; those who are deleted are left out. */
    static Set<UUID> lockActive(Collection<UUID> ids) {
        return new HashSet<>(
                getEntityManager()
                        .unwrap(Session.class)
                        .createNativeQuery(
                                "SELECT id FROM users WHERE id = ANY (:ids) AND deleted_at IS NULL"
                                        + " ORDER BY id FOR NO KEY UPDATE",
                                UUID.class)
                        .setParameter("ids", ids.toArray(new UUID[0]))
                        .getResultList());
    }

    /** Who of these users has any of these roles. */
    static Set<UUID> listHolders(Collection<UUID> userIds, Collection<UUID> roleIds) {
        return new HashSet<>(
                getEntityManager()
                        .unwrap(Session.class)
                        .createNativeQuery(
                                "SELECT DISTINCT user_id FROM role_grants WHERE user_id = ANY"
                                        + " (:users) AND role_id = ANY (:roles)",
                                UUID.class)
                        .setParameter("users", userIds.toArray(new UUID[0]))
                        .setParameter("roles", roleIds.toArray(new UUID[0]))
                        .getResultList());
    }

    /** Whether anyone who is not deleted has the role. */
    public static boolean isHeld(String roleName) {
        return count("role.name = ?1 and user.deletedAt is null", roleName) > 0;
    }

    /** Whether anyone has the role, the deleted too, who can be restored. */
    static boolean isGranted(Role role) {
        return count("role", role) > 0;
    }

    /** The grants of a user with their roles, in order of granting. */
    static List<RoleGrant> listOf(UUID userId) {
        return find(
                        "from RoleGrant g join fetch g.role r where g.user.id = ?1 order by"
                                + " g.grantedAt, r.name",
                        userId)
                .list();
    }

    /** A user who is not deleted, with its grants and their roles, in one statement. */
    record Granted(User user, List<RoleGrant> grants) {}

    static Optional<Granted> findGranted(UUID userId) {
        List<Object[]> rows =
                getEntityManager()
                        .createQuery(
                                "select u, g from User u left join RoleGrant g on g.user = u left"
                                        + " join fetch g.role r where u.id = :id and u.deletedAt is"
                                        + " null order by g.grantedAt, r.name",
                                Object[].class)
                        .setParameter("id", userId)
                        .getResultList();
        return rows.stream()
                .findFirst()
                .map(
                        row ->
                                new Granted(
                                        (User) row[0],
                                        rows.stream()
                                                .map(each -> (RoleGrant) each[1])
                                                .filter(Objects::nonNull)
                                                .toList()));
    }

    /**
     * Whether anyone but these users may do everything, and is neither deleted nor banned. The
     * roles stay locked to the end of the transaction: of two administrators who take each other's
     * role at the same time, one stays.
     */
    static boolean isAdministeredWithout(Collection<UUID> userIds, Instant now) {
        lockAdministrators();
        return isAdministered(userIds, now);
    }

    /** As {@link #isAdministeredWithout}, for who has locked the roles. */
    static boolean isAdministered(Collection<UUID> without, Instant now) {
        return (Boolean)
                getEntityManager()
                        .createNativeQuery(
                                "SELECT EXISTS (SELECT FROM role_grants g JOIN roles r ON r.id ="
                                        + " g.role_id JOIN users u ON u.id = g.user_id WHERE u.id <>"
                                        + " ALL (:users) AND CAST('*' AS text) = ANY (r.permissions)"
                                        + " AND u.deleted_at IS NULL AND (NOT u.banned OR"
                                        + " u.ban_expires <= :now))")
                        .setParameter("users", without.toArray(UUID[]::new))
                        .setParameter("now", now)
                        .getSingleResult();
    }

    /** Holds the roles that may do everything to the end of the transaction. */
    static void lockAdministrators() {
        getEntityManager()
                .createNativeQuery(
                        "SELECT id FROM roles WHERE CAST('*' AS text) = ANY (permissions) ORDER BY"
                                + " id FOR UPDATE")
                .getResultList();
    }

    /**
     * Has a user have these roles and no others, in two statements. Who gave one that stays, and
     * when, stays too.
     */
    static void assign(UUID userId, Collection<UUID> roleIds, UUID grantedBy, Instant now) {
        UUID[] roles = roleIds.toArray(new UUID[0]);
        getEntityManager()
                .createNativeQuery(
                        "DELETE FROM role_grants WHERE user_id = :user AND role_id <> ALL (:roles)")
                .setParameter("user", userId)
                .setParameter("roles", roles)
                .executeUpdate();
        getEntityManager()
                .createNativeQuery(
                        "INSERT INTO role_grants (user_id, role_id, granted_by, granted_at) SELECT"
                                + " :user, n.id, :by, CAST(:now AS timestamptz) + n.nr * interval"
                                + " '1 microsecond' FROM unnest(:roles) WITH ORDINALITY n (id, nr)"
                                + " ON CONFLICT ON CONSTRAINT role_grants_pkey DO NOTHING")
                .setParameter("user", userId)
                .setParameter("by", grantedBy)
                .setParameter("now", now)
                .setParameter("roles", roles)
                .executeUpdate();
    }

    /**
     * Replaces the roles of many users who have not these in this order, in three statements.
     *
     * @return who had not, with the roles they had, joined by commas
     */
    static Map<UUID, String> replaceAll(
            Collection<UUID> userIds, List<String> names, UUID grantedBy, Instant now) {
        Map<UUID, String> others =
                getEntityManager()
                        .unwrap(Session.class)
                        .createNativeQuery(
                                "SELECT u.id, array_to_string(h.names, ',') FROM unnest(CAST(:users AS"
                                        + " uuid[])) AS u (id), LATERAL (SELECT ARRAY(SELECT r.name FROM"
                                        + " role_grants g JOIN roles r ON r.id = g.role_id WHERE"
                                        + " g.user_id = u.id ORDER BY g.granted_at, r.name)) AS h"
                                        + " (names) WHERE CAST(:names AS text[]) IS DISTINCT FROM"
                                        + " h.names",
                                Object[].class)
                        .setParameter("users", userIds.toArray(new UUID[0]))
                        .setParameter("names", names.toArray(new String[0]))
                        .getResultList()
                        .stream()
                        .collect(Collectors.toMap(row -> (UUID) row[0], row -> (String) row[1]));
        UUID[] ids = others.keySet().toArray(new UUID[0]);
        getEntityManager()
                .createNativeQuery("DELETE FROM role_grants WHERE user_id = ANY (:users)")
                .setParameter("users", ids)
                .executeUpdate();
        getEntityManager()
                .createNativeQuery(
                        "INSERT INTO role_grants (user_id, role_id, granted_by, granted_at) SELECT"
                                + " u.id, r.id, :by, CAST(:now AS timestamptz) + n.nr * interval '1"
                                + " microsecond' FROM unnest(CAST(:users AS uuid[])) AS u (id),"
                                + " unnest(CAST(:names AS text[])) WITH ORDINALITY n (name, nr) JOIN"
                                + " roles r ON r.name = n.name")
                .setParameter("users", ids)
                .setParameter("by", grantedBy)
                .setParameter("now", now)
                .setParameter("names", names.toArray(new String[0]))
                .executeUpdate();
        return others;
    }

    /** Replaces the roles of a user, in two statements; they keep this order. */
    static void replace(UUID userId, List<String> names, UUID grantedBy, Instant now) {
        delete("user.id", userId);
        getEntityManager()
                .createNativeQuery(
                        "INSERT INTO role_grants (user_id, role_id, granted_by, granted_at) SELECT"
                                + " :user, r.id, CAST(:by AS uuid), CAST(:now AS timestamptz) + n.nr *"
                                + " interval '1 microsecond' FROM unnest(CAST(:names AS text[])) WITH"
                                + " ORDINALITY n (name, nr) JOIN roles r ON r.name = n.name")
                .setParameter("user", userId)
                .setParameter("by", grantedBy == null ? null : grantedBy.toString())
                .setParameter("now", now)
                .setParameter("names", names.toArray(new String[0]))
                .executeUpdate();
    }

    static RoleGrant of(User user, Role role, UUID grantedBy, Instant now) {
        RoleGrant grant = new RoleGrant();
        grant.id = new Id(user.id, role.id);
        grant.user = user;
        grant.role = role;
        grant.grantedBy = grantedBy;
        grant.grantedAt = now;
        return grant;
    }
}
