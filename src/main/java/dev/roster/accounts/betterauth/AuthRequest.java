package dev.roster.accounts.betterauth;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.platform.http.OriginCheck;
import dev.roster.platform.http.TrustedOrigins;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.context.RequestScoped;
import jakarta.validation.Validator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** A request of the dialect, its body read and its origin accepted. */
@RequestScoped
public class AuthRequest {

    /** Those of today's browsers, of their earlier releases, and of Firefox. */
    private static final List<String> SPECULATION_HEADERS =
            List.of("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz");

    private static final Pattern SPECULATION =
            Pattern.compile("prefetch|prerender|preview", Pattern.CASE_INSENSITIVE);

    private final OriginCheck originCheck;
    private final TrustedOrigins origins;
    private final HttpServerRequest request;
    private final Validator validator;

    private ObjectNode body;

    AuthRequest(
            OriginCheck originCheck,
            TrustedOrigins origins,
            HttpServerRequest request,
            Validator validator) {
        this.originCheck = originCheck;
        this.origins = origins;
        this.request = request;
        this.validator = validator;
    }

    void body(ObjectNode read) {
        body = read;
    }

    /** The body's members, to be read one by one; see {@link Fields#check}. */
    public Fields fields() {
        return new Fields(body, validator);
    }

    /** The same where the body may be left out. */
    public Fields optionalFields() {
        return new Fields(body == null ? JsonNodeFactory.instance.objectNode() : body, validator);
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
        return Fields.ofQuery(query, validator);
    }

    /** Where the body wants the client to end, which was checked; null where it says nothing. */
    public String callbackUrl() {
        String target = body == null ? "" : body.path("callbackURL").asText("");
        return target.isEmpty() ? null : target;
    }

    /**
     * Refuses the form of another site that would sign this browser in (contract, section 6, 2).
     *
     * @throws AuthException 403
     */
    public void refuseForeignForm() {
        accept(originCheck.ofForm(request));
    }

    /**
     * Refuses a browser that loads a link before anybody follows it: a link that works once would
     * be used up.
     *
     * @throws AuthException 403, which a browser throws away
     */
    public void refuseSpeculation() {
        boolean speculative =
                SPECULATION_HEADERS.stream()
                        .flatMap(name -> request.headers().getAll(name).stream())
                        .anyMatch(value -> SPECULATION.matcher(value).find());
        if (speculative) {
            throw AuthError.SPECULATIVE_REQUEST.exception();
        }
    }

    /**
     * Where a link asks to send the client: the query's member of this name, decoded once and as
     * given. The endpoints that are followed by a browser ask for it before anything else, and
     * redirect nowhere else (contract, section 6, 3).
     *
     * @param refusal the error of a target that is neither a safe path nor of a trusted origin
     * @return empty when the member is missing or empty
     * @throws AuthException 403 with the given error, 400 VALIDATION_ERROR when it is there twice
     */
    public Optional<String> redirectTarget(String name, ErrorCode refusal) {
        List<String> targets = request.params().getAll(name);
        if (targets.size() > 1) {
            throw AuthError.VALIDATION_ERROR.exception(
                    "[query." + name + "] Invalid input: expected string, received array");
        }
        if (targets.isEmpty() || targets.get(0).isEmpty()) {
            return Optional.empty();
        }
        checkTarget(origins, targets.get(0), "[query." + name + "]", refusal);
        return Optional.of(targets.get(0));
    }

    /**
     * Refuses a target that clients must not be sent to, or that is too long to be.
     *
     * @param where for the message, such as {@code [body.callbackURL]}
     */
    static void checkTarget(
            TrustedOrigins origins, String target, String where, ErrorCode refusal) {
        if (!origins.trustsRedirect(target)) {
            throw refusal.exception();
        }
        if (TrustedOrigins.isTooLong(target)) {
            throw AuthError.VALIDATION_ERROR.exception(
                    where
                            + " Too big: expected string to have <="
                            + TrustedOrigins.MAX_TARGET
                            + " characters");
        }
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
