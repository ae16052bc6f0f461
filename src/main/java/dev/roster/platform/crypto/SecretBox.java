package dev.roster.platform.crypto;

import jakarta.enterprise.context.ApplicationScoped;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.params.HKDFParameters;

/**
 * Encrypts columns with AES-256-GCM (NIST SP 800-38D). A sealed value is {@code length of key id,
 * key id, 12 byte nonce, ciphertext and tag}, so that keys rotate: the first key seals, each listed
 * one opens.
 */
@ApplicationScoped
public class SecretBox {

    private static final int NONCE = 12;
    private static final int TAG_BITS = 128;

    private final String sealingKey;
    private final Map<String, SecretKeySpec> keys = new LinkedHashMap<>();

    SecretBox(CryptoConfig config) {
        for (String entry : config.encryptionKeys().orElse(List.of())) {
            int colon = entry.indexOf(':');
            keys.put(
                    entry.substring(0, colon),
                    new SecretKeySpec(
                            Base64.getDecoder().decode(entry.substring(colon + 1)), "AES"));
        }
        // derived keys stay listed behind explicit ones, so that adding those loses nothing
        for (String secret : config.secret()) {
            byte[] derived = derive(secret);
            keys.put(
                    "s" + HexFormat.of().formatHex(derived, 32, 36),
                    new SecretKeySpec(derived, 0, 32, "AES"));
        }
        sealingKey = keys.keySet().iterator().next();
    }

    /**
     * Encrypts a text.
     *
     * @param context where the value belongs, such as column and row: it opens nowhere else
     */
    public byte[] seal(String text, String context) {
        byte[] id = sealingKey.getBytes(StandardCharsets.US_ASCII);
        byte[] nonce = RandomTokens.bytes(NONCE);
        byte[] sealed =
                crypt(
                        Cipher.ENCRYPT_MODE,
                        sealingKey,
                        nonce,
                        context,
                        text.getBytes(StandardCharsets.UTF_8));
        return ByteBuffer.allocate(1 + id.length + NONCE + sealed.length)
                .put((byte) id.length)
                .put(id)
                .put(nonce)
                .put(sealed)
                .array();
    }

    /**
     * Decrypts what {@link #seal} made.
     *
     * @throws IllegalStateException when the key is no longer listed, or the value was altered or
     *     belongs elsewhere
     */
    public String open(byte[] sealed, String context) {
        ByteBuffer in = ByteBuffer.wrap(sealed);
        int idLength = in.hasRemaining() ? in.get() : -1;
        if (idLength < 0 || in.remaining() < idLength + NONCE + TAG_BITS / 8) {
            throw new IllegalStateException("The encrypted value is cut off or altered");
        }
        byte[] id = new byte[idLength];
        in.get(id);
        byte[] nonce = new byte[NONCE];
        in.get(nonce);
        byte[] rest = new byte[in.remaining()];
        in.get(rest);
        String keyId = new String(id, StandardCharsets.US_ASCII);
        return new String(
                crypt(Cipher.DECRYPT_MODE, keyId, nonce, context, rest), StandardCharsets.UTF_8);
    }

    private byte[] crypt(int mode, String keyId, byte[] nonce, String context, byte[] input) {
        SecretKeySpec key = keys.get(keyId);
        if (key == null) {
            throw new IllegalStateException(
                    "No encryption key " + keyId + ": keep it in ROSTER_ENCRYPTION_KEYS");
        }
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
            cipher.updateAAD(context.getBytes(StandardCharsets.UTF_8));
            return cipher.doFinal(input);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Cannot encrypt or decrypt with key " + keyId, e);
        }
    }

    private static byte[] derive(String secret) {
        HKDFBytesGenerator hkdf = new HKDFBytesGenerator(new SHA256Digest());
        hkdf.init(
                new HKDFParameters(
                        secret.getBytes(StandardCharsets.UTF_8),
                        null,
                        "roster column encryption".getBytes(StandardCharsets.US_ASCII)));
        byte[] out = new byte[36];
        hkdf.generateBytes(out, 0, out.length);
        return out;
    }
}
