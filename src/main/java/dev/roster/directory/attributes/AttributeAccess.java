package dev.roster.directory.attributes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.access.Authority;
import dev.roster.platform.etag.EntityTags;
import dev.roster.platform.problem.ProblemCode;
import dev.roster.platform.problem.ProblemException;
import dev.roster.platform.security.CurrentUser;
import dev.roster.platform.security.Permission;
import dev.roster.users.AttributeCircle;
import dev.roster.users.Attributes;
import dev.roster.users.Attributes.Seen;
import dev.roster.users.Attributes.Writer;
import jakarta.enterprise.context.RequestScoped;
import jakarta.transaction.Transactional;
import jakarta.ws.rs.core.Response;
import java.util.Set;
import java.util.UUID;

/** Lets the caller see and write its share of a user's attributes. */
@RequestScoped
class AttributeAccess {

    private final CurrentUser caller;
    private final Authority authority;
    private final Attributes attributes;

    AttributeAccess(CurrentUser caller, Authority authority, Attributes attributes) {
        this.caller = caller;
        this.authority = authority;
        this.attributes = attributes;
    }

    Response read(UUID userId, String ifNoneMatch) {
        Seen read = attributes.read(userId, seen(userId));
        return (EntityTags.unmodified(ifNoneMatch, read.tag())
                        ? Response.notModified()
                        : Response.ok(read.values()))
                .tag(read.tag())
                .build();
    }

    @Transactional
    Response replace(UUID userId, String ifMatch, ObjectNode values) {
        return answer(attributes.replace(userId, ifMatch, writer(userId), values));
    }

    @Transactional
    Response patch(UUID userId, String ifMatch, ObjectNode patch) {
        return answer(attributes.patch(userId, ifMatch, writer(userId), patch));
    }

    private Set<AttributeCircle> seen(UUID userId) {
        return caller.may(Permission.USERS_READ) || caller.may(Permission.USERS_UPDATE)
                ? AttributeCircle.ALL
                : caller.is(userId) ? AttributeCircle.PERSONAL : Set.of(AttributeCircle.PUBLIC);
    }

    /**
     * The caller as a writer.
     *
     * @throws ProblemException 403 for other people, whether or not there is such a user
     */
    private Writer writer(UUID userId) {
        boolean administrator = caller.may(Permission.USERS_UPDATE);
        if (administrator) {
            authority.over(caller.id(), userId, Permission.USERS_UPDATE);
        } else if (!caller.is(userId)) {
            throw new ProblemException(
                    ProblemCode.FORBIDDEN, "Only the user itself and administrators may change it");
        }
        return new Writer(
                caller.id(),
                seen(userId),
                administrator ? AttributeCircle.ALL : AttributeCircle.PERSONAL);
    }

    private static Response answer(Seen seen) {
        return Response.ok(seen.values()).tag(seen.tag()).build();
    }
}
