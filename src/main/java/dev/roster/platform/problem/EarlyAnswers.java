package dev.roster.platform.problem;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.arc.All;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.Response;
import java.util.List;

/** Problems told by the filters that run before REST, where {@link ProblemMappers} is not asked. */
@ApplicationScoped
public class EarlyAnswers {

    /** As long as {@link ProblemMappers} asks a client to wait for the database. */
    private static final String RETRY_AFTER = "5";

    private final ObjectMapper json;
    private final List<ErrorDialect> dialects;

    EarlyAnswers(ObjectMapper json, @All List<ErrorDialect> dialects) {
        this.json = json;
        this.dialects = dialects;
    }

    /** Ends the request in the dialect of its path; with {@code Retry-After} where it is a 503. */
    public void end(RoutingContext routing, ProblemCode code, String detail) {
        Object body = Problem.of(code, detail, List.of());
        String type = Problem.MEDIA_TYPE;
        for (ErrorDialect dialect : dialects) {
            if (dialect.speaks(routing.request().path())) {
                Response response = dialect.render(code, detail).build();
                body = response.getEntity();
                type = "application/json";
            }
        }
        HttpServerResponse response = routing.response();
        if (code == ProblemCode.SERVICE_UNAVAILABLE) {
            response.putHeader("Retry-After", RETRY_AFTER);
        }
        try {
            response.setStatusCode(code.status())
                    .putHeader("Content-Type", type)
                    .end(json.writeValueAsString(body));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A record of strings is JSON", e);
        }
    }
}
