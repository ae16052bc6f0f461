package dev.roster.accounts.password;

import java.security.MessageDigest;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code $argon2id$v=19$m=19456,t=2,p=1$salt$hash}, the PHC string format, base64 unpadded. */
record Argon2idHash(Cost cost, byte[] salt, byte[] hash) implements StoredHash {

    // The cost is read from the stored string, and an import may have stored any: at these limits
    // one hash takes 256 MiB and some seconds, which every published recommendation stays below.
    static final int MAX_MEMORY_KIB = 256 * 1024;
    static final int MAX_ITERATIONS = 10;
    static final int MAX_PARALLELISM = 16;

    static final int SALT_BYTES = 16;
    static final int HASH_BYTES = 32;

    private static final int MIN_SALT_BYTES = 8;
    private static final int MIN_HASH_BYTES = 16;
    private static final int MAX_BYTES = 64;

    private static final String NUMBER = "([1-9][0-9]{0,6})";
    private static final String BASE64 = "([A-Za-z0-9+/]{1,86})";
    private static final Pattern FORMAT =
            Pattern.compile(
                    String.format(
                            Locale.ROOT,
                            "\\$argon2id\\$v=19\\$m=%1$s,t=%1$s,p=%1$s\\$%2$s\\$%2$s",
                            NUMBER,
                            BASE64));

    record Cost(int memoryKib, int iterations, int parallelism) {

        static Cost of(PasswordConfig.Argon2 config) {
            return new Cost(config.memoryKib(), config.iterations(), config.parallelism());
        }

        private boolean isWithinLimits() {
            return memoryKib <= MAX_MEMORY_KIB
                    && iterations <= MAX_ITERATIONS
                    && parallelism <= MAX_PARALLELISM
                    && memoryKib >= 8 * parallelism; // RFC 9106, 3.1
        }
    }

    static Optional<StoredHash> parse(String stored) {
        Matcher matcher = FORMAT.matcher(stored);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        Cost cost =
                new Cost(
                        Integer.parseInt(matcher.group(1)),
                        Integer.parseInt(matcher.group(2)),
                        Integer.parseInt(matcher.group(3)));
        Optional<byte[]> salt = decode(matcher.group(4), MIN_SALT_BYTES);
        Optional<byte[]> hash = decode(matcher.group(5), MIN_HASH_BYTES);
        if (!cost.isWithinLimits() || salt.isEmpty() || hash.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Argon2idHash(cost, salt.get(), hash.get()));
    }

    static Argon2idHash create(String password, Cost cost, byte[] salt, KeyDerivation derivation) {
        return new Argon2idHash(cost, salt, derivation.argon2id(password, cost, salt, HASH_BYTES));
    }

    @Override
    public boolean matches(String password, KeyDerivation derivation) {
        return MessageDigest.isEqual(hash, derivation.argon2id(password, cost, salt, hash.length));
    }

    boolean isOf(Cost wanted) {
        return cost.equals(wanted) && salt.length >= SALT_BYTES && hash.length >= HASH_BYTES;
    }

    String encode() {
        return String.format(
                Locale.ROOT,
                "$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s",
                cost.memoryKib,
                cost.iterations,
                cost.parallelism,
                encode(salt),
                encode(hash));
    }

    private static String encode(byte[] bytes) {
        return Base64.getEncoder().withoutPadding().encodeToString(bytes);
    }

    private static Optional<byte[]> decode(String base64, int minBytes) {
        // four characters hold three bytes, and a single character left over holds none
        int bytes = base64.length() * 3 / 4;
        if (base64.length() % 4 == 1 || bytes < minBytes || bytes > MAX_BYTES) {
            return Optional.empty();
        }
        byte[] decoded = Base64.getDecoder().decode(base64);
        // the decoder ignores bits left over in the last character: one value, one spelling
        return encode(decoded).equals(base64) ? Optional.of(decoded) : Optional.empty();
    }
}
