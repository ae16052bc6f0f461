package dev.roster.accounts.password;

import dev.roster.platform.persistence.BaseEntity;
import dev.roster.users.User;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.LockModeType;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.OnDelete;
import org.hibernate.annotations.OnDeleteAction;
import org.hibernate.annotations.UuidGenerator;
import org.hibernate.type.SqlTypes;

/** A way for a user to prove who it is: Better Auth's "account". A password is one of them. */
@Entity
@Table(name = "credentials")
public class Credential extends BaseEntity {

    /** The provider of passwords. */
    public static final String PASSWORD_PROVIDER = "credential";

    @Id
    @UuidGenerator(style = UuidGenerator.Style.VERSION_7)
    public UUID id;

    @ManyToOne(fetch = FetchType.LAZY, optional = false)
    @JoinColumn(name = "user_id")
    @OnDelete(action = OnDeleteAction.CASCADE)
    public User user;

    @Column(name = "provider_id", nullable = false)
    public String providerId;

    /** The user's id at the provider; for passwords, the user's own id. */
    @Column(name = "account_id", nullable = false)
    public String accountId;

    @Column(name = "password_hash")
    public String passwordHash;

    @JdbcTypeCode(SqlTypes.ARRAY)
    @Column(nullable = false)
    public List<String> scopes = List.of();

    /** The provider's own tokens, a JSON object, sealed; null where there are none. */
    @Column(name = "provider_tokens")
    public byte[] providerTokens;

    /** Where {@link #providerTokens} belong: they open in no other row. */
    public static String tokensContext(UUID id) {
        return "credentials.provider_tokens:" + id;
    }

    /** A user who may be none, and its password credential, which may be none. */
    public record Login(User user, Credential credential) {

        public String passwordHash() {
            return credential == null ? null : credential.passwordHash;
        }
    }

    /** Whoever signs in with this address ({@code EmailAddress.key}), in one statement. */
    public static Optional<Login> findLogin(String emailKey) {
        return findLogin("emailKey", emailKey);
    }

    /** Whoever signs in with this user name, in lower case; in one statement. */
    public static Optional<Login> findLoginByUsername(String username) {
        return findLogin("username", username);
    }

    private static Optional<Login> findLogin(String attribute, String value) {
        return getEntityManager()
                .createQuery(
                        "select u, c from User u left join Credential c on c.user = u and"
                                + " c.providerId = :provider where u."
                                + attribute
                                + " = :value and u.deletedAt is null",
                        Object[].class)
                .setParameter("provider", PASSWORD_PROVIDER)
                .setParameter("value", value)
                .getResultList()
                .stream()
                .map(row -> new Login((User) row[0], (Credential) row[1]))
                .findFirst();
    }

    /** The password of a user. */
    public static Optional<Credential> findPassword(UUID userId) {
        return find("user.id = ?1 and providerId = ?2", userId, PASSWORD_PROVIDER)
                .firstResultOptional();
    }

    /** Every way in that a user has, oldest first. */
    public static List<Credential> listFor(UUID userId) {
        return list("user.id = ?1 order by createdAt, id", userId);
    }

    /** A new password of a user. */
    public static Credential password(User user, String hash) {
        Credential credential = new Credential();
        credential.user = user;
        credential.providerId = PASSWORD_PROVIDER;
        credential.accountId = user.id.toString();
        credential.passwordHash = hash;
        return credential;
    }

    /**
     * Sets the password of a user, whether or not there was one, in the caller's transaction, which
     * has locked the user.
     */
    public static void setPassword(User user, String hash, Instant now) {
        long updated =
                update(
                        "passwordHash = ?1, updatedAt = ?2, version = version + 1 where user.id ="
                                + " ?3 and providerId = ?4",
                        hash,
                        now,
                        user.id,
                        PASSWORD_PROVIDER);
        if (updated == 0) {
            password(user, hash).persist();
        }
    }

    /** Has no password be right for a user who has one, until a new one is set. */
    public static void voidPassword(UUID userId, Instant now) {
        update(
                "passwordHash = null, updatedAt = ?1, version = version + 1 where user.id = ?2 and"
                        + " providerId = ?3",
                now,
                userId,
                PASSWORD_PROVIDER);
    }

    /** Removes every way in of a user: the password and the links to providers. */
    public static void deleteAll(UUID userId) {
        delete("user.id", userId);
    }

    /**
     * Replaces a hash, unless the password was changed meanwhile.
     *
     * @return whether it did
     */
    public static boolean rehash(UUID id, String oldHash, String newHash, Instant now) {
        return update(
                        "passwordHash = ?1, updatedAt = ?2, version = version + 1 where id = ?3 and"
                                + " passwordHash = ?4",
                        newHash,
                        now,
                        id,
                        oldHash)
                == 1;
    }

    /**
     * Whether the hash is still the stored one, which it then stays to the end of the transaction:
     * a session begun by a password must not outlive the password's change.
     */
    public static boolean holds(UUID id, String hash) {
        return find("id = ?1 and passwordHash = ?2", id, hash)
                .withLock(LockModeType.PESSIMISTIC_READ)
                .firstResultOptional()
                .isPresent();
    }
}
