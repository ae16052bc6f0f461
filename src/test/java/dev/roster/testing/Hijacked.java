package dev.roster.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.restassured.http.ContentType;
import java.util.Map;

/**
 * An account that somebody made with the address of another, with everything that could let its
 * maker back in: sessions, a password, a provider, an API key, a second factor of its own and a
 * device that it let in.
 */
public record Hijacked(Caller attacker, String phone, Device device) {

    public static Hijacked make() {
        Caller attacker = Caller.signUp();
        String phone = attacker.signInAgain();
        Database.update(
                "INSERT INTO credentials (id, user_id, provider_id, account_id) VALUES"
                        + " (gen_random_uuid(), ?, 'github', ?)",
                attacker.id,
                attacker.id.toString());
        attacker.request()
                .contentType(ContentType.JSON)
                .body(Map.of("name", "back door"))
                .post("/api/auth/api-key/create")
                .then()
                .statusCode(200);
        attacker.request()
                .contentType(ContentType.JSON)
                .body(Map.of("password", Caller.PASSWORD))
                .post("/api/auth/two-factor/enable")
                .then()
                .statusCode(200);
        Database.update("UPDATE users SET two_factor_enabled = true WHERE id = ?", attacker.id);
        return new Hijacked(attacker, phone, Device.approvedBy(attacker));
    }

    public String email() {
        return attacker.email;
    }

    /** Nothing of the attacker's is left; the victim's own session is, or is null. */
    public void assertEmptied(String ownToken) {
        for (String table : new String[] {"api_keys", "two_factors", "verifications"}) {
            assertEquals(0L, count(table), table);
        }
        assertEquals(ownToken == null ? 0L : 1L, count("sessions"), "sessions");
        assertEquals(
                0L,
                Database.value(
                        "SELECT count(*) FROM credentials WHERE user_id = ? AND provider_id <>"
                                + " 'credential'",
                        attacker.id));
        assertEquals(
                false,
                Database.value("SELECT two_factor_enabled FROM users WHERE id = ?", attacker.id));
        assertEquals(
                true, Database.value("SELECT email_verified FROM users WHERE id = ?", attacker.id));
        for (String token : new String[] {attacker.token, phone}) {
            assertEquals("null", Caller.as(token).get("/api/auth/get-session").asString());
        }
        device.assertForgotten();
        Caller.signIn(attacker.email, Caller.PASSWORD).then().statusCode(401);
    }

    private Object count(String table) {
        return Database.value("SELECT count(*) FROM " + table + " WHERE user_id = ?", attacker.id);
    }
}
