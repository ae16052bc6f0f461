package dev.roster.groups;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.accounts.betterauth.AuthException;
import dev.roster.accounts.session.ActiveSession;
import dev.roster.audit.AuditAction;
import dev.roster.audit.AuditLog;
import dev.roster.users.User;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** Makes, changes and removes teams and places in them, each with its audit event. */
@ApplicationScoped
class Teams {

    private final OrganizationConfig config;
    private final AuditLog audit;
    private final Clock clock;

    Teams(OrganizationConfig config, AuditLog audit, Clock clock) {
        this.config = config;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * Makes a team, without members.
     *
     * @throws AuthException 400 YOU_HAVE_REACHED_THE_MAXIMUM_NUMBER_OF_TEAMS; 403
     *     YOU_ARE_NOT_ALLOWED_TO_INVITE_USERS_TO_THIS_ORGANIZATION for who is no member, as the
     *     reference has it, YOU_ARE_NOT_ALLOWED_TO_CREATE_TEAMS_IN_THIS_ORGANIZATION
     */
    @Transactional
    Team create(User caller, String organization, String name) {
        Membership member =
                member(
                        caller,
                        organization,
                        OrganizationError.YOU_ARE_NOT_ALLOWED_TO_INVITE_USERS_TO_THIS_ORGANIZATION);
        require(
                member,
                GroupPermission.TEAM_CREATE,
                OrganizationError.YOU_ARE_NOT_ALLOWED_TO_CREATE_TEAMS_IN_THIS_ORGANIZATION);
        Optional<Integer> maximum = config.teams().maximum();
        if (maximum.isPresent() && Team.countIn(member.group.id) >= maximum.get()) {
            throw OrganizationError.YOU_HAVE_REACHED_THE_MAXIMUM_NUMBER_OF_TEAMS.exception();
        }
        Team team = Team.of(member.group, name);
        team.persist();
        audit.record(AuditAction.TEAM_CREATED, caller.id, "team", team.id, null, team.trail());
        return team;
    }

    /**
     * Renames a team.
     *
     * @throws AuthException 400 TEAM_NOT_FOUND; 403 YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_TEAM
     */
    @Transactional
    Team rename(User caller, String organization, String teamId, Optional<String> name) {
        Membership member =
                member(
                        caller,
                        organization,
                        OrganizationError.YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_TEAM);
        require(
                member,
                GroupPermission.TEAM_UPDATE,
                OrganizationError.YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_TEAM);
        Team team = team(member, teamId);
        if (name.isPresent() && !name.get().equals(team.name)) {
            ObjectNode before = team.trail();
            team.name = name.get();
            audit.record(
                    AuditAction.TEAM_UPDATED, caller.id, "team", team.id, before, team.trail());
            // the answer tells when it changed
            Team.flush();
        }
        return team;
    }

    /**
     * Removes a team, from the open invitations too.
     *
     * @throws AuthException 400 TEAM_NOT_FOUND, UNABLE_TO_REMOVE_LAST_TEAM; 403
     *     YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_TEAM,
     *     YOU_ARE_NOT_ALLOWED_TO_DELETE_TEAMS_IN_THIS_ORGANIZATION
     */
    @Transactional
    void remove(ActiveSession active, String organization, String teamId) {
        User caller = active.user();
        Membership member =
                member(
                        caller,
                        organization,
                        OrganizationError.YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_TEAM);
        String activeTeamId = active.session().activeTeamId;
        if (teamId.equals(activeTeamId)) {
            throw OrganizationError.YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_TEAM.exception();
        }
        require(
                member,
                GroupPermission.TEAM_DELETE,
                OrganizationError.YOU_ARE_NOT_ALLOWED_TO_DELETE_TEAMS_IN_THIS_ORGANIZATION);
        Team team = team(member, teamId);
        if (team.publicId().equals(activeTeamId)) {
            // named by our own id, where the wire shows the imported one
            throw OrganizationError.YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_TEAM.exception();
        }
        if (!config.teams().allowRemovingAll() && Team.countIn(member.group.id) <= 1) {
            throw OrganizationError.UNABLE_TO_REMOVE_LAST_TEAM.exception();
        }
        Invitation.forgetTeam(member.group.id, team.publicId(), clock.instant());
        audit.record(AuditAction.TEAM_DELETED, caller.id, "team", team.id, team.trail(), null);
        // the database takes the members out
        Team.delete("id", team.id);
    }

    /**
     * Puts a member of the organization into a team, if it is not there already.
     *
     * @throws AuthException 400 USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION, of caller or user,
     *     TEAM_NOT_FOUND; 403 YOU_ARE_NOT_ALLOWED_TO_CREATE_A_NEW_TEAM_MEMBER,
     *     TEAM_MEMBER_LIMIT_REACHED
     */
    @Transactional
    TeamMembership add(User caller, String organization, String teamId, String userId) {
        Membership member =
                member(
                        caller,
                        organization,
                        OrganizationError.USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION);
        require(
                member,
                GroupPermission.MEMBER_UPDATE,
                OrganizationError.YOU_ARE_NOT_ALLOWED_TO_CREATE_A_NEW_TEAM_MEMBER);
        Membership added = other(member, userId);
        Team team = team(member, teamId);
        Team.lock(List.of(team));
        Optional<TeamMembership> already = TeamMembership.findPlace(team, added);
        if (already.isPresent()) {
            return already.get();
        }
        Optional<Integer> maximum = config.teams().maximumMembers();
        if (maximum.isPresent() && TeamMembership.countIn(team.id) >= maximum.get()) {
            throw OrganizationError.TEAM_MEMBER_LIMIT_REACHED.exception();
        }
        TeamMembership place = TeamMembership.of(team, added);
        place.persist();
        audit.record(
                AuditAction.TEAM_MEMBER_ADDED,
                caller.id,
                "team_member",
                place.id,
                null,
                place.trail());
        return place;
    }

    /**
     * Takes a member of the organization out of a team.
     *
     * @throws AuthException 400 USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION, of caller or user,
     *     TEAM_NOT_FOUND, USER_IS_NOT_A_MEMBER_OF_THE_TEAM; 403
     *     YOU_ARE_NOT_ALLOWED_TO_REMOVE_A_TEAM_MEMBER
     */
    @Transactional
    void takeOut(User caller, String organization, String teamId, String userId) {
        Membership member =
                member(
                        caller,
                        organization,
                        OrganizationError.USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION);
        require(
                member,
                GroupPermission.MEMBER_DELETE,
                OrganizationError.YOU_ARE_NOT_ALLOWED_TO_REMOVE_A_TEAM_MEMBER);
        Membership removed = other(member, userId);
        TeamMembership place =
                TeamMembership.findPlace(team(member, teamId), removed)
                        .orElseThrow(OrganizationError.USER_IS_NOT_A_MEMBER_OF_THE_TEAM::exception);
        audit.record(
                AuditAction.TEAM_MEMBER_REMOVED,
                caller.id,
                "team_member",
                place.id,
                place.trail(),
                null);
        TeamMembership.delete("id", place.id);
    }

    private static Membership member(User caller, String organization, OrganizationError stranger) {
        return Membership.findByGroupLocked(organization, caller.id)
                .orElseThrow(stranger::exception);
    }

    private static void require(
            Membership member, GroupPermission permission, OrganizationError refusal) {
        if (!member.may(permission)) {
            throw refusal.exception();
        }
    }

    private static Membership other(Membership member, String userId) {
        return Membership.findByUser(member.group.id, userId)
                .orElseThrow(OrganizationError.USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION::exception);
    }

    private static Team team(Membership member, String teamId) {
        return Team.findInGroup(member.group.id, teamId)
                .orElseThrow(OrganizationError.TEAM_NOT_FOUND::exception);
    }
}
