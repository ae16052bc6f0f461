package dev.roster.directory.betterauth;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.access.Role;
import dev.roster.accounts.password.PasswordHasher;
import dev.roster.accounts.twofactor.BackupCodes;
import dev.roster.accounts.username.UsernameRules;
import dev.roster.directory.betterauth.Step.Verdict;
import dev.roster.platform.crypto.CryptoConfig;
import dev.roster.platform.crypto.SecretBox;
import dev.roster.platform.persistence.DatabaseUrl;
import dev.roster.platform.persistence.ImportableEntity;
import jakarta.enterprise.context.Dependent;
import jakarta.validation.Validator;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import javax.sql.DataSource;
import org.hibernate.id.uuid.UuidVersion7Strategy;

/**
 * One run of the import. Each batch is one transaction, and each finished table is noted: a run
 * that was killed goes on where it was. A source that was taken over to the end is not read again,
 * since what has changed here meanwhile would come back to life: sessions that were ended, for
 * instance.
 */
@Dependent
class BetterAuthImport {

    /** Of our own choice; two imports at once into one database would count twice. */
    private static final long LOCK = 0x526f73746572L;

    private static final long PROGRESS_NANOS = 1_000_000_000L;

    private final ImportConfig config;
    private final DataSource dataSource;
    private final PasswordHasher hasher;
    private final SecretBox box;
    private final BackupCodes backupCodes;
    private final CryptoConfig crypto;
    private final Validator validator;
    private final UsernameRules usernames;
    private final Clock clock;

    private PrintStream out;
    private boolean dryRun;
    private RefusalReport report;

    BetterAuthImport(
            ImportConfig config,
            DataSource dataSource,
            PasswordHasher hasher,
            SecretBox box,
            BackupCodes backupCodes,
            CryptoConfig crypto,
            Validator validator,
            UsernameRules usernames,
            Clock clock) {
        this.config = config;
        this.dataSource = dataSource;
        this.hasher = hasher;
        this.box = box;
        this.backupCodes = backupCodes;
        this.crypto = crypto;
        this.validator = validator;
        this.usernames = usernames;
        this.clock = clock;
    }

    /**
     * Takes everything over.
     *
     * @param to where progress and result are told
     * @param tried whether everything is done and reported, and taken back in the end
     * @return whether everything was taken
     * @throws ImportException when it cannot begin; the message says what to do
     */
    boolean run(PrintStream to, boolean tried) throws SQLException, IOException {
        out = to;
        dryRun = tried;
        try (Connection target = dataSource.getConnection();
                Source source = new Source(openSource(), config.schema())) {
            List<Step> steps = steps();
            requireTables(source, steps);
            lock(target);
            target.setAutoCommit(false);
            try {
                return run(source, target, steps);
            } finally {
                target.rollback();
                target.setAutoCommit(true);
            }
        }
    }

    private boolean run(Source source, Connection target, List<Step> steps)
            throws SQLException, IOException {
        Progress progress = Progress.begin(target, name());
        commit(target);
        if (progress.isFinished()) {
            out.println("This source has been taken over already: nothing was done.");
            return true;
        }
        // what an earlier run refused stays refused
        boolean resumed = !progress.done().isEmpty();
        try (RefusalReport writer = new RefusalReport(config.report(), resumed)) {
            report = writer;
            if (!progress.done().contains("user")) {
                makeRoles(source, target);
                commit(target);
            }
            for (Step step : steps) {
                if (!progress.done().contains(step.table())) {
                    take(source, target, step);
                    progress.done(target, step.table());
                    commit(target);
                }
            }
        }
        progress.finish(target);
        commit(target);
        boolean whole = report.isEmpty();
        out.println((dryRun ? "Dry run: nothing was written. " : "Done. ") + report.summary());
        report.reasons().forEach((reason, rows) -> out.println("  " + rows + " x " + reason));
        return whole;
    }

    /** Ends a transaction; a dry run is one alone, which is rolled back. */
    private void commit(Connection target) throws SQLException {
        if (!dryRun) {
            target.commit();
        }
    }

    private List<Step> steps() {
        List<String> secrets = new ArrayList<>(crypto.secret());
        config.secret().ifPresent(secret -> secrets.add(0, secret));
        return new Steps(
                        hasher,
                        box,
                        backupCodes,
                        new BetterAuthSecrets(secrets),
                        new TakenValues(validator, usernames),
                        clock.instant())
                .all();
    }

    private Connection openSource() throws SQLException {
        if (config.source().isEmpty()) {
            return dataSource.getConnection();
        }
        try {
            DatabaseUrl url = DatabaseUrl.parse(config.source().get());
            Properties properties = new Properties();
            url.user().ifPresent(user -> properties.put("user", user));
            url.password().ifPresent(password -> properties.put("password", password));
            return DriverManager.getConnection(url.jdbcUrl(), properties);
        } catch (IllegalArgumentException e) {
            throw new ImportException("ROSTER_IMPORT_SOURCE " + e.getMessage());
        }
    }

    /** What tells this source from another, without its user and password. */
    private String name() {
        String url =
                config.source()
                        .map(
                                source ->
                                        DatabaseUrl.parse(source)
                                                .jdbcUrl()
                                                .replaceFirst("\\?.*", ""))
                        .orElse("own database");
        return url + " " + config.schema();
    }

    private void requireTables(Source source, List<Step> steps) throws SQLException {
        List<String> missing = new ArrayList<>();
        for (Step step : steps) {
            TreeSet<String> columns = source.columns(step.table());
            boolean plugin = columns.isEmpty() && step.isPlugin();
            if (!plugin && !columns.containsAll(step.needs())) {
                Set<String> lacking = new TreeSet<>(step.needs());
                lacking.removeAll(columns);
                missing.add(
                        columns.isEmpty()
                                ? "no table " + step.table()
                                : "no column "
                                        + String.join(", ", lacking)
                                        + " in table "
                                        + step.table());
            }
        }
        if (!missing.isEmpty()) {
            throw new ImportException(
                    "The schema "
                            + config.schema()
                            + " of the source is not that of Better Auth 1.7: "
                            + String.join("; ", missing)
                            + ". Set ROSTER_IMPORT_SOURCE and ROSTER_IMPORT_SCHEMA.");
        }
    }

    private static void lock(Connection target) throws SQLException {
        try (PreparedStatement statement =
                target.prepareStatement("SELECT pg_try_advisory_lock(?)")) {
            statement.setLong(1, LOCK);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                if (!row.getBoolean(1)) {
                    throw new ImportException("Another import into this database is running.");
                }
            }
        }
    }

    /**
     * Creates the roles that exist in the source alone, without a permission, and names each user
     * with a role that cannot be one here.
     */
    private void makeRoles(Source source, Connection target) throws SQLException {
        Set<String> names = new TreeSet<>();
        source.read(
                "user",
                config.batch(),
                users ->
                        users.forEach(
                                user -> {
                                    names.addAll(Steps.roles(user));
                                    Steps.unusableRoles(user)
                                            .forEach(role -> report.refuseRole(user, role));
                                }));
        names.remove(Role.ADMIN);
        try (PreparedStatement statement =
                target.prepareStatement(
                        "INSERT INTO roles (id, name, description) VALUES (?, ?, ?) ON CONFLICT"
                                + " (name) DO NOTHING")) {
            for (String name : names) {
                statement.setObject(1, UuidVersion7Strategy.INSTANCE.generateUuid(null));
                statement.setString(2, name);
                statement.setString(3, "Imported from Better Auth; give it permissions");
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    private void take(Source source, Connection target, Step step) throws SQLException {
        if (source.columns(step.table()).isEmpty()) {
            return;
        }
        long total = source.count(step.table());
        Counter counter = new Counter(step.table(), total);
        source.read(
                step.table(),
                config.batch(),
                rows -> {
                    write(target, step, rows, counter);
                    commit(target);
                    counter.read += rows.size();
                    counter.tell(false);
                });
        counter.tell(true);
    }

    private void write(Connection target, Step step, List<ObjectNode> rows, Counter counter)
            throws SQLException {
        Map<String, Map<String, UUID>> found = references(target, step, rows);
        Step.References references =
                (table, id) -> Optional.ofNullable(found.getOrDefault(table, Map.of()).get(id));
        ArrayNode mapped = JsonNodeFactory.instance.arrayNode();
        Map<String, ObjectNode> byId = new HashMap<>();
        for (ObjectNode row : rows) {
            ObjectNode to = JsonNodeFactory.instance.objectNode();
            String id = row.path("id").asText();
            to.put("ref", id);
            byId.put(id, row);
            Verdict verdict = step.mapping().map(row, to, references);
            switch (verdict.kind()) {
                case TAKEN -> {
                    TakenValues.notes(to).forEach(note -> report.refuse(step, row, note.asText()));
                    mapped.add(to);
                }
                case REFUSED -> {
                    counter.refused++;
                    report.refuse(step, row, verdict.reason());
                }
                case LEFT_OUT -> report.count(step.table(), verdict.reason());
            }
        }
        try (PreparedStatement statement = target.prepareStatement(step.sql())) {
            statement.setString(1, mapped.toString());
            try (ResultSet answers = statement.executeQuery()) {
                while (answers.next()) {
                    String reason = answers.getString("reason");
                    if (reason == null || reason.equals(Step.PRESENT)) {
                        counter.taken++;
                    } else {
                        counter.refused++;
                        report.refuse(step, byId.get(answers.getString("ref")), reason);
                    }
                }
            }
        }
    }

    /** By table and public id; one statement for each table that the batch refers to. */
    private static Map<String, Map<String, UUID>> references(
            Connection target, Step step, List<ObjectNode> rows) throws SQLException {
        Map<String, Set<String>> named = new HashMap<>();
        step.references()
                .forEach(
                        (column, table) ->
                                rows.stream()
                                        .filter(row -> row.hasNonNull(column))
                                        .map(row -> row.get(column).asText())
                                        .forEach(
                                                id ->
                                                        named.computeIfAbsent(
                                                                        table, t -> new HashSet<>())
                                                                .add(id)));
        Map<String, Map<String, UUID>> found = new HashMap<>();
        for (Map.Entry<String, Set<String>> table : named.entrySet()) {
            found.put(table.getKey(), ids(target, table.getKey(), table.getValue()));
        }
        return found;
    }

    private static Map<String, UUID> ids(Connection target, String table, Set<String> publicIds)
            throws SQLException {
        Object[] own =
                publicIds.stream().map(ImportableEntity::ownId).flatMap(Optional::stream).toArray();
        Map<String, UUID> ids = new HashMap<>();
        try (PreparedStatement statement =
                target.prepareStatement(
                        "SELECT id, coalesce(external_id, id::text) FROM "
                                + table
                                + " WHERE (external_id = ANY (?) OR id = ANY (?))"
                                + (table.equals("users") ? " AND deleted_at IS NULL" : ""))) {
            statement.setArray(1, target.createArrayOf("text", publicIds.toArray()));
            statement.setArray(2, target.createArrayOf("uuid", own));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    ids.put(row.getString(2), row.getObject(1, UUID.class));
                }
            }
        }
        return ids;
    }

    /** How far a table is; told once a second and at its end. */
    private final class Counter {

        private final String table;
        private final long total;
        private long read;
        private long taken;
        private long refused;
        private long told = System.nanoTime();

        Counter(String table, long total) {
            this.table = table;
            this.total = total;
        }

        void tell(boolean end) {
            if (end || System.nanoTime() - told > PROGRESS_NANOS) {
                told = System.nanoTime();
                out.printf(
                        Locale.ROOT,
                        "%-14s %d of %d read, %d taken over, %d refused%n",
                        table,
                        read,
                        total,
                        taken,
                        refused);
            }
        }
    }
}
