package dev.roster.accounts.magiclink;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.roster.testing.AtOnce;
import dev.roster.testing.Caller;
import dev.roster.testing.Cookies;
import dev.roster.testing.Database;
import dev.roster.testing.Hijacked;
import dev.roster.testing.MailedLinks;
import dev.roster.testing.Mails;
import dev.roster.testing.Statements;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@QuarkusTest
class MagicLinkResourceTest {

    @Nested
    @DisplayName("Asking for a link")
    class Send {

        @Test
        @DisplayName("is answered alike for known and unknown addresses, at the same cost")
        void discreet() {
            Caller ada = Caller.signUp();
            List<String> hit = Statements.of(() -> send(ada.email));
            List<String> miss = Statements.of(() -> send(Caller.newEmail()));
            assertEquals(4, hit.size(), () -> "user, token, language, mail: " + hit);
            assertEquals(hit, miss);
            assertEquals("{\"status\":true}", send(ada.email).asString());
            assertEquals("{\"status\":true}", send(Caller.newEmail()).asString());
        }

        @Test
        @DisplayName("mails a link to this service, whatever host the request claims")
        void link() {
            String email = Caller.newEmail();
            send(
                            given().header("X-Forwarded-Host", "evil.example"),
                            Map.of(
                                    "email",
                                    email,
                                    "callbackURL",
                                    "/a?b=1&c=2",
                                    "newUserCallbackURL",
                                    "/new",
                                    "errorCallbackURL",
                                    "/err",
                                    "metadata",
                                    Map.of("x", 1)))
                    .then()
                    .statusCode(200);
            String url = url(email);
            assertTrue(url.startsWith(Caller.ORIGIN + "/api/auth/magic-link/verify?token="), url);
            assertEquals(32, MailedLinks.parameter(url, "token").length());
            assertEquals("/a?b=1&c=2", MailedLinks.parameter(url, "callbackURL"));
            assertEquals("/new", MailedLinks.parameter(url, "newUserCallbackURL"));
            assertEquals("/err", MailedLinks.parameter(url, "errorCallbackURL"));
        }

        @Test
        @DisplayName("is refused for what is no address, and for what is no text")
        void invalid() {
            send("nobody")
                    .then()
                    .statusCode(400)
                    .body("code", equalTo("VALIDATION_ERROR"))
                    .body("message", equalTo("[body.email] Invalid email address"));
            for (String name : List.of("name", "metadata")) {
                send(given(), Map.of("email", Caller.newEmail(), name, 5))
                        .then()
                        .statusCode(400)
                        .body("code", equalTo("VALIDATION_ERROR"));
            }
        }

        @Test
        @DisplayName("is refused with targets elsewhere, and from forms elsewhere")
        void foreign() {
            Map<String, String> codes =
                    Map.of(
                            "callbackURL", "INVALID_CALLBACK_URL",
                            "newUserCallbackURL", "INVALID_NEW_USER_CALLBACK_URL",
                            "errorCallbackURL", "INVALID_ERROR_CALLBACK_URL");
            codes.forEach(
                    (name, code) ->
                            send(
                                            given(),
                                            Map.of(
                                                    "email",
                                                    Caller.newEmail(),
                                                    name,
                                                    "https://evil.example"))
                                    .then()
                                    .statusCode(403)
                                    .body("code", equalTo(code)));
            Map<String, Object> body = Map.of("email", Caller.newEmail());
            send(
                            given().header("Sec-Fetch-Site", "cross-site")
                                    .header("Sec-Fetch-Mode", "navigate"),
                            body)
                    .then()
                    .statusCode(403)
                    .body("code", equalTo("CROSS_SITE_NAVIGATION_LOGIN_BLOCKED"));
            send(given().header("Origin", "https://evil.example"), body)
                    .then()
                    .statusCode(403)
                    .body("code", equalTo("INVALID_ORIGIN"));
        }
    }

    @Nested
    @DisplayName("A link")
    class Follow {

        @Test
        @DisplayName("signs a stranger up, verified, with the name that was given")
        void signsUp() {
            String email = Caller.newEmail();
            send(given(), Map.of("email", email, "name", "Mag"));
            Response answer = follow(token(email), "");
            answer.then()
                    .statusCode(200)
                    .body("user.email", equalTo(email))
                    .body("user.name", equalTo("Mag"))
                    .body("user.emailVerified", equalTo(true))
                    .body("session.token", equalTo(answer.<String>path("token")))
                    .body("session.userId", equalTo(answer.<String>path("user.id")));
            assertTrue(isSignedIn(answer.path("token")));
            assertTrue(Cookies.session(answer) != null);
            UUID id = UUID.fromString(answer.path("user.id"));
            for (String action : List.of("user.signed_up", "email.verified", "session.created")) {
                assertEquals(1, events(id, action), action);
            }
        }

        @Test
        @DisplayName("sends a new user and a known one on to where each was to go")
        void targets() {
            String email = Caller.newEmail();
            Map<String, Object> body =
                    Map.of("email", email, "callbackURL", "/a?x=1", "newUserCallbackURL", "/new");
            send(given(), body);
            MailedLinks.follow(url(email))
                    .then()
                    .statusCode(302)
                    .header("Location", Caller.ORIGIN + "/new");
            send(given(), body);
            Response answer = MailedLinks.follow(url(email));
            answer.then().statusCode(302).header("Location", Caller.ORIGIN + "/a?x=1");
            assertTrue(Cookies.session(answer) != null);
        }

        @Test
        @DisplayName("finds the account in whatever case the address is typed, and keeps it")
        void known() {
            Caller ada = verified();
            send(ada.email.toUpperCase(Locale.ROOT));
            Response answer = follow(token(ada.email), "");
            answer.then().statusCode(200).body("user.id", equalTo(ada.id.toString()));
            // an address that had been proven leaves everything as it is
            assertTrue(isSignedIn(ada.token));
            Caller.signIn(ada.email, Caller.PASSWORD).then().statusCode(200);
        }

        @Test
        @DisplayName("is not used up by what looks at it ahead")
        void lookedAt() {
            String email = Caller.newEmail();
            send(email);
            MailedLinks.lookAhead(RestAssured::given, url(email));
            follow(token(email), "").then().statusCode(200);
        }

        @Test
        @DisplayName("is good once, of several at once too")
        void once() throws InterruptedException {
            String email = Caller.newEmail();
            send(email);
            String token = token(email);
            List<Integer> answers = AtOnce.run(6, () -> follow(token, "").statusCode());
            assertEquals(1, answers.stream().filter(status -> status == 200).count(), "" + answers);
            assertEquals(5, answers.stream().filter(status -> status == 302).count(), "" + answers);
            refused(token);
        }

        @Test
        @DisplayName("beside another for the same new address makes one account")
        void besideAnother() throws InterruptedException {
            String email = Caller.newEmail();
            send(email);
            String first = token(email);
            send(email);
            String second = token(email);
            List<Response> answers = AtOnce.numbered(2, i -> follow(i == 0 ? first : second, ""));
            for (Response answer : answers) {
                assertEquals(200, answer.statusCode(), answer.asString());
            }
            assertEquals(
                    answers.get(0).<String>path("user.id"), answers.get(1).<String>path("user.id"));
        }

        @Test
        @DisplayName("that is cut, changed, too old, or for something else is refused")
        void spoiled() {
            Caller ada = verified();
            send(ada.email);
            String token = token(ada.email);
            MailedLinks.spoiled(token).forEach(this::refused);
            given().contentType(ContentType.JSON)
                    .body(Map.of("email", ada.email))
                    .post("/api/auth/request-password-reset");
            refused(
                    Mails.last("RESET_PASSWORD", ada.email)
                            .value("url")
                            .replaceFirst("\\?.*", "")
                            .replaceFirst(".*/", ""));
            Database.update(
                    "UPDATE verifications SET expires_at = now() - interval '1 second' WHERE"
                            + " user_id = ?",
                    ada.id);
            refused(token);
        }

        @Test
        @DisplayName("needs a token")
        void noToken() {
            given().get("/api/auth/magic-link/verify")
                    .then()
                    .statusCode(400)
                    .body("code", equalTo("VALIDATION_ERROR"));
        }

        @Test
        @DisplayName("tells the page for errors, else the page it leads to")
        void errors() {
            String path = "/api/auth/magic-link/verify?token=x";
            location(path + "&callbackURL=%2Fa", "/a?error=INVALID_TOKEN");
            location(
                    path + "&callbackURL=%2Fa&errorCallbackURL=%2Fe%3Fx%3D1",
                    "/e?x=1&error=INVALID_TOKEN");
            location(path, "/?error=INVALID_TOKEN");
        }

        @Test
        @DisplayName("leads nowhere else, and is not used up by trying")
        void foreignTargets() {
            String email = Caller.newEmail();
            send(email);
            String token = token(email);
            for (String name : List.of("callbackURL", "newUserCallbackURL", "errorCallbackURL")) {
                for (String target : MailedLinks.FOREIGN_TARGETS) {
                    Response answer = follow(token, "&" + name + "=" + MailedLinks.encode(target));
                    assertEquals(403, answer.statusCode(), target);
                    assertEquals("INVALID_CALLBACK_URL", answer.path("code"));
                }
            }
            follow(token, "").then().statusCode(200);
        }

        @Test
        @DisplayName("does not let a banned user in")
        void banned() {
            Caller ada = Caller.signUp();
            send(ada.email);
            Database.update("UPDATE users SET banned = true WHERE id = ?", ada.id);
            String token = token(ada.email);
            follow(token, "").then().statusCode(403).body("code", equalTo("BANNED_USER"));
            Response answer = follow(token, "&callbackURL=/a");
            answer.then()
                    .statusCode(302)
                    .header("Location", Caller.ORIGIN + "/a?error=BANNED_USER");
            assertEquals(List.of(), answer.headers().getValues("Set-Cookie"));
        }

        @Test
        @DisplayName("pre-hijacking: puts whoever made the account with the address out")
        void preHijacked() {
            Hijacked account = Hijacked.make();
            send(account.email());
            Response answer = follow(token(account.email()), "");
            answer.then().statusCode(200).body("user.emailVerified", equalTo(true));
            account.assertEmptied(answer.path("token"));
        }

        @Test
        @DisplayName("is stored as a digest")
        void digest() {
            Caller ada = Caller.signUp();
            send(ada.email);
            assertEquals(
                    1L,
                    Database.value(
                            "SELECT count(*) FROM verifications WHERE user_id = ? AND token_digest ="
                                    + " sha256(convert_to(?, 'UTF8'))",
                            ada.id,
                            token(ada.email)));
        }

        private void location(String path, String expected) {
            MailedLinks.follow(Caller.ORIGIN + path)
                    .then()
                    .statusCode(302)
                    .header("Location", Caller.ORIGIN + expected);
        }

        private void refused(String token) {
            Response answer = follow(MailedLinks.encode(token), "&callbackURL=/a");
            assertEquals(302, answer.statusCode(), token);
            assertEquals(
                    Caller.ORIGIN + "/a?error=INVALID_TOKEN", answer.header("Location"), token);
            assertFalse(answer.headers().hasHeaderWithName("Set-Cookie"), token);
        }
    }

    private static Caller verified() {
        Caller caller = Caller.signUp();
        MailedLinks.follow(Mails.last("VERIFY_EMAIL", caller.email).value("url"))
                .then()
                .statusCode(302);
        return caller;
    }

    private static Response send(String email) {
        return send(given(), Map.of("email", email));
    }

    private static Response send(RequestSpecification as, Map<String, Object> body) {
        return as.contentType(ContentType.JSON)
                .body(new HashMap<>(body))
                .post("/api/auth/sign-in/magic-link");
    }

    private static String url(String email) {
        return Mails.last("MAGIC_LINK", email).value("url");
    }

    private static String token(String email) {
        return MailedLinks.parameter(url(email), "token");
    }

    private static Response follow(String token, String more) {
        return MailedLinks.follow(
                Caller.ORIGIN + "/api/auth/magic-link/verify?token=" + token + more);
    }

    private static boolean isSignedIn(String token) {
        return !Caller.as(token).get("/api/auth/get-session").asString().equals("null");
    }

    private static int events(UUID id, String action) {
        return Database.query(
                        "SELECT id FROM audit_events WHERE action = ? AND actor_id = ?", action, id)
                .size();
    }
}
