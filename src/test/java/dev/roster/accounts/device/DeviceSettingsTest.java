package dev.roster.accounts.device;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.roster.platform.jobs.PurgeTask;
import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.Rest;
import dev.roster.testing.SettingsProfile;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(SettingsProfile.class)
@DisplayName("Signing a device in where every setting is another")
class DeviceSettingsTest {

    @Inject @Any Instance<PurgeTask> tasks;

    private static Response post(String path, String body) {
        return Rest.body(given(), Rest.JSON, body).post("/api/auth/" + path);
    }

    @Test
    @DisplayName("tells of them")
    void settings() {
        Response asked = post("device/code", "{\"client_id\":\"printer\"}");
        asked.then()
                .statusCode(200)
                .body("verification_uri", equalTo("https://app.example/activate?lang=en"))
                .body(
                        "verification_uri_complete",
                        equalTo(
                                "https://app.example/activate?lang=en&user_code="
                                        + asked.path("user_code")))
                .body("expires_in", equalTo(600))
                .body("interval", equalTo(1));
    }

    @Test
    @DisplayName("is for the clients they name")
    void clients() {
        for (Response refused :
                java.util.List.of(
                        post("device/code", "{\"client_id\":\"other\"}"),
                        post(
                                "device/token",
                                "{\"grant_type\":\"urn:ietf:params:oauth:grant-type:device_code\","
                                        + "\"client_id\":\"other\",\"device_code\":\"x\"}"))) {
            refused.then()
                    .statusCode(400)
                    .body("error", equalTo("invalid_client"))
                    .body("error_description", equalTo("Invalid client ID"));
        }
    }

    @Test
    @DisplayName("leaves nothing of a request that expired an hour ago; nor of an expired API key")
    void purges() {
        post("device/code", "{\"client_id\":\"tv\"}").then().statusCode(200);
        post("device/code", "{\"client_id\":\"tv\"}").then().statusCode(200);
        Database.update(
                "UPDATE device_codes SET expires_at = now() - interval '61 minutes' WHERE id ="
                        + " (SELECT id FROM device_codes ORDER BY created_at DESC LIMIT 1)");
        Object before = Database.value("SELECT count(*) FROM device_codes");
        Caller owner = Caller.signUp();
        Database.update(
                "INSERT INTO api_keys (id, user_id, key_digest, expires_at) SELECT"
                        + " gen_random_uuid(), u.id, sha256(convert_to(u.id::text || s, 'UTF8')),"
                        + " now() + s * interval '1 minute' FROM users u, generate_series(-1, 1, 2)"
                        + " s WHERE u.id = ?",
                owner.id);
        QuarkusTransaction.requiringNew()
                .run(() -> tasks.forEach(task -> task.purge(Instant.now(), 500)));
        assertEquals((Long) before - 1, Database.value("SELECT count(*) FROM device_codes"));
        assertEquals(
                Map.of("all", 1L, "live", 1L),
                Database.query(
                                "SELECT count(*) AS all, count(*) FILTER (WHERE expires_at > now())"
                                        + " AS live FROM api_keys WHERE user_id = ?",
                                owner.id)
                        .get(0));
    }
}
