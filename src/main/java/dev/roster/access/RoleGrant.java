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
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

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

    /** Whether anyone who is not deleted has the role. */
    public static boolean isHeld(String roleName) {
        return count("role.name = ?1 and user.deletedAt is null", roleName) > 0;
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
