package dev.roster.directory.transfer;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.access.Role;
import dev.roster.audit.AuditAction;
import dev.roster.audit.AuditLog;
import dev.roster.directory.transfer.RowRules.RoleRules;
import dev.roster.jobs.JobReport;
import dev.roster.jobs.JobRunner;
import dev.roster.jobs.Jobs;
import dev.roster.jobs.Jobs.NewJob;
import dev.roster.jobs.Jobs.Started;
import dev.roster.platform.persistence.LongConnections;
import dev.roster.platform.problem.OverloadedException;
import dev.roster.platform.security.Permission;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Semaphore;

/**
 * Takes a file in: each row is checked as it arrives and copied into the staging table, and with
 * the last one the job is stored, all in one transaction. What breaks off has left nothing.
 */
@ApplicationScoped
class Importer {

    /** Each holds a connection and a thread for as long as its sender takes. */
    private static final int AT_ONCE = 2;

    private static final Duration RETRY = Duration.ofSeconds(30);

    private final RowRules rules;
    private final ObjectMapper json;
    private final LongConnections connections;
    private final JobRunner runner;
    private final AuditLog audit;
    private final Semaphore places = new Semaphore(AT_ONCE);

    Importer(
            RowRules rules,
            ObjectMapper json,
            LongConnections connections,
            JobRunner runner,
            AuditLog audit) {
        this.rules = rules;
        this.json = json;
        this.connections = connections;
        this.runner = runner;
        this.audit = audit;
    }

    /**
     * What is to be done with a file.
     *
     * @param format null for whatever the file's first character tells
     * @param skipPresent whether rows whose user is there are left out and not refused
     */
    record Options(FileFormat format, boolean gzip, boolean dryRun, boolean skipPresent) {}

    /**
     * Who imports.
     *
     * @param id null for a command
     */
    record Importing(UUID id, Set<String> permissions) {

        /** The command: whoever can start it can write the database as it likes. */
        static final Importing OPERATOR = new Importing(null, Set.of(Permission.ALL));

        boolean may(Permission permission) {
            return permission.isIn(permissions);
        }
    }

    /**
     * A job that was stored.
     *
     * @param replayed whether the same key and body had come before
     */
    record Staged(UUID jobId, boolean replayed) {}

    /**
     * What was copied.
     *
     * @param ignored columns that are not taken, and the first line that has them
     */
    private record Copied(long rows, Map<String, Long> ignored) {}

    /** The key came with another request. */
    static final class KeyReusedException extends RuntimeException {}

    /**
     * Stages a file and stores its job, which the caller or {@link JobRunner#wake} has done.
     *
     * @param key {@code Idempotency-Key}, or null
     * @throws MalformedFileException where the file cannot be read
     * @throws OverloadedException where too many are at it
     * @throws IOException where the body breaks off
     */
    Staged stage(InputStream body, Options options, Importing who, String key)
            throws IOException, SQLException {
        if (!places.tryAcquire()) {
            throw new OverloadedException("Too many imports arrive at once", RETRY);
        }
        try (Connection connection = connections.open()) {
            connection.setAutoCommit(false);
            MessageDigest digest = digest(options);
            InputStream read = key == null ? body : new DigestInputStream(body, digest);
            if (key != null) {
                Optional<Started> before = Jobs.findStarted(connection, who.id(), key);
                if (before.isPresent()) {
                    read.transferTo(OutputStream.nullOutputStream());
                    if (!Arrays.equals(digest.digest(), before.get().digest())) {
                        throw new KeyReusedException();
                    }
                    return new Staged(before.get().id(), true);
                }
            }
            UUID jobId = RowRules.newId();
            Copied copied = copy(connection, jobId, read, options, who);
            Jobs.insert(
                    connection,
                    new NewJob(
                            jobId,
                            ImportJob.KIND,
                            Permission.USERS_IMPORT,
                            parameters(options, who),
                            copied.rows(),
                            who.id(),
                            key,
                            key == null ? null : digest.digest()));
            for (Map.Entry<String, Long> ignored : copied.ignored().entrySet()) {
                JobReport.note(
                        connection,
                        jobId,
                        ignored.getValue(),
                        ignored.getKey(),
                        UserColumns.IGNORED.get(ignored.getKey()));
            }
            // in another transaction, so first: an event of a job that came to nothing does no harm
            QuarkusTransaction.requiringNew()
                    .run(() -> audit.record(AuditAction.IMPORT_STARTED, who.id(), "job", jobId));
            connection.commit();
            return new Staged(jobId, false);
        } finally {
            places.release();
        }
    }

    /** Has what was staged merged, here and now. */
    void wake() {
        runner.wake();
    }

    private Copied copy(
            Connection connection, UUID jobId, InputStream body, Options options, Importing who)
            throws IOException, SQLException {
        RoleRules roles = roles(who);
        Map<String, Long> ignored = new HashMap<>();
        InputStream bytes = new Unclosed(body);
        try (InputStream plain = options.gzip() ? new BoundedGzip(bytes) : bytes;
                Staging staging = new Staging(connection, jobId)) {
            new RowReader(json)
                    .read(
                            options.format(),
                            plain,
                            new RowReader.Rows() {
                                @Override
                                public void take(long line, ObjectNode row) throws IOException {
                                    put(line, allowed(rules.read(row, roles), who));
                                }

                                @Override
                                public void refuse(long line, Fault fault) throws IOException {
                                    UserRow row = new UserRow();
                                    row.faults.add(fault);
                                    put(line, row);
                                }

                                @Override
                                public void ignore(long line, String column) {
                                    ignored.put(column, line);
                                }

                                private void put(long line, UserRow row) {
                                    try {
                                        staging.put(line, row);
                                    } catch (SQLException e) {
                                        throw new StagingException(e);
                                    }
                                }
                            });
            staging.finish();
            return new Copied(staging.rows(), ignored);
        } catch (StagingException e) {
            throw (SQLException) e.getCause();
        }
    }

    private RoleRules roles(Importing who) {
        List<Role> all = QuarkusTransaction.requiringNew().call(() -> Role.<Role>listAll());
        return RoleRules.of(all, who.permissions());
    }

    /** Carries what the database says out of the reading. */
    private static final class StagingException extends RuntimeException {

        StagingException(SQLException cause) {
            super(cause);
        }
    }

    private static UserRow allowed(UserRow row, Importing who) {
        if (!row.roles.isEmpty() && !who.may(Permission.USERS_SET_ROLE)) {
            row.fault(UserColumns.ROLES, "needs the permission users:set-role");
        }
        if (row.emailVerified && !who.may(Permission.USERS_SET_EMAIL)) {
            row.fault(UserColumns.EMAIL_VERIFIED, "needs the permission users:set-email");
        }
        if (row.hasBan() && !who.may(Permission.USERS_BAN)) {
            row.fault(UserColumns.BANNED, "needs the permission users:ban");
        }
        if (!row.groups.isEmpty() && !who.may(Permission.GROUPS_UPDATE)) {
            row.fault(UserColumns.GROUPS, "needs the permission groups:update");
        }
        return row;
    }

    private ObjectNode parameters(Options options, Importing who) {
        return json.createObjectNode()
                .put("format", options.format() == null ? "detected" : options.format().key())
                .put("dryRun", options.dryRun())
                .put("onDuplicate", options.skipPresent() ? "skip" : "refuse")
                .put(ImportJob.OPERATOR, who.id() == null);
    }

    private static MessageDigest digest(Options options) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(options.toString().getBytes(StandardCharsets.UTF_8));
            return digest;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }

    /** The body, which is the server's to close. */
    private static final class Unclosed extends FilterInputStream {

        Unclosed(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            return in.read(buffer, offset, length);
        }

        @Override
        public void close() {
            // not ours
        }
    }
}
