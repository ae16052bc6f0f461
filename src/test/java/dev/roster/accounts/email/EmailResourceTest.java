package dev.roster.accounts.email;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.roster.testing.AtOnce;
import dev.roster.testing.Caller;
import dev.roster.testing.Cookies;
import dev.roster.testing.Database;
import dev.roster.testing.MailedLinks;
import dev.roster.testing.Mails;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@QuarkusTest
class EmailResourceTest {

    @Nested
    @DisplayName("A stranger")
    class Stranger {

        @Test
        @DisplayName("is mailed a link when signing up, whatever host the request claims")
        void onSignUp() {
            String email = Caller.newEmail();
            forged().contentType(ContentType.JSON)
                    .body(
                            Map.of(
                                    "name",
                                    "Ada",
                                    "email",
                                    email,
                                    "password",
                                    Caller.PASSWORD,
                                    "callbackURL",
                                    "/welcome?a=1&b=2"))
                    .post("/api/auth/sign-up/email")
                    .then()
                    .statusCode(200)
                    .body("user.emailVerified", equalTo(false));
            Mails.Mail mail = Mails.last("VERIFY_EMAIL", email);
            String url = mail.value("url");
            assertTrue(url.startsWith(Caller.ORIGIN + "/api/auth/verify-email?token="), url);
            assertEquals("/welcome?a=1&b=2", MailedLinks.parameter(url, "callbackURL"));
        }

        @Test
        @DisplayName("can have a link mailed to an address, and is told the same for every other")
        void send() {
            Caller ada = Caller.signUp();
            Caller verified = Caller.signUp();
            MailedLinks.follow(link(verified.email)).then().statusCode(302);
            int mails = Mails.to(ada.email).size();
            int toVerified = Mails.to(verified.email).size();
            Response hit = sendTo(forged(), ada.email.toUpperCase(Locale.ROOT), "/v");
            for (String other : List.of(verified.email, Caller.newEmail())) {
                Response miss = sendTo(given(), other, "/v");
                assertEquals(hit.asString(), miss.asString());
                assertEquals(hit.statusCode(), miss.statusCode());
            }
            assertEquals("{\"status\":true}", hit.asString());
            assertEquals(mails + 1, Mails.to(ada.email).size());
            assertEquals(toVerified, Mails.to(verified.email).size());
            assertEquals("/v", MailedLinks.parameter(link(ada.email), "callbackURL"));
            MailedLinks.lookAhead(RestAssured::given, link(ada.email));
            assertFalse(isVerified(ada.email), "by what looks at it ahead");
            MailedLinks.follow(link(ada.email)).then().statusCode(302).header("Location", "/v");
            assertTrue(isVerified(ada.email));
        }

        @Test
        @DisplayName("is refused what is no address, and a link that leads elsewhere")
        void refused() {
            sendTo(given(), "nobody", null)
                    .then()
                    .statusCode(400)
                    .body("code", equalTo("VALIDATION_ERROR"));
            sendTo(given(), Caller.newEmail(), "https://evil.example")
                    .then()
                    .statusCode(403)
                    .body("code", equalTo("INVALID_CALLBACK_URL"));
            given().contentType(ContentType.JSON)
                    .body(Map.of("newEmail", Caller.newEmail()))
                    .post("/api/auth/change-email")
                    .then()
                    .statusCode(401)
                    .body("code", equalTo("UNAUTHORIZED"));
        }
    }

    @Nested
    @DisplayName("A signed-in user")
    class SignedInUser {

        @Test
        @DisplayName("has a link mailed to its own address, until that is verified")
        void send() {
            Caller ada = Caller.signUp();
            sendTo(ada.request(), Caller.newEmail(), null)
                    .then()
                    .statusCode(400)
                    .body("code", equalTo("EMAIL_MISMATCH"));
            int mails = Mails.to(ada.email).size();
            sendTo(ada.request(), ada.email, null)
                    .then()
                    .statusCode(200)
                    .body("status", equalTo(true));
            assertEquals(mails + 1, Mails.to(ada.email).size());
            assertEquals("/", MailedLinks.parameter(link(ada.email), "callbackURL"));
            MailedLinks.follow(link(ada.email)).then().statusCode(302).header("Location", "/");
            sendTo(ada.request(), ada.email, null)
                    .then()
                    .statusCode(400)
                    .body("code", equalTo("EMAIL_ALREADY_VERIFIED"));
        }
    }

    @Nested
    @DisplayName("The link of a verification")
    class Verify {

        @Test
        @DisplayName("verifies once, begins no session, and may be followed again")
        void verifies() {
            Caller ada = Caller.signUp();
            String url = withoutCallback(link(ada.email));
            for (int i = 0; i < 2; i++) {
                Response response = MailedLinks.follow(url);
                response.then()
                        .statusCode(200)
                        .body("status", equalTo(true))
                        .body("user", nullValue());
                assertTrue(response.asString().contains("\"user\":null"));
                assertEquals(List.of(), Cookies.set(response));
            }
            ada.request()
                    .get("/api/auth/get-session")
                    .then()
                    .body("user.emailVerified", equalTo(true));
            assertEquals(1, events(ada, "email.verified"));
        }

        @Test
        @DisplayName("verifies once when it is followed twenty times at once")
        void atOnce() throws InterruptedException {
            Caller ada = Caller.signUp();
            String url = withoutCallback(link(ada.email));
            for (Response answer : AtOnce.run(20, () -> MailedLinks.follow(url))) {
                answer.then().statusCode(200);
            }
            assertEquals(1, events(ada, "email.verified"));
        }

        @Test
        @DisplayName("is no good with any character lost or changed, nor cut off, nor unsigned")
        void tampered() {
            Caller ada = Caller.signUp();
            String token = MailedLinks.parameter(link(ada.email), "token");
            List<String> spoiled = MailedLinks.spoiled(token);
            String[] parts = token.split("\\.");
            spoiled.add(parts[0] + "." + parts[1] + ".");
            spoiled.add(parts[0] + "." + parts[1]);
            spoiled.add(
                    MailedLinks.jwt(
                            "{\"alg\":\"HS256\"}", claims(ada, ""), "another secret 01234"));
            for (String header :
                    List.of(
                            "{\"alg\":\"none\"}",
                            "{\"alg\":\"HS512\"}",
                            "{}",
                            "[]",
                            "x",
                            "{\"alg\":\"HS256\",\"crit\":[\"b64\"],\"b64\":false}")) {
                spoiled.add(MailedLinks.jwt(header, claims(ada, ""), secret()));
            }
            for (String claims :
                    List.of(
                            "{}",
                            "[]",
                            "null",
                            "x",
                            "{\"email\":\"" + ada.email + "\"}",
                            "{\"email\":5,\"exp\":99999999999}",
                            "{\"email\":\"x\",\"exp\":99999999999}",
                            claims(ada, "").replace("\"exp\":", "\"exp\":\"never\",\"x\":"))) {
                spoiled.add(MailedLinks.jwt("{\"alg\":\"HS256\"}", claims, secret()));
            }
            for (String text : spoiled) {
                Response answer = given().queryParam("token", text).get("/api/auth/verify-email");
                assertEquals(401, answer.statusCode(), text);
                answer.then().body("code", equalTo("INVALID_TOKEN"));
            }
            assertTrue(!isVerified(ada.email));
            verify(token).then().statusCode(200);
        }

        @Test
        @DisplayName("tells of an error at its target, as given, and nowhere else")
        void redirects() {
            for (Map.Entry<String, String> target :
                    Map.of(
                                    "/done", "/done?error=INVALID_TOKEN",
                                    "/done?x=1#f", "/done?x=1&error=INVALID_TOKEN#f",
                                    "/done?error=none", "/done?error=INVALID_TOKEN",
                                    "http://trusted.example:3000/a",
                                            "http://trusted.example:3000/a?error=INVALID_TOKEN",
                                    "myapp://open", "myapp://open?error=INVALID_TOKEN",
                                    "/\u00fc", "/%C3%BC?error=INVALID_TOKEN")
                            .entrySet()) {
                given().redirects()
                        .follow(false)
                        .queryParam("token", "bad")
                        .queryParam("callbackURL", target.getKey())
                        .get("/api/auth/verify-email")
                        .then()
                        .statusCode(302)
                        .header("Location", equalTo(target.getValue()))
                        .header("Content-Length", equalTo("0"));
            }
            for (String target : MailedLinks.FOREIGN_TARGETS) {
                Response answer =
                        given().redirects()
                                .follow(false)
                                .queryParam("token", "bad")
                                .queryParam("callbackURL", target)
                                .get("/api/auth/verify-email");
                assertEquals(403, answer.statusCode(), target);
                answer.then()
                        .body("code", equalTo("INVALID_CALLBACK_URL"))
                        .header("Location", nullValue());
            }
        }

        @Test
        @DisplayName("needs one token, and does nothing where nothing is to be read")
        void malformed() {
            given().get("/api/auth/verify-email")
                    .then()
                    .statusCode(400)
                    .body("code", equalTo("VALIDATION_ERROR"))
                    .body(
                            "message",
                            equalTo(
                                    "[query.token] Invalid input: expected string, received"
                                            + " undefined"));
            given().get("/api/auth/verify-email?token=a&token=b").then().statusCode(400);
            given().get("/api/auth/verify-email?token=a&callbackURL=/a&callbackURL=//b")
                    .then()
                    .statusCode(400);
            for (String raw : List.of("%00", "%ff%fe", "a".repeat(5000), "...", "..")) {
                Response answer =
                        given().urlEncodingEnabled(false)
                                .get("/api/auth/verify-email?token=" + raw);
                assertTrue(
                        answer.statusCode() >= 400 && answer.statusCode() < 500,
                        raw + answer.statusCode());
            }
        }

        @Test
        @DisplayName("is too late, or for an address that is nobody's or another's by now")
        void stale() {
            Caller ada = Caller.signUp();
            String good = MailedLinks.parameter(link(ada.email), "token");
            verify(foreign(claims(ada, "").replace("\"exp\":", "\"exp\":1,\"was\":")))
                    .then()
                    .statusCode(401)
                    .body("code", equalTo("TOKEN_EXPIRED"));
            Database.update("UPDATE users SET email = ? WHERE id = ?", Caller.newEmail(), ada.id);
            verify(good).then().statusCode(401).body("code", equalTo("USER_NOT_FOUND"));
            Caller.signUp(ada.email).then().statusCode(200);
            verify(good).then().statusCode(401).body("code", equalTo("INVALID_TOKEN"));
            assertTrue(!isVerified(ada.email));
        }

        @Test
        @DisplayName(
                "of a Better Auth server with the same secret is good, old ones without user too")
        void foreignServer() {
            for (String user : List.of("with", "without")) {
                Caller ada = Caller.signUp();
                String claims =
                        user.equals("with")
                                ? claims(ada, "")
                                : "{\"email\":\"" + ada.email + "\",\"iat\":1,\"exp\":99999999999}";
                verify(foreign(claims)).then().statusCode(200);
                assertTrue(isVerified(ada.email));
            }
        }
    }

    @Nested
    @DisplayName("Changing the address")
    class Change {

        @Test
        @DisplayName("of an unverified user takes a link mailed to the new one; sessions stay")
        void unverified() {
            Caller ada = Caller.signUp();
            String phone = ada.signInAgain();
            String newEmail = "New-" + Caller.newEmail();
            request(forged().header("Authorization", "Bearer " + ada.token), newEmail, "/c")
                    .then()
                    .statusCode(200)
                    .body("status", equalTo(true));
            assertEquals(1, Mails.to(ada.email).size(), "of the sign-up");
            String url = link(newEmail);
            assertEquals("/c", MailedLinks.parameter(url, "callbackURL"));
            Response followed = MailedLinks.follow(ada.request(), withoutCallback(url));
            followed.then()
                    .statusCode(200)
                    .body("status", equalTo(true))
                    .body("user.email", equalTo(newEmail.toLowerCase(Locale.ROOT)))
                    .body("user.emailVerified", equalTo(false));
            assertEquals(ada.token, Cookies.decode(Cookies.session(followed)).substring(0, 32));
            for (String token : List.of(ada.token, phone)) {
                Caller.as(token)
                        .get("/api/auth/get-session")
                        .then()
                        .body("user.email", equalTo(newEmail.toLowerCase(Locale.ROOT)));
            }
            Caller.signIn(ada.email, Caller.PASSWORD).then().statusCode(401);
            Caller.signIn(newEmail, Caller.PASSWORD).then().statusCode(200);
            assertEquals(1, events(ada, "email.changed"));
        }

        @Test
        @DisplayName("of a verified user is confirmed at the old one first, and stays verified")
        void verified() {
            Caller ada = verifiedCaller();
            String newEmail = Caller.newEmail();
            request(ada.request(), newEmail, "/c").then().statusCode(200);
            assertEquals(List.of(), Mails.to(newEmail));
            Mails.Mail toOld = Mails.last("CHANGE_EMAIL", ada.email);
            String confirm = withoutCallback(toOld.value("url"));
            Response confirmed = MailedLinks.follow(confirm);
            confirmed.then().statusCode(200);
            assertEquals("{\"status\":true}", confirmed.asString());
            MailedLinks.follow(confirm)
                    .then()
                    .statusCode(401)
                    .body("code", equalTo("INVALID_TOKEN"));
            assertEquals(1, Mails.to(newEmail).size());
            MailedLinks.follow(link(newEmail)).then().statusCode(302).header("Location", "/");
            ada.request()
                    .get("/api/auth/get-session")
                    .then()
                    .body("user.email", equalTo(newEmail))
                    .body("user.emailVerified", equalTo(true));
        }

        @Test
        @DisplayName("leads where the first request said, through both links")
        void callback() {
            Caller ada = verifiedCaller();
            String newEmail = Caller.newEmail();
            request(ada.request(), newEmail, "/c?d=1").then().statusCode(200);
            MailedLinks.follow(Mails.last("CHANGE_EMAIL", ada.email).value("url"))
                    .then()
                    .statusCode(302)
                    .header("Location", "/c?d=1");
            MailedLinks.follow(link(newEmail)).then().statusCode(302).header("Location", "/c?d=1");
        }

        @Test
        @DisplayName("to the same, in whatever letters, or to none is refused")
        void refused() {
            Caller ada = Caller.signUp();
            for (String same : List.of(ada.email, ada.email.toUpperCase(Locale.ROOT))) {
                request(ada.request(), same, null)
                        .then()
                        .statusCode(400)
                        .body("message", equalTo("Email is the same"))
                        .body("code", nullValue());
            }
            request(ada.request(), "bad", null)
                    .then()
                    .statusCode(400)
                    .body("code", equalTo("VALIDATION_ERROR"));
            request(ada.request(), Caller.newEmail(), "//evil.example")
                    .then()
                    .statusCode(403)
                    .body("code", equalTo("INVALID_CALLBACK_URL"));
        }

        @Test
        @DisplayName("to a taken one looks like any other, and nobody gets a mail at it")
        void taken() {
            Caller grace = Caller.signUp();
            int mails = Mails.to(grace.email).size();
            Caller ada = Caller.signUp();
            Response taken = request(ada.request(), grace.email, null);
            Response free = request(ada.request(), Caller.newEmail(), null);
            assertEquals(free.asString(), taken.asString());
            assertEquals(free.statusCode(), taken.statusCode());
            Caller verified = verifiedCaller();
            request(verified.request(), grace.email, null).then().statusCode(200);
            MailedLinks.follow(
                            withoutCallback(
                                    Mails.last("CHANGE_EMAIL", verified.email).value("url")))
                    .then()
                    .statusCode(200)
                    .body("status", equalTo(true));
            assertEquals(mails, Mails.to(grace.email).size());
        }

        @Test
        @DisplayName("to one that was taken meanwhile, in other letters, is told at the link")
        void takenMeanwhile() {
            Caller ada = Caller.signUp();
            String newEmail = Caller.newEmail();
            request(ada.request(), newEmail, "/c").then().statusCode(200);
            Caller.signUp(newEmail.toUpperCase(Locale.ROOT)).then().statusCode(200);
            String url =
                    Mails.to(newEmail).stream()
                            .filter(mail -> mail.value("url").endsWith("%2Fc"))
                            .findFirst()
                            .orElseThrow()
                            .value("url");
            MailedLinks.follow(url)
                    .then()
                    .statusCode(302)
                    .header("Location", "/c?error=USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL");
            MailedLinks.follow(withoutCallback(url))
                    .then()
                    .statusCode(422)
                    .body("code", equalTo("USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL"));
            Caller.signIn(ada.email, Caller.PASSWORD).then().statusCode(200);
        }

        @Test
        @DisplayName("by two users to the same address at once has one winner")
        void race() throws InterruptedException {
            String newEmail = Caller.newEmail();
            Caller ada = Caller.signUp();
            Caller grace = Caller.signUp();
            request(ada.request(), newEmail, null).then().statusCode(200);
            String first = withoutCallback(link(newEmail));
            request(grace.request(), newEmail, null).then().statusCode(200);
            String second = withoutCallback(link(newEmail));
            assertNotEquals(first, second);
            Map<Integer, Integer> statuses = new HashMap<>();
            for (Response answer :
                    AtOnce.numbered(20, i -> MailedLinks.follow(i % 2 == 0 ? first : second))) {
                statuses.merge(answer.statusCode(), 1, Integer::sum);
            }
            assertEquals(1, statuses.remove(200), statuses.toString());
            assertTrue(List.of(401, 422).containsAll(statuses.keySet()), statuses.toString());
        }

        @Test
        @DisplayName("works once for each link, after a change back as well")
        void replay() {
            Caller ada = Caller.signUp();
            String newEmail = Caller.newEmail();
            request(ada.request(), newEmail, null).then().statusCode(200);
            String there = withoutCallback(link(newEmail));
            MailedLinks.follow(there).then().statusCode(200);
            MailedLinks.follow(there).then().statusCode(401).body("code", equalTo("INVALID_TOKEN"));
            request(ada.request(), ada.email, null).then().statusCode(200);
            MailedLinks.follow(withoutCallback(link(ada.email))).then().statusCode(200);
            MailedLinks.follow(there).then().statusCode(401).body("code", equalTo("INVALID_TOKEN"));
            Caller.signIn(ada.email, Caller.PASSWORD).then().statusCode(200);
        }

        @Test
        @DisplayName("voids the links that were mailed to the address before")
        void voids() {
            Caller ada = Caller.signUp();
            given().contentType(ContentType.JSON)
                    .body(Map.of("email", ada.email))
                    .post("/api/auth/request-password-reset")
                    .then()
                    .statusCode(200);
            String reset = Mails.last("RESET_PASSWORD", ada.email).value("url");
            String other = Caller.newEmail();
            request(ada.request(), other, null).then().statusCode(200);
            String newEmail = Caller.newEmail();
            request(ada.request(), newEmail, null).then().statusCode(200);
            MailedLinks.follow(withoutCallback(link(newEmail))).then().statusCode(200);
            MailedLinks.follow(withoutCallback(link(other))).then().statusCode(401);
            MailedLinks.follow(reset)
                    .then()
                    .statusCode(302)
                    .header("Location", Caller.ORIGIN + "/?error=INVALID_TOKEN");
        }

        @Test
        @DisplayName("is not possible with a link for another user, or with another's session")
        void otherUser() {
            Caller ada = Caller.signUp();
            Caller mallory = Caller.signUp();
            String newEmail = Caller.newEmail();
            request(ada.request(), newEmail, null).then().statusCode(200);
            String url = withoutCallback(link(newEmail));
            MailedLinks.follow(mallory.request(), url)
                    .then()
                    .statusCode(401)
                    .body("code", equalTo("INVALID_USER"));
            // her link's id in a token for him
            String token = MailedLinks.parameter(url, "token");
            String id = io.restassured.path.json.JsonPath.from(payload(token)).getString("jti");
            verify(
                            foreign(
                                    claims(
                                            mallory,
                                            ",\"updateTo\":\""
                                                    + newEmail
                                                    + "\",\"requestType\":"
                                                    + "\"change-email-verification\",\"jti\":\""
                                                    + id
                                                    + '"')))
                    .then()
                    .statusCode(401)
                    .body("code", equalTo("INVALID_TOKEN"));
            MailedLinks.follow(url).then().statusCode(200);
        }

        @Test
        @DisplayName("by links of a Better Auth server with the same secret works once each")
        void foreignServer() {
            Caller ada = verifiedCaller();
            String newEmail = Caller.newEmail();
            String update = ",\"updateTo\":\"" + newEmail + '"';
            String confirmation =
                    foreign(claims(ada, update + ",\"requestType\":\"change-email-confirmation\""));
            verify(confirmation).then().statusCode(200);
            verify(confirmation).then().statusCode(401);
            assertEquals(1, Mails.to(newEmail).size());
            String change =
                    foreign(claims(ada, update + ",\"requestType\":\"change-email-verification\""));
            verify(change)
                    .then()
                    .statusCode(200)
                    .body("user.email", equalTo(newEmail))
                    .body("user.emailVerified", equalTo(true));
            Database.update("UPDATE users SET email = ? WHERE id = ?", ada.email, ada.id);
            verify(change).then().statusCode(401).body("code", equalTo("INVALID_TOKEN"));
        }

        @Test
        @DisplayName("by a link of an old Better Auth server proves nothing of the new address")
        void legacy() {
            Caller ada = verifiedCaller();
            String newEmail = Caller.newEmail();
            verify(foreign(claims(ada, ",\"updateTo\":\"" + newEmail + '"')))
                    .then()
                    .statusCode(200)
                    .body("user.email", equalTo(newEmail))
                    .body("user.emailVerified", equalTo(false));
            MailedLinks.follow(link(newEmail)).then().statusCode(302);
            assertTrue(isVerified(newEmail));
        }

        @Test
        @DisplayName("is refused where the link names no user, nobody, or no address")
        void malformed() {
            Caller ada = Caller.signUp();
            Map<String, String> refused =
                    Map.of(
                            "{\"email\":\"EMAIL\",\"updateTo\":\"x@y.example\",\"exp\":99999999999}",
                            "INVALID_TOKEN",
                            "{\"email\":\"EMAIL\",\"updateTo\":\"x\",\"userId\":\"ID\",\"exp\":99999999999}",
                            "INVALID_TOKEN",
                            "{\"email\":\"EMAIL\",\"updateTo\":\"x@y.example\",\"userId\":\"nobody\",\"exp\":99999999999}",
                            "USER_NOT_FOUND");
            refused.forEach(
                    (claims, code) ->
                            verify(
                                            foreign(
                                                    claims.replace("EMAIL", ada.email)
                                                            .replace("ID", ada.id.toString())))
                                    .then()
                                    .statusCode(401)
                                    .body("code", equalTo(code)));
        }

        @Test
        @DisplayName("is not begun by somebody who is put out meanwhile")
        void putOut() {
            Caller ada = verifiedCaller();
            int mails = Mails.to(ada.email).size();
            Response answer =
                    AtOnce.whilePutOut(
                            ada.id, () -> request(ada.request(), Caller.newEmail(), null));
            answer.then().statusCode(401).body("code", equalTo("UNAUTHORIZED"));
            assertEquals(mails, Mails.to(ada.email).size());
        }

        @Test
        @DisplayName("ends with a reset of the password: whoever asked for it may be a thief")
        void reset() {
            Caller ada = verifiedCaller();
            String thief = Caller.newEmail();
            request(ada.request(), thief, null).then().statusCode(200);
            String confirm = Mails.last("CHANGE_EMAIL", ada.email).value("url");
            given().contentType(ContentType.JSON)
                    .body(Map.of("email", ada.email))
                    .post("/api/auth/request-password-reset")
                    .then()
                    .statusCode(200);
            String url = Mails.last("RESET_PASSWORD", ada.email).value("url");
            String token = url.substring(url.lastIndexOf('/') + 1).split("\\?")[0];
            // callbackURL is %2F encoded, so that the last slash is the token's
            given().contentType(ContentType.JSON)
                    .body(Map.of("token", token, "newPassword", "another-horse-battery"))
                    .post("/api/auth/reset-password")
                    .then()
                    .statusCode(200);
            MailedLinks.follow(withoutCallback(confirm)).then().statusCode(401);
        }
    }

    private static Response sendTo(RequestSpecification as, String email, String callbackUrl) {
        Map<String, Object> body = new HashMap<>(Map.of("email", email));
        if (callbackUrl != null) {
            body.put("callbackURL", callbackUrl);
        }
        return as.contentType(ContentType.JSON)
                .body(body)
                .post("/api/auth/send-verification-email");
    }

    private static Response request(RequestSpecification as, String newEmail, String callbackUrl) {
        Map<String, Object> body = new HashMap<>(Map.of("newEmail", newEmail));
        if (callbackUrl != null) {
            body.put("callbackURL", callbackUrl);
        }
        return as.contentType(ContentType.JSON).body(body).post("/api/auth/change-email");
    }

    private static Response verify(String token) {
        return given().queryParam("token", token).get("/api/auth/verify-email");
    }

    private static Caller verifiedCaller() {
        Caller caller = Caller.signUp();
        MailedLinks.follow(link(caller.email)).then().statusCode(302);
        return caller;
    }

    /** A request that claims to have come to another host. */
    private static RequestSpecification forged() {
        return given().header("Host", "evil.example")
                .header("X-Forwarded-Host", "evil.example")
                .header("X-Forwarded-Proto", "https")
                .header("Forwarded", "host=evil.example;proto=https");
    }

    private static String link(String email) {
        return Mails.last("VERIFY_EMAIL", email).value("url");
    }

    private static String withoutCallback(String url) {
        return url.replaceFirst("&callbackURL=.*", "");
    }

    private static String claims(Caller caller, String more) {
        return "{\"email\":\""
                + caller.email
                + "\",\"userId\":\""
                + caller.id
                + '"'
                + more
                + ",\"iat\":1,\"exp\":99999999999}";
    }

    private static String foreign(String claims) {
        return MailedLinks.jwt("{\"alg\":\"HS256\"}", claims, secret());
    }

    private static String payload(String token) {
        return new String(
                java.util.Base64.getUrlDecoder().decode(token.split("\\.")[1]),
                java.nio.charset.StandardCharsets.UTF_8);
    }

    private static String secret() {
        return Mails.secret();
    }

    private static boolean isVerified(String email) {
        return (boolean)
                Database.value(
                        "SELECT email_verified FROM users WHERE email_key = ? AND deleted_at IS"
                                + " NULL",
                        email);
    }

    private static int events(Caller caller, String action) {
        return Database.query(
                        "SELECT id FROM audit_events WHERE action = ? AND target_id = ? AND"
                                + " actor_id = ?",
                        action,
                        caller.id,
                        caller.id)
                .size();
    }
}
