package dev.roster.access;

import dev.roster.platform.persistence.BaseEntity;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
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

    public static Optional<Role> findByName(String name) {
        return find("name", name).firstResultOptional();
    }
}
