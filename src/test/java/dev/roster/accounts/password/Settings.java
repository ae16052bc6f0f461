package dev.roster.accounts.password;

/** A {@link PasswordConfig} with costs as low as the functions take, below what may be run. */
record Settings(Algorithm algorithm, Argon2 argon2, Bcrypt bcrypt, Hashing hashing)
        implements PasswordConfig {

    static Settings argon2id(int memoryKib, int iterations, int parallelism) {
        return new Settings(
                Algorithm.ARGON2ID,
                new Argon2Settings(memoryKib, iterations, parallelism),
                new BcryptSettings(4),
                new HashingSettings(1, 8));
    }

    static Settings bcrypt(int cost) {
        return new Settings(
                Algorithm.BCRYPT,
                new Argon2Settings(64, 1, 1),
                new BcryptSettings(cost),
                new HashingSettings(1, 8));
    }

    static Settings pool(int threads, int queue) {
        return new Settings(
                Algorithm.ARGON2ID,
                new Argon2Settings(64, 1, 1),
                new BcryptSettings(4),
                new HashingSettings(threads, queue));
    }

    @Override
    public int minLength() {
        return 8;
    }

    @Override
    public int maxLength() {
        return 128;
    }

    record Argon2Settings(int memoryKib, int iterations, int parallelism) implements Argon2 {}

    record BcryptSettings(int cost) implements Bcrypt {}

    record HashingSettings(int threads, int queue) implements Hashing {}
}
