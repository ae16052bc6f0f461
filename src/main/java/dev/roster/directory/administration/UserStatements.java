package dev.roster.directory.administration;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.audit.AuditLog;
import dev.roster.directory.search.Sql;
import dev.roster.platform.crypto.SecretBox;
import dev.roster.users.EmailAddress;
import dev.roster.users.Profile;
import dev.roster.users.ProfileDocument;
import dev.roster.users.User;
import dev.roster.users.Username;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.hibernate.Session;
import org.hibernate.query.NativeQuery;

/**
 * The statements that change many users; each does it for all of them, in the caller's transaction.
 */
@ApplicationScoped
class UserStatements {

    private final EntityManager entityManager;
    private final SecretBox box;
    private final ObjectMapper json;
    private final Clock clock;

    UserStatements(EntityManager entityManager, SecretBox box, ObjectMapper json, Clock clock) {
        this.entityManager = entityManager;
        this.box = box;
        this.json = json;
        this.clock = clock;
    }

    /** A user as it is to be stored; profile and attributes may be null. */
    record Row(
            UUID id,
            String name,
            String email,
            boolean emailVerified,
            Username username,
            String image,
            String status,
            List<String> roles,
            ProfileDocument profile,
            ObjectNode attributes) {

        String emailKey() {
            return EmailAddress.key(email);
        }
    }

    /** Addresses, as they are compared, and user names that somebody has. */
    record Taken(Set<String> emails, Set<String> usernames) {}

    /** Which addresses and user names of these rows somebody has, in one statement. */
    Taken taken(List<Row> rows) {
        Taken taken = new Taken(new HashSet<>(), new HashSet<>());
        List<Object[]> found =
                session()
                        .createNativeQuery(
                                """
                                SELECT email_key, NULL FROM users
                                WHERE email_key = ANY (CAST(:emails AS text[])) AND (deleted_at IS NULL OR address_held)
                                UNION ALL
                                SELECT NULL, username FROM users
                                WHERE username = ANY (CAST(:usernames AS text[])) AND (deleted_at IS NULL OR address_held)
                                """,
                                Object[].class)
                        .setParameter(
                                "emails", rows.stream().map(Row::emailKey).toArray(String[]::new))
                        .setParameter(
                                "usernames",
                                rows.stream()
                                        .map(row -> row.username().username())
                                        .filter(name -> name != null)
                                        .toArray(String[]::new))
                        .getResultList();
        for (Object[] row : found) {
            if (row[0] != null) {
                taken.emails().add((String) row[0]);
            } else {
                taken.usernames().add((String) row[1]);
            }
        }
        return taken;
    }

    /**
     * Stores users with their profiles and roles, in one statement; in the order of the addresses,
     * so that two who store the same ones do not wait for each other in a circle.
     *
     * @return who was stored: not those whose address or user name somebody took since
     */
    List<UUID> insert(List<Row> rows, UUID actor) {
        ArrayNode document = json.createArrayNode();
        rows.forEach(row -> document.add(document(row)));
        return session()
                .createNativeQuery(
                        """
                        WITH s AS MATERIALIZED (
                            SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS s (
                                id uuid, name text, email text, email_verified boolean, username text, display_username text,
                                image text, status text, roles jsonb, profile jsonb, attributes jsonb)
                        ), made AS (
                            INSERT INTO users (id, name, email, email_verified, username, display_username, image,
                                status, created_at, updated_at)
                            SELECT id, name, email, email_verified, username, display_username, image, status, :now, :now FROM s
                            ORDER BY lower(email COLLATE "C")
                            ON CONFLICT DO NOTHING
                            RETURNING id
                        ), profiles AS (
                            INSERT INTO user_profiles (user_id, first_name, last_name, bio, birth_date, phone, locale,
                                timezone, website, attributes, created_at, updated_at, version)
                            SELECT s.id, p.first_name, p.last_name, p.bio, p.birth_date, decode(p.phone, 'base64'), p.locale,
                                p.timezone, p.website, coalesce(s.attributes, '{}'), :now, :now, 1
                            FROM s JOIN made USING (id), jsonb_to_record(coalesce(s.profile, '{}')) AS p (first_name text, last_name text,
                                bio text, birth_date date, phone text, locale text, timezone text, website text)
                            WHERE s.profile IS NOT NULL OR s.attributes IS NOT NULL
                        ), grants AS (
                            INSERT INTO role_grants (user_id, role_id, granted_by, granted_at)
                            SELECT s.id, r.id, CAST(:actor AS uuid), CAST(:now AS timestamptz) + n.nr * interval '1 microsecond'
                            FROM s JOIN made USING (id),
                                jsonb_array_elements_text(s.roles) WITH ORDINALITY AS n (name, nr)
                                JOIN roles r ON r.name = n.name
                        )
                        SELECT id FROM made
                        """,
                        UUID.class)
                .setParameter("rows", document.toString())
                .setParameter("now", clock.instant())
                .setParameter("actor", actor)
                .getResultList();
    }

    /** A column and what it becomes: the text that PostgreSQL reads the value from, or null. */
    record Assignment(String column, String type, String value) {}

    /** What the trail tells of such a change, by the names that it has there. */
    private static final String TRAIL =
            """
            CAST(jsonb_build_object('name', %1$s.name, 'image', %1$s.image, 'emailVerified', %1$s.email_verified,
                'status', %1$s.status, 'banned', %1$s.banned, 'banReason', %1$s.ban_reason, 'banExpires',
                to_char(%1$s.ban_expires AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) AS text)
            """;

    /**
     * Changes users alike.
     *
     * @param assignments of columns that this code names; no client does
     * @return those who were not so before
     */
    Map<UUID, AuditLog.Change> update(Collection<UUID> ids, List<Assignment> assignments) {
        String set =
                assignments.stream()
                        .map(it -> it.column() + " = " + value(it))
                        .collect(Collectors.joining(", "));
        String different =
                assignments.stream()
                        .map(it -> "o." + it.column() + " IS DISTINCT FROM " + value(it))
                        .collect(Collectors.joining(" OR "));
        NativeQuery<Object[]> query =
                session()
                        .createNativeQuery(
                                "UPDATE users u SET "
                                        + set
                                        + ", updated_at = :now, version = u.version + 1 FROM users o"
                                        + " WHERE o.id = ANY (:ids) AND u.id = o.id AND o.deleted_at IS"
                                        + " NULL AND ("
                                        + different
                                        + ") RETURNING u.id, "
                                        + String.format(Locale.ROOT, TRAIL, "o")
                                        + ", "
                                        + String.format(Locale.ROOT, TRAIL, "u"),
                                Object[].class)
                        .setParameter("now", clock.instant())
                        .setParameter("ids", ids.toArray(new UUID[0]));
        assignments.forEach(it -> query.setParameter(it.column(), it.value(), String.class));
        Map<UUID, AuditLog.Change> changes = new HashMap<>();
        for (Object[] row : query.getResultList()) {
            changes.put((UUID) row[0], new AuditLog.Change(tree(row[1]), tree(row[2])));
        }
        return changes;
    }

    private ObjectNode tree(Object text) {
        try {
            return (ObjectNode) json.readTree((String) text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String value(Assignment assignment) {
        return "CAST(:" + assignment.column() + " AS " + assignment.type() + ")";
    }

    /** Whom a search finds, in the caller's transaction: what it changed itself is seen. */
    List<UUID> matching(Sql search, int limit) {
        return select("SELECT m.id FROM (", search, ") AS m (id) LIMIT " + limit);
    }

    /** Whom of these a search finds, as {@link #matching(Sql, int)}. */
    Set<UUID> matching(Sql search, Collection<UUID> among) {
        String end = ") AS m (id) WHERE m.id = ANY (?)";
        return new HashSet<>(select("SELECT m.id FROM (", search, end, among.toArray()));
    }

    private List<UUID> select(String begin, Sql search, String end, Object... among) {
        return session()
                .doReturningWork(
                        connection -> {
                            try (PreparedStatement statement =
                                    connection.prepareStatement(begin + search.text() + end)) {
                                search.bind(connection, statement, 1);
                                if (end.contains("?")) {
                                    statement.setArray(
                                            search.values().size() + 1,
                                            connection.createArrayOf("uuid", among));
                                }
                                List<UUID> ids = new ArrayList<>();
                                try (ResultSet rows = statement.executeQuery()) {
                                    while (rows.next()) {
                                        ids.add(rows.getObject(1, UUID.class));
                                    }
                                }
                                return ids;
                            }
                        });
    }

    /**
     * The first of these users, by id.
     *
     * @param addresses whether the caller may see them
     */
    List<BulkChangeView.Sample> sample(Collection<UUID> ids, int limit, boolean addresses) {
        return session()
                .createNativeQuery(
                        "SELECT id, name, email FROM users WHERE id = ANY (:ids) ORDER BY id LIMIT"
                                + " :limit",
                        Object[].class)
                .setParameter("ids", ids.toArray(new UUID[0]))
                .setParameter("limit", limit)
                .getResultList()
                .stream()
                .map(
                        row ->
                                new BulkChangeView.Sample(
                                        (UUID) row[0],
                                        (String) row[1],
                                        addresses ? (String) row[2] : null))
                .toList();
    }

    private ObjectNode document(Row row) {
        ObjectNode document =
                json.createObjectNode()
                        .put("id", row.id().toString())
                        .put("name", row.name())
                        .put("email", row.email())
                        .put("email_verified", row.emailVerified())
                        .put("username", row.username().username())
                        .put("display_username", row.username().displayUsername())
                        .put("image", row.image())
                        .put("status", row.status());
        ArrayNode roles = document.putArray("roles");
        row.roles().stream().filter(role -> !role.equals(User.DEFAULT_ROLE)).forEach(roles::add);
        if (row.attributes() != null) {
            document.set("attributes", row.attributes());
        }
        ProfileDocument profile = row.profile();
        if (profile != null) {
            document.putObject("profile")
                    .put("first_name", profile.firstName())
                    .put("last_name", profile.lastName())
                    .put("bio", profile.bio())
                    .put(
                            "birth_date",
                            profile.birthDate() == null ? null : profile.birthDate().toString())
                    .put(
                            "phone",
                            profile.phone() == null
                                    ? null
                                    : Base64.getEncoder()
                                            .encodeToString(
                                                    Profile.sealPhone(
                                                            row.id(), profile.phone(), box)))
                    .put("locale", profile.locale())
                    .put("timezone", profile.timezone())
                    .put("website", profile.website());
        }
        return document;
    }

    private Session session() {
        return entityManager.unwrap(Session.class);
    }
}
