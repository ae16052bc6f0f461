package dev.roster.accounts.password;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.spec.InvalidKeySpecException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.wildfly.security.password.interfaces.BCryptPassword;
import org.wildfly.security.password.util.ModularCrypt;

/**
 * {@code $2a$12$}, 22 characters of salt and 31 of hash. {@code $2b$} and {@code $2y$} name the
 * same function in other libraries: the letters tell fixed bugs of theirs apart.
 */
record BcryptHash(int cost, byte[] salt, String hash) implements StoredHash {

    /** A few seconds. 31, the most the format has, would take a day. */
    static final int MAX_COST = 16;

    static final int SALT_BYTES = 16;

    /** What bcrypt reads of a password; the rest would not count. */
    static final int MAX_PASSWORD_BYTES = 72;

    private static final int MIN_COST = 4;
    private static final int HASH_CHARS = 31;
    private static final Pattern FORMAT =
            Pattern.compile("\\$2[aby](\\$([0-9]{2})\\$[./A-Za-z0-9]{22}([./A-Za-z0-9]{31}))");

    static Optional<StoredHash> parse(String stored) {
        Matcher matcher = FORMAT.matcher(stored);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int cost = Integer.parseInt(matcher.group(2));
        if (cost < MIN_COST || cost > MAX_COST) {
            return Optional.empty();
        }
        return Optional.of(new BcryptHash(cost, salt("$2a" + matcher.group(1)), matcher.group(3)));
    }

    private static byte[] salt(String modularCrypt) {
        try {
            return ((BCryptPassword) ModularCrypt.decode(modularCrypt)).getSalt();
        } catch (InvalidKeySpecException e) {
            throw new IllegalStateException("The format has been checked", e);
        }
    }

    /** bcrypt repeats the password with a NUL between, so one inside makes different ones equal. */
    static boolean distinguishes(String password) {
        return password.indexOf('\0') < 0
                && KeyDerivation.utf8Length(password) <= MAX_PASSWORD_BYTES;
    }

    @Override
    public boolean matches(String password, KeyDerivation derivation) {
        String computed = derivation.bcrypt(password, cost, salt);
        return MessageDigest.isEqual(
                        ascii(hash), ascii(computed.substring(computed.length() - HASH_CHARS)))
                // asked last, so that a password it cannot tell from others costs the same
                && distinguishes(password);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
