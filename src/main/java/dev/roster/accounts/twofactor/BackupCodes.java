package dev.roster.accounts.twofactor;

import dev.roster.platform.crypto.RandomTokens;
import dev.roster.platform.crypto.Signer;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Codes for whoever has lost the other factors: {@code xxxxx-xxxxx}, 59 bits, each good once. At
 * rest is a keyed digest, bound to the user.
 */
@ApplicationScoped
public class BackupCodes {

    static final int COUNT = 10;

    private static final int HALF = 5;

    private final Signer signer;

    BackupCodes(Signer signer) {
        this.signer = signer;
    }

    /** New codes. */
    static List<String> make() {
        return Stream.generate(
                        () ->
                                RandomTokens.alphanumeric(HALF)
                                        + "-"
                                        + RandomTokens.alphanumeric(HALF))
                .limit(COUNT)
                .toList();
    }

    /** What is stored of a code. */
    public String digest(UUID userId, String code) {
        return digests(userId, code).get(0);
    }

    /** What may be stored of a code: one digest for each of the secrets. */
    List<String> digests(UUID userId, String code) {
        return signer.digests("backup-code|" + userId + "|" + code).stream()
                .map(HexFormat.of()::formatHex)
                .toList();
    }
}
