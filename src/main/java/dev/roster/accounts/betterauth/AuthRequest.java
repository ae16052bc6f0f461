package dev.roster.accounts.betterauth;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.platform.http.OriginCheck;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.context.RequestScoped;
import java.util.List;

/** A request of the dialect, its body read and its origin accepted. */
@RequestScoped
public class AuthRequest {

    private final OriginCheck origins;
    private final HttpServerRequest request;

    private ObjectNode body;

    AuthRequest(OriginCheck origins, HttpServerRequest request) {
        this.origins = origins;
        this.request = request;
    }

    void body(ObjectNode read) {
        body = read;
    }

    /** The body's members, to be read one by one; see {@link Fields#check}. */
    public Fields fields() {
        return new Fields(body);
    }

    /** The same where the body may be left out. */
    public Fields optionalFields() {
        return new Fields(body == null ? JsonNodeFactory.instance.objectNode() : body);
    }

    /** The query's parameters, to be read one by one; see {@link Fields#check}. */
    public Fields query() {
        ObjectNode query = JsonNodeFactory.instance.objectNode();
        for (String name : request.params().names()) {
            List<String> values = request.params().getAll(name);
            if (values.size() == 1) {
                query.put(name, values.get(0));
            } else {
                values.forEach(query.withArrayProperty(name)::add);
            }
        }
        return Fields.ofQuery(query);
    }

    /**
     * Refuses the form of another site that would sign this browser in (contract, section 6, 2).
     *
     * @throws AuthException 403
     */
    public void refuseForeignForm() {
        accept(origins.ofForm(request));
    }

    static void accept(OriginCheck.Verdict verdict) {
        switch (verdict) {
            case TRUSTED -> {
                // go on
            }
            case MISSING -> throw AuthError.MISSING_OR_NULL_ORIGIN.exception();
            case UNTRUSTED -> throw AuthError.INVALID_ORIGIN.exception();
            case CROSS_SITE_NAVIGATION ->
                    throw AuthError.CROSS_SITE_NAVIGATION_LOGIN_BLOCKED.exception();
        }
    }
}
