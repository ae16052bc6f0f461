package dev.roster.directory.person;

import dev.roster.audit.AuditAction;
import dev.roster.audit.AuditLog;
import dev.roster.platform.problem.OverloadedException;
import dev.roster.platform.problem.ProblemException;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
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
    private final CurrentVertxRequest request;
    private final Semaphore places = new Semaphore(AT_ONCE);

    PersonalExport(PersonalData data, AuditLog audit, CurrentVertxRequest request) {
        this.data = data;
        this.audit = audit;
        this.request = request;
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
        StreamingOutput body = out -> write(document, out);
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
        } catch (IOException | RuntimeException e) {
            breakOff();
            throw e;
        } finally {
            places.release();
        }
    }

    /**
     * Closes what is under way at once: otherwise the problem that answers a failure would be
     * appended, and the answer ended as if it were whole.
     */
    private void breakOff() {
        HttpServerRequest http = request.getCurrent().request();
        if (!http.response().headWritten()) {
            return;
        }
        if (http.version() == HttpVersion.HTTP_2) {
            http.response().reset();
        } else {
            // Vert.x' own close and reset first let through what is written meanwhile
            ((ConnectionBase) http.connection()).channel().close().awaitUninterruptibly();
        }
    }
}
