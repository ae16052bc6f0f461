package dev.roster.jobs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.audit.AuditAction;
import dev.roster.audit.AuditLog;
import dev.roster.platform.problem.ProblemCode;
import dev.roster.platform.problem.ProblemException;
import dev.roster.platform.security.Permission;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Starts and ends jobs. */
@ApplicationScoped
public class Jobs {

    private final AuditLog audit;
    private final Clock clock;

    Jobs(AuditLog audit, Clock clock) {
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * A job to be.
     *
     * @param permission what whoever starts it has
     * @param createdBy null for a command's
     * @param key the {@code Idempotency-Key}, or null
     * @param digest of the request that came with the key
     */
    public record NewJob(
            UUID id,
            String kind,
            Permission permission,
            ObjectNode parameters,
            long total,
            UUID createdBy,
            String key,
            byte[] digest) {}

    /** A job that was started with a key. */
    public record Started(UUID id, byte[] digest) {}

    /**
     * Stores a job on a connection of the caller's, in its transaction; {@link JobRunner#wake} then
     * has it done here.
     */
    public static void insert(Connection connection, NewJob job) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement(
                        "INSERT INTO jobs (id, kind, permission, parameters, total, created_by,"
                                + " idempotency_key, request_digest) VALUES (?, ?, ?, CAST(? AS"
                                + " jsonb), ?, ?, ?, ?)")) {
            statement.setObject(1, job.id());
            statement.setString(2, job.kind());
            statement.setString(3, job.permission().key());
            statement.setString(4, job.parameters().toString());
            statement.setLong(5, job.total());
            statement.setObject(6, job.createdBy());
            statement.setString(7, job.key());
            statement.setBytes(8, job.digest());
            statement.executeUpdate();
        }
    }

    /** The job that this user started with this key. */
    public static Optional<Started> findStarted(Connection connection, UUID createdBy, String key)
            throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement(
                        "SELECT id, request_digest FROM jobs WHERE created_by = ? AND"
                                + " idempotency_key = ?")) {
            statement.setObject(1, createdBy);
            statement.setString(2, key);
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(new Started(row.getObject(1, UUID.class), row.getBytes(2)))
                        : Optional.empty();
            }
        }
    }

    /** The jobs that have not come to their end, the oldest first. */
    @Transactional
    public List<UUID> unfinished() {
        return Job.unfinished();
    }

    /** How a job that there is stands. */
    @Transactional
    public JobView view(UUID id) {
        return JobView.of(Job.<Job>findByIdOptional(id).orElseThrow(), clock.instant());
    }

    /**
     * Ends a job; what it did stays.
     *
     * @throws ProblemException 409 where it has ended
     */
    @Transactional
    public Job cancel(UUID id, UUID actor) {
        if (!Job.cancel(id)) {
            throw new ProblemException(ProblemCode.CONFLICT, "The job has ended already");
        }
        audit.record(AuditAction.JOB_CANCELLED, actor, "job", id);
        return Job.findById(id);
    }
}
