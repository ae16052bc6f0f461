package dev.roster.accounts.jwt;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.Rest;
import dev.roster.testing.Statements;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@QuarkusTest
@DisplayName("A token that Roster signed, as a caller's identity")
class JwtAuthenticationTest {

    private static final String ME = "/api/v1/me";

    @Inject SigningKeys keys;

    private static String token(Caller caller) {
        return caller.request().get("/api/auth/token").path("token");
    }

    private static String base64(String text) {
        return base64(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static JsonNode claims(String token) {
        return Rest.json(
                new String(
                        Base64.getUrlDecoder().decode(token.split("\\.")[1]),
                        StandardCharsets.UTF_8));
    }

    private SigningKeys.Key key() {
        return QuarkusTransaction.requiringNew().call(keys::current);
    }

    private String header() {
        return "{\"alg\":\"EdDSA\",\"kid\":\"" + key().id() + "\"}";
    }

    /** A token of our key, whatever it says. */
    private String signed(String header, String claims) {
        String content = base64(header) + "." + base64(claims);
        byte[] signature = key().sign().apply(content.getBytes(StandardCharsets.US_ASCII));
        return content + "." + base64(signature);
    }

    private String changed(Caller caller, Consumer<ObjectNode> change) {
        ObjectNode claims = claims(token(caller)).deepCopy();
        change.accept(claims);
        return signed(header(), claims.toString());
    }

    private static void assertNobody(String authorization) {
        Response response = given().header("Authorization", authorization).get(ME);
        assertEquals(401, response.statusCode(), () -> authorization + response.asString());
        assertEquals("unauthenticated", response.path("code"), authorization);
        Response session =
                given().header("Authorization", authorization).get("/api/auth/get-session");
        assertEquals("200 null", session.statusCode() + " " + session.asString(), authorization);
    }

    @Test
    @DisplayName("is the user's, in one statement")
    void works() {
        Caller ada = Caller.signUp();
        String token = token(ada);
        Caller.as(token).get(ME).then().statusCode(200).body("id", equalTo(ada.id.toString()));
        readKeys();
        assertEquals(1, Statements.of(() -> Caller.as(token).get(ME)).size());
        given().header("Authorization", "bearer  " + token).get(ME).then().statusCode(200);
        assertTrue(
                Rest.body(Caller.as(token), Rest.MERGE_PATCH, "{\"name\":\"By token\"}")
                                .header("If-Match", "*")
                                .patch("/api/v1/users/" + ada.id)
                                .statusCode()
                        == 200);
    }

    /** However long ago they were read: after five minutes somebody has to again. */
    private static void readKeys() {
        given().get("/api/auth/jwks").then().statusCode(200);
    }

    @Test
    @DisplayName("costs the making no statement of its own, and the published keys cost one")
    void statements() {
        Caller ada = Caller.signUp();
        token(ada);
        readKeys();
        assertEquals(1, Statements.of(() -> token(ada)).size());
        assertEquals(1, Statements.of(() -> given().get("/api/auth/jwks")).size());
    }

    @Test
    @DisplayName("carries the roles of now, not those of when it was signed")
    void roles() {
        Caller ada = Caller.signUp();
        Caller bob = Caller.signUp();
        String token = token(ada);
        String path = "/api/v1/users/" + bob.id;
        assertTrue(!Rest.json(Caller.as(token).get(path)).has("email"));
        Database.update(
                "INSERT INTO role_grants (user_id, role_id) SELECT ?, id FROM roles WHERE name ="
                        + " 'admin'",
                ada.id);
        Caller.as(token).get(path).then().body("email", equalTo(bob.email));
    }

    @Test
    @DisplayName("is of a user who was imported as well")
    void imported() {
        Caller ada = Caller.signUp();
        String external = UUID.randomUUID().toString().replace("-", "A");
        Database.update("UPDATE users SET external_id = ? WHERE id = ?", external, ada.id);
        String token = token(ada);
        assertEquals(external, claims(token).path("sub").textValue());
        Caller.as(token).get(ME).then().statusCode(200).body("id", equalTo(ada.id.toString()));
    }

    @Test
    @DisplayName("outlives the session, but not a ban and not the user")
    void ends() {
        Caller ada = Caller.signUp();
        String token = token(ada);
        Database.update("DELETE FROM sessions WHERE user_id = ?", ada.id);
        Caller.as(token).get(ME).then().statusCode(200);
        Database.update("UPDATE users SET banned = true WHERE id = ?", ada.id);
        assertNobody("Bearer " + token);
        Database.update(
                "UPDATE users SET ban_expires = now() - interval '1 s' WHERE id = ?", ada.id);
        Caller.as(token).get(ME).then().statusCode(200);
        Database.update("UPDATE users SET deleted_at = now() WHERE id = ?", ada.id);
        assertNobody("Bearer " + token);
    }

    @Test
    @DisplayName("counts for nothing beside another scheme, and cookies for nothing beside it")
    void schemes() {
        String token = token(Caller.signUp());
        assertNobody("Basic " + token);
        assertNobody(token);
        assertNobody("Bearer");
        assertNobody("Bearer ..");
        assertNobody("Bearer " + token + " " + token);
    }

    @Test
    @DisplayName("is worth nothing with claims that are not as we write them")
    void claims() {
        Caller ada = Caller.signUp();
        long now = Instant.now().getEpochSecond();
        Caller.as(changed(ada, claims -> {})).get(ME).then().statusCode(200);
        List<Consumer<ObjectNode>> changes =
                List.of(
                        claims -> claims.put("exp", now - 1),
                        claims -> claims.put("exp", 0),
                        claims -> claims.put("exp", String.valueOf(now + 900)),
                        claims -> claims.put("exp", now + 900.5),
                        claims -> claims.putNull("exp"),
                        claims -> claims.remove("exp"),
                        claims -> claims.put("nbf", now + 600),
                        claims -> claims.put("iss", "https://evil.example"),
                        claims -> claims.remove("iss"),
                        claims -> claims.put("aud", "https://evil.example"),
                        claims -> claims.putArray("aud").add("https://evil.example"),
                        claims -> claims.remove("aud"),
                        claims -> claims.put("sub", UUID.randomUUID().toString()),
                        claims -> claims.put("sub", "nobody"),
                        claims -> claims.put("sub", ""),
                        claims -> claims.put("sub", "a\u0000b"),
                        claims -> claims.put("sub", 1),
                        claims -> claims.putObject("sub"),
                        claims -> claims.remove("sub"));
        for (Consumer<ObjectNode> change : changes) {
            assertNobody("Bearer " + changed(ada, change));
        }
        for (String claims : List.of("", "null", "[]", "1", "{", "\"x\"", "{\"sub\":")) {
            assertNobody("Bearer " + signed(header(), claims));
        }
    }

    @Test
    @DisplayName("is worth nothing with a header that is not as we write it")
    void headers() throws GeneralSecurityException {
        Caller ada = Caller.signUp();
        String good = token(ada);
        String claims = claims(good).toString();
        String kid = key().id();
        List<String> headers =
                List.of(
                        "{\"alg\":\"none\",\"kid\":\"" + kid + "\"}",
                        "{\"alg\":\"None\",\"kid\":\"" + kid + "\"}",
                        "{\"alg\":\"HS256\",\"kid\":\"" + kid + "\"}",
                        "{\"alg\":\"RS256\",\"kid\":\"" + kid + "\"}",
                        "{\"alg\":\"ES256\",\"kid\":\"" + kid + "\"}",
                        "{\"alg\":\"eddsa\",\"kid\":\"" + kid + "\"}",
                        "{\"alg\":1,\"kid\":\"" + kid + "\"}",
                        "{\"alg\":\"EdDSA\"}",
                        "{\"kid\":\"" + kid + "\"}",
                        "{\"alg\":\"EdDSA\",\"kid\":\"" + UUID.randomUUID() + "\"}",
                        "{\"alg\":\"EdDSA\",\"kid\":\"../" + kid + "\"}",
                        "{\"alg\":\"EdDSA\",\"kid\":null}",
                        "{\"alg\":\"EdDSA\",\"kid\":[\"" + kid + "\"]}",
                        "{\"typ\":\"JWT\",\"alg\":\"EdDSA\",\"kid\":\"" + kid + "\"}",
                        "{\"crit\":[\"b64\"],\"b64\":false,\"alg\":\"EdDSA\",\"kid\":\""
                                + kid
                                + "\"}",
                        "{\"jku\":\"https://evil.example\",\"alg\":\"EdDSA\",\"kid\":\""
                                + kid
                                + "\"}",
                        "{\"alg\":\"EdDSA\",\"alg\":\"EdDSA\",\"kid\":\"" + kid + "\"}",
                        "[]",
                        "",
                        "{");
        for (String header : headers) {
            assertNobody("Bearer " + signed(header, claims));
            assertNobody("Bearer " + base64(header) + "." + base64(claims) + ".");
        }
        // a key of the attacker's own, with its public half in the header
        SignatureAlgorithm.Pair pair = SignatureAlgorithm.EDDSA.generate();
        for (String header :
                List.of(
                        header(),
                        "{\"alg\":\"EdDSA\",\"kid\":\"evil\",\"jwk\":{\"kty\":\"OKP\",\"crv\":"
                                + "\"Ed25519\",\"x\":\""
                                + base64(pair.publicKey())
                                + "\"}}")) {
            String content = base64(header) + "." + base64(claims);
            byte[] signature =
                    SignatureAlgorithm.EDDSA
                            .signer(pair.privateKey())
                            .apply(content.getBytes(StandardCharsets.US_ASCII));
            assertNobody("Bearer " + content + "." + base64(signature));
        }
        // the public key as the secret of an HMAC
        String content =
                base64("{\"alg\":\"HS256\",\"kid\":\"" + kid + "\"}") + "." + base64(claims);
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(Base64.getUrlDecoder().decode(key().jwk().x()), "HmacSHA256"));
        assertNobody(
                "Bearer "
                        + content
                        + "."
                        + base64(mac.doFinal(content.getBytes(StandardCharsets.US_ASCII))));
    }

    @Test
    @DisplayName("is worth nothing once a character of it is another, and never an error of ours")
    void mangled() {
        String good = token(Caller.signUp());
        List<String> bad = new ArrayList<>();
        for (int i = 0; i < good.length(); i += 7) {
            char other = good.charAt(i) == 'A' ? 'B' : 'A';
            bad.add(good.substring(0, i) + other + good.substring(i + 1));
            bad.add(good.substring(0, i));
            bad.add(good.substring(0, i) + good.substring(i + 1));
        }
        char last = good.charAt(good.length() - 1);
        for (char other : new char[] {(char) (last + 1), '=', '+', '/', '.', '%', '~'}) {
            bad.add(good.substring(0, good.length() - 1) + other);
            bad.add(good + other);
        }
        bad.add(good + "==");
        bad.add("." + good);
        bad.add(good.replace(".", ".."));
        bad.add(good.substring(good.indexOf('.')));
        bad.add("x".repeat(3000) + "." + "y".repeat(3000) + ".z");
        for (String token : bad) {
            assertNobody("Bearer " + token);
        }
    }
}
