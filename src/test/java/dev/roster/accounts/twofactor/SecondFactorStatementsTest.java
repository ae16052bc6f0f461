package dev.roster.accounts.twofactor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.roster.testing.Browser;
import dev.roster.testing.Caller;
import dev.roster.testing.Statements;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@QuarkusTest
@DisplayName("The second factor, seen from the database")
class SecondFactorStatementsTest {

    @Test
    @DisplayName("costs a sign-in nothing where it is not enabled")
    void notEnabled() {
        Guarded user = Guarded.none();
        List<String> statements =
                Statements.of(() -> user.trySignIn(new Browser()).then().statusCode(200));
        assertEquals(
                4,
                statements.size(),
                () -> "login, unchanged password, session, audit event: " + statements);
    }

    @Test
    @DisplayName("costs the first step a challenge and a look at the methods, and no session")
    void firstStep() {
        Guarded user = Guarded.byTotp();
        List<String> statements = Statements.of(() -> user.signIn());
        assertEquals(
                4,
                statements.size(),
                () -> "login, unchanged password, methods, challenge: " + statements);
    }

    @Test
    @DisplayName("costs the second step the same, right or wrong, up to the comparison")
    void secondStep() {
        Guarded user = Guarded.byTotp();
        Browser browser = user.signIn();
        String wrongCode = user.wrongCode();
        List<String> wrong =
                Statements.of(
                        () ->
                                browser.post("/two-factor/verify-totp", Map.of("code", wrongCode))
                                        .then()
                                        .statusCode(401));
        assertEquals(
                4,
                wrong.size(),
                () -> "sign-in, its count, the user's count, audit event: " + wrong);
        String code = user.code();
        List<String> right =
                Statements.of(
                        () ->
                                browser.post("/two-factor/verify-totp", Map.of("code", code))
                                        .then()
                                        .statusCode(200));
        assertEquals(wrong.subList(0, 3), right.subList(0, 3));
        assertEquals(
                8,
                right.size(),
                () ->
                        "sign-in, two counts, end of the sign-in, unchanged password, code,"
                                + " session, audit event: "
                                + right);
    }

    @Test
    @DisplayName("costs a trusted device the change of its token")
    void trusted() {
        Guarded user = Guarded.byTotp();
        Browser browser = user.signIn();
        browser.post("/two-factor/verify-totp", Map.of("code", user.code(), "trustDevice", true))
                .then()
                .statusCode(200);
        browser.post("/sign-out", Map.of());
        List<String> statements =
                Statements.of(
                        () ->
                                browser.post(
                                                "/sign-in/email",
                                                Map.of(
                                                        "email",
                                                        user.email,
                                                        "password",
                                                        Caller.PASSWORD))
                                        .then()
                                        .statusCode(200));
        assertEquals(
                6,
                statements.size(),
                () ->
                        "login, unchanged password, old token, new token, session, audit event: "
                                + statements);
    }
}
