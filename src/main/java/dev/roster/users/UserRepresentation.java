package dev.roster.users;

import dev.roster.platform.crypto.SecretBox;
import dev.roster.platform.etag.EntityTags;
import dev.roster.platform.problem.ProblemCode;
import dev.roster.platform.problem.ProblemException;
import dev.roster.platform.security.CurrentUser;
import dev.roster.platform.security.Permission;
import jakarta.enterprise.context.RequestScoped;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.UUID;

/** Which of a user's fields the caller may see and change, and the answers made of that. */
@RequestScoped
public class UserRepresentation {

    private final CurrentUser caller;
    private final SecretBox box;

    UserRepresentation(CurrentUser caller, SecretBox box) {
        this.caller = caller;
        this.box = box;
    }

    /**
     * Lets the person and administrators pass.
     *
     * @throws ProblemException 403 for everyone else, whether or not there is such a user
     */
    public void requireChange(UUID userId) {
        if (!caller.is(userId) && !caller.may(Permission.USERS_UPDATE)) {
            throw new ProblemException(
                    ProblemCode.FORBIDDEN, "Only the user itself and administrators may change it");
        }
    }

    /** 200 with what the caller may see of the user, or 304 where it has that already. */
    Response user(User user, String ifNoneMatch) {
        boolean full = seesAll(user.id);
        EntityTag tag = tag(full ? Users.tag(user) : EntityTags.of(user.version), full);
        return EntityTags.answer(
                full ? UserView.of(user) : PublicUserView.of(user), tag, ifNoneMatch);
    }

    /** 200 with the changed user. */
    public Response user(User user) {
        return user(user, null);
    }

    /** 201 with the new user. */
    public Response created(User user) {
        return Response.fromResponse(user(user))
                .status(Response.Status.CREATED)
                .header(HttpHeaders.LOCATION, "/api/v1/users/" + user.id)
                .build();
    }

    /** 200 with what the caller may see of the profile, or 304 where it has that already. */
    Response profile(User user, String ifNoneMatch) {
        boolean full = seesAll(user.id);
        EntityTag tag = tag(Users.profileTag(user), full);
        return EntityTags.answer(
                full ? ProfileView.of(user, box) : PublicProfileView.of(user), tag, ifNoneMatch);
    }

    /** 200 with the changed profile. */
    Response profile(User user) {
        return profile(user, null);
    }

    private boolean seesAll(UUID userId) {
        return caller.is(userId) || caller.may(Permission.USERS_READ);
    }

    /** The public view is another representation: its tag must not pass for the full one's. */
    private static EntityTag tag(EntityTag tag, boolean full) {
        return full ? tag : new EntityTag(tag.getValue() + "-public");
    }
}
