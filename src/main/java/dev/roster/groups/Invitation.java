package dev.roster.groups;

import dev.roster.platform.persistence.ImportableEntity;
import dev.roster.users.EmailAddress;
import dev.roster.users.User;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.OnDelete;
import org.hibernate.annotations.OnDeleteAction;
import org.hibernate.type.SqlTypes;

/** Asks the owner of an address to join a group; good once, for that address alone. */
@Entity
@Table(name = "invitations")
public class Invitation extends ImportableEntity {

    public static final String PENDING = "pending";
    public static final String ACCEPTED = "accepted";
    public static final String REJECTED = "rejected";
    public static final String CANCELED = "canceled";

    /** More than anyone reads, so that no list grows without end. */
    private static final int LIST_LIMIT = 1000;

    @ManyToOne(fetch = FetchType.LAZY, optional = false)
    @JoinColumn(name = "group_id")
    @OnDelete(action = OnDeleteAction.CASCADE)
    public Group group;

    @ManyToOne(fetch = FetchType.LAZY, optional = false)
    @JoinColumn(name = "inviter_id")
    @OnDelete(action = OnDeleteAction.CASCADE)
    public User inviter;

    /** As {@code EmailAddress.parse} gives it. */
    @Column(nullable = false)
    public String email;

    /** Kept by the database, for queries alone. */
    @Column(name = "email_key", insertable = false, updatable = false)
    String emailKey;

    /** Keys of {@link MemberRole}s that the invited user gets. */
    @JdbcTypeCode(SqlTypes.ARRAY)
    @Column(nullable = false)
    public List<String> roles;

    /** Public ids of the teams that the invited user joins too. */
    @JdbcTypeCode(SqlTypes.ARRAY)
    @Column(name = "team_ids", nullable = false)
    public List<String> teamIds = List.of();

    @Column(nullable = false)
    public String status = PENDING;

    @Column(name = "expires_at", nullable = false)
    public Instant expiresAt;

    /** With its group and inviter. */
    static Optional<Invitation> findByPublicId(String publicId) {
        PublicId id = PublicId.of(publicId);
        return find(
                        "from Invitation i join fetch i.group join fetch i.inviter where i."
                                + id.attribute()
                                + " = ?1",
                        id.value())
                .firstResultOptional();
    }

    /** The invitation of an address to a group that can still be accepted, the oldest of them. */
    static Optional<Invitation> findOpen(UUID groupId, String emailKey, Instant now) {
        return find(
                        "from Invitation i join fetch i.group join fetch i.inviter where i.group.id"
                                + " = ?1 and i.emailKey = ?2 and i.status = ?3 and i.expiresAt >"
                                + " ?4 order by i.createdAt, i.id",
                        groupId,
                        emailKey,
                        PENDING,
                        now)
                .firstResultOptional();
    }

    static long countOpen(UUID groupId, Instant now) {
        return count("group.id = ?1 and status = ?2 and expiresAt > ?3", groupId, PENDING, now);
    }

    /** The newest invitations to a group, whatever became of them; oldest first. */
    static List<Invitation> listIn(UUID groupId) {
        List<Invitation> newest =
                find(
                                "from Invitation i join fetch i.group join fetch i.inviter where"
                                        + " i.group.id = ?1 order by i.createdAt desc, i.id desc",
                                groupId)
                        .page(0, LIST_LIMIT)
                        .list();
        Collections.reverse(newest);
        return newest;
    }

    /** The newest unanswered invitations of an address, expired ones too; oldest first. */
    static List<Invitation> listPendingFor(String emailKey) {
        List<Invitation> newest =
                find(
                                "from Invitation i join fetch i.group join fetch i.inviter where"
                                        + " i.emailKey = ?1 and i.status = ?2 order by i.createdAt"
                                        + " desc, i.id desc",
                                emailKey,
                                PENDING)
                        .page(0, LIST_LIMIT)
                        .list();
        Collections.reverse(newest);
        return newest;
    }

    /**
     * Answers an invitation that nobody has answered. Of several answers at once one wins.
     *
     * @return whether it was this one
     */
    static boolean answer(UUID id, String status, Instant now) {
        return update(
                        "status = ?1, updatedAt = ?2, version = version + 1 where id = ?3 and"
                                + " status = ?4",
                        status,
                        now,
                        id,
                        PENDING)
                == 1;
    }

    /** Takes a team that ceases to be out of the invitations that can still be accepted. */
    static void forgetTeam(UUID groupId, String teamPublicId, Instant now) {
        update(
                "teamIds = array_remove(teamIds, ?1), updatedAt = ?2, version = version + 1 where"
                        + " group.id = ?3 and status = ?4 and array_contains(teamIds, ?1)",
                teamPublicId,
                now,
                groupId,
                PENDING);
    }

    boolean isOpen(Instant now) {
        return status.equals(PENDING) && expiresAt.isAfter(now);
    }

    boolean isFor(User user) {
        return EmailAddress.key(email).equals(EmailAddress.key(user.email));
    }

    /** The roles joined by commas, as the dialect's wire has them. */
    String role() {
        return String.join(",", roles);
    }
}
