package dev.roster.users;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.audit.AuditAction;
import dev.roster.audit.AuditLog;
import dev.roster.platform.crypto.Digests;
import dev.roster.platform.etag.EntityTags;
import dev.roster.platform.json.Documents;
import dev.roster.platform.json.Numbers;
import dev.roster.platform.problem.ProblemCode;
import dev.roster.platform.problem.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.OptimisticLockException;
import jakarta.transaction.Transactional;
import jakarta.ws.rs.core.EntityTag;
import java.time.Clock;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;

/** Preferences by namespace; each is its own resource with its own tag. */
@ApplicationScoped
class Preferences {

    private static final int MAX_BYTES = 64 * 1024;
    private static final int MAX_NAMESPACES = 100;

    private final AuditLog audit;
    private final ObjectMapper json;
    private final Clock clock;

    Preferences(AuditLog audit, ObjectMapper json, Clock clock) {
        this.audit = audit;
        this.json = json;
        this.clock = clock;
    }

    /** One namespace as PostgreSQL holds it. */
    record Stored(String json, boolean created) {

        EntityTag tag() {
            return new EntityTag(HexFormat.of().formatHex(Digests.sha256(json), 0, 16));
        }
    }

    Optional<Stored> find(UUID userId, String namespace) {
        return Profile.preferences(userId, namespace).map(text -> new Stored(text, false));
    }

    /**
     * Stores a namespace.
     *
     * @throws ProblemException 413 over 64 KiB, and for more than 100 namespaces; 428 or 412 where
     *     it exists and the precondition fails
     */
    @Transactional
    Stored put(UUID userId, String namespace, String ifMatch, ObjectNode value) {
        Documents.requireStorable(value);
        String text = value.toString();
        if (Numbers.bytes(value) > MAX_BYTES) {
            throw new ProblemException(
                    ProblemCode.PAYLOAD_TOO_LARGE, "At most 65536 bytes for each namespace");
        }
        Profile.LockedPreferences locked = Profile.lockPreferences(userId, namespace);
        Optional<String> old = locked.text();
        if (old.isEmpty() && locked.namespaces() >= MAX_NAMESPACES) {
            throw new ProblemException(
                    ProblemCode.PAYLOAD_TOO_LARGE, "At most 100 namespaces for each user");
        }
        if (old.isPresent() || ifMatch != null) {
            EntityTags.requireMatch(ifMatch, old.map(o -> new Stored(o, false).tag()).orElse(null));
        }
        String stored =
                Profile.putPreferences(userId, namespace, old.orElse(""), text, clock.instant())
                        .orElseThrow(OptimisticLockException::new);
        audit.record(
                AuditAction.PREFERENCES_UPDATED,
                userId,
                "user",
                userId,
                old.map(o -> change(namespace, o)).orElse(null),
                change(namespace, stored));
        return new Stored(stored, old.isEmpty());
    }

    /**
     * Deletes a namespace.
     *
     * @throws ProblemException 404 where there is none; 428 or 412 where the precondition fails
     */
    @Transactional
    void delete(UUID userId, String namespace, String ifMatch) {
        String old =
                Profile.lockPreferences(userId, namespace)
                        .text()
                        .orElseThrow(ProblemException::notFound);
        EntityTags.requireMatch(ifMatch, new Stored(old, false).tag());
        Profile.deletePreferences(userId, namespace);
        audit.record(
                AuditAction.PREFERENCES_DELETED,
                userId,
                "user",
                userId,
                change(namespace, old),
                null);
    }

    private ObjectNode change(String namespace, String value) {
        try {
            return json.createObjectNode().set(namespace, json.readTree(value));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("PostgreSQL writes well-formed jsonb", e);
        }
    }
}
