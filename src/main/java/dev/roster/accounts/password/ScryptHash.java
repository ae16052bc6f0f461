package dev.roster.accounts.password;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Better Auth stores: {@code salt:key} in hex. The salt of scrypt is the text of the hex
 * digits, not the bytes they stand for.
 */
record ScryptHash(String salt, byte[] key) implements StoredHash {

    static final int N = 16_384;
    static final int R = 16;
    static final int P = 1;
    static final int KEY_BYTES = 64;

    private static final Pattern FORMAT = Pattern.compile("([0-9a-f]{32}):([0-9a-f]{128})");

    static Optional<StoredHash> parse(String stored) {
        Matcher matcher = FORMAT.matcher(stored);
        return matcher.matches()
                ? Optional.of(
                        new ScryptHash(matcher.group(1), HexFormat.of().parseHex(matcher.group(2))))
                : Optional.empty();
    }

    @Override
    public boolean matches(String password, KeyDerivation derivation) {
        return MessageDigest.isEqual(
                key, derivation.scrypt(password, salt.getBytes(StandardCharsets.US_ASCII)));
    }
}
