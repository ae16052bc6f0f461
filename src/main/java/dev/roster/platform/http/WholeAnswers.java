package dev.roster.platform.http;

import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;

/** Bodies that are written as they are made, and that nobody takes for whole who got a part. */
@ApplicationScoped
public class WholeAnswers {

    private final CurrentVertxRequest request;

    WholeAnswers(CurrentVertxRequest request) {
        this.request = request;
    }

    /** False for {@code HEAD}, whose answer discloses nothing and is no event. */
    public boolean hasBody() {
        return request.getCurrent().request().method() != HttpMethod.HEAD;
    }

    /** The body; where it fails with a part of it written, the connection is broken off. */
    public StreamingOutput wholeOrBroken(StreamingOutput body) {
        return out -> {
            try {
                body.write(out);
            } catch (IOException | RuntimeException e) {
                breakOff();
                throw e;
            }
        };
    }

    /**
     * Runs what is to happen when the answer to this request is over, be it whole, broken off or
     * never begun. It may run twice, on any thread, and must not block.
     */
    public void whenOver(Runnable action) {
        RoutingContext context = request.getCurrent();
        context.addEndHandler(over -> action.run());
        // whose client was gone before is told to nobody any more
        if (context.response().closed() || context.response().ended()) {
            action.run();
        }
    }

    /**
     * At once: otherwise the problem that answers a failure would be appended, and the answer ended
     * as if it were whole.
     */
    private void breakOff() {
        HttpServerRequest http = request.getCurrent().request();
        if (!http.response().headWritten()) {
            return;
        }
        // Vert.x' own close and reset first let through what is written meanwhile; and of HTTP/2 a
        // stream alone that is reset left clients waiting for its end
        ((ConnectionBase) http.connection()).channel().close().awaitUninterruptibly();
    }
}
