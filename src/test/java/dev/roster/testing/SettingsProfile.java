package dev.roster.testing;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.Map;

/**
 * A deployment that leaves signing up and in as it is, and of API keys, organizations, devices and
 * mailed codes hardly a setting. One for all of those, since each deployment has to be started.
 */
public class SettingsProfile implements QuarkusTestProfile {

    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.ofEntries(
                Map.entry("roster.api-key.default-prefix", "roster_"),
                Map.entry("roster.api-key.key-length", "40"),
                Map.entry("roster.api-key.require-name", "true"),
                Map.entry("roster.api-key.metadata", "true"),
                Map.entry("roster.api-key.sessions", "true"),
                Map.entry("roster.api-key.expiry.by-default", "30D"),
                Map.entry("roster.api-key.expiry.custom", "false"),
                Map.entry("roster.api-key.rate-limit.time-window", "1M"),
                Map.entry("roster.api-key.rate-limit.max", "3"),
                Map.entry(
                        "roster.device-authorization.verification-uri",
                        "https://app.example/activate?lang=en"),
                Map.entry("roster.device-authorization.expires-in", "10M"),
                Map.entry("roster.device-authorization.interval", "1S"),
                Map.entry("roster.device-authorization.clients", "tv,printer"),
                Map.entry("roster.magic-link.sign-up", "false"),
                Map.entry("roster.email-verification.enabled", "false"),
                Map.entry("roster.email-otp.sign-up", "false"),
                Map.entry("roster.email-otp.change-email", "true"),
                Map.entry("roster.organization.limit", "1"),
                Map.entry("roster.organization.membership-limit", "2"),
                Map.entry("roster.organization.invitation-limit", "1"),
                Map.entry("roster.organization.invitation-expires-in", "1H"),
                Map.entry("roster.organization.require-email-verification-on-invitation", "true"),
                Map.entry("roster.organization.teams.default-team", "false"),
                Map.entry("roster.organization.teams.allow-removing-all", "true"),
                Map.entry("roster.organization.teams.maximum", "2"),
                Map.entry("roster.organization.teams.maximum-members", "1"));
    }
}
