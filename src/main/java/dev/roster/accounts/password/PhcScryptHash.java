package dev.roster.accounts.password;

import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code $scrypt$ln=16,r=8,p=1$salt$key}, the PHC string format, base64 unpadded. */
record PhcScryptHash(int n, int r, int p, byte[] salt, byte[] key) implements StoredHash {

    /** 128 N r bytes: as much as {@link Argon2idHash} may take. */
    static final long MAX_MEMORY = 256L * 1024 * 1024;

    /** N r p: four times what OWASP asks for (N = 2^17, r = 8, p = 1), some seconds. */
    static final long MAX_WORK = 4L << 20;

    private static final int MIN_KEY_BYTES = 16;
    private static final int MAX_KEY_BYTES = 64;

    private static final Pattern FORMAT =
            Pattern.compile(
                    "\\$scrypt\\$ln=([1-9][0-9]?),r=([1-9][0-9]{0,2}),p=([1-9][0-9]{0,2})\\$([A-Za-z0-9+/]{1,128})\\$([A-Za-z0-9+/]{1,128})");

    static Optional<StoredHash> parse(String stored) {
        Matcher matcher = FORMAT.matcher(stored);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int ln = Integer.parseInt(matcher.group(1));
        int r = Integer.parseInt(matcher.group(2));
        int p = Integer.parseInt(matcher.group(3));
        if (ln > 30 || 128L * r << ln > MAX_MEMORY || (long) r * p << ln > MAX_WORK) {
            return Optional.empty();
        }
        try {
            byte[] salt = Base64.getDecoder().decode(matcher.group(4));
            byte[] key = Base64.getDecoder().decode(matcher.group(5));
            // RFC 7914 (2): N below 2^(128 r / 8), which ln and r above keep for every r but 1
            return key.length < MIN_KEY_BYTES || key.length > MAX_KEY_BYTES || r == 1 && ln > 15
                    ? Optional.empty()
                    : Optional.of(new PhcScryptHash(1 << ln, r, p, salt, key));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    @Override
    public boolean matches(String password, KeyDerivation derivation) {
        return MessageDigest.isEqual(key, derivation.scrypt(password, salt, n, r, p, key.length));
    }
}
