package dev.roster.accounts.betterauth;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.platform.http.MediaTypes;
import dev.roster.platform.http.OriginCheck;
import dev.roster.platform.http.TrustedOrigins;
import dev.roster.platform.problem.HeadLimit;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.ext.Provider;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;

/**
 * The checks that every endpoint of the dialect has in common, in the contract's order (section 2):
 * content type, JSON, origin, and where the client may be sent.
 */
@Provider
@BetterAuth
class BodyAndOriginFilter implements ContainerRequestFilter {

    private static final String JSON_TYPE = "application/json";
    private static final String FORM_TYPE = "application/x-www-form-urlencoded";
    private static final Set<String> BODYLESS = Set.of("GET", "DELETE");

    /**
     * The most characters that callback URLs take in a mailed link, percent-encoded. What is left
     * of {@link HeadLimit#MAX_LINE} is for the path and a token with two addresses.
     */
    private static final int MAX_IN_LINK = HeadLimit.MAX_LINE - 2048;

    /** The members that hold a target to send the client to, and the error of each. */
    private static final Map<String, AuthError> TARGETS =
            Map.of(
                    "callbackURL", AuthError.INVALID_CALLBACK_URL,
                    "redirectTo", AuthError.INVALID_REDIRECT_URL,
                    "errorCallbackURL", AuthError.INVALID_ERROR_CALLBACK_URL,
                    "newUserCallbackURL", AuthError.INVALID_NEW_USER_CALLBACK_URL);

    private final AuthRequest authRequest;
    private final OriginCheck originCheck;
    private final TrustedOrigins origins;
    private final ObjectMapper json;

    @Context ResourceInfo resource;
    @Context HttpServerRequest request;

    BodyAndOriginFilter(
            AuthRequest authRequest,
            OriginCheck originCheck,
            TrustedOrigins origins,
            ObjectMapper json) {
        this.authRequest = authRequest;
        this.originCheck = originCheck;
        this.origins = origins;
        this.json = json;
    }

    @Override
    public void filter(ContainerRequestContext context) throws IOException {
        if (BODYLESS.contains(context.getMethod())) {
            return;
        }
        ObjectNode body = read(context);
        authRequest.body(body);
        AuthRequest.accept(originCheck.ofCookies(request));
        TARGETS.forEach((member, error) -> checkTarget(body, member, error));
        checkLengthInLink(body);
        String query = context.getUriInfo().getQueryParameters().getFirst("callbackURL");
        if (query != null && !query.isEmpty()) {
            AuthRequest.checkTarget(
                    origins, query, "[query.callbackURL]", AuthError.INVALID_CALLBACK_URL);
        }
    }

    /** Refuses targets that a mailed link, which holds them all, would be too long with. */
    private static void checkLengthInLink(ObjectNode body) {
        if (body == null) {
            return;
        }
        int length =
                TARGETS.keySet().stream()
                        .mapToInt(
                                member ->
                                        URLEncoder.encode(
                                                        body.path(member).asText(""),
                                                        StandardCharsets.UTF_8)
                                                .length())
                        .sum();
        if (length > MAX_IN_LINK) {
            throw AuthError.VALIDATION_ERROR.exception(
                    "[body] Too big: expected callback URLs of at most "
                            + MAX_IN_LINK
                            + " characters together, percent-encoded");
        }
    }

    private void checkTarget(ObjectNode body, String member, AuthError error) {
        JsonNode target = body == null ? null : body.get(member);
        if (target == null
                || target.isNull()
                || target.isTextual() && target.textValue().isEmpty()) {
            return;
        }
        if (!target.isTextual()) {
            throw new AuthException(400, error.name(), error.message() + ": expected a string");
        }
        AuthRequest.checkTarget(origins, target.textValue(), "[body." + member + "]", error);
    }

    private ObjectNode read(ContainerRequestContext context) throws IOException {
        byte[] bytes = context.getEntityStream().readAllBytes();
        String header = context.getHeaderString("Content-Type");
        if (bytes.length == 0 && header == null) {
            return null;
        }
        AcceptsForm form = resource.getResourceMethod().getAnnotation(AcceptsForm.class);
        String allowed = (form != null ? FORM_TYPE + ", " : "") + JSON_TYPE;
        if (header == null) {
            throw AuthError.UNSUPPORTED_MEDIA_TYPE.exception(
                    "Content-Type is required. Allowed types: " + allowed);
        }
        String type = MediaTypes.parse(header).map(MediaTypes::name).orElse("");
        if (form != null && type.equals(FORM_TYPE)) {
            return form(new String(bytes, StandardCharsets.UTF_8), form.oauth());
        }
        if (!type.equals(JSON_TYPE)) {
            throw AuthError.UNSUPPORTED_MEDIA_TYPE.exception(
                    "Content-Type \""
                            + header.replaceAll("[^\\x20-\\x7e]", "")
                            + "\" is not allowed. Allowed types: "
                            + allowed);
        }
        if (bytes.length == 0) {
            return null;
        }
        try {
            JsonNode tree = json.readTree(bytes);
            if (tree instanceof ObjectNode object) {
                return object;
            }
        } catch (JsonProcessingException | NumberFormatException e) {
            // Jackson throws the latter for an exponent that no BigDecimal has
            throw AuthError.BAD_REQUEST.exception();
        }
        throw AuthError.VALIDATION_ERROR.exception("[body] Invalid input: expected object");
    }

    /**
     * @param oauth whether a parameter without a value counts as left out, and one that occurs
     *     twice is refused (RFC 6749, section 3.2)
     */
    private ObjectNode form(String text, boolean oauth) {
        ObjectNode body = json.createObjectNode();
        for (String pair : text.split("&")) {
            int equals = pair.indexOf('=');
            boolean empty = oauth && equals == pair.length() - 1;
            if (equals > 0 && !empty) {
                String name = decode(pair.substring(0, equals));
                if (oauth && body.has(name)) {
                    throw AuthError.BAD_REQUEST.exception("A parameter occurs twice");
                }
                body.put(name, decode(pair.substring(equals + 1)));
            }
        }
        return body;
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw AuthError.BAD_REQUEST.exception("Invalid form in request body");
        }
    }
}
