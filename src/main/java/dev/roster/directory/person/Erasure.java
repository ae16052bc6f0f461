package dev.roster.directory.person;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.access.Authority;
import dev.roster.access.RoleGrant;
import dev.roster.access.Roles;
import dev.roster.audit.AuditAction;
import dev.roster.audit.AuditLog;
import dev.roster.directory.search.SearchWords;
import dev.roster.platform.etag.EntityTags;
import dev.roster.platform.problem.ProblemCode;
import dev.roster.platform.problem.ProblemException;
import dev.roster.platform.security.Permission;
import dev.roster.users.User;
import dev.roster.users.Users;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Lets a person vanish: its rows go, and so does what leads to it elsewhere. Of the trail the
 * events stay with their ids, which lead nowhere then, and without their details.
 */
@ApplicationScoped
class Erasure {

    /**
     * The addresses that were the person's, as {@code users.email_key} has them, but those that
     * somebody else has by now.
     */
    private static final String ADDRESSES =
            """
            SELECT k.key FROM (
                SELECT email_key AS key FROM users WHERE id = :id
                UNION SELECT lower(e.before ->> 'email' COLLATE "C") FROM audit_events e WHERE e.target_id = :id
                UNION SELECT lower(e.after ->> 'email' COLLATE "C") FROM audit_events e WHERE e.target_id = :id) k
            WHERE k.key IS NOT NULL AND NOT EXISTS (SELECT FROM users o WHERE o.email_key = k.key AND o.id <> :id
                AND (o.deleted_at IS NULL OR o.address_held))
            """;

    /** Events tell of the person by its records too. */
    private static final String REDACT =
            """
            SELECT audit_redact(:id, ARRAY(
                SELECT id FROM sessions WHERE user_id = :id
                UNION ALL SELECT id FROM api_keys WHERE user_id = :id
                UNION ALL SELECT id FROM credentials WHERE user_id = :id
                UNION ALL SELECT id FROM two_factors WHERE user_id = :id
                UNION ALL SELECT id FROM device_codes WHERE user_id = :id
                UNION ALL SELECT id FROM memberships WHERE user_id = :id
                UNION ALL SELECT t.id FROM team_memberships t JOIN memberships m ON m.id = t.membership_id WHERE m.user_id = :id
                UNION ALL SELECT id FROM deleted_memberships WHERE user_id = :id
                UNION ALL SELECT t.id FROM deleted_team_memberships t JOIN deleted_memberships m ON m.id = t.membership_id
                    WHERE m.user_id = :id
                UNION ALL SELECT id FROM invitations WHERE inviter_id = :id OR email_key = ANY (:addresses)
                UNION ALL SELECT target_id FROM audit_events WHERE target_type = 'invitation'
                    AND lower(after ->> 'email' COLLATE "C") = ANY (:addresses)))
            """;

    /** What leads to the person by no foreign key. */
    private static final List<String> FORGET_BY_ADDRESS =
            List.of(
                    "DELETE FROM invitations WHERE email_key = ANY (:addresses)",
                    "DELETE FROM mail_outbox WHERE lower(recipient COLLATE \"C\") = ANY (:addresses)",
                    "DELETE FROM verifications WHERE subject = ANY (:addresses) OR lower(payload ->>"
                            + " 'email' COLLATE \"C\") = ANY (:addresses)");

    private static final List<String> FORGET_BY_ID =
            List.of(
                    // to an address too that was never the person's, as it was not proven yet
                    "DELETE FROM mail_outbox WHERE user_id = :id",
                    "DELETE FROM idempotency_keys WHERE caller_id = :id",
                    // a key that is free again would make the person once more
                    "UPDATE idempotency_keys SET answer = '', updated_at = now(), version = version + 1"
                            + " WHERE resource_id = :id",
                    "DELETE FROM sessions WHERE impersonated_by = (SELECT coalesce(external_id,"
                            + " CAST(id AS text)) FROM users WHERE id = :id)",
                    "DELETE FROM device_codes WHERE requested_user_id = (SELECT"
                            + " coalesce(external_id, CAST(id AS text)) FROM users WHERE id = :id)");

    private final EntityManager entityManager;
    private final Authority authority;
    private final Roles roles;
    private final Users users;
    private final SearchWords words;
    private final AuditLog audit;
    private final ErasureConfig config;
    private final Clock clock;

    Erasure(
            EntityManager entityManager,
            Authority authority,
            Roles roles,
            Users users,
            SearchWords words,
            AuditLog audit,
            ErasureConfig config,
            Clock clock) {
        this.entityManager = entityManager;
        this.authority = authority;
        this.roles = roles;
        this.users = users;
        this.words = words;
        this.audit = audit;
        this.config = config;
        this.clock = clock;
    }

    /**
     * Erases a person, deleted or not; or asks for it, where another administrator has to confirm.
     *
     * @return the request that waits; empty where the person is gone
     * @throws ProblemException 404 for no such user, 403 for one above the actor, 428 or 412 where
     *     the precondition fails, 409 for the last administrator and for whoever would confirm its
     *     own request
     */
    @Transactional
    Optional<ErasureRequestView> erase(UUID userId, String ifMatch, String reason, UUID actor) {
        // not the entity: what the lock waits for would not be seen in one that was read before
        boolean deleted = User.isDeleted(userId);
        User user =
                (deleted
                                ? authority.overDeleted(actor, userId, Permission.USERS_ERASE)
                                : authority.over(actor, userId, Permission.USERS_ERASE))
                        .user();
        EntityTags.requireMatch(ifMatch, Users.tag(user));
        if (roles.isLastAdministrator(userId)) {
            throw new ProblemException(ProblemCode.LAST_ADMINISTRATOR, null);
        }
        if (config.twoAdministrators()) {
            ErasureRequest request = ErasureRequest.findById(userId);
            if (!isGood(request)) {
                audit.record(
                        AuditAction.ERASURE_REQUESTED,
                        actor,
                        "user",
                        userId,
                        null,
                        object("reason", reason));
                return Optional.of(
                        ErasureRequestView.of(
                                ErasureRequest.make(
                                        request, userId, actor, reason, clock.instant())));
            }
            if (request.requestedBy.equals(actor)) {
                throw new ProblemException(
                        ProblemCode.CONFLICT, "Another administrator has to confirm");
            }
            erase(userId, actor, request.requestedBy, reason == null ? request.reason : reason);
        } else {
            erase(userId, actor, null, reason);
        }
        return Optional.empty();
    }

    /** A request counts for as long as whoever made it could make it again. */
    private boolean isGood(ErasureRequest request) {
        return request != null
                && request.expiresAt.isAfter(clock.instant())
                && User.findActive(request.requestedBy)
                        .filter(by -> !by.isBanned(clock.instant()))
                        .isPresent()
                && RoleGrant.rolesOf(request.requestedBy).stream()
                        .anyMatch(role -> Permission.USERS_ERASE.isIn(role.permissions));
    }

    private void erase(UUID userId, UUID actor, UUID requestedBy, String reason) {
        String[] addresses =
                entityManager
                        .unwrap(org.hibernate.Session.class)
                        .createNativeQuery(ADDRESSES, String.class)
                        .setParameter("id", userId)
                        .getResultList()
                        .toArray(String[]::new);
        // while the trail still tells earlier names
        words.forget(List.of(userId));
        entityManager
                .createNativeQuery(REDACT)
                .setParameter("id", userId)
                .setParameter("addresses", addresses)
                .getSingleResult();
        FORGET_BY_ADDRESS.forEach(
                sql ->
                        entityManager
                                .createNativeQuery(sql)
                                .setParameter("addresses", addresses)
                                .executeUpdate());
        FORGET_BY_ID.forEach(
                sql ->
                        entityManager
                                .createNativeQuery(sql)
                                .setParameter("id", userId)
                                .executeUpdate());
        users.remove(List.of(userId), actor);
        ObjectNode after = object("reason", reason);
        if (requestedBy != null) {
            after.put("requestedBy", requestedBy.toString());
        }
        audit.record(AuditAction.USER_ERASED, actor, "user", userId, null, after);
        if (actor.equals(userId)) {
            // the events of this erasure tell where the person is
            entityManager.flush();
            entityManager
                    .createNativeQuery("SELECT audit_redact(:id, CAST(ARRAY[] AS uuid[]))")
                    .setParameter("id", userId)
                    .getSingleResult();
        }
    }

    private static ObjectNode object(String name, String value) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        return value == null ? object : object.put(name, value);
    }
}
