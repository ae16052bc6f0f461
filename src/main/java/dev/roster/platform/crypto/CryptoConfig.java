package dev.roster.platform.crypto;

import io.smallrye.config.ConfigMapping;
import java.util.List;
import java.util.Optional;

/** The service's secrets, from the environment. */
@ConfigMapping(prefix = "roster")
public interface CryptoConfig {

    /**
     * Raw HMAC keys of signed cookies, at least 32 characters each. The first signs, all verify, so
     * that a new one is put in front to rotate.
     */
    List<String> secret();

    /**
     * AES-256 keys of encrypted columns, {@code id:base64 of 32 bytes} each. The first encrypts,
     * all decrypt. Without them a key is derived from each secret.
     */
    Optional<List<String>> encryptionKeys();
}
