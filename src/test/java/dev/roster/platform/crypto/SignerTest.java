package dev.roster.platform.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A signed value")
class SignerTest {

    private static final String SECRET = "better-auth-reference-secret-0123456789abcdef";
    private static final String TOKEN = "4rfu6SFplMs45DIocO8hpSAhwjNlNfGq";

    /** Made by Better Auth 1.7.24 with {@link #SECRET}. */
    private static final String SIGNED = TOKEN + ".nB0uG/biFirlAiBd+SMCFm7hkE1q82JgZ8H2gBW7XME=";

    private final Signer signer = signer(SECRET);

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "4rfu6SFplMs45DIocO8hpSAhwjNlNfGq, nB0uG/biFirlAiBd+SMCFm7hkE1q82JgZ8H2gBW7XME=",
        "mzHyDCFsvBYModmZDuOOV3vYMmoMDTz8, ZzIueAK+prrzJ4t7cWTe5q4uS9rJByIWQj9JKrlvenA=",
        "S4nar3PRVveP8SFaKAjuehYDWSQyX604, STiYf200YLBztJxTPDwSF3bK2U7AxeE6A7E/fb2XwPw=",
    })
    @DisplayName("is signed and accepted as a Better Auth server with the same secret does")
    void reference(String token, String signature) {
        assertEquals(token + "." + signature, signer.sign(token));
        assertEquals(Optional.of(token), signer.verify(token + "." + signature));
    }

    @Test
    @DisplayName("may hold dots itself: the signature is behind the last one")
    void dots() {
        assertEquals(Optional.of("a.b.c"), signer.verify(signer.sign("a.b.c")));
    }

    @Test
    @DisplayName("is refused with any one character changed")
    void flips() {
        assertEquals(
                List.of(),
                IntStream.range(0, SIGNED.length())
                        .mapToObj(
                                i ->
                                        SIGNED.substring(0, i)
                                                + (SIGNED.charAt(i) == 'A' ? 'B' : 'A')
                                                + SIGNED.substring(i + 1))
                        .filter(changed -> signer.verify(changed).isPresent())
                        .toList());
    }

    @Test
    @DisplayName("is refused when cut off at either end")
    void truncations() {
        assertEquals(
                List.of(),
                IntStream.range(0, SIGNED.length())
                        .mapToObj(i -> SIGNED.substring(0, i))
                        .filter(cut -> signer.verify(cut).isPresent())
                        .toList());
        assertEquals(
                List.of(),
                IntStream.rangeClosed(1, SIGNED.length())
                        .mapToObj(SIGNED::substring)
                        .filter(cut -> signer.verify(cut).isPresent())
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                // no signature, or none of the value
                TOKEN,
                TOKEN + ".",
                ".nB0uG/biFirlAiBd+SMCFm7hkE1q82JgZ8H2gBW7XME=",
                // the same bytes in other spellings of base64
                TOKEN + ".nB0uG/biFirlAiBd+SMCFm7hkE1q82JgZ8H2gBW7XME",
                TOKEN + ".nB0uG_biFirlAiBd-SMCFm7hkE1q82JgZ8H2gBW7XME=",
                TOKEN + ".nB0uG/biFirlAiBd+SMCFm7hkE1q82JgZ8H2gBW7XMF=",
                TOKEN + ".nB0uG/biFirlAiBd+SMCFm7hkE1q82JgZ8H2gBW7XME= ",
                TOKEN + " .nB0uG/biFirlAiBd+SMCFm7hkE1q82JgZ8H2gBW7XME=",
                // another value's signature
                TOKEN + ".ZzIueAK+prrzJ4t7cWTe5q4uS9rJByIWQj9JKrlvenA=",
            })
    @DisplayName("is refused in any form but the one it was signed in")
    void malformed(String signed) {
        assertEquals(Optional.empty(), signer.verify(signed));
    }

    @Test
    @DisplayName("is accepted by every listed secret and made by the first")
    void rotation() {
        Signer rotated = signer("the-new-secret-0123456789abcdef-0123", SECRET);
        assertEquals(Optional.of(TOKEN), rotated.verify(SIGNED));
        assertNotEquals(SIGNED, rotated.sign(TOKEN));
        assertEquals(
                signer("the-new-secret-0123456789abcdef-0123").sign(TOKEN), rotated.sign(TOKEN));
    }

    @Test
    @DisplayName("is refused once its secret is listed no more")
    void foreign() {
        assertEquals(
                Optional.empty(), signer("the-new-secret-0123456789abcdef-0123").verify(SIGNED));
    }

    private static Signer signer(String... secrets) {
        return new Signer(new Keys(List.of(secrets), Optional.empty()));
    }

    /** The settings as they would come from the environment. */
    record Keys(List<String> secret, Optional<List<String>> encryptionKeys)
            implements CryptoConfig {}
}
