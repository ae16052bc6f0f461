package dev.roster.accounts.password;

import java.util.Optional;

/** A hash as it lies in the database, taken apart. */
sealed interface StoredHash
        permits Argon2idHash, BcryptHash, ScryptHash, PhcScryptHash, Pbkdf2Hash {

    /** Derives from the password at this hash's cost and compares in constant time. */
    boolean matches(String password, KeyDerivation derivation);

    /** Empty for anything but a complete hash of a known scheme within the limits of its cost. */
    static Optional<StoredHash> parse(String stored) {
        return Argon2idHash.parse(stored)
                .or(() -> BcryptHash.parse(stored))
                .or(() -> ScryptHash.parse(stored))
                .or(() -> PhcScryptHash.parse(stored))
                .or(() -> Pbkdf2Hash.parse(stored));
    }
}
