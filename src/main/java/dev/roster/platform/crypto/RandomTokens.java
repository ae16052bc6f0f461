package dev.roster.platform.crypto;

import java.security.SecureRandom;

/** Unguessable strings for sessions, one-time links and the like. */
public final class RandomTokens {

    private static final String ALPHANUMERIC =
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    private RandomTokens() {}

    /** {@code length} characters of {@code [a-zA-Z0-9]}, 5.95 bits each, without modulo bias. */
    public static String alphanumeric(int length) {
        return of(ALPHANUMERIC, length);
    }

    /** {@code length} characters of {@code alphabet}, without modulo bias. */
    public static String of(String alphabet, int length) {
        SecureRandom random = random();
        StringBuilder token = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            token.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return token.toString();
    }

    /** {@code length} random bytes. */
    public static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random().nextBytes(bytes);
        return bytes;
    }

    /** Not kept: a static one would be seeded when the native image is built. */
    private static SecureRandom random() {
        return new SecureRandom();
    }
}
