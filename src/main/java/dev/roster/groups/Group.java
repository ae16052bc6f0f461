package dev.roster.groups;

import dev.roster.platform.persistence.ImportableEntity;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.LockModeType;
import jakarta.persistence.Table;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** Users who work together; an organization in the words of the Better Auth dialect. */
@Entity
@Table(name = "groups")
public class Group extends ImportableEntity {

    @Column(nullable = false)
    public String name;

    /** Unique; compared as it is. */
    @Column(nullable = false)
    public String slug;

    public String logo;

    /** What applications keep with the group: a JSON object, or null. */
    @JdbcTypeCode(SqlTypes.JSON)
    public String metadata;

    public static Optional<Group> findByPublicId(String publicId) {
        PublicId id = PublicId.of(publicId);
        return find(id.attribute() + " = ?1", id.value()).firstResultOptional();
    }

    public static Optional<Group> findBySlug(String slug) {
        return find("slug", slug).firstResultOptional();
    }

    /** The groups that a user is in, in order of joining. */
    public static List<Group> listOf(UUID userId) {
        return find(
                        "select m.group from Membership m where m.user.id = ?1 order by"
                                + " m.createdAt, m.id",
                        userId)
                .list();
    }

    /**
     * Holds the group to the end of the transaction, so that what counts its members, owners,
     * invitations or teams is still true when it is acted on.
     *
     * @return false where it is gone
     */
    static boolean lock(UUID id) {
        return find("id", id).withLock(LockModeType.PESSIMISTIC_WRITE).firstResult() != null;
    }
}
