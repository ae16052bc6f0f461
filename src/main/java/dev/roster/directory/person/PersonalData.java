package dev.roster.directory.person;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.platform.crypto.SecretBox;
import dev.roster.users.AttributeCircle;
import dev.roster.users.Attributes;
import dev.roster.users.Profile;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What is held on one person. Memory is bounded, however much that is: of each list the first
 * {@value #PAGE} rows are read with everything else by one statement, which sees it all as of one
 * moment; what follows is read in pages while it is written, each by a statement of its own, so
 * that no connection is held while a slow client reads. Rows that come to be meanwhile are left
 * out. So the trail, which is append-only, is as of that moment too; of a list that is longer than
 * a page and is none, what is changed or removed before its turn is told as it is then.
 *
 * <p>Secrets are left out, and what others did, said or are: of an event by somebody else the
 * address it came from, of an event about somebody else what it changed.
 */
@ApplicationScoped
public class PersonalData {

    private static final int PAGE = 1000;

    /** A part of the document. */
    private sealed interface Part {

        String name();

        /** What ties its rows to the person, as {@code table.column}. */
        Set<String> columns();

        /** What the first statement reads of it: one JSON value, of the user {@code u}. */
        String sql();
    }

    /**
     * A part whose length something bounds.
     *
     * @param sql {@code time(x)} is a time as the API writes it, {@code :all} whether an
     *     administrator asks
     */
    private record Value(String name, Set<String> columns, String sql) implements Part {}

    /**
     * A list that can be of any length, by when its rows came to be.
     *
     * @param at when a row came to be
     * @param key tells rows of one time apart
     * @param type of the key
     * @param row one JSON value, as {@link Value}'s
     * @param from what follows FROM; {@code {after}} is where a page begins, and {@code {first}}
     *     bounds what is looked at for it
     * @param indexed whether an index has the rows in this order
     */
    private record Rows(
            String name,
            Set<String> columns,
            String at,
            String key,
            String type,
            String row,
            String from,
            boolean indexed)
            implements Part {

        @Override
        public String sql() {
            return page("");
        }

        /** The page behind the row of {@code :at} and {@code :key}. */
        String next() {
            // by the first alone the server can leave out earlier months of the trail
            return page(
                    """
                    AND {at} >= CAST(:at AS timestamptz)
                    AND ({at}, {key}) > (CAST(:at AS timestamptz), CAST(:key AS {type})) AND {at} <= :until
                    """);
        }

        /** An array of arrays: time, key, row. */
        private String page(String after) {
            return "to_json(ARRAY(SELECT json_build_array({at}, {key}, {row}) FROM {from} {first}))"
                    .replace("{row}", row)
                    .replace("{from}", from)
                    .replace("{first}", "ORDER BY {at}, {key} LIMIT " + PAGE)
                    .replace("{after}", after)
                    .replace("{at}", at)
                    .replace("{key}", key)
                    .replace("{type}", type);
        }
    }

    private static Rows rows(
            String name, Set<String> columns, String alias, String row, String from) {
        return new Rows(
                name, columns, alias + ".created_at", alias + ".id", "uuid", row, from, false);
    }

    /** An address that nobody has proven may be somebody else's: then it leads to nothing. */
    private static final String OWN_ADDRESS = "(u.email_verified OR :all)";

    private static final List<Part> PARTS =
            List.of(
                    new Value(
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
                    new Value(
                            "profile",
                            Set.of("user_profiles.user_id"),
                            """
                            (SELECT json_build_object('firstName', p.first_name, 'lastName', p.last_name, 'fullName', p.full_name,
                                'bio', p.bio, 'birthDate', p.birth_date, 'phone', NULL, 'locale', p.locale, 'timezone', p.timezone,
                                'website', p.website, 'createdAt', time(p.created_at), 'updatedAt', time(p.updated_at))
                            FROM user_profiles p WHERE p.user_id = u.id)
                            """),
                    new Value(
                            "attributes",
                            Set.of("user_attributes.user_id"),
                            """
                            coalesce((SELECT CASE WHEN :all THEN p.attributes ELSE (
                                SELECT coalesce(jsonb_object_agg(a.key, a.value), '{}') FROM jsonb_each(p.attributes) a
                                WHERE a.key = ANY (:names)) END
                            FROM user_profiles p WHERE p.user_id = u.id), '{}')
                            """),
                    new Value(
                            "preferences",
                            Set.of(),
                            "coalesce((SELECT p.preferences FROM user_profiles p WHERE p.user_id = u.id), '{}')"),
                    new Value(
                            "roles",
                            Set.of("role_grants.user_id"),
                            """
                            to_json(ARRAY(SELECT json_build_object('name', r.name, 'grantedBy', g.granted_by, 'grantedAt', time(g.granted_at))
                            FROM role_grants g JOIN roles r ON r.id = g.role_id WHERE g.user_id = u.id ORDER BY g.granted_at))
                            """),
                    rows(
                            "groups",
                            Set.of(
                                    "memberships.user_id",
                                    "deleted_memberships.user_id",
                                    "team_memberships.membership_id",
                                    "deleted_team_memberships.membership_id"),
                            "m",
                            """
                            json_build_object('id', g.id, 'name', g.name, 'slug', g.slug, 'roles', m.roles,
                                'joinedAt', time(m.created_at), 'teams', to_json(ARRAY(
                                    SELECT json_build_object('id', t.id, 'name', t.name, 'joinedAt', time(x.created_at))
                                    FROM (SELECT team_id, created_at FROM team_memberships WHERE membership_id = m.id
                                        UNION ALL SELECT team_id, created_at FROM deleted_team_memberships
                                        WHERE membership_id = m.id) x
                                    JOIN teams t ON t.id = x.team_id ORDER BY t.name, t.id)))
                            """,
                            // of a deleted user those that it would be given back
                            """
                            (SELECT id, group_id, roles, created_at FROM memberships WHERE user_id = u.id
                                UNION ALL SELECT id, group_id, roles, created_at FROM deleted_memberships WHERE user_id = u.id) m
                            JOIN groups g ON g.id = m.group_id WHERE true {after}
                            """),
                    rows(
                            "invitationsReceived",
                            Set.of("invitations.email", "invitations.email_key"),
                            "i",
                            """
                            json_build_object('group', g.name, 'roles', i.roles, 'status', i.status,
                                'createdAt', time(i.created_at), 'expiresAt', time(i.expires_at))
                            """,
                            """
                            invitations i JOIN groups g ON g.id = i.group_id
                            WHERE i.email_key = u.email_key AND OWN_ADDRESS {after}
                            """
                                    .replace("OWN_ADDRESS", OWN_ADDRESS)),
                    rows(
                            "invitationsSent",
                            Set.of("invitations.inviter_id"),
                            "i",
                            """
                            json_build_object('email', i.email, 'group', g.name, 'roles', i.roles, 'status', i.status,
                                'createdAt', time(i.created_at), 'expiresAt', time(i.expires_at))
                            """,
                            """
                            invitations i JOIN groups g ON g.id = i.group_id WHERE i.inviter_id = u.id {after}
                            """),
                    rows(
                            "accounts",
                            Set.of("credentials.user_id"),
                            "c",
                            """
                            json_build_object('provider', c.provider_id, 'accountId', c.account_id, 'scopes', c.scopes,
                                'hasPassword', c.password_hash IS NOT NULL, 'hasTokens', c.provider_tokens IS NOT NULL,
                                'createdAt', time(c.created_at), 'updatedAt', time(c.updated_at))
                            """,
                            """
                            credentials c WHERE c.user_id = u.id {after}
                            """),
                    rows(
                            "sessions",
                            Set.of("sessions.user_id"),
                            "s",
                            """
                            json_build_object('id', s.id, 'ipAddress', CASE WHEN s.impersonated_by IS NULL THEN s.ip_address END,
                                'userAgent', CASE WHEN s.impersonated_by IS NULL THEN s.user_agent END,
                                'impersonated', s.impersonated_by IS NOT NULL, 'createdAt', time(s.created_at),
                                'updatedAt', time(s.updated_at), 'expiresAt', time(s.expires_at))
                            """,
                            """
                            sessions s WHERE s.user_id = u.id {after}
                            """),
                    rows(
                            "apiKeys",
                            Set.of("api_keys.user_id"),
                            "k",
                            """
                            json_build_object('id', k.id, 'name', k.name, 'start', k.start, 'prefix', k.prefix,
                                'enabled', k.enabled, 'remaining', k.remaining, 'permissions', k.permissions, 'metadata', k.metadata,
                                'createdAt', time(k.created_at), 'lastRequestAt', time(k.last_request_at),
                                'expiresAt', time(k.expires_at))
                            """,
                            """
                            api_keys k WHERE k.user_id = u.id {after}
                            """),
                    new Value(
                            "twoFactor",
                            Set.of("two_factors.user_id"),
                            """
                            (SELECT json_build_object('authenticatorApp', t.secret IS NOT NULL, 'confirmed', t.confirmed,
                                'backupCodesLeft', cardinality(t.backup_codes), 'failedAttempts', t.failed_attempts,
                                'lockedUntil', time(t.locked_until), 'createdAt', time(t.created_at))
                            FROM two_factors t WHERE t.user_id = u.id)
                            """),
                    rows(
                            "devices",
                            Set.of("device_codes.user_id", "device_codes.requested_user_id"),
                            "d",
                            """
                            json_build_object('clientId', d.client_id, 'scope', d.scope, 'status', d.status,
                                'createdAt', time(d.created_at), 'expiresAt', time(d.expires_at))
                            """,
                            """
                            device_codes d WHERE (d.user_id = u.id
                                OR d.requested_user_id = coalesce(u.external_id, CAST(u.id AS text))) {after}
                            """),
                    rows(
                            "verifications",
                            Set.of("verifications.user_id"),
                            "v",
                            """
                            json_build_object('purpose', v.purpose, 'createdAt', time(v.created_at),
                                'expiresAt', time(v.expires_at))
                            """,
                            """
                            verifications v WHERE v.user_id = u.id {after}
                            """),
                    rows(
                            "mails",
                            Set.of("mail_outbox.recipient", "mail_outbox.user_id"),
                            "o",
                            """
                            json_build_object('kind', o.kind, 'recipient', o.recipient, 'locale', o.locale,
                                'createdAt', time(o.created_at), 'sentAt', time(o.sent_at), 'failedAt', time(o.failed_at))
                            """,
                            """
                            mail_outbox o WHERE (lower(o.recipient COLLATE "C") = u.email_key AND OWN_ADDRESS
                                OR o.user_id = u.id AND :all) {after}
                            """
                                    .replace("OWN_ADDRESS", OWN_ADDRESS)),
                    new Rows(
                            "idempotencyKeys",
                            Set.of("idempotency_keys.caller_id"),
                            "k.created_at",
                            "k.key",
                            "text",
                            """
                            json_build_object('key', k.key, 'status', k.status, 'createdAt', time(k.created_at))
                            """,
                            """
                            idempotency_keys k WHERE k.caller_id = u.id {after}
                            """,
                            false),
                    rows(
                            "jobs",
                            Set.of("jobs.created_by"),
                            "j",
                            """
                            json_build_object('id', j.id, 'kind', j.kind, 'status', j.status,
                                'processed', j.processed, 'createdAt', time(j.created_at), 'finishedAt', time(j.finished_at))
                            """,
                            """
                            jobs j WHERE j.created_by = u.id {after}
                            """),
                    new Rows(
                            "auditEvents",
                            Set.of("audit_events.actor_id", "audit_events.target_id"),
                            "e.occurred_at",
                            "e.id",
                            "uuid",
                            """
                            json_build_object('id', e.id, 'occurredAt', time(e.occurred_at), 'action', e.action,
                                'actorId', e.actor_id, 'targetType', e.target_type, 'targetId', e.target_id,
                                'before', CASE WHEN f.shown THEN e.before END, 'after', CASE WHEN f.shown THEN e.after END,
                                'ipAddress', CASE WHEN e.actor_id = u.id THEN e.ip_address END,
                                'userAgent', CASE WHEN e.actor_id = u.id THEN e.user_agent END, 'requestId', e.request_id)
                            """,
                            // by OR no index would give them in order; what is by and about the
                            // person is in both
                            """
                            (SELECT DISTINCT ON (x.occurred_at, x.id) x.* FROM (
                                (SELECT e.* FROM audit_events e WHERE e.actor_id = u.id {after} {first})
                                UNION ALL
                                (SELECT e.* FROM audit_events e WHERE e.target_id = u.id {after} {first})) x
                            ORDER BY x.occurred_at, x.id) e, LATERAL (SELECT CASE WHEN e.target_type = 'user'
                                THEN e.target_id = u.id AND (:all OR e.actor_id = u.id OR e.action <> 'attributes.updated')
                                ELSE e.actor_id = u.id END AS shown) f
                            """,
                            true));

    private static final Pattern TIME = Pattern.compile("\\btime\\(((?:[^()]|\\([^()]*\\))*)\\)");

    private static final String SQL = sql();

    private final EntityManager entityManager;
    private final ObjectMapper json;
    private final Attributes attributes;
    private final SecretBox box;
    private final Clock clock;

    PersonalData(
            EntityManager entityManager,
            ObjectMapper json,
            Attributes attributes,
            SecretBox box,
            Clock clock) {
        this.entityManager = entityManager;
        this.json = json;
        this.attributes = attributes;
        this.box = box;
        this.clock = clock;
    }

    /** A column of text for each part, and the phone number. */
    private static String sql() {
        return times(
                PARTS.stream()
                        .map(part -> "CAST(" + part.sql() + " AS text)")
                        .collect(
                                Collectors.joining(
                                        ", ",
                                        "SELECT ",
                                        ", (SELECT p.phone FROM user_profiles p WHERE p.user_id ="
                                                + " u.id) FROM users u WHERE u.id = :id")));
    }

    private static String times(String sql) {
        return TIME.matcher(sql)
                .replaceAll("to_char($1 AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')");
    }

    /** Everything held on a person, of which what is long is read only while it is written. */
    public final class Document {

        private final UUID userId;
        private final boolean administrators;
        private final Instant until;
        private final Map<String, String> parts = new HashMap<>();

        private Document(UUID userId, boolean administrators, Instant until, Object[] row) {
            this.userId = userId;
            this.administrators = administrators;
            this.until = until;
            for (int i = 0; i < PARTS.size(); i++) {
                parts.put(PARTS.get(i).name(), (String) row[i]);
            }
            byte[] phone = (byte[]) row[PARTS.size()];
            if (phone != null) {
                parts.computeIfPresent(
                        "profile",
                        (name, profile) ->
                                withPhone(profile, Profile.openPhone(userId, phone, box)));
            }
        }

        private String withPhone(String profile, String phone) {
            try {
                return ((ObjectNode) json.readTree(profile)).put("phone", phone).toString();
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("PostgreSQL writes well-formed JSON", e);
            }
        }

        /**
         * Writes the whole document. Where that fails it leaves off in the middle, and closes no
         * bracket.
         *
         * @throws IOException where the reader is gone, or the person
         */
        public void writeTo(OutputStream out) throws IOException {
            JsonGenerator to = json.getFactory().createGenerator(out);
            to.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            to.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
            to.writeStartObject();
            for (Part part : PARTS) {
                to.writeFieldName(part.name());
                String text = parts.remove(part.name());
                if (part instanceof Rows rows) {
                    write(rows, text, to);
                } else if (text == null) {
                    to.writeNull();
                } else {
                    try (JsonParser from = json.createParser(text)) {
                        from.nextToken();
                        to.copyCurrentStructureExact(from);
                    }
                }
            }
            to.writeEndObject();
            to.flush();
        }

        private void write(Rows rows, String first, JsonGenerator to) throws IOException {
            to.writeStartArray();
            String page = first;
            while (page != null) {
                int count = 0;
                String at = null;
                String key = null;
                try (JsonParser from = json.createParser(page)) {
                    from.nextToken();
                    while (from.nextToken() == JsonToken.START_ARRAY) {
                        at = from.nextTextValue();
                        key = from.nextTextValue();
                        from.nextToken();
                        to.copyCurrentStructureExact(from);
                        from.nextToken();
                        count++;
                    }
                }
                page = count < PAGE ? null : next(rows, at, key);
            }
            to.writeEndArray();
        }

        private String next(Rows rows, String at, String key) throws IOException {
            // of its own, so that the connection is back in the pool when it returns
            List<?> pages = QuarkusTransaction.requiringNew().call(() -> page(rows, at, key));
            if (pages.isEmpty()) {
                throw new IOException("Erased while it was exported");
            }
            return (String) pages.get(0);
        }

        private List<?> page(Rows rows, String at, String key) {
            if (rows.indexed()) {
                // the server takes everybody to have few events, and for each page would sort all
                // that are left of a million
                entityManager
                        .createNativeQuery("SELECT set_config('enable_sort', 'off', true)")
                        .getSingleResult();
            }
            String sql = "SELECT CAST(" + rows.next() + " AS text) FROM users u WHERE u.id = :id";
            Query query =
                    entityManager
                            .createNativeQuery(times(sql), String.class)
                            .setParameter("id", userId)
                            .setParameter("at", at)
                            .setParameter("key", key)
                            .setParameter("until", until);
            if (sql.contains(":all")) {
                query.setParameter("all", administrators);
            }
            return query.getResultList();
        }
    }

    /**
     * Everything held on a person, deleted or not.
     *
     * @param administrators whether it is for them: otherwise their circle of attributes is left
     *     out, and what came to an address that the person has not proven
     */
    public Optional<Document> of(UUID userId, boolean administrators) {
        Instant now = clock.instant();
        List<?> rows =
                entityManager
                        .createNativeQuery(SQL, Object[].class)
                        .setParameter("id", userId)
                        .setParameter("all", administrators)
                        .setParameter(
                                "names",
                                attributes.names(AttributeCircle.PERSONAL).toArray(String[]::new))
                        .getResultList();
        return rows.stream()
                .findFirst()
                .map(row -> new Document(userId, administrators, now, (Object[]) row));
    }

    /** The columns that lead to a person, as {@code table.column}, of what the document holds. */
    public static Set<String> columns() {
        return PARTS.stream()
                .flatMap(part -> part.columns().stream())
                .collect(Collectors.toUnmodifiableSet());
    }
}
