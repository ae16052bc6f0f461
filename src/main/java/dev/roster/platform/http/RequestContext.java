package dev.roster.platform.http;

import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.context.RequestScoped;

/** What the audit trail and the errors say of a request: its id, path, client and user agent. */
@RequestScoped
public class RequestContext {

    private static final int MAX_USER_AGENT = 512;

    private final CurrentVertxRequest current;
    private final ClientAddress clientAddress;

    RequestContext(CurrentVertxRequest current, ClientAddress clientAddress) {
        this.current = current;
        this.clientAddress = clientAddress;
    }

    /** False outside of requests, such as in a scheduled job. */
    public boolean present() {
        return current.getCurrent() != null;
    }

    public String requestId() {
        return RequestIds.of(current.getCurrent());
    }

    public String path() {
        return request().path();
    }

    /** The client's address as {@link ClientAddress} knows it. */
    public String address() {
        return clientAddress.of(request());
    }

    /** The {@code User-Agent} header, at most 512 characters; empty when there is none. */
    public String userAgent() {
        String agent = request().getHeader("User-Agent");
        if (agent == null) {
            return "";
        }
        return agent.length() > MAX_USER_AGENT ? agent.substring(0, MAX_USER_AGENT) : agent;
    }

    private HttpServerRequest request() {
        return current.getCurrent().request();
    }
}
