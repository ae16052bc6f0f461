package dev.roster.accounts.password;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/** How passwords are hashed, and how long they may be. Values out of bounds refuse to start. */
@ConfigMapping(prefix = "roster.password")
public interface PasswordConfig {

    /**
     * The scheme of new hashes, {@code argon2id} or {@code bcrypt}. Hashes of the other schemes go
     * on being verified and are replaced at the next sign-in.
     */
    @WithDefault("argon2id")
    Algorithm algorithm();

    /** Fewest UTF-16 code units of a new password. */
    @WithDefault("8")
    @Min(8)
    @Max(64)
    int minLength();

    /**
     * Most UTF-16 code units of a new password. With {@code bcrypt} a new one is limited to 72
     * bytes of UTF-8 as well.
     */
    @WithDefault("128")
    @Min(64)
    @Max(1024)
    int maxLength();

    Argon2 argon2();

    Bcrypt bcrypt();

    Hashing hashing();

    enum Algorithm {
        ARGON2ID,
        BCRYPT
    }

    /**
     * Cost of Argon2id (RFC 9106). The defaults are OWASP's; with less memory take more iterations:
     * 12288 and 3, 9216 and 4, 7168 and 5.
     */
    interface Argon2 {

        /** Memory of one hash in KiB; as many hashes as there are threads are held at once. */
        @WithDefault("19456")
        @Min(7168)
        @Max(Argon2idHash.MAX_MEMORY_KIB)
        int memoryKib();

        /** Passes over the memory. */
        @WithDefault("2")
        @Min(1)
        @Max(Argon2idHash.MAX_ITERATIONS)
        int iterations();

        /** Lanes. They are computed one after the other here, so more of them is not faster. */
        @WithDefault("1")
        @Min(1)
        @Max(Argon2idHash.MAX_PARALLELISM)
        int parallelism();
    }

    /** Cost of bcrypt. */
    interface Bcrypt {

        /** Binary logarithm of the number of rounds; each step doubles the time. */
        @WithDefault("12")
        @Min(10)
        @Max(BcryptHash.MAX_COST)
        int cost();
    }

    /** The pool that hashes, so that a flood of sign-ins cannot take the request threads' time. */
    interface Hashing {

        /** Hashes computed at once; 0 takes all processors but one, at least one. */
        @WithDefault("0")
        @Min(0)
        @Max(256)
        int threads();

        /**
         * Hashes that may wait for a thread. One more is refused with 503. Each occupies a thread
         * of the request pool: {@code quarkus.thread-pool.max-threads} has to be larger.
         */
        @WithDefault("256")
        @Min(1)
        @Max(10_000)
        int queue();
    }
}
