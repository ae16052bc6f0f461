package dev.roster.accounts.signin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.roster.testing.AtOnce;
import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.Statements;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@QuarkusTest
@DisplayName("Signing in, seen from the database")
class SignInStatementsTest {

    @Test
    @DisplayName("runs the same statements for an unknown address as for a wrong password")
    void noEnumeration() {
        String email = Caller.signUp().email;
        List<String> wrong =
                Statements.of(
                        () -> Caller.signIn(email, "wrong-password-1").then().statusCode(401));
        List<String> unknown =
                Statements.of(
                        () ->
                                Caller.signIn(Caller.newEmail(), Caller.PASSWORD)
                                        .then()
                                        .statusCode(401));
        assertEquals(2, wrong.size(), () -> "one read, one audit event: " + wrong);
        assertEquals(wrong, unknown);
    }

    @Test
    @DisplayName("begins no session by a password that is changed while its hash is computed")
    void changedMeanwhile() {
        Caller caller = Caller.signUp();
        // it has read the old hash, found the password right, and waits for the change's end
        Response answer =
                AtOnce.meanwhile(
                        () -> Caller.signIn(caller.email, Caller.PASSWORD),
                        "UPDATE credentials SET password_hash = 'changed' WHERE user_id = ?",
                        caller.id);
        assertEquals(401, answer.statusCode());
        assertEquals(
                1L, Database.value("SELECT count(*) FROM sessions WHERE user_id = ?", caller.id));
        assertTrue(
                (long)
                                Database.value(
                                        "SELECT count(*) FROM audit_events WHERE action ="
                                                + " 'session.refused' AND target_id = ?",
                                        caller.id)
                        == 1);
    }
}
