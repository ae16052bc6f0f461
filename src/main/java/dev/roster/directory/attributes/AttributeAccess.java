package dev.roster.directory.attributes;

import dev.roster.access.Roles;
import dev.roster.platform.etag.EntityTags;
import dev.roster.platform.problem.ProblemCode;
import dev.roster.platform.problem.ProblemException;
import dev.roster.platform.security.CurrentUser;
import dev.roster.platform.security.Permission;
import dev.roster.users.AttributeCircle;
import dev.roster.users.Attributes.Seen;
import dev.roster.users.Attributes.Writer;
import jakarta.enterprise.context.RequestScoped;
import jakarta.ws.rs.core.Response;
import java.util.Set;
import java.util.UUID;

/** Which circles of a user's attributes the caller sees and may write. */
@RequestScoped
class AttributeAccess {

    private final CurrentUser caller;
    private final Roles roles;

    AttributeAccess(CurrentUser caller, Roles roles) {
        this.caller = caller;
        this.roles = roles;
    }

    Set<AttributeCircle> seen(UUID userId) {
        return caller.may(Permission.USERS_READ) || caller.may(Permission.USERS_UPDATE)
                ? AttributeCircle.ALL
                : caller.is(userId) ? AttributeCircle.PERSONAL : Set.of(AttributeCircle.PUBLIC);
    }

    /**
     * The caller as a writer.
     *
     * @throws ProblemException 403 for other people, whether or not there is such a user, and for
     *     administrators where the user may do what they may not
     */
    Writer writer(UUID userId) {
        boolean administrator = caller.may(Permission.USERS_UPDATE);
        if (!caller.is(userId) && !(administrator && roles.isNotAbove(userId, caller.id()))) {
            throw new ProblemException(
                    ProblemCode.FORBIDDEN, "Only the user itself and administrators may change it");
        }
        return new Writer(
                caller.id(),
                seen(userId),
                administrator ? AttributeCircle.ALL : AttributeCircle.PERSONAL);
    }

    /** 200 with the attributes, or 304 where the caller has them already. */
    static Response answer(Seen seen, String ifNoneMatch) {
        return (EntityTags.unmodified(ifNoneMatch, seen.tag())
                        ? Response.notModified()
                        : Response.ok(seen.values()))
                .tag(seen.tag())
                .build();
    }
}
