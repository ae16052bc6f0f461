package dev.roster.platform.crypto;

import java.security.SecureRandom;

/** Unguessable strings for sessions, one-time links and the like. */
public final class RandomTokens {

    private static final String ALPHANUMERIC =
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    private static final SecureRandom RANDOM = new SecureRandom();

    private RandomTokens() {}

    /** {@code length} characters of {@code [a-zA-Z0-9]}, 5.95 bits each, without modulo bias. */
    public static String alphanumeric(int length) {
        StringBuilder token = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            token.append(ALPHANUMERIC.charAt(RANDOM.nextInt(ALPHANUMERIC.length())));
        }
        return token.toString();
    }

    /** {@code length} random bytes. */
    public static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        RANDOM.nextBytes(bytes);
        return bytes;
    }
}
