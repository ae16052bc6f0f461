package dev.roster.directory.transfer;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.audit.AuditAction;
import dev.roster.audit.AuditLog;
import dev.roster.directory.search.Sql;
import dev.roster.directory.search.UserFilter;
import dev.roster.directory.search.UserSearch;
import dev.roster.platform.problem.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What an export selects, and the trace it leaves. */
@ApplicationScoped
class Exports {

    /** Parameter: whether a CSV file begins with a byte order mark. */
    static final String MARK = "bom";

    private static final String FORMAT = "format";

    private final UserSearch search;
    private final AuditLog audit;
    private final ObjectMapper json;

    Exports(UserSearch search, AuditLog audit, ObjectMapper json) {
        this.search = search;
        this.audit = audit;
        this.json = json;
    }

    /**
     * The filters of the list.
     *
     * @throws ProblemException 400, naming the parameter
     */
    static UserFilter filter(Map<String, List<String>> parameters) {
        Map<String, String> values = new HashMap<>();
        parameters.forEach(
                (name, given) -> {
                    if (name.equals(FORMAT) || name.equals(MARK)) {
                        return;
                    }
                    if (!UserFilter.isParameter(name)) {
                        throw ProblemException.invalidParameter(name, "is unknown");
                    }
                    if (given.size() > 1) {
                        throw ProblemException.invalidParameter(
                                name, "is given twice; part values by commas");
                    }
                    values.put(name, given.get(0));
                });
        return UserFilter.of(values);
    }

    /**
     * The users that a filter means.
     *
     * @throws ProblemException 400 where it names a role or group that there is not
     */
    Sql ids(UserFilter filter) {
        return search.ids(filter);
    }

    /**
     * Who took out which users. Of what can be anything told of a person only that it was asked
     * for: with no target, the event would outlast the person's erasure.
     */
    @Transactional
    void record(
            AuditAction action,
            UUID actor,
            FileFormat format,
            Map<String, List<String>> parameters) {
        ObjectNode after = json.createObjectNode().put("format", format.key());
        parameters.forEach(
                (name, values) -> {
                    if (!name.equals(FORMAT) && !name.equals(MARK)) {
                        boolean told = name.equals("q") || name.startsWith(UserFilter.ATTRIBUTE);
                        after.put(name, told ? "…" : String.join(",", values));
                    }
                });
        audit.record(action, actor, "user", null, null, after);
    }
}
