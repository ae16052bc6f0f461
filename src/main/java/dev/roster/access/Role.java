package dev.roster.access;

import dev.roster.platform.persistence.BaseEntity;
import dev.roster.platform.security.Permission;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
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

    /** Whether everything it allows is allowed by these too. */
    public boolean isWithin(Collection<String> keys) {
        return keys.contains(Permission.ALL)
                        && !permissions.contains(Permission.USERS_IMPERSONATE_ADMINS.key())
                || keys.containsAll(permissions);
    }

    /** The roles with these names. */
    public static List<Role> listByName(Collection<String> names) {
        return list("name in ?1", names);
    }

    public static Optional<Role> findByName(String name) {
        return find("name", name).firstResultOptional();
    }
}
