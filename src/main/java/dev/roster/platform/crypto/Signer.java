package dev.roster.platform.crypto;

import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs values as Better Auth signs its cookies (contract, section 4): {@code value + "." +
 * base64(HMAC-SHA256(secret, value))}. The key is the raw secret, so that cookies made by a Better
 * Auth server with the same secret stay valid.
 */
@ApplicationScoped
public class Signer {

    private static final String HMAC = "HmacSHA256";
    private static final int SIGNATURE_LENGTH = 44;

    private final List<SecretKeySpec> keys;

    Signer(CryptoConfig config) {
        keys =
                config.secret().stream()
                        .map(s -> new SecretKeySpec(s.getBytes(StandardCharsets.UTF_8), HMAC))
                        .toList();
    }

    /** The value with the first secret's signature behind it. */
    public String sign(String value) {
        return value + "." + Base64.getEncoder().encodeToString(hmac(keys.get(0), value));
    }

    /**
     * The value of a signed string, or empty when any character of value or signature is not as one
     * of the secrets signed it. Takes the same time for every wrong signature.
     */
    public Optional<String> verify(String signed) {
        int dot = signed.lastIndexOf('.');
        if (dot < 1) {
            return Optional.empty();
        }
        String signature = signed.substring(dot + 1);
        // the canonical form alone: base64 decoders accept several spellings of the same bytes
        if (signature.length() != SIGNATURE_LENGTH || !signature.endsWith("=")) {
            return Optional.empty();
        }
        String value = signed.substring(0, dot);
        byte[] given = signature.getBytes(StandardCharsets.UTF_8);
        boolean matches = false;
        for (SecretKeySpec key : keys) {
            matches |= MessageDigest.isEqual(Base64.getEncoder().encode(hmac(key, value)), given);
        }
        return matches ? Optional.of(value) : Optional.empty();
    }

    /**
     * HMAC-SHA256 of a text by each of the secrets, the first one's first: a digest at rest of what
     * is too short for a plain one, such as a code of six digits.
     */
    public List<byte[]> digests(String text) {
        return keys.stream().map(key -> hmac(key, text)).toList();
    }

    private static byte[] hmac(SecretKeySpec key, String value) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(key);
            return mac.doFinal(value.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every JDK has HmacSHA256", e);
        }
    }
}
