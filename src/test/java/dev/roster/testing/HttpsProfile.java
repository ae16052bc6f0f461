package dev.roster.testing;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.Map;

/**
 * A deployment with everything the ordinary tests leave alone: behind a proxy with TLS, in the
 * middle of a rotation of secrets, and not telling strangers which addresses have an account.
 */
public class HttpsProfile implements QuarkusTestProfile {

    public static final String ORIGIN = "https://accounts.example";
    public static final String NEW_SECRET = "the-new-secret-of-the-tests-0123456789abcdef";
    public static final String OLD_SECRET = "the-old-secret-of-the-tests-0123456789abcdef";

    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of(
                "roster.base-url",
                ORIGIN,
                "roster.secret",
                NEW_SECRET + "," + OLD_SECRET,
                "roster.trusted-proxies",
                "127.0.0.1,10.0.0.0/8",
                "roster.sign-up.sign-in",
                "false");
    }
}
