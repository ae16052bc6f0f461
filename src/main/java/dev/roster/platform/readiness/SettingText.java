package dev.roster.platform.readiness;

import io.smallrye.config.ConfigSourceInterceptor;
import io.smallrye.config.ConfigSourceInterceptorContext;
import io.smallrye.config.ConfigValue;
import jakarta.annotation.Priority;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How the text of Roster's settings is read, by the check at the start and by the configuration
 * framework alike.
 *
 * <ul>
 *   <li>White space and line ends around a value and around the entries of a list are dropped: a
 *       secret that is mounted as a file ends in a line end.
 *   <li>In secrets, passwords, URLs and documents {@code $} and {@code \} mean themselves, where
 *       the framework would read {@code $$} and <code>${</code> as expressions, and a backslash in
 *       a list as an escape.
 * </ul>
 *
 * <p>As an interceptor it stands between the framework's sources and its reading of expressions.
 */
@Priority(SettingText.BELOW_EXPRESSIONS)
public class SettingText implements ConfigSourceInterceptor {

    private static final long serialVersionUID = 1L;

    /** Expressions are read at 3300, profiles at 3200. */
    static final int BELOW_EXPRESSIONS = 3250;

    /**
     * An operator's sources: from {@code application.properties} beside the process (260) to system
     * properties (400). The package's own file has expressions, and tests write some too.
     */
    private static final int LEAST_ORDINAL = 260;

    private static final int GREATEST_ORDINAL = 400;

    private static final Set<String> LITERAL =
            Set.of(
                    "DATABASE_URL",
                    "ROSTER_ADMIN_EMAIL",
                    "ROSTER_ADMIN_PASSWORD",
                    "ROSTER_ATTRIBUTES_ADMINISTRATORS_SCHEMA",
                    "ROSTER_ATTRIBUTES_PUBLIC_SCHEMA",
                    "ROSTER_ATTRIBUTES_SELF_SCHEMA",
                    "ROSTER_DATABASE_OWNER_URL",
                    "ROSTER_DATABASE_READ_URL",
                    "ROSTER_DEV_PASSWORD",
                    "ROSTER_DEVICE_AUTHORIZATION_CLIENTS",
                    "ROSTER_DEVICE_AUTHORIZATION_VERIFICATION_URI",
                    "ROSTER_ENCRYPTION_KEYS",
                    "ROSTER_IMPORT_SECRET",
                    "ROSTER_IMPORT_SOURCE",
                    "ROSTER_JWT_AUDIENCE",
                    "ROSTER_JWT_ISSUER",
                    "ROSTER_MAIL_FROM",
                    "ROSTER_ORGANIZATION_INVITATION_URL",
                    "ROSTER_SECRET",
                    "ROSTER_SMTP_URL");

    private static final Set<String> LISTS =
            Set.of(
                    "ROSTER_DEVICE_AUTHORIZATION_CLIENTS",
                    "ROSTER_ENCRYPTION_KEYS",
                    "ROSTER_RATE_LIMIT_RULES",
                    "ROSTER_SECRET",
                    "ROSTER_TRUSTED_ORIGINS",
                    "ROSTER_TRUSTED_PROXIES");

    @Override
    public ConfigValue getValue(ConfigSourceInterceptorContext context, String name) {
        ConfigValue value = context.proceed(name);
        if (value == null || value.getValue() == null || !isRosters(name)) {
            return value;
        }
        String variable = variableOf(name);
        String text = value.getValue();
        boolean operators =
                value.getConfigSourceOrdinal() >= LEAST_ORDINAL
                        && value.getConfigSourceOrdinal() <= GREATEST_ORDINAL;
        boolean literal = operators && isLiteral(variable);
        if (isList(variable)) {
            String joined = String.join(",", entries(text));
            return value.withValue(literal ? escaped(joined.replace("\\", "\\\\")) : joined);
        }
        return value.withValue(literal ? escaped(text.strip()) : text.strip());
    }

    private static String escaped(String text) {
        return text.replace("$", "\\$");
    }

    private static boolean isRosters(String name) {
        return name.startsWith("roster.")
                || name.startsWith("ROSTER_")
                || name.equals("PORT")
                || name.equals("DATABASE_URL")
                || name.equals("database.url");
    }

    /** Whether {@code $} and {@code \} mean themselves in this variable. */
    static boolean isLiteral(String variable) {
        return LITERAL.contains(variable);
    }

    static boolean isList(String variable) {
        return LISTS.contains(variable);
    }

    /** The entries between the commas; an empty one is there, so that it can be refused. */
    static List<String> entries(String text) {
        return Arrays.stream(text.split(",", -1)).map(String::strip).collect(Collectors.toList());
    }

    /**
     * The environment variable of a property: {@code roster.smtp-url} is {@code ROSTER_SMTP_URL}.
     */
    static String variableOf(String property) {
        return property.replaceFirst("\\[\\d+]$", "")
                .toUpperCase(Locale.ROOT)
                .replaceAll("[^A-Z0-9]", "_");
    }
}
