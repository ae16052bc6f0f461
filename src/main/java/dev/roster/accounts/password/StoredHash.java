package dev.roster.accounts.password;

import java.util.Optional;

/** A hash as it lies in the database, taken apart. */
sealed interface StoredHash permits Argon2idHash, BcryptHash, ScryptHash {

    /** The longest of them has less than half of this; what is longer is not worth looking at. */
    int MAX_CHARS = 512;

    /** Derives from the password at this hash's cost and compares in constant time. */
    boolean matches(String password, KeyDerivation derivation);

    /** Empty for anything but a complete hash of a known scheme within the limits of its cost. */
    static Optional<StoredHash> parse(String stored) {
        if (stored.length() > MAX_CHARS) {
            return Optional.empty();
        }
        return Argon2idHash.parse(stored)
                .or(() -> BcryptHash.parse(stored))
                .or(() -> ScryptHash.parse(stored));
    }
}
