package dev.roster.groups;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.accounts.betterauth.AuthException;
import dev.roster.accounts.session.ActiveSession;
import dev.roster.accounts.session.Sessions;
import dev.roster.audit.AuditAction;
import dev.roster.audit.AuditLog;
import dev.roster.users.EmailAddress;
import dev.roster.users.User;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Optional;

/**
 * Changes and ends memberships. Each change holds the organization, so that of several at once the
 * last owner stays.
 */
@ApplicationScoped
class Members {

    private final Sessions sessions;
    private final AuditLog audit;

    Members(Sessions sessions, AuditLog audit) {
        this.sessions = sessions;
        this.audit = audit;
    }

    /**
     * Removes a member, or the caller itself.
     *
     * @param idOrEmail of the member; what holds an at sign is an address
     * @throws AuthException 400 MEMBER_NOT_FOUND,
     *     YOU_CANNOT_LEAVE_THE_ORGANIZATION_AS_THE_ONLY_OWNER; 401
     *     YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_MEMBER
     */
    @Transactional
    Membership remove(ActiveSession active, String organization, String idOrEmail) {
        Membership caller = requireMember(organization, active.user());
        Membership removed =
                find(caller.group, idOrEmail)
                        .orElseThrow(OrganizationError.MEMBER_NOT_FOUND::exception);
        if (removed.isOwner() && (!caller.isOwner() || isLastOwner(removed))) {
            throw OrganizationError.YOU_CANNOT_LEAVE_THE_ORGANIZATION_AS_THE_ONLY_OWNER.exception();
        }
        if (!caller.may(GroupPermission.MEMBER_DELETE)) {
            throw OrganizationError.YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_MEMBER.exception();
        }
        end(active, removed);
        return removed;
    }

    /**
     * Ends the caller's own membership.
     *
     * @throws AuthException 400 MEMBER_NOT_FOUND,
     *     YOU_CANNOT_LEAVE_THE_ORGANIZATION_AS_THE_ONLY_OWNER
     */
    @Transactional
    Membership leave(ActiveSession active, String organization) {
        Membership caller = requireMember(organization, active.user());
        if (isLastOwner(caller)) {
            throw OrganizationError.YOU_CANNOT_LEAVE_THE_ORGANIZATION_AS_THE_ONLY_OWNER.exception();
        }
        end(active, caller);
        return caller;
    }

    /**
     * Sets the roles of a member.
     *
     * @param roles one at least
     * @throws AuthException 400 MEMBER_NOT_FOUND, ROLE_NOT_FOUND,
     *     YOU_CANNOT_LEAVE_THE_ORGANIZATION_WITHOUT_AN_OWNER; 403
     *     YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER
     */
    @Transactional
    Membership setRoles(User user, String organization, String memberId, List<String> roles) {
        Membership caller = requireMember(organization, user);
        // one of another organization is as unknown as one that never was
        Membership member =
                Membership.findInGroup(caller.group.id, memberId)
                        .orElseThrow(OrganizationError.MEMBER_NOT_FOUND::exception);
        boolean makesOwner = MemberRole.isOwner(roles);
        if (!caller.isOwner() && (member.isOwner() || makesOwner)) {
            throw OrganizationError.YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER.exception();
        }
        if (!makesOwner && isLastOwner(member)) {
            throw OrganizationError.YOU_CANNOT_LEAVE_THE_ORGANIZATION_WITHOUT_AN_OWNER.exception();
        }
        if (!caller.may(GroupPermission.MEMBER_UPDATE)) {
            throw OrganizationError.YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER.exception();
        }
        List<String> unknown = MemberRole.unknown(roles);
        if (!unknown.isEmpty()) {
            throw OrganizationError.ROLE_NOT_FOUND.exception(
                    "ROLE_NOT_FOUND: " + String.join(", ", unknown));
        }
        if (!member.roles.equals(roles)) {
            ObjectNode before = member.trail();
            member.roles = roles;
            audit.record(
                    AuditAction.MEMBER_UPDATED,
                    user.id,
                    "member",
                    member.id,
                    before,
                    member.trail());
        }
        return member;
    }

    private static Optional<Membership> find(Group group, String idOrEmail) {
        return idOrEmail.contains("@")
                ? Membership.findByEmail(group.id, EmailAddress.key(idOrEmail))
                : Membership.findInGroup(group.id, idOrEmail);
    }

    static boolean isLastOwner(Membership member) {
        return member.isOwner() && Membership.countOwners(member.group.id) <= 1;
    }

    private static Membership requireMember(String organization, User user) {
        return Membership.findByGroupLocked(organization, user.id)
                .orElseThrow(OrganizationError.MEMBER_NOT_FOUND::exception);
    }

    /** Ends a membership; the database takes the member out of the teams. */
    private void end(ActiveSession active, Membership member) {
        Membership.delete("id", member.id);
        audit.record(
                AuditAction.MEMBER_REMOVED,
                active.user().id,
                "member",
                member.id,
                member.trail(),
                null);
        boolean ownActive =
                member.user.id.equals(active.user().id)
                        && member.group.publicId().equals(active.session().activeOrganizationId);
        if (ownActive) {
            sessions.activate(active, null, null);
        }
    }
}
