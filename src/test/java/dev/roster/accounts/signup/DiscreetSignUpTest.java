package dev.roster.accounts.signup;

import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.HttpsProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.Header;
import io.restassured.response.Response;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(HttpsProfile.class)
@DisplayName("Signing up where that does not sign in")
class DiscreetSignUpTest {

    @Test
    @DisplayName("begins no session")
    void noSession() {
        Response response = Caller.signUp(Caller.newEmail());
        response.then().statusCode(200);
        response.then().body("token", nullValue());
        assertEquals(List.of(), response.headers().getValues("Set-Cookie"));
        response.then().header("set-auth-token", nullValue());
        assertEquals(
                0L,
                Database.value(
                        "SELECT count(*) FROM sessions WHERE user_id = CAST(? AS uuid)",
                        response.<String>path("user.id")));
    }

    @Test
    @DisplayName("answers a known address as it answers a new one, and stores nothing")
    void duplicate() throws IOException {
        String email = Caller.newEmail();
        Response first = Caller.signUp(email);
        Response second = Caller.signUp(email);
        assertEquals(first.statusCode(), second.statusCode());
        assertEquals(headers(first), headers(second));
        JsonNode known = new ObjectMapper().readTree(second.asString());
        JsonNode fresh = new ObjectMapper().readTree(first.asString());
        assertEquals(shape(fresh), shape(known));
        assertEquals(
                List.copyOf(fresh.get("user").properties()).stream()
                        .map(Map.Entry::getKey)
                        .toList(),
                List.copyOf(known.get("user").properties()).stream()
                        .map(Map.Entry::getKey)
                        .toList(),
                "in the same order");
        for (String member : List.of("name", "email", "role", "banned", "emailVerified")) {
            assertEquals(fresh.get("user").get(member), known.get("user").get(member), member);
        }
        assertEquals(known.get("user").get("createdAt"), known.get("user").get("updatedAt"));
        UUID id = UUID.fromString(first.path("user.id"));
        UUID invented = UUID.fromString(second.path("user.id"));
        assertNotEquals(id, invented);
        assertEquals(id.version(), invented.version());
        assertEquals(id.variant(), invented.variant());
        assertEquals(1L, Database.value("SELECT count(*) FROM users WHERE email_key = ?", email));
        assertEquals(0L, Database.value("SELECT count(*) FROM users WHERE id = ?", invented));
    }

    /** Names, and values but for those that differ each time. */
    private static Map<String, String> headers(Response response) {
        Map<String, String> headers = new TreeMap<>();
        for (Header header : response.headers()) {
            boolean own =
                    List.of("date", "x-request-id")
                            .contains(header.getName().toLowerCase(Locale.ROOT));
            headers.put(header.getName(), own ? "" : header.getValue());
        }
        return headers;
    }

    private static Map<String, Object> shape(JsonNode node) {
        Map<String, Object> shape = new TreeMap<>();
        node.properties()
                .forEach(
                        member ->
                                shape.put(
                                        member.getKey(),
                                        member.getValue().isObject()
                                                ? shape(member.getValue())
                                                : member.getValue().isTextual()
                                                        ? member.getValue().textValue().length()
                                                        : member.getValue().getNodeType()));
        return shape;
    }
}
