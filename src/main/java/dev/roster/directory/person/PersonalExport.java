package dev.roster.directory.person;

import dev.roster.audit.AuditAction;
import dev.roster.audit.AuditLog;
import dev.roster.platform.http.WholeAnswers;
import dev.roster.platform.problem.OverloadedException;
import dev.roster.platform.problem.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Semaphore;

/** Hands {@link PersonalData} out, and says so in the trail. */
@ApplicationScoped
class PersonalExport {

    /** Each holds a thread for as long as its reader takes. */
    private static final int AT_ONCE = 8;

    private static final Duration RETRY = Duration.ofSeconds(30);

    private final PersonalData data;
    private final AuditLog audit;
    private final WholeAnswers answers;
    private final Semaphore places = new Semaphore(AT_ONCE);

    PersonalExport(PersonalData data, AuditLog audit, WholeAnswers answers) {
        this.data = data;
        this.audit = audit;
        this.answers = answers;
    }

    /**
     * 200 with the document, to be saved as a file. One that is not whole ends with a broken
     * connection.
     *
     * @throws ProblemException 404 for no such user
     */
    @Transactional
    Response of(UUID userId, boolean administrators, UUID actor) {
        PersonalData.Document document =
                data.of(userId, administrators).orElseThrow(ProblemException::notFound);
        audit.record(AuditAction.USER_EXPORTED, actor, "user", userId);
        StreamingOutput body = answers.wholeOrBroken(out -> write(document, out));
        return Response.ok(body)
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        "attachment; filename=\"user-" + userId + ".json\"")
                .build();
    }

    private void write(PersonalData.Document document, OutputStream out) throws IOException {
        if (!places.tryAcquire()) {
            throw new OverloadedException("Too many people are exported at once", RETRY);
        }
        try {
            document.writeTo(out);
        } finally {
            places.release();
        }
    }
}
