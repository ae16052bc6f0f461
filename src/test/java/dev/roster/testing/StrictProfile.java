package dev.roster.testing;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.Map;

/**
 * A deployment that trusts no address before it is verified, confirms deletions by mail, and erases
 * nobody by one administrator alone.
 */
public class StrictProfile implements QuarkusTestProfile {

    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of(
                "roster.email-verification.required", "true",
                "roster.email-verification.send-on-sign-in", "true",
                "roster.email-verification.auto-sign-in-after-verification", "true",
                "roster.password-reset.revoke-sessions", "true",
                "roster.change-email.send-confirmation", "false",
                "roster.change-email.update-without-verification", "true",
                "roster.delete-user.confirm-by-mail", "true",
                "roster.erasure.two-administrators", "true");
    }
}
