package dev.roster.directory.person;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.audit.AuditAction;
import dev.roster.audit.AuditLog;
import dev.roster.platform.problem.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.UUID;

/** Hands {@link PersonalData} out, and says so in the trail. */
@ApplicationScoped
class PersonalExport {

    private final PersonalData data;
    private final AuditLog audit;

    PersonalExport(PersonalData data, AuditLog audit) {
        this.data = data;
        this.audit = audit;
    }

    /**
     * 200 with the document, to be saved as a file.
     *
     * @throws ProblemException 404 for no such user
     */
    @Transactional
    Response of(UUID userId, boolean administrators, UUID actor) {
        ObjectNode document =
                data.of(userId, administrators).orElseThrow(ProblemException::notFound);
        audit.record(AuditAction.USER_EXPORTED, actor, "user", userId);
        return Response.ok(document)
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        "attachment; filename=\"user-" + userId + ".json\"")
                .build();
    }
}
