package dev.roster.platform.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("An encrypted column")
class SecretBoxTest {

    private static final String SECRET = "a-secret-of-the-tests-0123456789abcdef";
    private static final String CONTEXT = "user_profiles.phone/1";
    private static final String PHONE = "+43 660 ☎";

    private final SecretBox box = box(List.of("k1:" + key(1)), SECRET);

    @Test
    @DisplayName("opens where it belongs and shows nothing of the text")
    void roundTrip() {
        byte[] sealed = box.seal(PHONE, CONTEXT);
        assertEquals(PHONE, box.open(sealed, CONTEXT));
        assertFalse(new String(sealed, StandardCharsets.UTF_8).contains("+43 660"));
    }

    @Test
    @DisplayName("differs each time, so that equal values cannot be told")
    void nonce() {
        assertFalse(Arrays.equals(box.seal(PHONE, CONTEXT), box.seal(PHONE, CONTEXT)));
    }

    @Test
    @DisplayName("does not open in another row or column")
    void context() {
        byte[] sealed = box.seal(PHONE, CONTEXT);
        assertThrows(IllegalStateException.class, () -> box.open(sealed, "user_profiles.phone/2"));
        assertThrows(IllegalStateException.class, () -> box.open(sealed, ""));
    }

    @Test
    @DisplayName("does not open with any bit changed")
    void flips() {
        byte[] sealed = box.seal(PHONE, CONTEXT);
        for (int bit = 0; bit < sealed.length * 8; bit++) {
            byte[] changed = sealed.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            assertThrows(
                    IllegalStateException.class, () -> box.open(changed, CONTEXT), "bit " + bit);
        }
    }

    @Test
    @DisplayName("does not open when cut off")
    void truncations() {
        byte[] sealed = box.seal(PHONE, CONTEXT);
        for (int length = 0; length < sealed.length; length++) {
            byte[] cut = Arrays.copyOf(sealed, length);
            assertThrows(
                    IllegalStateException.class, () -> box.open(cut, CONTEXT), length + " bytes");
        }
    }

    @Test
    @DisplayName("opens with every listed key and is sealed with the first")
    void rotation() {
        byte[] old = box.seal(PHONE, CONTEXT);
        SecretBox rotated = box(List.of("k2:" + key(2), "k1:" + key(1)), SECRET);
        assertEquals(PHONE, rotated.open(old, CONTEXT));
        byte[] fresh = rotated.seal(PHONE, CONTEXT);
        assertThrows(IllegalStateException.class, () -> box.open(fresh, CONTEXT));
        assertEquals(PHONE, box(List.of("k2:" + key(2)), SECRET).open(fresh, CONTEXT));
    }

    @Test
    @DisplayName("does not open once its key is gone, and the error names the key")
    void retired() {
        byte[] old = box.seal(PHONE, CONTEXT);
        SecretBox without = box(List.of("k2:" + key(2)), SECRET);
        IllegalStateException e =
                assertThrows(IllegalStateException.class, () -> without.open(old, CONTEXT));
        assertTrue(e.getMessage().contains("k1"), e.getMessage());
    }

    @Test
    @DisplayName("does not open with another key of the same name")
    void sameName() {
        byte[] old = box.seal(PHONE, CONTEXT);
        SecretBox other = box(List.of("k1:" + key(2)), SECRET);
        assertThrows(IllegalStateException.class, () -> other.open(old, CONTEXT));
    }

    @Test
    @DisplayName("sealed by a key of the secret goes on opening when the secret rotates")
    void derived() {
        byte[] old = box(List.of(), SECRET).seal(PHONE, CONTEXT);
        SecretBox rotated = box(List.of(), "the-new-secret-0123456789abcdef-0123", SECRET);
        assertEquals(PHONE, rotated.open(old, CONTEXT));
        assertEquals(PHONE, box.open(old, CONTEXT), "explicit keys are added in front");
        SecretBox stranger = box(List.of(), "the-new-secret-0123456789abcdef-0123");
        assertThrows(IllegalStateException.class, () -> stranger.open(old, CONTEXT));
    }

    private static SecretBox box(List<String> encryptionKeys, String... secrets) {
        return new SecretBox(
                new SignerTest.Keys(
                        List.of(secrets),
                        encryptionKeys.isEmpty() ? Optional.empty() : Optional.of(encryptionKeys)));
    }

    private static String key(int fill) {
        byte[] bytes = new byte[32];
        Arrays.fill(bytes, (byte) fill);
        return Base64.getEncoder().encodeToString(bytes);
    }
}
