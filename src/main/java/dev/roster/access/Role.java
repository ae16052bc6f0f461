package dev.roster.access;

import dev.roster.platform.json.Text;
import dev.roster.platform.persistence.BaseEntity;
import dev.roster.platform.security.Permission;
import dev.roster.users.User;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.LockModeType;
import jakarta.persistence.Table;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.Session;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.UuidGenerator;
import org.hibernate.type.SqlTypes;

/** A named set of permissions; data, so that a new one needs no release. */
@Entity
@Table(name = "roles")
public class Role extends BaseEntity {

    public static final String ADMIN = "admin";

    @Id
    @UuidGenerator(style = UuidGenerator.Style.VERSION_7)
    public UUID id;

    @Column(nullable = false)
    public String name;

    @Column(nullable = false)
    public String description = "";

    /** Keys of {@code platform.security.Permission}. */
    @JdbcTypeCode(SqlTypes.ARRAY)
    @Column(nullable = false)
    public List<String> permissions = List.of();

    /** Whether the service counts on it. */
    public boolean isBuiltIn() {
        return name.equals(ADMIN) || name.equals(User.DEFAULT_ROLE);
    }

    /** Whether it gives a permission, which can be one that an application made up. */
    public boolean gives(String permission) {
        return Permission.of(permission)
                .map(known -> known.isIn(permissions))
                .orElseGet(() -> permissions.contains(permission));
    }

    /** Whether everything it allows is allowed by these too. */
    public boolean isWithin(Collection<String> keys) {
        return keys.contains(Permission.ALL)
                        && !permissions.contains(Permission.USERS_IMPERSONATE_ADMINS.key())
                || keys.containsAll(permissions);
    }

    /** Whether it allows everything, so that who has it is an administrator. */
    public boolean isAdministrators() {
        return permissions.contains(Permission.ALL);
    }

    void apply(RoleDocument document) {
        description = document.description();
        permissions = document.permissions().stream().distinct().toList();
    }

    /** The roles behind a name, by name. */
    static List<Role> listAfter(String name, int limit) {
        return find("name > ?1 order by name", name).page(0, limit).list();
    }

    /** The role of this name for whoever changes it or takes it away: until then others wait. */
    static Optional<Role> lock(String name) {
        // PostgreSQL would refuse the text, not miss it
        return Text.isStorable(name)
                ? find("name", name).withLock(LockModeType.PESSIMISTIC_WRITE).firstResultOptional()
                : Optional.empty();
    }

    /** Keeps grants of it from being made, which a lock for a change lets pass. */
    void lockForDeletion() {
        getEntityManager()
                .createNativeQuery("SELECT id FROM roles WHERE id = :id FOR UPDATE")
                .setParameter("id", id)
                .getSingleResult();
    }

    /** The roles with these names. */
    public static List<Role> listByName(Collection<String> names) {
        // one parameter, however many names there are
        return getEntityManager()
                .unwrap(Session.class)
                .createNativeQuery("SELECT * FROM roles WHERE name = ANY (:names)", Role.class)
                .setParameter("names", names.toArray(new String[0]))
                .getResultList();
    }

    public static Optional<Role> findByName(String name) {
        return Text.isStorable(name) ? find("name", name).firstResultOptional() : Optional.empty();
    }
}
