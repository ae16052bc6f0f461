package dev.roster.platform.crypto;

import java.util.List;
import java.util.Optional;

/** Opens what the service sealed with a secret. */
public final class Boxes {

    private Boxes() {}

    public static SecretBox of(String secret) {
        return new SecretBox(
                new CryptoConfig() {
                    @Override
                    public List<String> secret() {
                        return List.of(secret);
                    }

                    @Override
                    public Optional<List<String>> encryptionKeys() {
                        return Optional.empty();
                    }
                });
    }
}
