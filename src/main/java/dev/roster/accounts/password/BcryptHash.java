package dev.roster.accounts.password;

import java.security.MessageDigest;
import java.security.spec.InvalidKeySpecException;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.wildfly.security.password.interfaces.BCryptPassword;
import org.wildfly.security.password.util.ModularCrypt;

/**
 * {@code $2a$12$}, 22 characters of salt and 31 of hash. {@code $2b$} and {@code $2y$} name the
 * same function in other libraries: the letters tell fixed bugs of theirs apart. {@code $2x$} names
 * one with such a bug.
 *
 * @param signedBytes whether it is one of those ({@link KeyDerivation#bcryptOfSignedBytes})
 */
record BcryptHash(int cost, byte[] salt, byte[] hash, boolean signedBytes) implements StoredHash {

    /** A few seconds. 31, the most the format has, would take a day. */
    static final int MAX_COST = 16;

    static final int SALT_BYTES = 16;

    /** What bcrypt reads of a password; the rest would not count. */
    static final int MAX_PASSWORD_BYTES = 72;

    private static final int MIN_COST = 4;
    private static final int HASH_BYTES = 23;
    private static final Pattern FORMAT =
            Pattern.compile("\\$2([abxy])(\\$([0-9]{2})\\$[./A-Za-z0-9]{53})");

    static Optional<StoredHash> parse(String stored) {
        Matcher matcher = FORMAT.matcher(stored);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int cost = Integer.parseInt(matcher.group(3));
        if (cost < MIN_COST || cost > MAX_COST) {
            return Optional.empty();
        }
        BCryptPassword decoded = decode("$2a" + matcher.group(2));
        boolean signedBytes = matcher.group(1).equals("x");
        return Optional.of(new BcryptHash(cost, decoded.getSalt(), decoded.getHash(), signedBytes));
    }

    /** The stand-in that no password matches. */
    static BcryptHash nobody(int cost) {
        return new BcryptHash(cost, new byte[SALT_BYTES], new byte[HASH_BYTES], false);
    }

    private static BCryptPassword decode(String modularCrypt) {
        try {
            return (BCryptPassword) ModularCrypt.decode(modularCrypt);
        } catch (InvalidKeySpecException e) {
            throw new IllegalStateException("The format has been checked", e);
        }
    }

    /** bcrypt repeats the password with a NUL between, so one inside makes different ones equal. */
    static boolean distinguishes(String password) {
        return password.indexOf('\0') < 0
                && KeyDerivation.utf8Length(password) <= MAX_PASSWORD_BYTES;
    }

    /**
     * As the library that made the hash: of a long password the first 72 bytes count, and a library
     * written in C ends it at a NUL.
     */
    @Override
    public boolean matches(String password, KeyDerivation derivation) {
        int nul = password.indexOf('\0');
        return equalsHashOf(password, derivation)
                || nul > 0 && equalsHashOf(password.substring(0, nul), derivation);
    }

    private boolean equalsHashOf(String password, KeyDerivation derivation) {
        byte[] computed =
                signedBytes
                        ? derivation.bcryptOfSignedBytes(password, cost, salt)
                        : decode(derivation.bcrypt(password, cost, salt)).getHash();
        return MessageDigest.isEqual(hash, Arrays.copyOf(computed, HASH_BYTES));
    }
}
