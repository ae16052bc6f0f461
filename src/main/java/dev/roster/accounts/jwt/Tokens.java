package dev.roster.accounts.jwt;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.accounts.betterauth.AuthUser;
import dev.roster.platform.http.TrustedOrigins;
import dev.roster.platform.json.Text;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * Signed tokens about users (RFC 7519; contract, section 10, jwt). We accept none but those we
 * sign, and those alone in the form in which we write them (RFC 8725).
 */
@ApplicationScoped
class Tokens {

    /** Characters of a token: it travels in a header, where servers take 8 KiB or less in all. */
    static final int MAX_LENGTH = 4095;

    /** The claims that become null where a token would be too long, in this order. */
    private static final List<String> EXPENDABLE =
            List.of("image", "banReason", "displayUsername", "name", "username", "role");

    private final SigningKeys keys;
    private final ObjectMapper json;
    private final JwtConfig config;
    private final String issuer;
    private final String audience;
    private final Clock clock;

    Tokens(
            SigningKeys keys,
            ObjectMapper json,
            JwtConfig config,
            TrustedOrigins origins,
            Clock clock) {
        this.keys = keys;
        this.json = json;
        this.config = config;
        this.issuer = config.issuer().orElse(origins.own());
        this.audience = config.audience().orElse(origins.own());
        this.clock = clock;
    }

    /** A token of at most {@link #MAX_LENGTH} characters. */
    String issue(AuthUser user, String actor) {
        return issue(user, actor, MAX_LENGTH)
                .orElseThrow(() -> new IllegalStateException("Identifiers are short"));
    }

    /**
     * A token that tells everything of a user that get-session does; of a claim that makes it too
     * long it tells null.
     *
     * @param actor the public id of the administrator who acts as the user, or null: {@code act} of
     *     RFC 8693, section 4.1
     * @param maxLength in characters
     * @return empty where not even the user's identifiers fit
     */
    Optional<String> issue(AuthUser user, String actor, int maxLength) {
        SigningKeys.Key key = keys.current();
        ObjectNode header =
                json.createObjectNode()
                        .put("alg", key.algorithm().headerName())
                        .put("kid", key.id());
        Instant now = clock.instant();
        ObjectNode claims = json.createObjectNode().put("iat", now.getEpochSecond());
        claims.setAll(json.<ObjectNode>valueToTree(user));
        claims.put("sub", user.id())
                .put("exp", now.plus(config.expiresIn()).getEpochSecond())
                .put("iss", issuer)
                .put("aud", audience);
        if (actor != null) {
            claims.putObject("act").put("sub", actor);
        }
        String protectedHeader = encode(header) + ".";
        String token = signed(key, protectedHeader + encode(claims));
        // signatures of one key are of one length
        int others = token.length() - encode(claims).length();
        Iterator<String> expendable = EXPENDABLE.iterator();
        boolean tooLong = token.length() > maxLength;
        while (others + encode(claims).length() > maxLength && expendable.hasNext()) {
            claims.putNull(expendable.next());
        }
        return Optional.of(tooLong ? signed(key, protectedHeader + encode(claims)) : token)
                .filter(text -> text.length() <= maxLength);
    }

    private static String signed(SigningKeys.Key key, String content) {
        byte[] signature = key.sign().apply(content.getBytes(StandardCharsets.US_ASCII));
        return content + "." + SignatureAlgorithm.base64(signature);
    }

    /** Whether this can only be meant as a token of ours, good or not. */
    static boolean looksLikeOne(String text) {
        return text.chars().filter(c -> c == '.').count() == 2;
    }

    /**
     * The public id of the user whom a good token is about; empty for every other token. One that
     * was made under impersonation is good for other services, which see by whom; here it would
     * outlive the impersonation, and its acts would be the user's in the trail.
     */
    Optional<String> verify(String token) {
        String[] parts = token.split("\\.", -1);
        if (token.length() > MAX_LENGTH || parts.length != 3) {
            return Optional.empty();
        }
        Optional<JsonNode> header = bytes(parts[0]).flatMap(this::object);
        Optional<byte[]> signature = bytes(parts[2]);
        if (header.isEmpty() || signature.isEmpty()) {
            return Optional.empty();
        }
        byte[] content = (parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII);
        return keys.find(header.get().path("kid").asText())
                .filter(key -> isOurs(header.get(), key))
                .filter(key -> key.verify().test(content, signature.get()))
                .flatMap(key -> bytes(parts[1]))
                .flatMap(this::object)
                .filter(this::isMeantForNow)
                .filter(claims -> !claims.has("act"))
                .map(claims -> claims.path("sub").asText());
    }

    /** Two members, no more: what else there could be, such as a key of its own, is a trick. */
    private static boolean isOurs(JsonNode header, SigningKeys.Key key) {
        return header.size() == 2
                && header.path("kid").isTextual()
                && header.path("alg").isTextual()
                && header.path("alg").textValue().equals(key.algorithm().headerName());
    }

    private boolean isMeantForNow(JsonNode claims) {
        long now = clock.instant().getEpochSecond();
        return claims.path("exp").isIntegralNumber()
                && claims.path("exp").longValue() > now
                && claims.path("nbf").asLong(now) <= now
                && issuer.equals(claims.path("iss").textValue())
                && audience.equals(claims.path("aud").textValue())
                && claims.path("sub").isTextual()
                && Text.isStorable(claims.path("sub").textValue());
    }

    private String encode(ObjectNode node) {
        try {
            return SignatureAlgorithm.base64(json.writeValueAsBytes(node));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A tree can always be written", e);
        }
    }

    private Optional<JsonNode> object(byte[] bytes) {
        try {
            return Optional.ofNullable(json.readTree(bytes)).filter(JsonNode::isObject);
        } catch (IOException | NumberFormatException e) {
            // not JSON, or a number out of range: no token of ours
            return Optional.empty();
        }
    }

    /** The canonical spelling alone: decoders accept several of the same bytes. */
    private static Optional<byte[]> bytes(String base64) {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(base64);
            return SignatureAlgorithm.base64(bytes).equals(base64)
                    ? Optional.of(bytes)
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
