package dev.roster.accounts.username;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.roster.testing.AtOnce;
import dev.roster.testing.Caller;
import dev.roster.testing.Cookies;
import dev.roster.testing.Database;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
@DisplayName("A user name")
class UsernameResourceTest {

    private static final String TAKEN = "USERNAME_IS_ALREADY_TAKEN";

    /** Has letters of both cases. */
    private static String newName() {
        return "Ada_" + UUID.randomUUID().toString().substring(0, 13).replace("-", ".");
    }

    private static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    private static Response post(String path, Map<String, ?> body) {
        return given().contentType(ContentType.JSON).body(body).post("/api/auth" + path);
    }

    private static Response signUp(Object... members) {
        Map<String, Object> body = new HashMap<>();
        body.put("name", "Ada");
        body.put("email", Caller.newEmail());
        body.put("password", Caller.PASSWORD);
        for (int i = 0; i < members.length; i += 2) {
            body.put((String) members[i], members[i + 1]);
        }
        return post("/sign-up/email", body);
    }

    private static Response signIn(String username, String password) {
        return post("/sign-in/username", Map.of("username", username, "password", password));
    }

    private static Response update(String token, Object... members) {
        Map<String, Object> body = new HashMap<>();
        for (int i = 0; i < members.length; i += 2) {
            body.put((String) members[i], members[i + 1]);
        }
        return Caller.as(token)
                .contentType(ContentType.JSON)
                .body(body)
                .post("/api/auth/update-user");
    }

    private static void assertNames(Response signUp, String username, String display) {
        signUp.then()
                .statusCode(200)
                .body("user.username", equalTo(username))
                .body("user.displayUsername", equalTo(display));
        Caller.as(signUp.path("token"))
                .get("/api/auth/get-session")
                .then()
                .body("user.username", equalTo(username))
                .body("user.displayUsername", equalTo(display));
    }

    private static void assertRefused(Response response, int status, String code) {
        response.then().statusCode(status).body("code", equalTo(code));
        assertEquals(List.of(), response.headers().getValues("Set-Cookie"));
    }

    @Nested
    @DisplayName("of somebody who signs up")
    class SigningUp {

        @Test
        @DisplayName("is kept in lower case, and displayed as typed")
        void both() {
            String name = newName();
            assertNames(signUp("username", name), key(name), name);
            String other = newName();
            assertNames(
                    signUp("username", other, "displayUsername", "Ada L."), key(other), "Ada L.");
            String third = newName();
            assertNames(signUp("username", third, "displayUsername", ""), key(third), third);
        }

        @Test
        @DisplayName("comes from what is displayed where that is one")
        void derived() {
            String name = newName();
            assertNames(signUp("displayUsername", name), key(name), name);
            assertNames(signUp("displayUsername", "Ada Lovelace"), null, "Ada Lovelace");
            assertNames(signUp("displayUsername", name, "username", null), null, name);
            assertNames(signUp(), null, null);
        }

        @ParameterizedTest(name = "{0}: {1}")
        @CsvSource({
            "ab, USERNAME_TOO_SHORT",
            "'', USERNAME_TOO_SHORT",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, USERNAME_TOO_LONG",
            "a b!c, INVALID_USERNAME",
            "\u00e4rger, INVALID_USERNAME",
            "ada-l, INVALID_USERNAME"
        })
        @DisplayName("at fault is refused before other members are")
        void shape(String name, String code) {
            assertRefused(signUp("username", name), 400, code);
            assertRefused(post("/sign-up/email", Map.of("username", name)), 400, code);
        }

        @Test
        @DisplayName("must be a string")
        void type() {
            assertRefused(signUp("username", 5), 400, "VALIDATION_ERROR");
            assertRefused(signUp("displayUsername", List.of()), 400, "VALIDATION_ERROR");
        }

        @Test
        @DisplayName("is refused where somebody has it in another case, whatever the address")
        void taken() {
            String name = newName();
            String email = signUp("username", name).path("user.email");
            assertRefused(signUp("username", name.toUpperCase(Locale.ROOT)), 400, TAKEN);
            assertRefused(signUp("username", name, "email", email), 400, TAKEN);
        }

        @Test
        @DisplayName("has one winner of many at once, and the others leave nothing")
        void atOnce() throws InterruptedException {
            String name = newName();
            List<Response> answers = AtOnce.run(6, () -> signUp("username", name));
            assertEquals(1, answers.stream().filter(a -> a.statusCode() == 200).count());
            answers.stream()
                    .filter(answer -> answer.statusCode() != 200)
                    .forEach(answer -> assertRefused(answer, 400, TAKEN));
            assertEquals(
                    1L, Database.value("SELECT count(*) FROM users WHERE username = ?", key(name)));
        }

        @Test
        @DisplayName("is free again when its user is deleted")
        void deleted() {
            String name = newName();
            String id = signUp("username", name).path("user.id");
            Database.update(
                    "UPDATE users SET deleted_at = now() WHERE id = ?", UUID.fromString(id));
            assertRefused(signIn(name, Caller.PASSWORD), 401, "INVALID_USERNAME_OR_PASSWORD");
            assertNames(signUp("username", name), key(name), name);
        }
    }

    @Nested
    @DisplayName("of somebody who is signed in")
    class SignedIn {

        @Test
        @DisplayName("can be chosen, changed and taken away, part by part")
        void change() {
            Caller ada = Caller.signUp();
            String name = newName();
            update(ada.token, "username", name).then().statusCode(200);
            assertNow(ada, key(name), null);
            update(ada.token, "displayUsername", "Ada L.").then().statusCode(200);
            assertNow(ada, key(name), "Ada L.");
            update(ada.token, "name", "Ada").then().statusCode(200);
            assertNow(ada, key(name), "Ada L.");
            update(ada.token, "username", null).then().statusCode(200);
            assertNow(ada, null, "Ada L.");
            update(ada.token, "displayUsername", null).then().statusCode(200);
            assertNow(ada, null, null);
            assertEquals(
                    4L,
                    Database.value(
                            "SELECT count(*) FROM audit_events WHERE action = 'username.changed'"
                                    + " AND target_id = ?",
                            ada.id));
        }

        @Test
        @DisplayName("may be set again to what it is, and only the user itself has it")
        void own() {
            Caller ada = Caller.signUp();
            Caller bob = Caller.signUp();
            String name = newName();
            update(ada.token, "username", name).then().statusCode(200);
            update(ada.token, "username", name.toUpperCase(Locale.ROOT)).then().statusCode(200);
            assertRefused(update(bob.token, "username", name), 400, TAKEN);
            assertNow(bob, null, null);
        }

        @Test
        @DisplayName("at fault is refused, before it is asked who is there")
        void shape() {
            Caller ada = Caller.signUp();
            assertRefused(update(ada.token, "username", "ab"), 400, "USERNAME_TOO_SHORT");
            assertRefused(update(ada.token, "username", "a b c"), 400, "INVALID_USERNAME");
            assertRefused(update(ada.token, "username", true), 400, "VALIDATION_ERROR");
            assertRefused(update(ada.token, "displayUsername", 5), 400, "VALIDATION_ERROR");
            assertRefused(update("x", "username", "ab"), 400, "USERNAME_TOO_SHORT");
            update("x", "username", newName()).then().statusCode(401);
        }

        private static void assertNow(Caller caller, String username, String display) {
            caller.request()
                    .get("/api/auth/get-session")
                    .then()
                    .body("user.username", equalTo(username))
                    .body("user.displayUsername", equalTo(display));
        }
    }

    @Nested
    @DisplayName("of somebody who signs in")
    class SigningIn {

        @Test
        @DisplayName("does as well as an address, in any case")
        void works() {
            String name = newName();
            String id = signUp("username", name).path("user.id");
            for (String typed : Arrays.asList(name, name.toUpperCase(Locale.ROOT))) {
                Response response = signIn(typed, Caller.PASSWORD);
                response.then()
                        .statusCode(200)
                        .body("redirect", equalTo(false))
                        .body("url", nullValue())
                        .body("user.id", equalTo(id))
                        .header("set-auth-token", Cookies.decode(Cookies.session(response)));
                Caller.as(response.path("token"))
                        .get("/api/auth/get-session")
                        .then()
                        .body("user.id", equalTo(id));
            }
        }

        @Test
        @DisplayName("sends the client where it asked to go, never to another site")
        void callback() {
            String name = newName();
            signUp("username", name);
            Map<String, Object> body = new HashMap<>();
            body.put("username", name);
            body.put("password", Caller.PASSWORD);
            body.put("callbackURL", "/dash");
            post("/sign-in/username", body)
                    .then()
                    .statusCode(200)
                    .header("Location", "/dash")
                    .body("redirect", equalTo(true))
                    .body("url", equalTo("/dash"));
            body.put("callbackURL", "https://evil.example");
            assertRefused(post("/sign-in/username", body), 403, "INVALID_CALLBACK_URL");
        }

        @Test
        @DisplayName("ends with the browser where the user does not want to be remembered")
        void notRemembered() {
            String name = newName();
            signUp("username", name);
            Response response =
                    post(
                            "/sign-in/username",
                            Map.of(
                                    "username",
                                    name,
                                    "password",
                                    Caller.PASSWORD,
                                    "rememberMe",
                                    false));
            assertEquals(
                    0,
                    response.headers().getValues("Set-Cookie").stream()
                            .filter(line -> line.contains("Max-Age"))
                            .count());
        }

        @Test
        @DisplayName("is refused alike when unknown and with a wrong password")
        void refused() {
            String name = newName();
            signUp("username", name);
            Response wrong = signIn(name, "wrong-password-1");
            Response unknown = signIn(newName(), Caller.PASSWORD);
            assertRefused(wrong, 401, "INVALID_USERNAME_OR_PASSWORD");
            assertEquals(wrong.asString(), unknown.asString());
            assertEquals(401, unknown.statusCode());
            assertRefused(signIn("", "x"), 401, "INVALID_USERNAME_OR_PASSWORD");
            assertRefused(signIn(name, ""), 401, "INVALID_USERNAME_OR_PASSWORD");
        }

        @ParameterizedTest(name = "{0}: {1}")
        @CsvSource({
            "ab, USERNAME_TOO_SHORT",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, USERNAME_TOO_LONG",
            "a b c, INVALID_USERNAME"
        })
        @DisplayName("at fault is 422")
        void shape(String name, String code) {
            assertRefused(signIn(name, Caller.PASSWORD), 422, code);
        }

        @Test
        @DisplayName("comes with a password of at most 4096 characters, and both are strings")
        void members() {
            assertRefused(signIn(newName(), "x".repeat(4097)), 400, "PASSWORD_TOO_LONG");
            assertRefused(
                    post("/sign-in/username", Map.of("username", "ada")), 400, "VALIDATION_ERROR");
            assertRefused(
                    post("/sign-in/username", Map.of("username", 5, "password", "x")),
                    400,
                    "VALIDATION_ERROR");
        }

        @Test
        @DisplayName("does not help a banned user, and only with the password is that told")
        void banned() {
            String name = newName();
            String id = signUp("username", name).path("user.id");
            Database.update("UPDATE users SET banned = true WHERE id = ?", UUID.fromString(id));
            assertRefused(signIn(name, Caller.PASSWORD), 403, "BANNED_USER");
            assertRefused(signIn(name, "wrong-password-1"), 401, "INVALID_USERNAME_OR_PASSWORD");
        }
    }

    @Nested
    @DisplayName("that a stranger asks for")
    class Available {

        @Test
        @DisplayName("is available unless somebody has it, in whatever case")
        void available() {
            String name = newName();
            ask(name).then().statusCode(200).body("available", equalTo(true));
            signUp("username", name);
            ask(name).then().statusCode(200).body("available", equalTo(false));
            ask(key(name)).then().statusCode(200).body("available", equalTo(false));
        }

        @ParameterizedTest(name = "{0}: {1}")
        @CsvSource({
            "'', INVALID_USERNAME",
            "a b, INVALID_USERNAME",
            "ab, USERNAME_TOO_SHORT",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, USERNAME_TOO_LONG"
        })
        @DisplayName("at fault is 422")
        void shape(String name, String code) {
            assertRefused(ask(name), 422, code);
        }

        @Test
        @DisplayName("must be there")
        void missing() {
            assertRefused(post("/is-username-available", Map.of()), 400, "VALIDATION_ERROR");
        }

        private static Response ask(String name) {
            return post("/is-username-available", Map.of("username", name));
        }
    }
}
