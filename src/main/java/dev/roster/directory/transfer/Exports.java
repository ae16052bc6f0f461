package dev.roster.directory.transfer;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.audit.AuditAction;
import dev.roster.audit.AuditLog;
import dev.roster.platform.problem.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What an export selects, and the trace it leaves. */
@ApplicationScoped
class Exports {

    private final AuditLog audit;
    private final ObjectMapper json;

    Exports(AuditLog audit, ObjectMapper json) {
        this.audit = audit;
        this.json = json;
    }

    /**
     * The users that the filters of the list select.
     *
     * @throws ProblemException 400, naming the parameter
     */
    Exporter.Selection selection(Map<String, List<String>> parameters) {
        for (String name : parameters.keySet()) {
            if (!name.equals("format")) {
                throw ProblemException.invalidParameter(name, "is unknown");
            }
        }
        return new Exporter.Selection() {
            @Override
            public String from() {
                return "FROM users u LEFT JOIN user_profiles p ON p.user_id = u.id WHERE"
                        + " u.deleted_at IS NULL ORDER BY u.id";
            }

            @Override
            public void bind(Connection connection, PreparedStatement statement) {
                // no values
            }
        };
    }

    /** Who took out which users. */
    @Transactional
    void record(
            AuditAction action,
            UUID actor,
            FileFormat format,
            Map<String, List<String>> parameters) {
        ObjectNode after = json.createObjectNode().put("format", format.key());
        parameters.forEach(
                (name, values) -> {
                    if (!name.equals("format")) {
                        after.put(name, String.join(",", values));
                    }
                });
        audit.record(action, actor, "user", null, null, after);
    }
}
