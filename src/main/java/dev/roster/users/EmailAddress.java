package dev.roster.users;

import java.text.Normalizer;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** The rules of e-mail addresses, the same in both dialects. */
public final class EmailAddress {

    private static final int MAX_LENGTH = 320;

    /** What Better Auth's validator (Zod 4) accepts: contract, section 8. */
    private static final Pattern SHAPE =
            Pattern.compile(
                    "(?!\\.)(?!.*\\.\\.)[A-Za-z0-9_'+\\-.]*[A-Za-z0-9_+\\-]@"
                            + "([A-Za-z0-9][A-Za-z0-9\\-]*\\.)+[A-Za-z]{2,}");

    private EmailAddress() {}

    /**
     * The address to store: NFKC first and validated then, so that no look-alike of {@code @} or of
     * a letter turns up after the check. Empty when it is no address.
     */
    public static Optional<String> parse(String given) {
        if (given.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        String address = Normalizer.normalize(given, Normalizer.Form.NFKC);
        return address.length() <= MAX_LENGTH && SHAPE.matcher(address).matches()
                ? Optional.of(address)
                : Optional.empty();
    }

    /** The form in which addresses are compared, as {@code users.email_key} has it. */
    public static String key(String address) {
        return Normalizer.normalize(address, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
    }
}
