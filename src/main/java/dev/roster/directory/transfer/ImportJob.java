package dev.roster.directory.transfer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.roster.access.Role;
import dev.roster.access.RoleGrant;
import dev.roster.audit.AuditAction;
import dev.roster.audit.AuditLog;
import dev.roster.groups.OrganizationConfig;
import dev.roster.jobs.JobFailure;
import dev.roster.jobs.JobKind;
import dev.roster.jobs.JobRun;
import dev.roster.jobs.JobRun.Step;
import dev.roster.platform.persistence.LongConnections;
import dev.roster.platform.security.Permission;
import dev.roster.users.User;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Merges what was staged: first the rows that the file itself has twice are marked, then batch by
 * batch each row becomes a user with all that belongs to it, or a line of the report.
 */
@ApplicationScoped
class ImportJob implements JobKind {

    static final String KIND = "users.import";

    /** Parameter: started by a command, and by no user. */
    static final String OPERATOR = "operator";

    /** Rows in a step, which is one transaction of well below a second or two. */
    static final int BATCH = 5000;

    private static final int CLEARED_AT_ONCE = 20_000;

    /** Of several rows with the same key the first one counts. */
    private static final String MARK_DUPLICATES =
            """
            UPDATE import_rows r SET faults = d.faults
            FROM (
                SELECT number, jsonb_agg(jsonb_build_object('field', field, 'reason', 'is in line ' || first || ' too')) AS faults
                FROM (
                    SELECT number, line, 'email' AS field,
                        first_value(line) OVER (PARTITION BY lower(email COLLATE "C") ORDER BY number) AS first
                    FROM import_rows WHERE job_id = ? AND faults IS NULL
                    UNION ALL
                    SELECT number, line, 'username', first_value(line) OVER (PARTITION BY username ORDER BY number)
                    FROM import_rows WHERE job_id = ? AND faults IS NULL AND username IS NOT NULL
                    UNION ALL
                    SELECT number, line, 'externalId', first_value(line) OVER (PARTITION BY external_id ORDER BY number)
                    FROM import_rows WHERE job_id = ? AND faults IS NULL AND external_id <> user_id::text
                    UNION ALL
                    SELECT number, line, CASE WHEN id_given THEN 'id' ELSE 'externalId' END,
                        first_value(line) OVER (PARTITION BY user_id ORDER BY number)
                    FROM import_rows WHERE job_id = ? AND faults IS NULL AND (id_given OR external_id = user_id::text)
                ) AS keys WHERE line <> first GROUP BY number
            ) AS d WHERE r.job_id = ? AND r.number = d.number
            """;

    /**
     * The next rows, and which of them nothing is wrong with as far as can be seen beforehand. By a
     * range of numbers: by order and limit the planner, who takes rows that have just come for few,
     * would read all that are left.
     */
    private static final String ROWS =
            """
            WITH s AS MATERIALIZED (
                SELECT r.*, lower(r.email COLLATE "C") COLLATE "default" AS email_key, nullif(r.external_id, r.user_id::text) AS kept_id, g.missing,
                    CASE WHEN NOT r.roles <@ CAST(:roles AS text[]) THEN 'roles' WHEN r.groups IS NOT NULL AND NOT :groups THEN 'groups'
                        WHEN r.email_verified AND NOT :verified THEN 'emailVerified'
                        WHEN (r.banned OR r.ban_reason IS NOT NULL OR r.ban_expires IS NOT NULL) AND NOT :bans THEN 'banned' END AS denied
                FROM import_rows r LEFT JOIN LATERAL (
                    SELECT string_agg(n.slug, ', ' ORDER BY n.slug) AS missing FROM unnest(r.groups) AS n (slug)
                    WHERE NOT EXISTS (SELECT FROM groups WHERE groups.slug = n.slug)
                ) AS g ON r.groups IS NOT NULL
                WHERE r.job_id = :job AND r.number > :position AND r.number <= :position + :batch
            ), fine AS (
                SELECT * FROM s WHERE faults IS NULL AND missing IS NULL AND denied IS NULL
            ), held AS MATERIALIZED (
                SELECT g.slug, (SELECT count(*) FROM memberships m WHERE m.group_id = g.id) AS members
                FROM groups g WHERE g.slug = ANY (ARRAY(SELECT DISTINCT unnest(groups) FROM fine))
            ), crowded AS MATERIALIZED (
                SELECT line, string_agg(slug, ', ' ORDER BY slug) AS slugs
                FROM (
                    SELECT fine.line, n.slug, row_number() OVER (PARTITION BY n.slug ORDER BY fine.number) AS place
                    FROM fine CROSS JOIN LATERAL unnest(fine.groups) AS n (slug)
                    WHERE NOT EXISTS (SELECT FROM users u
                        WHERE u.email_key = fine.email_key AND (u.deleted_at IS NULL OR u.address_held))
                ) AS p JOIN held USING (slug) WHERE held.members + p.place > :members GROUP BY line
            ), good AS (
                SELECT * FROM fine WHERE line NOT IN (SELECT line FROM crowded)
            )""";

    /**
     * NOT IN and no joins: the planner knows nothing of rows that have just come, takes them for
     * few, and would join them row by row; NOT IN is looked up in a hash table.
     */
    private static final String MERGE =
            """
            , made AS (
                INSERT INTO users (id, external_id, name, email, email_verified, username, display_username, image, status, banned, ban_reason,
                    ban_expires, created_at, updated_at)
                SELECT user_id, kept_id, name, email, email_verified, username, display_username, image, coalesce(status, 'active'),
                    coalesce(banned, false), ban_reason, ban_expires, coalesce(created_at, :now), :now
                FROM good ORDER BY number
                ON CONFLICT DO NOTHING RETURNING id
            ), kept AS MATERIALIZED (
                SELECT line, user_id, kept_id, id_given, email_key, username FROM good WHERE user_id NOT IN (SELECT id FROM made)
            ), fresh AS MATERIALIZED (
                SELECT * FROM good WHERE user_id NOT IN (SELECT user_id FROM kept)
            ), profiles AS (
                INSERT INTO user_profiles (user_id, first_name, last_name, bio, birth_date, phone, locale, timezone, website,
                    attributes, created_at, updated_at)
                SELECT user_id, first_name, last_name, bio, birth_date, phone, locale, timezone, website,
                    coalesce(attributes, '{}'), :now, :now
                FROM fresh WHERE profile ORDER BY number
            ), passwords AS (
                INSERT INTO credentials (id, user_id, provider_id, account_id, password_hash, created_at, updated_at)
                SELECT credential_id, user_id, 'credential', user_id::text, password_hash, :now, :now
                FROM fresh WHERE password_hash IS NOT NULL ORDER BY number
            ), grants AS (
                INSERT INTO role_grants (user_id, role_id, granted_by, granted_at)
                SELECT f.user_id, r.id, CAST(:actor AS uuid), CAST(:now AS timestamptz) + n.nr * interval '1 microsecond'
                FROM fresh f CROSS JOIN LATERAL unnest(f.roles) WITH ORDINALITY AS n (name, nr) JOIN roles r ON r.name = n.name
                WHERE f.roles IS NOT NULL
            ), members AS (
                INSERT INTO memberships (id, group_id, user_id, roles, created_at, updated_at)
                SELECT n.id, g.id, f.user_id, '{member}', :now, :now
                FROM fresh f CROSS JOIN LATERAL unnest(f.groups, f.membership_ids) AS n (slug, id)
                    JOIN groups g ON g.slug = n.slug
                WHERE f.groups IS NOT NULL
            )""";

    /** Instead of {@link #MERGE}: whose keys somebody has, and nothing written. */
    private static final String LOOK =
            """
            , kept AS (
                SELECT line, user_id, kept_id, id_given, email_key, username FROM good
                WHERE EXISTS (SELECT FROM users u WHERE u.email_key = good.email_key AND (u.deleted_at IS NULL OR u.address_held))
                    OR EXISTS (SELECT FROM users u WHERE u.username = good.username AND (u.deleted_at IS NULL OR u.address_held))
                    OR EXISTS (SELECT FROM users u WHERE u.id = good.user_id OR u.external_id = good.kept_id)
            ), made AS (
                SELECT user_id AS id FROM good WHERE line NOT IN (SELECT line FROM kept)
            )""";

    private static final String REPORT =
            """
            , conflicts AS (
                SELECT line,
                    EXISTS (SELECT FROM users u WHERE u.email_key = kept.email_key AND (u.deleted_at IS NULL OR u.address_held)) AS email,
                    EXISTS (SELECT FROM users u WHERE u.id = kept.user_id OR u.external_id = kept.kept_id) AS id,
                    id_given AND EXISTS (SELECT FROM users u WHERE u.id = kept.user_id) AS own_id,
                    EXISTS (SELECT FROM users u WHERE u.username = kept.username AND (u.deleted_at IS NULL OR u.address_held)) AS username
                FROM kept
            ), skipped AS (
                SELECT line FROM conflicts WHERE :skip AND (email OR id)
            ), faults AS (
                SELECT s.line, f.field, f.reason FROM s CROSS JOIN LATERAL jsonb_to_recordset(s.faults) AS f (field text, reason text)
                WHERE s.faults IS NOT NULL
                UNION ALL
                SELECT line, 'groups', 'names groups that do not exist: ' || missing FROM s WHERE faults IS NULL AND missing IS NOT NULL
                UNION ALL
                SELECT line, 'groups', 'names groups that have all the members they may have: ' || slugs FROM crowded
                UNION ALL
                SELECT line, denied, CASE denied WHEN 'roles' THEN 'names a role that is gone, or allows more than you may'
                    ELSE 'needs a permission that is gone' END FROM s WHERE faults IS NULL AND denied IS NOT NULL
                UNION ALL
                SELECT line, CASE WHEN email THEN 'email' WHEN own_id THEN 'id' WHEN id THEN 'externalId' WHEN username THEN 'username' ELSE '' END,
                    CASE WHEN email OR id OR username THEN 'is another user''s' ELSE 'was taken by another user meanwhile' END
                FROM conflicts WHERE line NOT IN (SELECT line FROM skipped)
            ), refusals AS (
                INSERT INTO job_refusals (job_id, line, field, reason)
                SELECT CAST(:job AS uuid), line, field, string_agg(reason, '; ') FROM faults GROUP BY line, field
            )
            SELECT (SELECT count(*) FROM s), (SELECT count(*) FROM skipped), (SELECT count(DISTINCT line) FROM faults), ARRAY(SELECT id FROM made),
                (SELECT CAST(jsonb_object_agg(user_id, array_to_string(roles, ',')) AS text) FROM good
                    WHERE cardinality(roles) > 0 AND user_id IN (SELECT id FROM made))
            """;

    /** Holds the groups of the next rows, so that nobody else takes the places that are counted. */
    private static final String LOCK_GROUPS =
            """
            SELECT id FROM groups WHERE slug = ANY (ARRAY(SELECT DISTINCT unnest(groups) FROM import_rows
                WHERE job_id = :job AND number > :position AND number <= :position + :batch AND groups IS NOT NULL))
            ORDER BY id FOR NO KEY UPDATE
            """;

    /**
     * For this transaction: everything is looked up by a key. Of a table that has just been filled
     * the planner would read all of it for every row.
     */
    private static final String BY_INDEX = "SELECT set_config('enable_seqscan', 'off', true)";

    private final EntityManager entityManager;
    private final LongConnections connections;
    private final OrganizationConfig organizations;
    private final AuditLog audit;
    private final ObjectMapper json;
    private final Clock clock;

    ImportJob(
            EntityManager entityManager,
            LongConnections connections,
            OrganizationConfig organizations,
            AuditLog audit,
            ObjectMapper json,
            Clock clock) {
        this.entityManager = entityManager;
        this.connections = connections;
        this.organizations = organizations;
        this.audit = audit;
        this.json = json;
        this.clock = clock;
    }

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public void run(JobRun run) throws SQLException {
        if (run.isNew()) {
            markDuplicates(run.id());
        }
        // asked again by each step: who was banned or demoted meanwhile changes nothing more
        while (run.step(position -> merge(run, position, rights(run)))) {
            // the next one
        }
    }

    /**
     * What whoever started a job may do now.
     *
     * @param roles that may be given
     * @param groups whether members may be added to groups
     * @param verified whether an address may be said to be proven
     * @param bans whether users may be banned
     */
    private record Rights(Set<String> roles, boolean groups, boolean verified, boolean bans) {}

    /**
     * @throws JobFailure where whoever started the job could not start it any more
     */
    private Rights rights(JobRun run) {
        List<Role> all = Role.listAll();
        if (run.parameters().path(OPERATOR).asBoolean()) {
            return new Rights(names(all), true, true, true);
        }
        Optional<User> creator =
                Optional.ofNullable(run.createdBy())
                        .flatMap(User::findActive)
                        .filter(user -> !user.isBanned(clock.instant()));
        Set<String> permissions =
                creator.stream()
                        .flatMap(user -> RoleGrant.rolesOf(user.id).stream())
                        .flatMap(role -> role.permissions.stream())
                        .collect(Collectors.toSet());
        if (!Permission.USERS_IMPORT.isIn(permissions)) {
            throw new JobFailure("Whoever started it may no longer import");
        }
        return new Rights(
                Permission.USERS_SET_ROLE.isIn(permissions)
                        ? names(all.stream().filter(role -> role.isWithin(permissions)).toList())
                        : Set.of(),
                Permission.GROUPS_UPDATE.isIn(permissions),
                Permission.USERS_SET_EMAIL.isIn(permissions),
                Permission.USERS_BAN.isIn(permissions));
    }

    private static Set<String> names(List<Role> roles) {
        return roles.stream().map(role -> role.name).collect(Collectors.toSet());
    }

    private void markDuplicates(UUID jobId) throws SQLException {
        try (Connection connection = connections.open();
                Statement settings = connection.createStatement();
                PreparedStatement mark = connection.prepareStatement(MARK_DUPLICATES)) {
            connection.setAutoCommit(false);
            // rows that have just come are unknown to the planner, who takes them for few
            settings.execute("SET LOCAL work_mem = '64MB'; SET LOCAL enable_nestloop = off");
            for (int i = 1; i <= 5; i++) {
                mark.setObject(i, jobId);
            }
            mark.executeUpdate();
            connection.commit();
        }
    }

    private Step merge(JobRun run, long position, Rights rights) {
        boolean dryRun = run.parameters().path("dryRun").asBoolean();
        Instant now = clock.instant();
        entityManager.createNativeQuery(BY_INDEX).getSingleResult();
        if (!dryRun) {
            entityManager
                    .createNativeQuery(LOCK_GROUPS)
                    .setParameter("job", run.id())
                    .setParameter("position", position)
                    .setParameter("batch", BATCH)
                    .getResultList();
        }
        var query =
                entityManager
                        .createNativeQuery(ROWS + (dryRun ? LOOK : MERGE) + REPORT, Object[].class)
                        .setParameter("job", run.id())
                        .setParameter("position", position)
                        .setParameter("batch", BATCH)
                        .setParameter("roles", rights.roles().toArray(String[]::new))
                        .setParameter("groups", rights.groups())
                        .setParameter("verified", rights.verified())
                        .setParameter("bans", rights.bans())
                        .setParameter("members", organizations.membershipLimit())
                        .setParameter(
                                "skip",
                                run.parameters().path("onDuplicate").asText().equals("skip"));
        if (!dryRun) {
            query.setParameter("now", now)
                    .setParameter(
                            "actor", run.createdBy() == null ? null : run.createdBy().toString());
        }
        Object[] row = (Object[]) query.getSingleResult();
        long read = (Long) row[0];
        UUID[] made = (UUID[]) row[3];
        if (!dryRun) {
            audit.recordAll(
                    AuditAction.USER_IMPORTED,
                    run.createdBy(),
                    "user",
                    Arrays.asList(made),
                    json.createObjectNode().put("job", run.id().toString()));
            audit.recordEach(
                    AuditAction.ROLES_CHANGED, run.createdBy(), "user", granted((String) row[4]));
        }
        return new Step(
                position + read, read, made.length, (Long) row[1], (Long) row[2], read < BATCH);
    }

    /**
     * @param roles by user, as a JSON object; null where nobody has any
     */
    private Map<UUID, AuditLog.Change> granted(String roles) {
        Map<UUID, AuditLog.Change> granted = new HashMap<>();
        try {
            json.readTree(roles == null ? "{}" : roles)
                    .properties()
                    .forEach(
                            user ->
                                    granted.put(
                                            UUID.fromString(user.getKey()),
                                            new AuditLog.Change(
                                                    null,
                                                    json.createObjectNode()
                                                            .set("role", user.getValue()))));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
        return granted;
    }

    @Override
    public void clear(UUID jobId) {
        int cleared;
        do {
            cleared =
                    QuarkusTransaction.requiringNew()
                            .call(() -> StagedRows.delete(entityManager, jobId, CLEARED_AT_ONCE));
        } while (cleared == CLEARED_AT_ONCE);
    }
}
