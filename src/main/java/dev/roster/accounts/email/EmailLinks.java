package dev.roster.accounts.email;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.accounts.betterauth.AuthError;
import dev.roster.accounts.betterauth.AuthException;
import dev.roster.accounts.verification.UserMail;
import dev.roster.platform.crypto.Signer;
import dev.roster.users.EmailAddress;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;

/**
 * Makes and reads the tokens of mailed links: JSON Web Tokens by HMAC-SHA256 (RFC 7519, RFC 7515)
 * with the raw secret, as Better Auth makes them (contract, section 9). Every listed secret reads,
 * the first one signs.
 */
@ApplicationScoped
class EmailLinks {

    private static final int MAX_LENGTH = 4096;
    private static final String ALGORITHM = "HS256";

    private final Signer signer;
    private final ObjectMapper json;
    private final Clock clock;
    private final UserMail mail;
    private final EmailVerificationConfig config;

    EmailLinks(
            Signer signer,
            ObjectMapper json,
            Clock clock,
            UserMail mail,
            EmailVerificationConfig config) {
        this.signer = signer;
        this.json = json;
        this.clock = clock;
        this.mail = mail;
        this.config = config;
    }

    /** A link that proves an address. */
    String proving(String email, String userId, String callbackUrl) {
        return url(email, null, null, userId, null, callbackUrl);
    }

    /** A link of a change of address, good once by its id. */
    String changing(
            String requestType,
            String email,
            String updateTo,
            String userId,
            String id,
            String callbackUrl) {
        return url(email, updateTo, requestType, userId, id, callbackUrl);
    }

    private String url(
            String email,
            String updateTo,
            String requestType,
            String userId,
            String id,
            String callbackUrl) {
        ObjectNode claims = json.createObjectNode();
        claims.put("email", EmailAddress.key(email));
        putUnlessNull(claims, "updateTo", updateTo);
        putUnlessNull(claims, "requestType", requestType);
        claims.put("userId", userId);
        putUnlessNull(claims, "jti", id);
        Instant now = clock.instant();
        claims.put("iat", now.getEpochSecond());
        claims.put("exp", now.plus(config.expiresIn()).getEpochSecond());
        String signed =
                encode(json.createObjectNode().put("alg", ALGORITHM)) + "." + encode(claims);
        String token = signed + "." + base64(signer.digests(signed).get(0));
        return mail.link(
                "/api/auth/verify-email",
                "token",
                token,
                "callbackURL",
                callbackUrl == null ? "/" : callbackUrl);
    }

    /**
     * Reads a token.
     *
     * @throws AuthException 401 INVALID_TOKEN unless one of the secrets signed exactly this text,
     *     401 TOKEN_EXPIRED for one that was good
     */
    EmailLink read(String token) {
        String[] parts = token.length() > MAX_LENGTH ? new String[0] : token.split("\\.", -1);
        if (parts.length != 3 || !isSigned(parts[0] + "." + parts[1], parts[2])) {
            throw invalid();
        }
        JsonNode header = decode(parts[0]);
        JsonNode claims = decode(parts[1]);
        String email = text(claims, "email");
        if (!ALGORITHM.equals(text(header, "alg"))
                || header.has("crit")
                || !claims.path("exp").isNumber()
                || email == null
                || EmailAddress.parse(email).isEmpty()) {
            throw invalid();
        }
        Instant expiresAt = Instant.ofEpochSecond(claims.path("exp").longValue());
        if (!expiresAt.isAfter(clock.instant())) {
            throw AuthError.TOKEN_EXPIRED.exception();
        }
        return new EmailLink(
                EmailAddress.key(email),
                text(claims, "updateTo"),
                text(claims, "requestType"),
                text(claims, "userId"),
                text(claims, "jti"),
                expiresAt);
    }

    static AuthException invalid() {
        return AuthError.INVALID_TOKEN.exception(401);
    }

    /** Compared as text: decoders accept several spellings of the same bytes. */
    private boolean isSigned(String text, String signature) {
        byte[] given = signature.getBytes(StandardCharsets.UTF_8);
        boolean matches = false;
        for (byte[] digest : signer.digests(text)) {
            byte[] expected = base64(digest).getBytes(StandardCharsets.UTF_8);
            matches |= MessageDigest.isEqual(expected, given);
        }
        return matches;
    }

    private JsonNode decode(String part) {
        try {
            return json.readTree(Base64.getUrlDecoder().decode(part));
        } catch (IOException | IllegalArgumentException e) {
            throw invalid();
        }
    }

    private static void putUnlessNull(ObjectNode claims, String name, String value) {
        if (value != null) {
            claims.put(name, value);
        }
    }

    private static String text(JsonNode object, String name) {
        return object.path(name).textValue();
    }

    private static String encode(ObjectNode object) {
        return base64(object.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
