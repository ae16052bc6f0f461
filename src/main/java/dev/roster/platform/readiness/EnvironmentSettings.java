package dev.roster.platform.readiness;

import io.quarkus.runtime.configuration.ConfigUtils;
import io.smallrye.config.Expressions;
import io.smallrye.config.SmallRyeConfig;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Reads settings as Quarkus will, before there is a Quarkus to ask: environment, system properties,
 * {@code .env} and {@code config/application.properties} beside the process, locations configured.
 */
public final class EnvironmentSettings {

    private EnvironmentSettings() {}

    /** Looks environment variables up by name, the corresponding property included. */
    public static Function<String, Optional<String>> lookup() {
        SmallRyeConfig config = ConfigUtils.configBuilder().build();
        return variable ->
                Stream.of(variable, propertyOf(variable))
                        .flatMap(name -> read(config, variable, name).stream())
                        .map(String::strip)
                        .findFirst();
    }

    private static Optional<String> read(SmallRyeConfig config, String variable, String name) {
        if (SettingText.isLiteral(variable)) {
            return Optional.ofNullable(
                    Expressions.withoutExpansion(() -> config.getConfigValue(name).getRawValue()));
        }
        try {
            return config.getOptionalValue(name, String.class);
        } catch (NoSuchElementException e) {
            throw new IllegalArgumentException(
                    "refers with ${…} to a setting that is missing: write \\$ for a plain $", e);
        }
    }

    private static String propertyOf(String variable) {
        return switch (variable) {
            case "ROSTER_DATABASE_OWNER_URL" -> "roster.database.owner-url";
            case "ROSTER_DATABASE_READ_URL" -> "roster.database.read-url";
            case "ROSTER_BASE_URL" -> "roster.base-url";
            case "ROSTER_TRUSTED_ORIGINS" -> "roster.trusted-origins";
            case "ROSTER_TRUSTED_PROXIES" -> "roster.trusted-proxies";
            case "ROSTER_FORWARDING_HEADER" -> "roster.forwarding-header";
            case "ROSTER_ENCRYPTION_KEYS" -> "roster.encryption-keys";
            case "ROSTER_SMTP_URL" -> "roster.smtp-url";
            case "ROSTER_PASSWORD_ARGON2_MEMORY_KIB" -> "roster.password.argon2.memory-kib";
            case "ROSTER_RATE_LIMIT_RULES" -> "roster.rate-limit.rules";
            case "ROSTER_DEVICE_AUTHORIZATION_CLIENTS" -> "roster.device-authorization.clients";
            default -> variable.toLowerCase(Locale.ROOT).replace('_', '.');
        };
    }
}
