package dev.roster.groups;

import dev.roster.platform.persistence.ImportableEntity;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.LockModeType;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.annotations.OnDelete;
import org.hibernate.annotations.OnDeleteAction;

/** A part of a group. */
@Entity
@Table(name = "teams")
public class Team extends ImportableEntity {

    @ManyToOne(fetch = FetchType.LAZY, optional = false)
    @JoinColumn(name = "group_id")
    @OnDelete(action = OnDeleteAction.CASCADE)
    public Group group;

    @Column(nullable = false)
    public String name;

    static Team of(Group group, String name) {
        Team team = new Team();
        team.group = group;
        team.name = name;
        return team;
    }

    /** A team of this group. */
    static Optional<Team> findInGroup(UUID groupId, String publicId) {
        PublicId id = PublicId.of(publicId);
        return find(
                        "from Team t join fetch t.group where t.group.id = ?1 and t."
                                + id.attribute()
                                + " = ?2",
                        groupId,
                        id.value())
                .firstResultOptional();
    }

    /** Those of these teams that are of this group. */
    static List<Team> listInGroup(UUID groupId, List<String> publicIds) {
        List<UUID> own = publicIds.stream().flatMap(id -> ownId(id).stream()).toList();
        return list(
                "from Team t join fetch t.group where t.group.id = ?1 and (t.id in ?2 or"
                        + " t.externalId in ?3) order by t.id",
                groupId,
                own,
                publicIds);
    }

    /** The teams of a group, oldest first. */
    static List<Team> listIn(UUID groupId) {
        return list(
                "from Team t join fetch t.group where t.group.id = ?1 order by t.createdAt, t.id",
                groupId);
    }

    /** The teams that a user is in, of every group, in order of joining. */
    static List<Team> listOf(UUID userId) {
        return find(
                        "select t from TeamMembership tm join tm.team t join fetch t.group where"
                                + " tm.membership.user.id = ?1 order by tm.createdAt, tm.id",
                        userId)
                .list();
    }

    /** The teams of one group that a user is in, in order of joining. */
    static List<Team> listOf(UUID userId, UUID groupId) {
        return find(
                        "select t from TeamMembership tm join tm.team t join fetch t.group where"
                                + " tm.membership.user.id = ?1 and t.group.id = ?2 order by"
                                + " tm.createdAt, tm.id",
                        userId,
                        groupId)
                .list();
    }

    static long countIn(UUID groupId) {
        return count("group.id", groupId);
    }

    /** Holds teams to the end of the transaction, so that the number of their members stays. */
    static void lock(List<Team> teams) {
        find("id in ?1 order by id", teams.stream().map(team -> team.id).toList())
                .withLock(LockModeType.PESSIMISTIC_WRITE)
                .list();
    }
}
