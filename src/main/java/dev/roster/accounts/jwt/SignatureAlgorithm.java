package dev.roster.accounts.jwt;

import dev.roster.platform.crypto.RandomTokens;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.function.BiPredicate;
import java.util.function.UnaryOperator;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;

/** The ways to sign a token (RFC 7518, RFC 8037), and the keys of each. */
public enum SignatureAlgorithm {
    /**
     * Ed25519, by Bouncy Castle: the JDK's takes ten times as long, and get-session signs each
     * time.
     */
    EDDSA("EdDSA") {
        @Override
        Pair generate() {
            byte[] secret = RandomTokens.bytes(Ed25519PrivateKeyParameters.KEY_SIZE);
            Ed25519PrivateKeyParameters key = new Ed25519PrivateKeyParameters(secret, 0);
            return new Pair(key.generatePublicKey().getEncoded(), secret);
        }

        @Override
        UnaryOperator<byte[]> signer(byte[] privateKey) {
            Ed25519PrivateKeyParameters key = new Ed25519PrivateKeyParameters(privateKey, 0);
            return message -> {
                Ed25519Signer signer = new Ed25519Signer();
                signer.init(true, key);
                signer.update(message, 0, message.length);
                return signer.generateSignature();
            };
        }

        @Override
        BiPredicate<byte[], byte[]> verifier(byte[] publicKey) {
            Ed25519PublicKeyParameters key = new Ed25519PublicKeyParameters(publicKey, 0);
            return (message, signature) -> {
                Ed25519Signer signer = new Ed25519Signer();
                signer.init(false, key);
                signer.update(message, 0, message.length);
                return signer.verifySignature(signature);
            };
        }

        @Override
        Jwk jwk(byte[] publicKey, String kid) {
            return new Jwk(
                    headerName(), "Ed25519", base64(publicKey), null, null, null, "OKP", kid);
        }
    },

    /** RSA of 2048 bits, PKCS #1 v1.5 with SHA-256. */
    RS256("RS256") {
        @Override
        Pair generate() {
            return jdkPair("RSA", new RSAKeyGenParameterSpec(2048, RSAKeyGenParameterSpec.F4));
        }

        @Override
        UnaryOperator<byte[]> signer(byte[] privateKey) {
            return jdkSigner("RSA", "SHA256withRSA", privateKey);
        }

        @Override
        BiPredicate<byte[], byte[]> verifier(byte[] publicKey) {
            return jdkVerifier("SHA256withRSA", jdkPublicKey("RSA", publicKey));
        }

        @Override
        Jwk jwk(byte[] publicKey, String kid) {
            RSAPublicKey key = (RSAPublicKey) jdkPublicKey("RSA", publicKey);
            return new Jwk(
                    headerName(),
                    null,
                    null,
                    null,
                    base64(unsigned(key.getModulus(), 0)),
                    base64(unsigned(key.getPublicExponent(), 0)),
                    "RSA",
                    kid);
        }
    },

    /** ECDSA on P-256 with SHA-256. */
    ES256("ES256") {
        @Override
        Pair generate() {
            return jdkPair("EC", new ECGenParameterSpec("secp256r1"));
        }

        @Override
        UnaryOperator<byte[]> signer(byte[] privateKey) {
            return jdkSigner("EC", "SHA256withECDSAinP1363Format", privateKey);
        }

        @Override
        BiPredicate<byte[], byte[]> verifier(byte[] publicKey) {
            return jdkVerifier("SHA256withECDSAinP1363Format", jdkPublicKey("EC", publicKey));
        }

        @Override
        Jwk jwk(byte[] publicKey, String kid) {
            ECPublicKey key = (ECPublicKey) jdkPublicKey("EC", publicKey);
            return new Jwk(
                    headerName(),
                    "P-256",
                    base64(unsigned(key.getW().getAffineX(), 32)),
                    base64(unsigned(key.getW().getAffineY(), 32)),
                    null,
                    null,
                    "EC",
                    kid);
        }
    };

    private final String headerName;

    SignatureAlgorithm(String headerName) {
        this.headerName = headerName;
    }

    /** The two halves of a key, as they are stored. */
    record Pair(byte[] publicKey, byte[] privateKey) {}

    /** The name in {@code alg}. */
    String headerName() {
        return headerName;
    }

    abstract Pair generate();

    /** What makes a message's signature. */
    abstract UnaryOperator<byte[]> signer(byte[] privateKey);

    /** What tells whether a message has this signature. */
    abstract BiPredicate<byte[], byte[]> verifier(byte[] publicKey);

    abstract Jwk jwk(byte[] publicKey, String kid);

    static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static Pair jdkPair(String kind, AlgorithmParameterSpec parameters) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(kind);
            generator.initialize(parameters);
            KeyPair pair = generator.generateKeyPair();
            return new Pair(pair.getPublic().getEncoded(), pair.getPrivate().getEncoded());
        } catch (GeneralSecurityException e) {
            throw unsupported(e);
        }
    }

    private static UnaryOperator<byte[]> jdkSigner(String kind, String name, byte[] privateKey) {
        PrivateKey key;
        try {
            key = KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(privateKey));
        } catch (GeneralSecurityException e) {
            throw unsupported(e);
        }
        return message -> {
            try {
                Signature signature = Signature.getInstance(name);
                signature.initSign(key);
                signature.update(message);
                return signature.sign();
            } catch (GeneralSecurityException e) {
                throw unsupported(e);
            }
        };
    }

    private static BiPredicate<byte[], byte[]> jdkVerifier(String name, PublicKey key) {
        return (message, given) -> {
            try {
                Signature signature = Signature.getInstance(name);
                signature.initVerify(key);
                signature.update(message);
                return signature.verify(given);
            } catch (SignatureException e) {
                // of a wrong length, or no signature at all
                return false;
            } catch (GeneralSecurityException e) {
                throw unsupported(e);
            }
        };
    }

    private static PublicKey jdkPublicKey(String kind, byte[] encoded) {
        try {
            return KeyFactory.getInstance(kind).generatePublic(new X509EncodedKeySpec(encoded));
        } catch (GeneralSecurityException e) {
            throw unsupported(e);
        }
    }

    private static IllegalStateException unsupported(GeneralSecurityException e) {
        return new IllegalStateException("Every JDK has RSA and P-256", e);
    }

    /** Big-endian without a sign, left-padded to a length; 0 for as long as it is. */
    private static byte[] unsigned(BigInteger number, int length) {
        byte[] signed = number.toByteArray();
        int from = signed[0] == 0 && signed.length > 1 ? 1 : 0;
        int digits = signed.length - from;
        byte[] out = new byte[Math.max(length, digits)];
        System.arraycopy(signed, from, out, out.length - digits, digits);
        return out;
    }
}
