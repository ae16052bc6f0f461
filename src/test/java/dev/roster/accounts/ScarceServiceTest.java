package dev.roster.accounts;

import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.roster.testing.AtOnce;
import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.ScarceProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(ScarceProfile.class)
@DisplayName("A service with little to give")
class ScarceServiceTest {

    @Test
    @DisplayName("refuses sign-ins it cannot hash and goes on answering who is signed in")
    void full() throws InterruptedException {
        UUID id = UUID.randomUUID();
        String token = UUID.randomUUID().toString().replace("-", "");
        Database.update(
                "INSERT INTO users (id, name, email) VALUES (?, 'x', ?)", id, Caller.newEmail());
        Database.update(
                "INSERT INTO sessions (id, user_id, token_digest, expires_at) VALUES (?, ?,"
                        + " sha256(convert_to(?, 'UTF8')), now() + interval '7 days')",
                UUID.randomUUID(),
                id,
                token);
        List<Callable<Response>> calls = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            calls.add(() -> Caller.signIn(Caller.newEmail(), Caller.PASSWORD));
            calls.add(() -> Caller.as(token).get("/api/auth/get-session"));
        }
        int refused = 0;
        int judged = 0;
        List<Response> answers = AtOnce.run(calls);
        for (int i = 0; i < answers.size(); i++) {
            Response answer = answers.get(i);
            if (i % 2 == 1) {
                answer.then().statusCode(200).body("user.id", equalTo(id.toString()));
            } else if (answer.statusCode() == 503) {
                refused++;
                assertTrue(Integer.parseInt(answer.header("Retry-After")) > 0);
                assertEquals("application/json", answer.contentType());
                answer.then().body("code", equalTo("SERVICE_UNAVAILABLE"));
            } else {
                judged++;
                answer.then().statusCode(401);
            }
        }
        assertTrue(refused > 0, "one at work and one waiting is all there is room for");
        assertTrue(judged > 0, "what there is room for is done");
    }

    @Test
    @DisplayName("takes no strangers in where signing up is switched off")
    void signUpDisabled() {
        String email = Caller.newEmail();
        Caller.signUp(email)
                .then()
                .statusCode(400)
                .body("code", equalTo("EMAIL_PASSWORD_SIGN_UP_DISABLED"));
        assertEquals(0L, Database.value("SELECT count(*) FROM users WHERE email_key = ?", email));
    }
}
