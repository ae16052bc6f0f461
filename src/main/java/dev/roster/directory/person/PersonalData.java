package dev.roster.directory.person;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.platform.crypto.SecretBox;
import dev.roster.users.AttributeCircle;
import dev.roster.users.Attributes;
import dev.roster.users.Profile;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What is held on one person, read by one statement, which sees it all as of one moment. Secrets
 * are left out, and what others did, said or are: of an event by somebody else the address it came
 * from, of an event about somebody else what it changed.
 */
@ApplicationScoped
public class PersonalData {

    /**
     * A part of the document.
     *
     * @param columns that tie its rows to the person, as {@code table.column}
     * @param sql one JSON value, of the user {@code u}; {@code time(x)} is a time as the API writes
     *     it, {@code :all} whether an administrator asks
     */
    private record Part(String name, Set<String> columns, String sql) {}

    /** An address that nobody has proven may be somebody else's: then it leads to nothing. */
    private static final String OWN_ADDRESS = "(u.email_verified OR :all)";

    private static final List<Part> PARTS =
            List.of(
                    new Part(
                            "user",
                            Set.of(
                                    "users.email",
                                    "users.email_key",
                                    "user_activity.user_id",
                                    "user_search.user_id",
                                    "user_search.email_key"),
                            """
                            json_build_object('id', u.id, 'externalId', u.external_id, 'name', u.name, 'email', u.email,
                                'emailVerified', u.email_verified, 'username', u.username, 'displayUsername', u.display_username,
                                'image', u.image, 'status', u.status, 'guest', u.anonymous, 'banned', u.banned,
                                'banReason', u.ban_reason, 'banExpires', time(u.ban_expires),
                                'twoFactorEnabled', u.two_factor_enabled, 'createdAt', time(u.created_at),
                                'updatedAt', time(u.updated_at), 'deletedAt', time(u.deleted_at), 'lastSeenAt',
                                (SELECT time(nullif(a.last_seen_at, '-infinity')) FROM user_activity a WHERE a.user_id = u.id))
                            """),
                    new Part(
                            "profile",
                            Set.of("user_profiles.user_id"),
                            """
                            (SELECT json_build_object('firstName', p.first_name, 'lastName', p.last_name, 'fullName', p.full_name,
                                'bio', p.bio, 'birthDate', p.birth_date, 'phone', NULL, 'locale', p.locale, 'timezone', p.timezone,
                                'website', p.website, 'createdAt', time(p.created_at), 'updatedAt', time(p.updated_at))
                            FROM user_profiles p WHERE p.user_id = u.id)
                            """),
                    new Part(
                            "attributes",
                            Set.of("user_attributes.user_id"),
                            """
                            coalesce((SELECT CASE WHEN :all THEN p.attributes ELSE (
                                SELECT coalesce(jsonb_object_agg(a.key, a.value), '{}') FROM jsonb_each(p.attributes) a
                                WHERE a.key = ANY (:names)) END
                            FROM user_profiles p WHERE p.user_id = u.id), '{}')
                            """),
                    new Part(
                            "preferences",
                            Set.of(),
                            "coalesce((SELECT p.preferences FROM user_profiles p WHERE p.user_id = u.id), '{}')"),
                    new Part(
                            "roles",
                            Set.of("role_grants.user_id"),
                            """
                            to_json(ARRAY(SELECT json_build_object('name', r.name, 'grantedBy', g.granted_by, 'grantedAt', time(g.granted_at))
                            FROM role_grants g JOIN roles r ON r.id = g.role_id WHERE g.user_id = u.id ORDER BY g.granted_at))
                            """),
                    new Part(
                            "groups",
                            Set.of("memberships.user_id", "team_memberships.membership_id"),
                            """
                            to_json(ARRAY(SELECT json_build_object('id', g.id, 'name', g.name, 'slug', g.slug, 'roles', m.roles,
                                'joinedAt', time(m.created_at), 'teams', to_json(ARRAY(
                                    SELECT json_build_object('id', t.id, 'name', t.name, 'joinedAt', time(x.created_at))
                                    FROM team_memberships x JOIN teams t ON t.id = x.team_id WHERE x.membership_id = m.id
                                    ORDER BY t.name, t.id)))
                            FROM memberships m JOIN groups g ON g.id = m.group_id WHERE m.user_id = u.id ORDER BY m.created_at, m.id))
                            """),
                    new Part(
                            "invitationsReceived",
                            Set.of("invitations.email", "invitations.email_key"),
                            """
                            to_json(ARRAY(SELECT json_build_object('group', g.name, 'roles', i.roles, 'status', i.status,
                                'createdAt', time(i.created_at), 'expiresAt', time(i.expires_at))
                            FROM invitations i JOIN groups g ON g.id = i.group_id
                            WHERE i.email_key = u.email_key AND OWN_ADDRESS ORDER BY i.created_at, i.id))
                            """
                                    .replace("OWN_ADDRESS", OWN_ADDRESS)),
                    new Part(
                            "invitationsSent",
                            Set.of("invitations.inviter_id"),
                            """
                            to_json(ARRAY(SELECT json_build_object('email', i.email, 'group', g.name, 'roles', i.roles, 'status', i.status,
                                'createdAt', time(i.created_at), 'expiresAt', time(i.expires_at))
                            FROM invitations i JOIN groups g ON g.id = i.group_id WHERE i.inviter_id = u.id ORDER BY i.created_at, i.id))
                            """),
                    new Part(
                            "accounts",
                            Set.of("credentials.user_id"),
                            """
                            to_json(ARRAY(SELECT json_build_object('provider', c.provider_id, 'accountId', c.account_id, 'scopes', c.scopes,
                                'hasPassword', c.password_hash IS NOT NULL, 'hasTokens', c.provider_tokens IS NOT NULL,
                                'createdAt', time(c.created_at), 'updatedAt', time(c.updated_at))
                            FROM credentials c WHERE c.user_id = u.id ORDER BY c.created_at, c.id))
                            """),
                    new Part(
                            "sessions",
                            Set.of("sessions.user_id"),
                            """
                            to_json(ARRAY(SELECT json_build_object('id', s.id, 'ipAddress', CASE WHEN s.impersonated_by IS NULL THEN s.ip_address END,
                                'userAgent', CASE WHEN s.impersonated_by IS NULL THEN s.user_agent END,
                                'impersonated', s.impersonated_by IS NOT NULL, 'createdAt', time(s.created_at),
                                'updatedAt', time(s.updated_at), 'expiresAt', time(s.expires_at))
                            FROM sessions s WHERE s.user_id = u.id ORDER BY s.created_at, s.id))
                            """),
                    new Part(
                            "apiKeys",
                            Set.of("api_keys.user_id"),
                            """
                            to_json(ARRAY(SELECT json_build_object('id', k.id, 'name', k.name, 'start', k.start, 'prefix', k.prefix,
                                'enabled', k.enabled, 'remaining', k.remaining, 'permissions', k.permissions, 'metadata', k.metadata,
                                'createdAt', time(k.created_at), 'lastRequestAt', time(k.last_request_at),
                                'expiresAt', time(k.expires_at))
                            FROM api_keys k WHERE k.user_id = u.id ORDER BY k.created_at, k.id))
                            """),
                    new Part(
                            "twoFactor",
                            Set.of("two_factors.user_id"),
                            """
                            (SELECT json_build_object('authenticatorApp', t.secret IS NOT NULL, 'confirmed', t.confirmed,
                                'backupCodesLeft', cardinality(t.backup_codes), 'failedAttempts', t.failed_attempts,
                                'lockedUntil', time(t.locked_until), 'createdAt', time(t.created_at))
                            FROM two_factors t WHERE t.user_id = u.id)
                            """),
                    new Part(
                            "devices",
                            Set.of("device_codes.user_id", "device_codes.requested_user_id"),
                            """
                            to_json(ARRAY(SELECT json_build_object('clientId', d.client_id, 'scope', d.scope, 'status', d.status,
                                'createdAt', time(d.created_at), 'expiresAt', time(d.expires_at))
                            FROM device_codes d WHERE d.user_id = u.id
                                OR d.requested_user_id = coalesce(u.external_id, CAST(u.id AS text)) ORDER BY d.created_at, d.id))
                            """),
                    new Part(
                            "verifications",
                            Set.of("verifications.user_id"),
                            """
                            to_json(ARRAY(SELECT json_build_object('purpose', v.purpose, 'createdAt', time(v.created_at),
                                'expiresAt', time(v.expires_at))
                            FROM verifications v WHERE v.user_id = u.id ORDER BY v.created_at, v.id))
                            """),
                    new Part(
                            "mails",
                            Set.of("mail_outbox.recipient"),
                            """
                            to_json(ARRAY(SELECT json_build_object('kind', o.kind, 'recipient', o.recipient, 'locale', o.locale,
                                'createdAt', time(o.created_at), 'sentAt', time(o.sent_at), 'failedAt', time(o.failed_at))
                            FROM mail_outbox o WHERE lower(o.recipient COLLATE "C") = u.email_key AND OWN_ADDRESS ORDER BY o.created_at, o.id))
                            """
                                    .replace("OWN_ADDRESS", OWN_ADDRESS)),
                    new Part(
                            "idempotencyKeys",
                            Set.of("idempotency_keys.caller_id"),
                            """
                            to_json(ARRAY(SELECT json_build_object('key', k.key, 'status', k.status, 'createdAt', time(k.created_at))
                            FROM idempotency_keys k WHERE k.caller_id = u.id ORDER BY k.created_at))
                            """),
                    new Part(
                            "jobs",
                            Set.of("jobs.created_by"),
                            """
                            to_json(ARRAY(SELECT json_build_object('id', j.id, 'kind', j.kind, 'status', j.status,
                                'processed', j.processed, 'createdAt', time(j.created_at), 'finishedAt', time(j.finished_at))
                            FROM jobs j WHERE j.created_by = u.id ORDER BY j.created_at, j.id))
                            """),
                    new Part(
                            "auditEvents",
                            Set.of("audit_events.actor_id", "audit_events.target_id"),
                            """
                            to_json(ARRAY(SELECT json_build_object('id', e.id, 'occurredAt', time(e.occurred_at), 'action', e.action,
                                'actorId', e.actor_id, 'targetType', e.target_type, 'targetId', e.target_id,
                                'before', CASE WHEN f.shown THEN e.before END, 'after', CASE WHEN f.shown THEN e.after END,
                                'ipAddress', CASE WHEN e.actor_id = u.id THEN e.ip_address END,
                                'userAgent', CASE WHEN e.actor_id = u.id THEN e.user_agent END, 'requestId', e.request_id)
                            FROM audit_events e, LATERAL (SELECT CASE WHEN e.target_type = 'user'
                                THEN e.target_id = u.id AND (:all OR e.actor_id = u.id OR e.action <> 'attributes.updated')
                                ELSE e.actor_id = u.id END AS shown) f
                            WHERE e.actor_id = u.id OR e.target_id = u.id ORDER BY e.occurred_at, e.id))
                            """));

    private static final Pattern TIME = Pattern.compile("\\btime\\(((?:[^()]|\\([^()]*\\))*)\\)");

    private static final String SQL = sql();

    private final EntityManager entityManager;
    private final ObjectMapper json;
    private final Attributes attributes;
    private final SecretBox box;

    PersonalData(
            EntityManager entityManager, ObjectMapper json, Attributes attributes, SecretBox box) {
        this.entityManager = entityManager;
        this.json = json;
        this.attributes = attributes;
        this.box = box;
    }

    private static String sql() {
        StringBuilder sql = new StringBuilder("SELECT CAST(json_build_object(");
        for (Part part : PARTS) {
            sql.append(part == PARTS.get(0) ? "" : ", ")
                    .append('\'')
                    .append(part.name())
                    .append("', ")
                    .append(part.sql());
        }
        sql.append(") AS text), (SELECT p.phone FROM user_profiles p WHERE p.user_id = u.id)")
                .append(" FROM users u WHERE u.id = :id");
        return TIME.matcher(sql)
                .replaceAll("to_char($1 AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')");
    }

    /**
     * Everything held on a person, deleted or not.
     *
     * @param administrators whether it is for them: otherwise their circle of attributes is left
     *     out, and what came to an address that the person has not proven
     */
    public Optional<ObjectNode> of(UUID userId, boolean administrators) {
        List<?> rows =
                entityManager
                        .createNativeQuery(SQL, Object[].class)
                        .setParameter("id", userId)
                        .setParameter("all", administrators)
                        .setParameter(
                                "names",
                                attributes.names(AttributeCircle.PERSONAL).toArray(String[]::new))
                        .getResultList();
        return rows.stream().findFirst().map(row -> document(userId, (Object[]) row));
    }

    private ObjectNode document(UUID userId, Object[] row) {
        try {
            ObjectNode document = (ObjectNode) json.readTree((String) row[0]);
            if (row[1] != null) {
                ((ObjectNode) document.get("profile"))
                        .put("phone", Profile.openPhone(userId, (byte[]) row[1], box));
            }
            return document;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("PostgreSQL writes well-formed JSON", e);
        }
    }

    /** The columns that lead to a person, as {@code table.column}, of what the document holds. */
    public static Set<String> columns() {
        return PARTS.stream()
                .flatMap(part -> part.columns().stream())
                .collect(Collectors.toUnmodifiableSet());
    }
}
