package dev.roster.accounts.jwt;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.Rest;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@QuarkusTest
@DisplayName("A signed token")
class JwtResourceTest {

    private static String token(Caller caller) {
        Response response = caller.request().get("/api/auth/token");
        response.then().statusCode(200).header("Cache-Control", "no-store");
        return response.path("token");
    }

    private static JsonNode part(String token, int index) {
        byte[] bytes = Base64.getUrlDecoder().decode(token.split("\\.")[index]);
        return Rest.json(new String(bytes, StandardCharsets.UTF_8));
    }

    @Test
    @DisplayName("tells of the user what get-session does, for a quarter of an hour")
    void claims() {
        Caller ada = Caller.signUp();
        long before = Instant.now().getEpochSecond();
        JsonNode claims = part(token(ada), 1);
        long issued = claims.path("iat").longValue();
        assertTrue(issued >= before && issued <= before + 30, claims::toString);
        assertEquals(issued + Duration.ofMinutes(15).toSeconds(), claims.path("exp").longValue());
        assertEquals(ada.id.toString(), claims.path("sub").textValue());
        assertEquals(Caller.ORIGIN, claims.path("iss").textValue());
        assertEquals(Caller.ORIGIN, claims.path("aud").textValue());
        ObjectNode user = claims.deepCopy();
        user.remove(List.of("iat", "exp", "sub", "iss", "aud"));
        assertEquals(Rest.json(Rest.get(ada, "/api/auth/get-session")).path("user"), user);
    }

    @Test
    @DisplayName("is verified by the published key that its header names")
    void verifies() {
        String token = token(Caller.signUp());
        JsonNode header = part(token, 0);
        assertEquals(2, header.size(), header::toString);
        assertEquals("EdDSA", header.path("alg").textValue());
        Response response = given().get("/api/auth/jwks");
        response.then().statusCode(200).contentType(ContentType.JSON);
        JsonNode key =
                StreamSupport.stream(Rest.json(response).path("keys").spliterator(), false)
                        .filter(one -> one.path("kid").equals(header.path("kid")))
                        .findFirst()
                        .orElseThrow();
        assertEquals(
                List.of("alg", "crv", "x", "kty", "kid"),
                key.properties().stream().map(Map.Entry::getKey).toList());
        assertTrue(Verifying.isSignedBy(key, token));
    }

    @Test
    @DisplayName("comes with every get-session that finds one")
    void header() {
        Caller ada = Caller.signUp();
        String token = Rest.get(ada, "/api/auth/get-session").header("set-auth-jwt");
        assertEquals(ada.id.toString(), part(token, 1).path("sub").textValue());
        assertNull(Rest.get("/api/auth/get-session").header("set-auth-jwt"));
        given().header("Origin", Caller.ORIGIN)
                .get("/api/auth/get-session")
                .then()
                .header("Access-Control-Expose-Headers", containsString("set-auth-jwt"));
    }

    @Test
    @DisplayName("is shorter than 4 KiB whatever the user is called, and opens the REST API")
    void longest() {
        Caller ada = Caller.signUp();
        // of three bytes each, and what no rule of today would let pass
        Database.update(
                "UPDATE users SET name = ?, display_username = ?, image = ?, ban_reason = ? WHERE"
                        + " id = ?",
                "\u732b".repeat(200),
                "\u732b".repeat(2000),
                "https://img.example/" + "a".repeat(9000),
                "\u732b".repeat(1000),
                ada.id);
        String token = token(ada);
        assertTrue(token.length() < 4096, () -> "of " + token.length());
        JsonNode claims = part(token, 1);
        assertEquals("\u732b".repeat(200), claims.path("name").textValue());
        assertEquals("user", claims.path("role").textValue());
        assertTrue(claims.path("image").isNull() && claims.has("image"), claims::toString);
        assertEquals(200, Caller.as(token).get("/api/v1/me").statusCode());
    }

    @Test
    @DisplayName("leaves the headers of get-session below 4 KiB, the cookies of a device included")
    void headers() {
        Caller ada = Caller.signUp();
        Database.update(
                "UPDATE users SET image = ?, name = ? WHERE id = ?",
                "https://img.example/" + "a".repeat(2020),
                "\u732b".repeat(200),
                ada.id);
        Response session =
                ada.request().header("Origin", Caller.ORIGIN).get("/api/auth/get-session");
        session.then().statusCode(200);
        int size =
                session.headers().asList().stream()
                        .mapToInt(it -> it.getName().length() + it.getValue().length() + 4)
                        .sum();
        assertTrue(size < 4096, () -> "of " + size);
        String token = session.header("set-auth-jwt");
        assertEquals(ada.id.toString(), part(token, 1).path("sub").textValue());
        assertEquals(200, Caller.as(token).get("/api/v1/me").statusCode());
    }

    @Test
    @DisplayName("is for those who are signed in")
    void stranger() {
        given().get("/api/auth/token")
                .then()
                .statusCode(401)
                .body("code", equalTo("UNAUTHORIZED"))
                .body("message", equalTo("Unauthorized"));
        Caller.as(token(Caller.signUp()))
                .get("/api/auth/token")
                .then()
                .statusCode(401)
                .body("code", equalTo("UNAUTHORIZED"));
    }

    @Test
    @DisplayName("is made by a key that is nowhere to be read")
    void sealed() {
        token(Caller.signUp());
        byte[] sealed =
                (byte[])
                        Database.query(
                                        "SELECT private_key FROM signing_keys WHERE algorithm ="
                                                + " 'EDDSA' ORDER BY starts_at")
                                .get(0)
                                .get("private_key");
        assertTrue(sealed.length > 44 + 28, "base64 of the key, nonce and tag");
        String published = given().get("/api/auth/jwks").asString();
        assertFalse(published.contains("\"d\""), published);
        assertTrue(
                (long)
                                Database.value(
                                        "SELECT count(*) FROM audit_events WHERE action ="
                                                + " 'signing_key.created'")
                        > 0);
    }
}
