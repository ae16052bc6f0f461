package dev.roster.accounts.twofactor;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Codes of authenticator apps")
class TotpTest {

    /** The key of both RFCs' test vectors. */
    private static final byte[] KEY = "12345678901234567890".getBytes(US_ASCII);

    private static final Instant NOW = Instant.ofEpochSecond(1_111_111_109);

    @ParameterizedTest
    @DisplayName("are those of RFC 4226, appendix D")
    @CsvSource({
        "0, 755224", "1, 287082", "2, 359152", "3, 969429", "4, 338314",
        "5, 254676", "6, 287922", "7, 162583", "8, 399871", "9, 520489"
    })
    void hotp(long counter, String code) {
        assertEquals(code, Totp.code(KEY, counter));
    }

    @ParameterizedTest
    @DisplayName("are those of RFC 6238, appendix B, cut to six digits")
    @CsvSource({
        "59, 94287082",
        "1111111109, 07081804",
        "1111111111, 14050471",
        "1234567890, 89005924",
        "2000000000, 69279037",
        "20000000000, 65353130"
    })
    void totp(long second, String code) {
        Instant then = Instant.ofEpochSecond(second);
        assertEquals(code.substring(2), Totp.code(KEY, Totp.step(then)));
        assertEquals(OptionalLong.of(Totp.step(then)), Totp.match(KEY, code.substring(2), then));
    }

    @Test
    @DisplayName("may be one step early or late, no more")
    void window() {
        long step = Totp.step(NOW);
        for (int off = -3; off <= 3; off++) {
            assertEquals(
                    Math.abs(off) <= 1 ? OptionalLong.of(step + off) : OptionalLong.empty(),
                    Totp.match(KEY, Totp.code(KEY, step + off), NOW),
                    "off by " + off);
        }
    }

    @ParameterizedTest
    @DisplayName("are six digits and nothing else")
    @ValueSource(
            strings = {
                "", "0", "00000", "0000000", "+81804", "081804 ", " 081804", "०८१८०४", "null"
            })
    void shape(String code) {
        assertTrue(Totp.match(KEY, code, NOW).isEmpty());
        assertEquals("081804", Totp.code(KEY, Totp.step(NOW)));
    }

    @Test
    @DisplayName("come of a secret's own bytes, or of what is encoded behind base32:")
    void key() {
        assertArrayEquals(KEY, Totp.key("12345678901234567890"));
        assertArrayEquals(KEY, Totp.key("base32:GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"));
        assertArrayEquals(KEY, Totp.key("base32:gezdgnbvgy3tqojqgezdgnbvgy3tqojq"));
        assertArrayEquals("foob".getBytes(US_ASCII), Totp.key("base32:MZXW6YQ"));
        assertArrayEquals("foob".getBytes(US_ASCII), Totp.key("base32:MZXW6YQ="));
    }

    @Test
    @DisplayName("are scanned from the URI that the reference writes")
    void uri() {
        assertEquals(
                "otpauth://totp/BA%20Reference:usermwplq1w1a9443f19%40example.com?secret="
                        + "G42UWVSNMZ2DQTTXOBTTQLK2MRAXSWRWOUZDAQ3UGJHEY5LZIN4A"
                        + "&issuer=BA%20Reference&digits=6&period=30",
                Totp.uri(
                        "75KVMft8Nwpg8-ZdAyZ6u20Ct2NLuyCx".getBytes(US_ASCII),
                        "BA Reference",
                        "usermwplq1w1a9443f19@example.com"));
    }
}
