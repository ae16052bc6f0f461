package dev.roster.users;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.audit.AuditAction;
import dev.roster.audit.AuditLog;
import dev.roster.platform.crypto.Digests;
import dev.roster.platform.crypto.SecretBox;
import dev.roster.platform.etag.EntityTags;
import dev.roster.platform.json.Documents;
import dev.roster.platform.problem.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.transaction.Transactional;
import jakarta.ws.rs.core.EntityTag;
import java.time.Clock;
import java.util.HexFormat;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** Changes of users and profiles: precondition, change and audit event in one transaction. */
@ApplicationScoped
public class Users {

    private final AuditLog audit;
    private final Documents documents;
    private final SecretBox box;
    private final Event<UserDeleted> deletions;
    private final Clock clock;

    Users(
            AuditLog audit,
            Documents documents,
            SecretBox box,
            Event<UserDeleted> deletions,
            Clock clock) {
        this.audit = audit;
        this.documents = documents;
        this.box = box;
        this.deletions = deletions;
        this.clock = clock;
    }

    /**
     * Stores a new user. That the address is free is for the database to say, and it does so here:
     * of several at once one wins.
     *
     * @param email as {@link EmailAddress#parse} gives it
     * @throws jakarta.persistence.PersistenceException over {@code users_email_key} where the
     *     address is taken
     */
    @Transactional
    public User create(String name, String email, String image) {
        User user = User.of(name, email, image);
        user.persistAndFlush();
        return user;
    }

    /** What {@link #create} would return, without anything being stored. */
    public User lookAlike(String name, String email, String image) {
        User user = User.of(name, email, image);
        user.pretendStored(clock.instant());
        return user;
    }

    /**
     * Changes a user by a merge patch.
     *
     * @throws ProblemException 404 for no such user, 428 or 412 where the precondition fails
     */
    @Transactional
    public User patch(UUID id, String ifMatch, ObjectNode patch, UUID actor) {
        User user = User.findActive(id).orElseThrow(ProblemException::notFound);
        EntityTags.requireMatch(ifMatch, tag(user));
        UserDocument document = documents.patch(UserDocument.of(user), patch, UserDocument.class);
        return change(user, actor, document);
    }

    /**
     * Changes a user as the Better Auth dialect does, without a precondition.
     *
     * @param change from what is stored to what shall be
     */
    @Transactional
    public void update(UUID id, UnaryOperator<UserDocument> change) {
        User user = User.findActive(id).orElseThrow(ProblemException::notFound);
        change(user, id, change.apply(UserDocument.of(user)));
    }

    private User change(User user, UUID actor, UserDocument document) {
        ObjectNode before = documents.tree(UserDocument.of(user));
        user.apply(document);
        ObjectNode after = documents.tree(UserDocument.of(user));
        if (!before.equals(after)) {
            audit.record(AuditAction.USER_UPDATED, actor, "user", user.id, before, after);
        }
        // the version that the answer's ETag tells is the one after the change
        User.flush();
        return user;
    }

    /**
     * Marks the user as deleted by itself, and tells the features above by {@link UserDeleted}; its
     * sessions are the caller's to end.
     */
    @Transactional
    public void delete(UUID id) {
        User.findActive(id)
                .ifPresent(
                        user -> {
                            user.delete(clock.instant());
                            audit.record(AuditAction.USER_DELETED, id, "user", id);
                            deletions.fire(new UserDeleted(id, id));
                        });
    }

    /**
     * Replaces what a profile tells.
     *
     * @param change from what is stored to what shall be
     * @throws ProblemException 404 for no such user, 428 or 412 where the precondition fails
     */
    @Transactional
    public User changeProfile(
            UUID id, String ifMatch, UnaryOperator<ProfileDocument> change, UUID actor) {
        User user = User.findActiveWithProfile(id).orElseThrow(ProblemException::notFound);
        if (user.profile == null) {
            user.profile = Profile.make(id, clock.instant());
        }
        EntityTags.requireMatch(ifMatch, profileTag(user));
        ProfileDocument before = ProfileDocument.of(user.profile, box);
        ProfileDocument after = change.apply(before);
        if (!before.equals(after)) {
            user.profile.apply(after, box);
            audit.record(
                    AuditAction.PROFILE_UPDATED,
                    actor,
                    "user",
                    id,
                    withoutSecrets(before, after, "hidden"),
                    withoutSecrets(after, before, "hidden, changed"));
            // the answer's ETag and full name are those after the change
            user.profile.readBack();
        }
        return user;
    }

    /** The tag of a user as itself and administrators see it: its roles are no part of its row. */
    static EntityTag tag(User user) {
        String roles = HexFormat.of().formatHex(Digests.sha256(user.role()), 0, 4);
        return new EntityTag(user.version + "-" + roles);
    }

    /** The tag of a profile; before the first change there is one too, so that If-Match works. */
    static EntityTag profileTag(User user) {
        return EntityTags.of(user.profile == null ? 0 : user.profile.version);
    }

    /** The phone number is encrypted at rest, so the trail tells no more than that it changed. */
    private ObjectNode withoutSecrets(
            ProfileDocument document, ProfileDocument other, String hidden) {
        ObjectNode tree = documents.tree(document);
        if (tree.has("phone")) {
            tree.put("phone", document.phone().equals(other.phone()) ? "same" : hidden);
        }
        return tree;
    }
}
