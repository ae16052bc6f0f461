package dev.roster.directory.betterauth;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What a Better Auth server encrypted")
class BetterAuthSecretsTest {

    private static final String SECRET = "better-auth-reference-secret-0123456789abcdef";

    /** Made by symmetricEncrypt of better-auth 1.7.24. */
    private static final String SEALED =
            "0f5df2f980aae668ecc888924e3e15de8f480e3c10f31501e3dac2ea67ce2e68339b63a2b444eeddf007409fe191f03309a3a323e237a08e";

    private final BetterAuthSecrets secrets = new BetterAuthSecrets(List.of("another", SECRET));

    @Test
    @DisplayName("has its subkey by the vector of draft-irtf-cfrg-xchacha-03, section 2.2.1")
    void subkey() {
        HexFormat hex = HexFormat.of();
        assertEquals(
                "82413b4227b27bfed30e42508a877d73a0f9e4d58a74a853c12ec41326d3ecdc",
                hex.formatHex(
                        BetterAuthSecrets.subkey(
                                hex.parseHex(
                                        "000102030405060708090a0b0c0d0e0f"
                                                + "101112131415161718191a1b1c1d1e1f"),
                                hex.parseHex("000000090000004a0000000031415927"))));
    }

    @Test
    @DisplayName("is opened by whichever secret it was, rotated ones too")
    void opens() {
        assertEquals(Optional.of("JBSWY3DPEHPK3PXP"), secrets.open(SEALED));
        assertEquals(Optional.of("JBSWY3DPEHPK3PXP"), secrets.open("$ba$2$" + SEALED));
    }

    @Test
    @DisplayName("stays closed where it was altered, cut off, or is another's")
    void refuses() {
        String flipped = SEALED.substring(0, 60) + (SEALED.charAt(60) == '0' ? '1' : '0');
        assertEquals(Optional.empty(), secrets.open(flipped + SEALED.substring(61)));
        assertEquals(Optional.empty(), secrets.open(SEALED.substring(0, SEALED.length() - 2)));
        assertEquals(Optional.empty(), secrets.open(""));
        assertEquals(Optional.empty(), secrets.open("no hex at all"));
        assertEquals(Optional.empty(), new BetterAuthSecrets(List.of("another")).open(SEALED));
    }
}
