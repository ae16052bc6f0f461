package dev.roster.accounts.password;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * PBKDF2 (RFC 8018) as others store it: passlib's {@code $pbkdf2-sha256$29000$salt$key}, also of
 * SHA-512, in its own base64; and Django's {@code pbkdf2_sha256$600000$salt$key}, whose salt is the
 * text itself.
 */
record Pbkdf2Hash(String digest, int iterations, byte[] salt, byte[] key) implements StoredHash {

    /** Some seconds; the highest published recommendation is below a third of it. */
    static final int MAX_ITERATIONS = 4_000_000;

    private static final int MIN_KEY_BYTES = 16;
    private static final int MAX_KEY_BYTES = 64;
    private static final int MAX_SALT_CHARS = 128;

    private static final Pattern PASSLIB =
            Pattern.compile(
                    "\\$pbkdf2-(sha256|sha512)\\$([1-9][0-9]{0,6})\\$([A-Za-z0-9./]{1,128})\\$([A-Za-z0-9./]{1,128})");

    private static final Pattern DJANGO =
            Pattern.compile(
                    "pbkdf2_(sha256)\\$([1-9][0-9]{0,6})\\$([A-Za-z0-9]{1,"
                            + MAX_SALT_CHARS
                            + "})\\$([A-Za-z0-9+/]{1,128}={0,2})");

    static Optional<StoredHash> parse(String stored) {
        Matcher passlib = PASSLIB.matcher(stored);
        if (passlib.matches()) {
            return of(
                    passlib,
                    decode(passlib.group(3).replace('.', '+')),
                    decode(passlib.group(4).replace('.', '+')));
        }
        Matcher django = DJANGO.matcher(stored);
        return django.matches()
                ? of(
                        django,
                        Optional.of(django.group(3).getBytes(StandardCharsets.US_ASCII)),
                        decode(django.group(4)))
                : Optional.empty();
    }

    private static Optional<StoredHash> of(
            Matcher matcher, Optional<byte[]> salt, Optional<byte[]> key) {
        int iterations = Integer.parseInt(matcher.group(2));
        if (iterations > MAX_ITERATIONS
                || salt.isEmpty()
                || key.isEmpty()
                || key.get().length < MIN_KEY_BYTES
                || key.get().length > MAX_KEY_BYTES) {
            return Optional.empty();
        }
        return Optional.of(
                new Pbkdf2Hash(
                        matcher.group(1).equals("sha256") ? "HmacSHA256" : "HmacSHA512",
                        iterations,
                        salt.get(),
                        key.get()));
    }

    private static Optional<byte[]> decode(String base64) {
        try {
            return Optional.of(Base64.getDecoder().decode(base64));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    @Override
    public boolean matches(String password, KeyDerivation derivation) {
        return MessageDigest.isEqual(
                key, derivation.pbkdf2(password, digest, iterations, salt, key.length));
    }
}
