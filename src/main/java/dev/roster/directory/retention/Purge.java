package dev.roster.directory.retention;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.audit.AuditAction;
import dev.roster.audit.AuditLog;
import dev.roster.directory.search.SearchWords;
import dev.roster.users.Users;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Lets users go whom a policy has chosen, in the caller's transaction and a few statements. */
@ApplicationScoped
class Purge {

    private final EntityManager entityManager;
    private final Users users;
    private final SearchWords words;
    private final AuditLog audit;

    Purge(EntityManager entityManager, Users users, SearchWords words, AuditLog audit) {
        this.entityManager = entityManager;
        this.users = users;
        this.words = words;
        this.audit = audit;
    }

    /**
     * The users that a query finds; others leave them alone until the transaction ends.
     *
     * @param condition of SQL over {@code u}, with {@code :before}; users in use are left out
     */
    List<UUID> due(String condition, Instant before, int limit) {
        return entityManager
                .unwrap(org.hibernate.Session.class)
                .createNativeQuery(
                        "SELECT u.id FROM users u WHERE "
                                + condition
                                + " LIMIT :limit FOR UPDATE OF u SKIP LOCKED",
                        UUID.class)
                .setParameter("before", before)
                .setParameter("limit", limit)
                .getResultList();
    }

    /** Deletes users with all they have; the trail alone remembers. */
    int remove(List<UUID> due, String policy) {
        words.forget(due);
        int removed = users.remove(due, null);
        audit.recordAll(AuditAction.USER_PURGED, null, "user", due, by(policy));
        return removed;
    }

    /** Deletes users so that they can be restored for a while. */
    int delete(List<UUID> due, String policy) {
        users.deleteAll(due, null, by(policy));
        // after the groups are held, as by a member who leaves one
        entityManager
                .createNativeQuery("DELETE FROM sessions WHERE user_id = ANY (:ids)")
                .setParameter("ids", due.toArray(UUID[]::new))
                .executeUpdate();
        return due.size();
    }

    private static ObjectNode by(String policy) {
        return JsonNodeFactory.instance.objectNode().put("policy", policy);
    }
}
