package dev.roster.accounts.password;

import io.quarkus.elytron.security.common.BcryptUtil;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.generators.BCrypt;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.bouncycastle.crypto.generators.SCrypt;
import org.bouncycastle.crypto.params.Argon2Parameters;

/** The expensive functions, and nothing else: all of a password's cost is spent in here. */
class KeyDerivation {

    /** A surrogate without its other half; JSON can carry one, UTF-8 cannot. */
    private static final Pattern LONE_SURROGATE = Pattern.compile("\\p{Cs}");

    /** Argon2id, version 1.3 (RFC 9106). */
    byte[] argon2id(String password, Argon2idHash.Cost cost, byte[] salt, int length) {
        Argon2BytesGenerator generator = new Argon2BytesGenerator();
        generator.init(
                new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                        .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                        .withMemoryAsKB(cost.memoryKib())
                        .withIterations(cost.iterations())
                        .withParallelism(cost.parallelism())
                        .withSalt(salt)
                        .build());
        return withBytes(
                password,
                bytes -> {
                    byte[] key = new byte[length];
                    generator.generateBytes(bytes, key);
                    return key;
                });
    }

    /** scrypt (RFC 7914) with Better Auth's fixed cost. */
    byte[] scrypt(String password, byte[] salt) {
        return withBytes(
                password,
                bytes ->
                        SCrypt.generate(
                                bytes,
                                salt,
                                ScryptHash.N,
                                ScryptHash.R,
                                ScryptHash.P,
                                ScryptHash.KEY_BYTES));
    }

    /** scrypt (RFC 7914) of any cost. */
    byte[] scrypt(String password, byte[] salt, int n, int r, int p, int length) {
        return withBytes(password, bytes -> SCrypt.generate(bytes, salt, n, r, p, length));
    }

    /** PBKDF2 (RFC 8018) by this HMAC. */
    byte[] pbkdf2(String password, String hmac, int iterations, byte[] salt, int length) {
        return withBytes(
                password,
                bytes -> {
                    try {
                        Mac mac = Mac.getInstance(hmac);
                        // HMAC pads a key with zeros, so that one zero is the empty key
                        mac.init(new SecretKeySpec(bytes.length == 0 ? new byte[1] : bytes, hmac));
                        return pbkdf2(mac, iterations, salt, length);
                    } catch (GeneralSecurityException e) {
                        throw new IllegalStateException("Every JDK has " + hmac, e);
                    }
                });
    }

    /** RFC 8018, 5.2. */
    private static byte[] pbkdf2(Mac mac, int iterations, byte[] salt, int length)
            throws GeneralSecurityException {
        byte[] key = new byte[length];
        byte[] u = new byte[mac.getMacLength()];
        for (int block = 1, at = 0; at < length; block++, at += u.length) {
            mac.update(salt);
            mac.update(ByteBuffer.allocate(4).putInt(block).array());
            mac.doFinal(u, 0);
            byte[] sum = u.clone();
            for (int i = 1; i < iterations; i++) {
                mac.update(u);
                mac.doFinal(u, 0);
                for (int j = 0; j < sum.length; j++) {
                    sum[j] ^= u[j];
                }
            }
            System.arraycopy(sum, 0, key, at, Math.min(sum.length, length - at));
        }
        return key;
    }

    /**
     * bcrypt. Only the first 72 bytes of the password count.
     *
     * @return the modular crypt string, {@code $2a$}, cost, salt and hash
     */
    String bcrypt(String password, int cost, byte[] salt) {
        String raw = wellFormed(password);
        // Elytron turns what it is given into NFKC; where that would change it, it cannot be used
        return Normalizer.isNormalized(raw, Form.NFKC)
                ? BcryptUtil.bcryptHash(raw, cost, salt)
                : withBytes(raw, bytes -> OpenBSDBCrypt.generate("2a", bytes, salt, cost));
    }

    /**
     * bcrypt as PHP computed it before 5.3.7: a byte of a character that is not ASCII overwrites
     * the bytes before it in its word of the key ({@code $2x$}, CVE-2011-2483).
     *
     * @return 24 bytes, of which a stored hash has 23
     */
    byte[] bcryptOfSignedBytes(String password, int cost, byte[] salt) {
        return withBytes(
                password,
                bytes -> {
                    ByteBuffer key = ByteBuffer.allocate(BcryptHash.MAX_PASSWORD_BYTES);
                    for (int at = 0; key.hasRemaining(); ) {
                        int word = 0;
                        for (int i = 0; i < Integer.BYTES; i++) {
                            // behind the password comes a NUL, and then the password again
                            word = word << Byte.SIZE | (at < bytes.length ? bytes[at] : 0);
                            at = at < bytes.length ? at + 1 : 0;
                        }
                        key.putInt(word);
                    }
                    return BCrypt.generate(key.array(), salt, cost);
                });
    }

    static int utf8Length(String password) {
        return withBytes(password, bytes -> bytes.length);
    }

    /** NFKC, so that a password is the same from every keyboard (NIST SP 800-63B-4, 3.1.1.2). */
    static String nfkc(String password) {
        return Normalizer.normalize(wellFormed(password), Form.NFKC);
    }

    /**
     * The forms in which a password may have been hashed: in NFKC (ours, Better Auth's), as it is
     * typed (others'), and in NFC, as most keyboards type it. Mostly they are the same.
     */
    static Set<String> forms(String password) {
        Set<String> forms = new LinkedHashSet<>();
        forms.add(nfkc(password));
        forms.add(wellFormed(password));
        forms.add(Normalizer.normalize(wellFormed(password), Form.NFC));
        return forms;
    }

    /** U+FFFD for a lone surrogate, as the UTF-8 encoders of JavaScript do; Java's puts "?". */
    private static String wellFormed(String password) {
        return LONE_SURROGATE.matcher(password).replaceAll("\uFFFD");
    }

    private static <T> T withBytes(String password, Function<byte[], T> use) {
        byte[] bytes = wellFormed(password).getBytes(StandardCharsets.UTF_8);
        try {
            return use.apply(bytes);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }
}
