package dev.roster.platform.http;

import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.RequestScoped;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** What the audit trail and the errors say of a request: its id, path, client and user agent. */
@RequestScoped
public class RequestContext {

    private static final int MAX_USER_AGENT = 512;
    private static final int MAX_ACCEPT_LANGUAGE = 512;

    private static final String LIMIT = RequestContext.class.getName() + ".limit";

    private final CurrentVertxRequest current;
    private final ClientAddress clientAddress;

    private UUID impersonator;

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
        return agent == null ? "" : shortened(agent);
    }

    /** A user agent as it is kept. */
    public static String shortened(String agent) {
        return agent.length() > MAX_USER_AGENT ? agent.substring(0, MAX_USER_AGENT) : agent;
    }

    /** The language that {@code Accept-Language} prefers, a BCP 47 tag; null when it says none. */
    public String language() {
        String header = present() ? request().getHeader("Accept-Language") : null;
        if (header == null || header.length() > MAX_ACCEPT_LANGUAGE) {
            return null;
        }
        try {
            // the list comes sorted by weight; tags are compared, and kept, in lower case
            return Locale.LanguageRange.parse(header).stream()
                    .filter(range -> range.getWeight() > 0 && !range.getRange().contains("*"))
                    .map(Locale.LanguageRange::getRange)
                    .findFirst()
                    .orElse(null);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** The request turns out to be made by an API key that has these permissions alone. */
    public static void limit(RoutingContext request, Set<String> permissions) {
        request.put(LIMIT, permissions);
    }

    /** What a narrowed API key is held to, whatever its owner may do; empty for everybody else. */
    public Optional<Set<String>> limit() {
        return Optional.ofNullable(current.getCurrent().get(LIMIT));
    }

    /** The request turns out to be made by somebody who acts as another user. */
    public void impersonatedBy(UUID administrator) {
        impersonator = administrator;
    }

    /** Who really acts where this user seems to. */
    public UUID actor(UUID userId) {
        return impersonator == null || userId == null ? userId : impersonator;
    }

    private HttpServerRequest request() {
        return current.getCurrent().request();
    }
}
