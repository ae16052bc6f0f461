package dev.roster.testing;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A deployment without anything that can be switched off, but with a mail server. */
public class SwitchedOffProfile implements QuarkusTestProfile {

    /** The system property with the port that its mail server is to listen on. */
    public static final String SMTP_PORT = "switched-off-profile.smtp-port";

    /** All but the one for bearer tokens. */
    private static final List<String> PLUGINS =
            List.of(
                    "username",
                    "jwt",
                    "multi-session",
                    "one-time-token",
                    "two-factor",
                    "api-key",
                    "admin",
                    "organization",
                    "anonymous",
                    "magic-link",
                    "email-otp",
                    "device-authorization");

    @Override
    public Map<String, String> getConfigOverrides() {
        // decided before the service starts; a property, since the profile has a class loader of
        // its own, in which a constant would be another one
        System.setProperty(SMTP_PORT, Integer.toString(PackagedProcess.freePort()));
        Map<String, String> settings = new HashMap<>();
        PLUGINS.forEach(name -> settings.put("roster.plugins." + name, "false"));
        for (String name :
                List.of("email-verification", "password-reset", "change-email", "delete-user")) {
            settings.put("roster." + name + ".enabled", "false");
        }
        settings.put("roster.smtp-url", "smtp://localhost:" + System.getProperty(SMTP_PORT));
        settings.put("roster.mail.from", "Äpfel & Co <mail@roster.example>");
        return settings;
    }
}
