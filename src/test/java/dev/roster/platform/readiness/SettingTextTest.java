package dev.roster.platform.readiness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.roster.platform.crypto.CryptoConfig;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The text of a setting")
class SettingTextTest {

    private static SmallRyeConfig config(String variable, String text) {
        return new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withInterceptors(new SettingText())
                .withConverter(
                        Boolean.class, StrictBoolean.ABOVE_THE_FRAMEWORKS, new StrictBoolean())
                .withSources(new EnvConfigSource(Map.of(variable, text), 300))
                .build();
    }

    private static CryptoConfig crypto(String variable, String text) {
        SmallRyeConfig config =
                new SmallRyeConfigBuilder()
                        .addDefaultInterceptors()
                        .withInterceptors(new SettingText())
                        .withMapping(CryptoConfig.class)
                        .withDefaultValue("roster.secret", "unset")
                        .withMappingIgnore("roster.**")
                        .withSources(new EnvConfigSource(Map.of(variable, text), 300))
                        .build();
        return config.getConfigMapping(CryptoConfig.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain-secret",
                "pa$$word",
                "${HOME}",
                "a$b",
                "$",
                "back\\slash$",
                "${",
                "a\\\\b",
                "\\$",
                "ends\\"
            })
    @DisplayName("means what it says in secrets, passwords and URLs")
    void literal(String text) {
        for (String variable :
                List.of(
                        "ROSTER_ADMIN_PASSWORD",
                        "ROSTER_SMTP_URL",
                        "ROSTER_IMPORT_SECRET",
                        "ROSTER_IMPORT_SOURCE",
                        "ROSTER_ORGANIZATION_INVITATION_URL",
                        "ROSTER_ATTRIBUTES_SELF_SCHEMA")) {
            SmallRyeConfig config = config(variable, text + "\n");
            String property =
                    switch (variable) {
                        case "ROSTER_SMTP_URL" -> "roster.smtp-url";
                        case "ROSTER_ORGANIZATION_INVITATION_URL" ->
                                "roster.organization.invitation-url";
                        case "ROSTER_ATTRIBUTES_SELF_SCHEMA" -> "roster.attributes.self-schema";
                        default -> variable.toLowerCase(Locale.ROOT).replace('_', '.');
                    };
            assertEquals(text, config.getValue(property, String.class), variable);
        }
        assertEquals(List.of(text), crypto("ROSTER_SECRET", text).secret());
        assertEquals(List.of(text, "other"), crypto("ROSTER_SECRET", text + ",other\r\n").secret());
        assertEquals(
                Optional.of(List.of(text)),
                crypto("ROSTER_ENCRYPTION_KEYS", text).encryptionKeys());
    }

    @Test
    @DisplayName("has no white space around it, nor around the entries of a list")
    void stripped() {
        assertEquals(
                List.of("new secret", "old"),
                crypto("ROSTER_SECRET", " new secret, old\n").secret());
        assertEquals(
                List.of("https://a.example", "https://b.example"),
                config("ROSTER_TRUSTED_ORIGINS", "https://a.example ,\n\thttps://b.example\n")
                        .getValues("roster.trusted-origins", String.class));
        assertEquals(
                "https://accounts.example",
                config("ROSTER_BASE_URL", "https://accounts.example\r\n")
                        .getValue("roster.base-url", String.class));
        assertEquals("8080", config("PORT", "8080\n").getValue("PORT", String.class));
    }

    @Test
    @DisplayName("refers to other settings with ${…} where it is neither secret, password nor URL")
    void expressions() {
        SmallRyeConfig config =
                new SmallRyeConfigBuilder()
                        .addDefaultInterceptors()
                        .withInterceptors(new SettingText())
                        .withSources(
                                new EnvConfigSource(
                                        Map.of(
                                                "ROSTER_BASE_URL",
                                                "https://${DOMAIN}",
                                                "DOMAIN",
                                                "accounts.example"),
                                        300))
                        .build();
        assertEquals("https://accounts.example", config.getValue("roster.base-url", String.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ture", "t", "enabled", "2", "nein"})
    @DisplayName("of a switch is refused where it is neither true nor false")
    void switches(String text) {
        SmallRyeConfig config = config("ROSTER_PLUGINS_JWT", text);
        IllegalArgumentException refusal =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> config.getValue("roster.plugins.jwt", Boolean.class));
        assertTrue(refusal.getMessage().contains("roster.plugins.jwt"), refusal.getMessage());
        assertEquals(
                true,
                config("ROSTER_PLUGINS_JWT", " Yes\n")
                        .getValue("roster.plugins.jwt", Boolean.class));
    }
}
