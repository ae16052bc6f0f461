package dev.roster.directory.person;

import dev.roster.audit.AuditAction;
import dev.roster.audit.AuditLog;
import dev.roster.platform.http.WholeAnswers;
import dev.roster.platform.problem.BusyException;
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
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

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

    /** Who has one of them: nobody has two, or a slow reader could have all. */
    private final Set<UUID> busy = ConcurrentHashMap.newKeySet();

    PersonalExport(PersonalData data, AuditLog audit, WholeAnswers answers) {
        this.data = data;
        this.audit = audit;
        this.answers = answers;
    }

    /**
     * 200 with the document, to be saved as a file. One that is not whole ends with a broken
     * connection.
     *
     * @throws ProblemException 404 for no such user, 429 while the actor is at another export
     * @throws OverloadedException while too many others are
     */
    @Transactional
    Response of(UUID userId, boolean administrators, UUID actor) {
        if (!answers.hasBody()) {
            return answer(userId, administrators, actor, () -> {});
        }
        Runnable leave = enter(actor);
        // a body may never be written: behind a rollback, for a client that has gone
        answers.whenOver(leave);
        try {
            return answer(userId, administrators, actor, leave);
        } catch (RuntimeException e) {
            leave.run();
            throw e;
        }
    }

    private Response answer(UUID userId, boolean administrators, UUID actor, Runnable leave) {
        PersonalData.Document document =
                data.of(userId, administrators).orElseThrow(ProblemException::notFound);
        if (answers.hasBody()) {
            audit.record(AuditAction.USER_EXPORTED, actor, "user", userId);
        }
        StreamingOutput body = answers.wholeOrBroken(out -> write(document, out, leave));
        return Response.ok(body)
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        "attachment; filename=\"user-" + userId + ".json\"")
                .build();
    }

    private static void write(PersonalData.Document document, OutputStream out, Runnable leave)
            throws IOException {
        try {
            document.writeTo(out);
        } finally {
            // before the answer ends, so that its reader can ask for another one at once
            leave.run();
        }
    }

    /** Takes a place; what is returned gives it back, once however often it runs. */
    private Runnable enter(UUID actor) {
        if (!busy.add(actor)) {
            throw new BusyException("One export at a time: another one is not read yet", RETRY);
        }
        if (!places.tryAcquire()) {
            busy.remove(actor);
            throw new OverloadedException("Too many people are exported at once", RETRY);
        }
        AtomicBoolean left = new AtomicBoolean();
        return () -> {
            if (left.compareAndSet(false, true)) {
                busy.remove(actor);
                places.release();
            }
        };
    }
}
