package dev.roster.platform.readiness;

import jakarta.annotation.Priority;
import java.util.Locale;
import org.eclipse.microprofile.config.spi.Converter;

/**
 * Reads switches. The framework's own converter takes every word that it does not know for false,
 * so that a slip such as {@code ture} would switch a protection off.
 */
@Priority(StrictBoolean.ABOVE_THE_FRAMEWORKS)
public class StrictBoolean implements Converter<Boolean> {

    private static final long serialVersionUID = 1L;

    static final int ABOVE_THE_FRAMEWORKS = 300;

    @Override
    public Boolean convert(String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "true", "yes", "y", "on", "1" -> true;
            case "false", "no", "n", "off", "0" -> false;
            case "" -> null;
            default -> throw new IllegalArgumentException("is neither true nor false");
        };
    }
}
