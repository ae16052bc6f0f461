package dev.roster.accounts.password;

import dev.roster.accounts.password.PasswordConfig.Algorithm;
import dev.roster.platform.crypto.RandomTokens;
import dev.roster.platform.problem.OverloadedException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * Makes hashes of the configured scheme and verifies those of every known one: Argon2id, bcrypt,
 * scrypt (Better Auth's too) and PBKDF2. The work is done by {@link HashingPool}, so each call may
 * throw {@link OverloadedException}; hold no database connection over one.
 */
@ApplicationScoped
public class PasswordHasher {

    private static final Logger LOG = Logger.getLogger(PasswordHasher.class);

    private final PasswordConfig config;
    private final HashingPool pool;
    private final KeyDerivation derivation;
    private final StoredHash nobody;
    private final AtomicBoolean warned = new AtomicBoolean();

    @Inject
    public PasswordHasher(PasswordConfig config, HashingPool pool) {
        this(config, pool, new KeyDerivation());
    }

    PasswordHasher(PasswordConfig config, HashingPool pool, KeyDerivation derivation) {
        this.config = config;
        this.pool = pool;
        this.derivation = derivation;
        this.nobody =
                isBcrypt()
                        ? BcryptHash.nobody(config.bcrypt().cost())
                        : new Argon2idHash(
                                Argon2idHash.Cost.of(config.argon2()),
                                new byte[Argon2idHash.SALT_BYTES],
                                new byte[Argon2idHash.HASH_BYTES]);
    }

    /**
     * @param matches whether the password is the one that was hashed
     * @param outdated whether it should be hashed anew now that it is known: it matches, the stored
     *     hash is not as one would be made today, and {@link #accepts} holds
     */
    public record Verification(boolean matches, boolean outdated) {

        private static final Verification NO_MATCH = new Verification(false, false);
    }

    /**
     * Whether {@link #hash} takes this password. Argon2id takes any; bcrypt at most 72 bytes of
     * UTF-8 without a NUL, because it would not tell others apart. The lengths of {@link
     * PasswordConfig} are the caller's to check.
     */
    public boolean accepts(String password) {
        return !isBcrypt() || BcryptHash.distinguishes(password);
    }

    /** Whether {@link #verify} can ever match this stored hash; to be asked before an import. */
    public boolean understands(String storedHash) {
        return StoredHash.parse(storedHash).isPresent();
    }

    /**
     * @return a new hash of the configured scheme, at most 128 ASCII characters
     * @throws IllegalArgumentException where {@link #accepts} does not hold
     * @throws OverloadedException when too many wait
     */
    public String hash(String password) {
        if (!accepts(password)) {
            throw new IllegalArgumentException(
                    "bcrypt takes passwords of at most 72 bytes of UTF-8 without a NUL");
        }
        byte[] salt =
                RandomTokens.bytes(isBcrypt() ? BcryptHash.SALT_BYTES : Argon2idHash.SALT_BYTES);
        return pool.run(
                () ->
                        isBcrypt()
                                ? derivation.bcrypt(password, config.bcrypt().cost(), salt)
                                : Argon2idHash.create(
                                                KeyDerivation.nfkc(password),
                                                Argon2idHash.Cost.of(config.argon2()),
                                                salt,
                                                derivation)
                                        .encode());
    }

    /**
     * Verifies a password as the system did that made the hash: see ADR 0006. Takes as long for an
     * account that is not there as for a wrong password.
     *
     * @param storedHash null when there is no such account or it has no password; that, and a
     *     string that is no hash of a known scheme, matches nothing at the cost of a new hash
     * @throws OverloadedException when too many wait
     */
    public Verification verify(String password, String storedHash) {
        Objects.requireNonNull(password, "password");
        Optional<StoredHash> stored = Optional.ofNullable(storedHash).flatMap(StoredHash::parse);
        if (storedHash != null && stored.isEmpty() && warned.compareAndSet(false, true)) {
            // once: whoever signs in to such an account again and again would fill the log
            LOG.warn(
                    "A stored password hash is malformed, of an unknown scheme or too costly."
                            + " Its owner cannot sign in before a password reset."
                            + " Further ones are not reported");
        }
        return pool.run(() -> verify(password, stored));
    }

    /** For nobody each form is tried too, so that they cost what a wrong password costs. */
    private Verification verify(String password, Optional<StoredHash> stored) {
        for (String form : KeyDerivation.forms(password)) {
            if (stored.orElse(nobody).matches(form, derivation) && stored.isPresent()) {
                boolean current = isCurrent(stored.get()) && form.equals(ownForm(password));
                return new Verification(true, !current && accepts(password));
            }
        }
        return Verification.NO_MATCH;
    }

    /** The form that {@link #hash} hashes. */
    private String ownForm(String password) {
        return isBcrypt() ? password : KeyDerivation.nfkc(password);
    }

    private boolean isCurrent(StoredHash stored) {
        if (stored instanceof Argon2idHash argon2id) {
            return !isBcrypt() && argon2id.isOf(Argon2idHash.Cost.of(config.argon2()));
        }
        return stored instanceof BcryptHash bcrypt
                && isBcrypt()
                && bcrypt.cost() == config.bcrypt().cost();
    }

    private boolean isBcrypt() {
        return config.algorithm() == Algorithm.BCRYPT;
    }
}
