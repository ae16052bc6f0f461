package dev.roster.accounts.jwt;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;

/** Verifies tokens as another service does: by the published key, without the service's code. */
final class Verifying {

    private Verifying() {}

    static boolean isSignedBy(JsonNode jwk, String token) {
        try {
            Signature signature =
                    Signature.getInstance(
                            switch (jwk.path("alg").textValue()) {
                                case "EdDSA" -> "Ed25519";
                                case "RS256" -> "SHA256withRSA";
                                case "ES256" -> "SHA256withECDSAinP1363Format";
                                default -> throw new AssertionError(jwk);
                            });
            signature.initVerify(key(jwk));
            int dot = token.lastIndexOf('.');
            signature.update(token.substring(0, dot).getBytes(StandardCharsets.US_ASCII));
            return signature.verify(Base64.getUrlDecoder().decode(token.substring(dot + 1)));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static PublicKey key(JsonNode jwk) throws GeneralSecurityException {
        return switch (jwk.path("kty").textValue()) {
            case "OKP" -> {
                // SubjectPublicKeyInfo of RFC 8410
                ByteArrayOutputStream encoded = new ByteArrayOutputStream();
                encoded.writeBytes(HexFormat.of().parseHex("302a300506032b6570032100"));
                encoded.writeBytes(bytes(jwk, "x"));
                yield KeyFactory.getInstance("Ed25519")
                        .generatePublic(new X509EncodedKeySpec(encoded.toByteArray()));
            }
            case "RSA" ->
                    KeyFactory.getInstance("RSA")
                            .generatePublic(
                                    new RSAPublicKeySpec(number(jwk, "n"), number(jwk, "e")));
            case "EC" -> {
                AlgorithmParameters curve = AlgorithmParameters.getInstance("EC");
                curve.init(new ECGenParameterSpec("secp256r1"));
                yield KeyFactory.getInstance("EC")
                        .generatePublic(
                                new ECPublicKeySpec(
                                        new ECPoint(number(jwk, "x"), number(jwk, "y")),
                                        curve.getParameterSpec(ECParameterSpec.class)));
            }
            default -> throw new AssertionError(jwk);
        };
    }

    private static BigInteger number(JsonNode jwk, String name) {
        return new BigInteger(1, bytes(jwk, name));
    }

    private static byte[] bytes(JsonNode jwk, String name) {
        return Base64.getUrlDecoder().decode(jwk.path(name).textValue());
    }
}
