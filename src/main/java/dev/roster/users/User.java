package dev.roster.users;

import dev.roster.platform.json.Text;
import dev.roster.platform.persistence.ImportableEntity;
import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.LockModeType;
import jakarta.persistence.OneToOne;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.annotations.Formula;
import org.hibernate.id.uuid.UuidVersion7Strategy;

/** A person who can have an account. */
@Entity
@Table(name = "users")
public class User extends ImportableEntity {

    /** What everyone is who was granted nothing else. */
    public static final String DEFAULT_ROLE = "user";

    public static final String STATUS_ACTIVE = "active";

    /** An account that somebody made for a person who has not come yet. */
    public static final String STATUS_INVITED = "invited";

    /** Where the addresses of guests are: a domain that never is one (RFC 2606). */
    public static final String ANONYMOUS_DOMAIN = "anonymous.placeholder.invalid";

    @Column(nullable = false)
    public String name;

    /** As given, after {@link EmailAddress#parse}. */
    @Column(nullable = false)
    public String email;

    /** Kept by the database, for queries alone: not read back after a write. */
    @Column(name = "email_key", insertable = false, updatable = false)
    String emailKey;

    @Column(name = "email_verified", nullable = false)
    public boolean emailVerified;

    /** Lower case; {@link #displayUsername} is as typed. */
    public String username;

    @Column(name = "display_username")
    public String displayUsername;

    public String image;

    @Column(nullable = false)
    public boolean banned;

    @Column(name = "ban_reason")
    public String banReason;

    /** When the ban ends by itself; null for never. */
    @Column(name = "ban_expires")
    public Instant banExpires;

    /** Whether signing in by password asks for a second factor. */
    @Column(name = "two_factor_enabled", nullable = false)
    public boolean twoFactorEnabled;

    /** Came without an address of its own, and may go without a trace. */
    @Column(nullable = false)
    public boolean anonymous;

    @Column(nullable = false)
    public String status = STATUS_ACTIVE;

    @Column(name = "deleted_at")
    public Instant deletedAt;

    /** Address and user name stay the user's, though it is deleted, until it is purged. */
    @Column(name = "address_held", nullable = false)
    public boolean addressHeld;

    /**
     * Names of the granted roles in order of granting; a derived column, so that no read needs two.
     */
    @Formula(
            "(SELECT string_agg(r.name, ',' ORDER BY g.granted_at, r.name) FROM role_grants g JOIN"
                    + " roles r ON r.id = g.role_id WHERE g.user_id = id)")
    String grantedRoles;

    @OneToOne(
            mappedBy = "user",
            cascade = CascadeType.ALL,
            orphanRemoval = true,
            fetch = FetchType.LAZY)
    public Profile profile;

    /**
     * A user who is not stored yet.
     *
     * @param email as {@link EmailAddress#parse} gives it
     */
    static User of(String name, String email, String image) {
        User user = new User();
        user.name = name;
        user.email = email;
        user.image = image;
        return user;
    }

    /** Marks an address as proven, unless it is or the user has another by now. */
    static boolean verifyEmail(UUID id, String emailKey, Instant now) {
        return update(
                        "emailVerified = true, updatedAt = ?1, version = version + 1 where id = ?2"
                                + " and emailKey = ?3 and emailVerified = false and deletedAt is"
                                + " null",
                        now,
                        id,
                        emailKey)
                == 1;
    }

    /** Marks a user as active who was invited until now. */
    static boolean activate(UUID id, Instant now) {
        return update(
                        "status = ?1, updatedAt = ?2, version = version + 1 where id = ?3 and"
                                + " status = ?4",
                        STATUS_ACTIVE,
                        now,
                        id,
                        STATUS_INVITED)
                == 1;
    }

    /** Marks users as deleted, who keep their addresses; how many were not before. */
    static int deleteAll(Collection<UUID> ids, Instant now) {
        return getEntityManager()
                .createNativeQuery(
                        "UPDATE users SET deleted_at = :now, address_held = true, updated_at = :now,"
                                + " version = version + 1 WHERE id = ANY (:ids) AND deleted_at IS"
                                + " NULL")
                .setParameter("now", now)
                .setParameter("ids", ids.toArray(new UUID[0]))
                .executeUpdate();
    }

    static int remove(Collection<UUID> ids) {
        return Math.toIntExact(delete("id in ?1", ids));
    }

    /** Looks as if it had been stored, which it is not. */
    void pretendStored(Instant now) {
        id = UuidVersion7Strategy.INSTANCE.generateUuid(null);
        createdAt = now;
        updatedAt = now;
    }

    /** Whether a user has this user name, in lower case, or keeps it beyond its deletion. */
    public static boolean existsByUsername(String username) {
        return count("username = ?1 and (deletedAt is null or addressHeld)", username) > 0;
    }

    /** A user with this id who is not deleted. */
    public static Optional<User> findActive(UUID id) {
        // by identifier: the caller's own user has been read with its session and is not read again
        return User.<User>findByIdOptional(id).filter(user -> user.deletedAt == null);
    }

    /** Whether there is such a user, who is deleted. */
    public static boolean isDeleted(UUID id) {
        return count("id = ?1 and deletedAt is not null", id) > 0;
    }

    /** A user who is not deleted, by the identifier that the Better Auth dialect shows. */
    public static Optional<User> findByPublicId(String publicId) {
        // PostgreSQL would refuse the text, not miss it
        if (!Text.isStorable(publicId)) {
            return Optional.empty();
        }
        return ownId(publicId)
                .map(User::findActive)
                .orElseGet(
                        () ->
                                find("externalId = ?1 and deletedAt is null", publicId)
                                        .firstResultOptional());
    }

    /**
     * The user with this address who is not deleted.
     *
     * @param emailKey as {@link EmailAddress#key} gives it
     */
    public static Optional<User> findByEmail(String emailKey) {
        return find("emailKey = ?1 and deletedAt is null", emailKey).firstResultOptional();
    }

    /**
     * Locks a user who is not deleted until the transaction ends, without reading it: a statement
     * after this one sees what was committed while this one waited.
     *
     * @return false for no such user
     */
    static boolean lockRow(UUID id) {
        return !getEntityManager()
                .createNativeQuery(
                        "SELECT id FROM users WHERE id = :id AND deleted_at IS NULL FOR NO KEY"
                                + " UPDATE")
                .setParameter("id", id)
                .getResultList()
                .isEmpty();
    }

    /** The same user for whoever changes what hangs on it: until then others wait. */
    public static Optional<User> lock(UUID id) {
        return find("id = ?1 and deletedAt is null", id)
                .withLock(LockModeType.PESSIMISTIC_WRITE)
                .firstResultOptional();
    }

    /**
     * The user with this address, locked in the same way.
     *
     * @param emailKey as {@link EmailAddress#key} gives it
     */
    public static Optional<User> lockByEmail(String emailKey) {
        return find("emailKey = ?1 and deletedAt is null", emailKey)
                .withLock(LockModeType.PESSIMISTIC_WRITE)
                .firstResultOptional();
    }

    /** An active user with the profile, in the same statement. */
    public static Optional<User> findActiveWithProfile(UUID id) {
        return find(
                        "from User u left join fetch u.profile where u.id = ?1 and u.deletedAt is"
                                + " null",
                        id)
                .firstResultOptional();
    }

    /** The roles joined by commas, as Better Auth's wire has them. */
    public String role() {
        return grantedRoles == null ? DEFAULT_ROLE : grantedRoles;
    }

    public List<String> roles() {
        return List.of(role().split(","));
    }

    /** Whether a ban keeps the user out at this time. */
    public boolean isBanned(Instant now) {
        return banned && (banExpires == null || banExpires.isAfter(now));
    }

    /**
     * Takes the user out of every finder.
     *
     * @param holdAddress false for address and user name to be free at once, true for them to wait
     *     for {@link #restore} until the user is purged
     */
    public void delete(Instant now, boolean holdAddress) {
        deletedAt = now;
        addressHeld = holdAddress;
    }

    void restore() {
        deletedAt = null;
        addressHeld = false;
    }

    /** What may be changed of a user by itself and administrators. */
    void apply(UserDocument document) {
        name = document.name();
        image = document.image();
    }

    void apply(Username chosen) {
        username = chosen.username();
        displayUsername = chosen.displayUsername();
    }
}
