package dev.roster.accounts.anonymous;

import static org.hamcrest.Matchers.equalTo;

import dev.roster.testing.Browser;
import dev.roster.testing.ScarceProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(ScarceProfile.class)
@DisplayName("A service that takes no strangers in")
class NoGuestsTest {

    @Test
    @DisplayName("has no guests either")
    void refused() {
        new Browser()
                .post("/sign-in/anonymous", Map.of())
                .then()
                .statusCode(403)
                .body("code", equalTo("FAILED_TO_CREATE_USER"));
    }
}
