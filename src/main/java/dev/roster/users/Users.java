package dev.roster.users;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.audit.AuditAction;
import dev.roster.audit.AuditLog;
import dev.roster.platform.crypto.Digests;
import dev.roster.platform.crypto.SecretBox;
import dev.roster.platform.etag.EntityTags;
import dev.roster.platform.json.Documents;
import dev.roster.platform.problem.ProblemException;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.transaction.Transactional;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.core.EntityTag;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** Changes of users and profiles: precondition, change and audit event in one transaction. */
@ApplicationScoped
public class Users {

    private final AuditLog audit;
    private final Documents documents;
    private final SecretBox box;
    private final ChangeGuard guard;
    private final Event<UserDeleted> deletions;
    private final Event<UserRestored> restorations;
    private final Clock clock;

    Users(
            AuditLog audit,
            Documents documents,
            SecretBox box,
            ChangeGuard guard,
            Event<UserDeleted> deletions,
            Event<UserRestored> restorations,
            Clock clock) {
        this.audit = audit;
        this.documents = documents;
        this.box = box;
        this.guard = guard;
        this.deletions = deletions;
        this.restorations = restorations;
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
        return create(name, email, image, Username.NONE);
    }

    /**
     * The same with a user name.
     *
     * @throws jakarta.persistence.PersistenceException over {@code users_username_key} where the
     *     name is taken
     */
    @Transactional
    public User create(String name, String email, String image, Username username) {
        User user = User.of(name, email, image);
        user.apply(username);
        user.persistAndFlush();
        return user;
    }

    /**
     * The same of somebody who has proven to have the address.
     *
     * @throws jakarta.persistence.PersistenceException over {@code users_email_key} where the
     *     address is taken
     */
    @Transactional
    public User createVerified(String name, String email, String image) {
        User user = User.of(name, email, image);
        user.emailVerified = true;
        user.persistAndFlush();
        audit.record(AuditAction.EMAIL_VERIFIED, user.id, "user", user.id);
        return user;
    }

    /** What {@code create} would return, without anything being stored. */
    public User lookAlike(String name, String email, String image, Username username) {
        User user = User.of(name, email, image);
        user.apply(username);
        user.pretendStored(clock.instant());
        return user;
    }

    /**
     * Changes a user by itself, by a merge patch.
     *
     * @throws ProblemException 404 for no such user, 428 or 412 where the precondition fails
     */
    @Transactional
    public User patch(UUID id, String ifMatch, ObjectNode patch) {
        User user = locked(id);
        EntityTags.requireMatch(ifMatch, tag(user));
        return change(user, id, documents.patch(UserDocument.of(user), patch, UserDocument.class));
    }

    /**
     * Changes a user as the Better Auth dialect does, without a precondition.
     *
     * @param change from what is stored to what shall be
     * @param rename the same of the user name
     * @throws jakarta.persistence.PersistenceException over {@code users_username_key} where the
     *     name is taken
     */
    @Transactional
    public void update(
            UUID id, UnaryOperator<UserDocument> change, UnaryOperator<Username> rename) {
        User user = locked(id);
        Username before = Username.of(user);
        Username after = rename.apply(before);
        if (!before.equals(after)) {
            user.apply(after);
            audit.record(
                    AuditAction.USERNAME_CHANGED,
                    id,
                    "user",
                    id,
                    documents.tree(before),
                    documents.tree(after));
        }
        change(user, id, change.apply(UserDocument.of(user)));
    }

    /** The user as it is stored, whom nobody else changes until the transaction ends. */
    private static User locked(UUID id) {
        User.lockRow(id);
        return User.findActive(id).orElseThrow(ProblemException::notFound);
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
     * Has a user be asked for a second factor, or no longer.
     *
     * @return the user as it is then
     * @throws ProblemException 404 for no such user
     */
    @Transactional
    public User setTwoFactorEnabled(UUID id, boolean enabled) {
        User user = User.findActive(id).orElseThrow(ProblemException::notFound);
        if (user.twoFactorEnabled != enabled) {
            user.twoFactorEnabled = enabled;
            audit.record(
                    enabled ? AuditAction.TWO_FACTOR_ENABLED : AuditAction.TWO_FACTOR_DISABLED,
                    id,
                    "user",
                    id);
            // the answer tells when the user last changed
            User.flush();
        }
        return user;
    }

    /**
     * A guest: named Anonymous, with an address that cannot be written to.
     *
     * @param email one that nobody has
     */
    @Transactional
    public User createAnonymous(String email) {
        User user = User.of("Anonymous", email, null);
        user.anonymous = true;
        user.persistAndFlush();
        audit.record(AuditAction.USER_CREATED, user.id, "user", user.id);
        return user;
    }

    /**
     * Deletes a guest with all it has, which nobody can ask for again; the trail alone remembers.
     *
     * @param actor who the guest has turned out to be, or the guest itself
     * @return false for a user who is none
     */
    @Transactional
    public boolean deleteAnonymous(UUID id, UUID actor) {
        boolean deleted = User.delete("id = ?1 and anonymous", id) == 1;
        if (deleted) {
            audit.record(AuditAction.USER_DELETED, actor, "user", id);
        }
        return deleted;
    }

    /**
     * Marks the address of a user as proven by itself.
     *
     * @param emailKey what was proven, as {@link EmailAddress#key} gives it
     * @return false where it had been, or is another by now: of several at once one wins
     */
    @Transactional
    public boolean verifyEmail(UUID id, String emailKey) {
        boolean verified = User.verifyEmail(id, emailKey, clock.instant());
        if (verified) {
            audit.record(AuditAction.EMAIL_VERIFIED, id, "user", id);
        }
        return verified;
    }

    /**
     * The same of a user as it is stored, in the caller's transaction, which has locked it ({@link
     * User#lock}).
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public void verifyEmail(User user) {
        user.emailVerified = true;
        // the answer tells when the user last changed
        User.flush();
        audit.record(AuditAction.EMAIL_VERIFIED, user.id, "user", user.id);
    }

    /**
     * Gives a user another address. That it is free is for the database to say, and it does so
     * here.
     *
     * @param email as {@link EmailAddress#parse} gives it
     * @throws jakarta.persistence.PersistenceException over {@code users_email_key} where the
     *     address is taken
     */
    @Transactional
    public void changeEmail(UUID id, String email, boolean verified) {
        User user = User.findActive(id).orElseThrow(ProblemException::notFound);
        ObjectNode before = JsonNodeFactory.instance.objectNode().put("email", user.email);
        user.email = email;
        user.emailVerified = verified;
        User.flush();
        ObjectNode after = JsonNodeFactory.instance.objectNode().put("email", email);
        audit.record(AuditAction.EMAIL_CHANGED, id, "user", id, before, after);
    }

    /** Marks the user as deleted by itself; its sessions are the caller's to end. */
    @Transactional
    public void delete(UUID id) {
        delete(id, id);
    }

    /** The same by somebody else. */
    @Transactional
    public void delete(UUID id, UUID actor) {
        User.findActive(id).ifPresent(user -> delete(user, actor, false));
    }

    /**
     * The same of a user as it is stored.
     *
     * @param holdAddress whether nobody else gets address and user name until the user is purged
     */
    @Transactional
    public void delete(User user, UUID actor, boolean holdAddress) {
        user.delete(clock.instant(), holdAddress);
        audit.record(AuditAction.USER_DELETED, actor, "user", user.id);
        deletions.fire(new UserDeleted(user.id, actor));
    }

    /**
     * The same of many, by a fixed number of statements, in the caller's transaction. They keep
     * address and user name until they are purged.
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public void deleteAll(Collection<UUID> ids, UUID actor) {
        deleteAll(ids, actor, null);
    }

    /**
     * The same.
     *
     * @param after what the trail tells of it, or null
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public void deleteAll(Collection<UUID> ids, UUID actor, ObjectNode after) {
        User.deleteAll(ids, clock.instant());
        audit.recordAll(AuditAction.USER_DELETED, actor, "user", ids, after);
        deletions.fire(new UserDeleted(ids, actor, false));
    }

    /**
     * Takes a deletion back.
     *
     * @param user as it is stored
     * @throws jakarta.persistence.PersistenceException over {@code users_email_key} or {@code
     *     users_username_key} where the user did not hold its address and somebody else has it now
     */
    @Transactional
    public void restore(User user, UUID actor) {
        user.restore();
        User.flush();
        audit.record(AuditAction.USER_RESTORED, actor, "user", user.id);
        restorations.fire(new UserRestored(user.id, actor));
    }

    /**
     * Ends users for good, with all that the database holds of them by reference. The event is the
     * caller's.
     *
     * @param actor who does it, or null for the service itself
     * @return how many there were
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public int remove(Collection<UUID> ids, UUID actor) {
        deletions.fire(new UserDeleted(ids, actor, true));
        return User.remove(ids);
    }

    /**
     * What an administrator changes of a user; absent members stay as they are.
     *
     * @param image null within for none
     * @param ban null within for no ban
     */
    public record Change(
            Optional<String> name,
            Optional<Optional<String>> image,
            Optional<String> email,
            Optional<Boolean> emailVerified,
            UnaryOperator<Username> rename,
            Optional<String> status,
            Optional<Optional<Ban>> ban) {

        public static final Change NONE =
                new Change(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        UnaryOperator.identity(),
                        Optional.empty(),
                        Optional.empty());

        /** Whether a user is kept out, and nothing else. */
        public static Change of(Optional<Ban> ban) {
            return NONE.with(ban);
        }

        /** The same change, and whether the user is kept out. */
        public Change with(Optional<Ban> ban) {
            return new Change(name, image, email, emailVerified, rename, status, Optional.of(ban));
        }
    }

    /** Why and until when a user is kept out; null for ever. */
    public record Ban(@Size(min = 1, max = Ban.MAX_REASON) String reason, Instant expires) {

        /** Characters of a reason. */
        public static final int MAX_REASON = 1000;
    }

    /**
     * Changes a user on behalf of another.
     *
     * @param user as it is stored
     * @throws jakarta.persistence.PersistenceException over {@code users_email_key} or {@code
     *     users_username_key} where the address or the name is taken
     */
    @Transactional
    public void administer(User user, Change change, UUID actor) {
        ObjectNode before = documents.tree(Administered.of(user));
        boolean wasBanned = user.banned;
        change.name().ifPresent(name -> user.name = name);
        change.image().ifPresent(image -> user.image = image.orElse(null));
        change.email().ifPresent(email -> user.email = email);
        change.emailVerified().ifPresent(verified -> user.emailVerified = verified);
        user.apply(change.rename().apply(Username.of(user)));
        change.status().ifPresent(status -> user.status = status);
        change.ban()
                .ifPresent(
                        ban -> {
                            user.banned = ban.isPresent();
                            user.banReason = ban.map(Ban::reason).orElse(null);
                            user.banExpires = ban.map(Ban::expires).orElse(null);
                        });
        User.flush();
        ObjectNode after = documents.tree(Administered.of(user));
        if (!before.equals(after)) {
            AuditAction action =
                    wasBanned == user.banned
                            ? AuditAction.USER_UPDATED
                            : user.banned ? AuditAction.USER_BANNED : AuditAction.USER_UNBANNED;
            audit.record(action, actor, "user", user.id, before, after);
        }
    }

    /**
     * Has a user who was invited be active, now that it has come; for any other user it does
     * nothing.
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public void welcome(User user) {
        if (!user.status.equals(User.STATUS_INVITED) || !User.activate(user.id, clock.instant())) {
            return;
        }
        if (user.isPersistent()) {
            User.getEntityManager().refresh(user);
        }
        audit.record(
                AuditAction.USER_UPDATED,
                user.id,
                "user",
                user.id,
                documents.tree(Map.of("status", User.STATUS_INVITED)),
                documents.tree(Map.of("status", User.STATUS_ACTIVE)));
    }

    /** What the trail tells of such a change. */
    @RegisterForReflection
    record Administered(
            String name,
            String image,
            String email,
            boolean emailVerified,
            String username,
            String displayUsername,
            String status,
            boolean banned,
            String banReason,
            Instant banExpires) {

        static Administered of(User user) {
            return new Administered(
                    user.name,
                    user.image,
                    user.email,
                    user.emailVerified,
                    user.username,
                    user.displayUsername,
                    user.status,
                    user.banned,
                    user.banReason,
                    user.banExpires);
        }
    }

    /**
     * Replaces what a profile tells; of another user, what whoever may change it wants it to.
     *
     * @param change from what is stored to what shall be
     * @throws ProblemException 403 where the actor may not, 404 for no such user, 428 or 412 where
     *     the precondition fails
     */
    @Transactional
    public User changeProfile(
            UUID id, String ifMatch, UnaryOperator<ProfileDocument> change, UUID actor) {
        if (actor.equals(id)) {
            User.lockRow(id);
        } else {
            // locks both
            guard.requireChange(actor, id);
        }
        User user = User.findActiveWithProfile(id).orElseThrow(ProblemException::notFound);
        if (user.profile == null) {
            user.profile = Profile.make(id, clock.instant());
        }
        EntityTags.requireMatch(ifMatch, profileTag(user));
        return changeProfile(user, change, actor);
    }

    /** What a user who was made just now is to tell from the beginning. */
    @Transactional(Transactional.TxType.MANDATORY)
    public void makeProfile(User user, ProfileDocument document, UUID actor) {
        user.profile = Profile.make(user.id, clock.instant());
        changeProfile(user, none -> document, actor);
    }

    private User changeProfile(User user, UnaryOperator<ProfileDocument> change, UUID actor) {
        ProfileDocument before = ProfileDocument.of(user.profile, box);
        ProfileDocument after = change.apply(before);
        if (!before.equals(after)) {
            user.profile.apply(after, box);
            audit.record(
                    AuditAction.PROFILE_UPDATED,
                    actor,
                    "user",
                    user.id,
                    withoutSecrets(before, after, "hidden"),
                    withoutSecrets(after, before, "hidden, changed"));
            // the answer's ETag and full name are those after the change
            user.profile.readBack();
        }
        return user;
    }

    /** The tag of a user as itself and administrators see it: its roles are no part of its row. */
    public static EntityTag tag(User user) {
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
