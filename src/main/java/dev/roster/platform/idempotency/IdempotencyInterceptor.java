package dev.roster.platform.idempotency;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.platform.crypto.SecretBox;
import dev.roster.platform.paging.ListQuery;
import dev.roster.platform.persistence.Transactions;
import dev.roster.platform.problem.Problem;
import dev.roster.platform.problem.ProblemCode;
import dev.roster.platform.problem.ProblemException;
import dev.roster.platform.security.CurrentUser;
import jakarta.annotation.Priority;
import jakarta.interceptor.AroundInvoke;
import jakarta.interceptor.Interceptor;
import jakarta.interceptor.InvocationContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Runs a request with a key and stores its answer in one transaction: whatever dies in between,
 * either both are there or neither, so that sending the request again is always right. Answers that
 * are exceptions leave nothing, and the key stays free.
 */
@Interceptor
@Idempotent
@Priority(Interceptor.Priority.PLATFORM_BEFORE + 150)
class IdempotencyInterceptor {

    static final String REPLAYED = "Idempotency-Replayed";

    /** Seconds; long enough for most requests to be done. */
    private static final String RETRY_AFTER = "1";

    private static final String HEADERS = "headers";
    private static final String BODY = "body";
    private static final List<String> KEPT =
            List.of(HttpHeaders.CONTENT_TYPE, HttpHeaders.LOCATION, HttpHeaders.ETAG);

    private final IdempotencyRequest request;
    private final CurrentUser caller;
    private final SecretBox box;
    private final ObjectMapper json;
    private final Clock clock;

    IdempotencyInterceptor(
            IdempotencyRequest request,
            CurrentUser caller,
            SecretBox box,
            ObjectMapper json,
            Clock clock) {
        this.request = request;
        this.caller = caller;
        this.box = box;
        this.json = json;
        this.clock = clock;
    }

    @AroundInvoke
    Object once(InvocationContext method) throws Exception {
        Optional<String> key = request.key();
        if (key.isEmpty()) {
            return method.proceed();
        }
        IdempotencyKey.Id id = new IdempotencyKey.Id(caller.id(), key.get());
        return Transactions.requiringNew().call(() -> once(id, method));
    }

    private Response once(IdempotencyKey.Id id, InvocationContext method) throws Exception {
        if (!IdempotencyKey.tryLock(id)) {
            return busy();
        }
        Instant now = clock.instant();
        Optional<IdempotencyKey> stored = IdempotencyKey.findById(id, now);
        if (stored.isPresent()) {
            return replay(stored.get());
        }
        Response response = (Response) method.proceed();
        IdempotencyKey.replace(
                id,
                request.digest(),
                response.getStatus(),
                seal(id, response),
                resourceId(response),
                now);
        return response;
    }

    /** The id in {@code Location}; null where there is none, or what has it is named otherwise. */
    private static UUID resourceId(Response response) {
        String location = response.getHeaderString(HttpHeaders.LOCATION);
        return location == null
                ? null
                : ListQuery.uuid(location.substring(location.lastIndexOf('/') + 1)).orElse(null);
    }

    private static Response busy() {
        ProblemCode code = ProblemCode.CONFLICT;
        return Response.status(code.status())
                .type(Problem.MEDIA_TYPE)
                .header(HttpHeaders.RETRY_AFTER, RETRY_AFTER)
                .entity(Problem.of(code, "The first request with this key is not done", List.of()))
                .build();
    }

    private Response replay(IdempotencyKey stored) throws JsonProcessingException {
        if (!MessageDigest.isEqual(stored.requestDigest, request.digest())) {
            throw new ProblemException(ProblemCode.IDEMPOTENCY_KEY_REUSED, null);
        }
        if (stored.answer.length == 0) {
            throw new ProblemException(
                    ProblemCode.CONFLICT, "What the first request with this key made was erased");
        }
        JsonNode answer = json.readTree(box.open(stored.answer, context(stored.id)));
        Response.ResponseBuilder response = Response.status(stored.status).header(REPLAYED, "true");
        if (answer.has(BODY)) {
            response.entity(answer.get(BODY));
        }
        answer.get(HEADERS)
                .properties()
                .forEach(header -> response.header(header.getKey(), header.getValue().textValue()));
        return response.build();
    }

    private byte[] seal(IdempotencyKey.Id id, Response response) {
        ObjectNode answer = json.createObjectNode();
        ObjectNode headers = answer.putObject(HEADERS);
        for (String name : KEPT) {
            String value = response.getHeaderString(name);
            if (value != null) {
                headers.put(name, value);
            }
        }
        if (response.hasEntity()) {
            answer.set(BODY, json.valueToTree(response.getEntity()));
        }
        return box.seal(answer.toString(), context(id));
    }

    private static String context(IdempotencyKey.Id id) {
        return "idempotency_keys.answer " + id.callerId() + " " + id.key();
    }
}
