package dev.roster.groups;

import dev.roster.platform.persistence.ImportableEntity;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.annotations.OnDelete;
import org.hibernate.annotations.OnDeleteAction;

/** The n-n between teams and members of their group. */
@Entity
@Table(name = "team_memberships")
public class TeamMembership extends ImportableEntity {

    @ManyToOne(fetch = FetchType.LAZY, optional = false)
    @JoinColumn(name = "team_id")
    @OnDelete(action = OnDeleteAction.CASCADE)
    public Team team;

    /** Of the team's group: who leaves it leaves the team. */
    @ManyToOne(fetch = FetchType.LAZY, optional = false)
    @JoinColumn(name = "membership_id")
    @OnDelete(action = OnDeleteAction.CASCADE)
    public Membership membership;

    static TeamMembership of(Team team, Membership membership) {
        TeamMembership place = new TeamMembership();
        place.team = team;
        place.membership = membership;
        return place;
    }

    static Optional<TeamMembership> findPlace(Team team, Membership membership) {
        return find("team.id = ?1 and membership.id = ?2", team.id, membership.id)
                .firstResultOptional();
    }

    /**
     * The members of a team, with their users, in order of joining; empty unless this user is one
     * of them.
     */
    static List<TeamMembership> listSeenBy(UUID userId, String teamPublicId) {
        PublicId team = PublicId.of(teamPublicId);
        return list(
                "from TeamMembership tm join fetch tm.team t join fetch tm.membership m join"
                        + " fetch m.user where t."
                        + team.attribute()
                        + " = ?1 and exists (select 1 from TeamMembership own where own.team = t"
                        + " and own.membership.user.id = ?2) order by tm.createdAt, tm.id",
                team.value(),
                userId);
    }

    /** How many members a team has. */
    static long countIn(UUID teamId) {
        return count("team.id", teamId);
    }

    /** Whether one of these teams has as many members as this or more. */
    static boolean anyFull(List<Team> teams, int maximum) {
        return !find(
                        "select tm.team.id from TeamMembership tm where tm.team.id in ?1 group by"
                                + " tm.team.id having count(*) >= ?2",
                        teams.stream().map(team -> team.id).toList(),
                        (long) maximum)
                .project(UUID.class)
                .list()
                .isEmpty();
    }
}
