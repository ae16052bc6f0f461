package dev.roster.accounts.email;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.roster.testing.Caller;
import dev.roster.testing.MailedLinks;
import dev.roster.testing.Mails;
import dev.roster.testing.Statements;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.specification.RequestSpecification;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@QuarkusTest
@DisplayName("Links by mail, seen from the database")
class MailedLinksStatementsTest {

    @Test
    @DisplayName("cost the same statements for a reset of nobody's password")
    void reset() {
        List<String> hit = reset(Caller.signUp().email);
        List<String> miss = reset(Caller.newEmail());
        assertEquals(4, hit.size(), () -> "user, token, language, mail: " + hit);
        assertEquals(hit, miss);
    }

    @Test
    @DisplayName("cost the same statements where there is nothing to verify")
    void verification() {
        Caller verified = verified();
        List<String> hit = verification(Caller.signUp().email);
        assertEquals(3, hit.size(), () -> "user, language, mail: " + hit);
        assertEquals(hit, verification(verified.email));
        assertEquals(hit, verification(Caller.newEmail()));
    }

    @Test
    @DisplayName("cost the same statements for a taken address")
    void change() {
        Caller ada = Caller.signUp();
        List<String> free = change(ada, Caller.newEmail());
        assertEquals(free, change(ada, Caller.signUp().email));
        Caller verified = verified();
        assertEquals(change(verified, Caller.newEmail()), change(verified, Caller.signUp().email));
    }

    @Test
    @DisplayName("lock users without keeping sessions from beginning")
    void lock() {
        Caller ada = Caller.signUp();
        reset(ada.email);
        String url = Mails.last("RESET_PASSWORD", ada.email).value("url");
        List<String> statements =
                statements(
                        given(),
                        "reset-password",
                        Map.of(
                                "token",
                                url.replaceFirst("\\?.*", "").replaceFirst(".*/", ""),
                                "newPassword",
                                "another-horse-battery"));
        assertTrue(
                statements.stream().anyMatch(sql -> sql.contains("for no key update")),
                statements.toString());
    }

    private static List<String> reset(String email) {
        return statements(given(), "request-password-reset", Map.of("email", email));
    }

    private static List<String> verification(String email) {
        return statements(given(), "send-verification-email", Map.of("email", email));
    }

    private static List<String> change(Caller caller, String newEmail) {
        return statements(caller.request(), "change-email", Map.of("newEmail", newEmail));
    }

    private static List<String> statements(
            RequestSpecification as, String path, Map<String, String> body) {
        return Statements.of(
                () ->
                        as.contentType(ContentType.JSON)
                                .body(body)
                                .post("/api/auth/" + path)
                                .then()
                                .statusCode(200));
    }

    private static Caller verified() {
        Caller caller = Caller.signUp();
        MailedLinks.follow(Mails.last("VERIFY_EMAIL", caller.email).value("url"))
                .then()
                .statusCode(302);
        return caller;
    }
}
