package dev.roster.accounts.signup;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.roster.testing.AtOnce;
import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@DisplayName("Signing up")
class SignUpResourceTest {

    @Test
    @DisplayName("a hundred times at once with one address makes one account")
    void race() throws InterruptedException {
        String email = Caller.newEmail();
        List<Response> answers = AtOnce.run(100, () -> Caller.signUp(email));
        assertEquals(1, answers.stream().filter(a -> a.statusCode() == 200).count());
        for (Response answer : answers) {
            switch (answer.statusCode()) {
                case 200 -> answer.then().body("user.email", equalTo(email));
                case 422 ->
                        answer.then()
                                .body("code", equalTo("USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL"));
                case 503 -> assertTrue(Integer.parseInt(answer.header("Retry-After")) > 0);
                default -> throw new AssertionError(answer.asString());
            }
        }
        assertEquals(List.of(1L, 1L, 1L), stored(email));
    }

    @Test
    @DisplayName("takes an address that differs in case or in compatible letters for the same")
    void lookAlikes() {
        String local = "user-" + UUID.randomUUID();
        String email = local + "@example.com";
        Caller.signUp(email).then().statusCode(200);
        for (String alike :
                List.of(
                        email.toUpperCase(Locale.ROOT),
                        "User" + local.substring(4) + "@Example.COM",
                        // full-width letters, commercial at and full stop
                        "\\uff55\\uff53\\uff45\\uff52" + local.substring(4) + "@example.com",
                        local + "\\uff20example.com",
                        local + "@example\\uff0ecom",
                        // Kelvin-like compatibility letters: a circled m, the sign for "ex"
                        local + "@exa\\u24dcple.com")) {
            signUp(alike)
                    .then()
                    .statusCode(422)
                    .body("code", equalTo("USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL"));
        }
        assertEquals(List.of(1L, 1L, 1L), stored(email));
    }

    @Test
    @DisplayName("takes an internationalised domain in either form for the same address")
    void internationalised() {
        String local = "user-" + UUID.randomUUID();
        String stored = local + "@xn--bcher-kva.xn--fiqs8s";
        signUp(local + "@B\u00fccher.\u4e2d\u56fd")
                .then()
                .statusCode(200)
                .body("user.email", equalTo(stored));
        for (String form : List.of(stored, local + "@bu\u0308cher.\u4e2d\u56fd")) {
            signUp(form)
                    .then()
                    .statusCode(422)
                    .body("code", equalTo("USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL"));
            Caller.signIn(form, Caller.PASSWORD).then().statusCode(200);
        }
        Caller admin = Caller.admin();
        admin.request()
                .queryParam("q", local + "@b\u00fccher.\u4e2d\u56fd")
                .get("/api/v1/users")
                .then()
                .body("items.email", equalTo(List.of(stored)));
    }

    @Test
    @DisplayName("refuses more than 64 octets before the at sign, or 254 in all")
    void tooLong() {
        String local = UUID.randomUUID().toString().substring(0, 32) + "a".repeat(32);
        signUp(local + "@example.com").then().statusCode(200);
        signUp(local + "a@example.com").then().statusCode(400);
        String label = "b".repeat(60);
        String domain = label + "." + label + "." + label + ".example";
        signUp(local + "@" + domain).then().statusCode(400);
    }

    @Test
    @DisplayName("stores the address as it was given and shows it in lower case")
    void stored() {
        String local = "User-" + UUID.randomUUID();
        Response response = signUp("\\uff35" + local.substring(1) + "@Example.com");
        response.then()
                .statusCode(200)
                .body("user.email", equalTo((local + "@example.com").toLowerCase(Locale.ROOT)));
        assertEquals(
                local + "@Example.com",
                Database.value(
                        "SELECT email FROM users WHERE id = CAST(? AS uuid)",
                        response.<String>path("user.id")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'name':'a\\u0000b','email':'EMAIL','password':'correct-horse-battery'}",
                "{'name':'\\ud800','email':'EMAIL','password':'correct-horse-battery'}",
                "{'name':'\\udc00\\ud800','email':'EMAIL','password':'correct-horse-battery'}",
                "{'name':'a','email':'EMAIL\\u0000','password':'correct-horse-battery'}",
                "{'name':'a','email':'\\ud800EMAIL','password':'correct-horse-battery'}",
                "{'name':'a','email':'EMAIL','password':'correct-horse\\u0000battery'}",
                "{'name':'a','email':'EMAIL','password':'correct-horse\\udfffbattery'}",
                "{'name':'a','email':'EMAIL','password':'correct-horse-battery','image':'\\u0000'}",
            })
    @DisplayName("with a NUL or half a character is refused")
    void notText(String body) {
        String email = Caller.newEmail();
        given().contentType(ContentType.JSON)
                .body(body.replace('\'', '"').replace("EMAIL", email))
                .post("/api/auth/sign-up/email")
                .then()
                .statusCode(400)
                .body("code", equalTo("VALIDATION_ERROR"));
        assertEquals(List.of(0L, 0L, 0L), stored(email));
    }

    @Test
    @DisplayName("that fails half way leaves nothing behind, and the address can sign up again")
    void allOrNothing() {
        String email = Caller.newEmail();
        Database.update(
                "CREATE FUNCTION refuse_credential() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                        + " RAISE EXCEPTION 'no room for a credential'; END $$");
        Database.update(
                "CREATE TRIGGER refuse_credential BEFORE INSERT ON credentials FOR EACH ROW EXECUTE"
                        + " FUNCTION refuse_credential()");
        long events = (long) Database.value("SELECT count(*) FROM audit_events");
        Response response;
        try {
            response = Caller.signUp(email);
        } finally {
            Database.update("DROP FUNCTION refuse_credential CASCADE");
        }
        response.then().statusCode(500);
        assertEquals(List.of(), response.headers().getValues("Set-Cookie"));
        assertTrue(!response.asString().contains("credential"), response.asString());
        assertEquals(List.of(0L, 0L, 0L), stored(email));
        assertEquals(events, Database.value("SELECT count(*) FROM audit_events"));
        Caller.signUp(email).then().statusCode(200);
    }

    @Test
    @DisplayName("is told in the audit trail, with the session it began")
    void audited() {
        Caller caller = Caller.signUp();
        assertEquals(
                List.of(
                        Map.of("action", "user.signed_up", "target_type", "user"),
                        Map.of("action", "session.created", "target_type", "session")),
                Database.query(
                        "SELECT action, target_type FROM audit_events WHERE actor_id = ? ORDER BY"
                                + " id",
                        caller.id));
    }

    @Test
    @DisplayName("cannot make anybody more than a user, or verified")
    void massAssignment() {
        for (String member : List.of("role", "banned", "banReason", "banExpires")) {
            given().contentType(ContentType.JSON)
                    .body(
                            Map.of(
                                    "name",
                                    "x",
                                    "email",
                                    Caller.newEmail(),
                                    "password",
                                    Caller.PASSWORD,
                                    member,
                                    "admin"))
                    .post("/api/auth/sign-up/email")
                    .then()
                    .statusCode(400)
                    .body("code", equalTo("FIELD_NOT_ALLOWED"));
        }
        String id = UUID.randomUUID().toString();
        Response response =
                given().contentType(ContentType.JSON)
                        .body(
                                Map.of(
                                        "name",
                                        "x",
                                        "email",
                                        Caller.newEmail(),
                                        "password",
                                        Caller.PASSWORD,
                                        "emailVerified",
                                        true,
                                        "id",
                                        id,
                                        "createdAt",
                                        "2001-01-01T00:00:00.000Z"))
                        .post("/api/auth/sign-up/email");
        response.then().statusCode(200).body("user.emailVerified", equalTo(false));
        assertTrue(!id.equals(response.path("user.id")));
        assertTrue(!response.<String>path("user.createdAt").startsWith("2001"));
    }

    /** With an address that is already JSON, escapes and all. */
    private static Response signUp(String email) {
        return given().contentType(ContentType.JSON)
                .body(
                        "{\"name\":\"Test User\",\"password\":\""
                                + Caller.PASSWORD
                                + "\",\"email\":\""
                                + email
                                + "\"}")
                .post("/api/auth/sign-up/email");
    }

    /** How many users, password credentials and sessions an address has. */
    private static List<Object> stored(String email) {
        return List.of(
                Database.value("SELECT count(*) FROM users WHERE email_key = ?", email),
                Database.value(
                        "SELECT count(*) FROM credentials c JOIN users u ON u.id = c.user_id WHERE"
                                + " u.email_key = ?",
                        email),
                Database.value(
                        "SELECT count(*) FROM sessions s JOIN users u ON u.id = s.user_id WHERE"
                                + " u.email_key = ?",
                        email));
    }
}
