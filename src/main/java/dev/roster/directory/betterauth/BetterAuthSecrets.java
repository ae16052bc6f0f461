package dev.roster.directory.betterauth;

import dev.roster.platform.crypto.Digests;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.engines.ChaChaEngine;

/**
 * Opens what a Better Auth server encrypted: hex of a 24 byte nonce and XChaCha20-Poly1305 under
 * SHA-256 of its secret, where it rotates secrets behind {@code $ba$version$}.
 *
 * @see <a href="https://datatracker.ietf.org/doc/html/draft-irtf-cfrg-xchacha-03">XChaCha20</a>
 */
final class BetterAuthSecrets {

    private static final int NONCE = 24;
    private static final int TAG = 16;
    private static final int ROUNDS = 20;
    private static final String ENVELOPE = "\\$ba\\$\\d+\\$";

    private final List<byte[]> keys;
    private final String current;

    /**
     * @param secrets of the server, the one that it signs with first
     */
    BetterAuthSecrets(List<String> secrets) {
        keys = secrets.stream().map(Digests::sha256).toList();
        current = secrets.get(0);
    }

    /**
     * What the cookie of a trusted device holds: {@code base64url(HMAC-SHA256(secret,
     * user!identifier))!identifier}.
     */
    String trustCookie(String userId, String identifier) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(current.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            byte[] code = mac.doFinal((userId + "!" + identifier).getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(code) + "!" + identifier;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every JDK has HmacSHA256", e);
        }
    }

    /** The text; empty where none of the secrets opens it. */
    Optional<String> open(String encrypted) {
        byte[] bytes;
        try {
            bytes = HexFormat.of().parseHex(encrypted.replaceFirst("^" + ENVELOPE, ""));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        if (bytes.length < NONCE + TAG) {
            return Optional.empty();
        }
        return keys.stream().map(key -> open(key, bytes)).flatMap(Optional::stream).findFirst();
    }

    private static Optional<String> open(byte[] key, byte[] bytes) {
        try {
            Cipher cipher = Cipher.getInstance("ChaCha20-Poly1305");
            byte[] nonce = new byte[12];
            System.arraycopy(bytes, 16, nonce, 4, 8);
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    new SecretKeySpec(subkey(key, Arrays.copyOf(bytes, 16)), "ChaCha20"),
                    new IvParameterSpec(nonce));
            byte[] text = cipher.doFinal(bytes, NONCE, bytes.length - NONCE);
            return Optional.of(new String(text, StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            // another secret's, or altered: to the caller both are "does not open"
            return Optional.empty();
        }
    }

    /**
     * HChaCha20: ChaCha20's block function without its final addition, which is taken back here.
     */
    static byte[] subkey(byte[] key, byte[] nonce) {
        int[] state = new int[16];
        words("expand 32-byte k".getBytes(StandardCharsets.US_ASCII), state, 0);
        words(key, state, 4);
        words(nonce, state, 12);
        int[] block = new int[16];
        ChaChaEngine.chachaCore(ROUNDS, state, block);
        ByteBuffer subkey = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 4; i++) {
            subkey.putInt(block[i] - state[i]);
        }
        for (int i = 12; i < 16; i++) {
            subkey.putInt(block[i] - state[i]);
        }
        return subkey.array();
    }

    private static void words(byte[] bytes, int[] state, int offset) {
        ByteBuffer.wrap(bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asIntBuffer()
                .get(state, offset, bytes.length / 4);
    }
}
