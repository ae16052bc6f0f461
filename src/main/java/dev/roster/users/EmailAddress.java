package dev.roster.users;

import dev.roster.platform.http.DomainName;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** The rules of e-mail addresses, the same in both APIs. */
public final class EmailAddress {

    /** RFC 5321, sections 4.5.3.1.1 and 4.5.3.1.3, in octets; a path has two angle brackets. */
    private static final int MAX_LOCAL_PART = 64;

    private static final int MAX_LENGTH = 254;

    /**
     * What Better Auth's validator (Zod 4) accepts (contract, section 8), and top-level domains in
     * the ASCII form of other scripts.
     */
    private static final Pattern SHAPE =
            Pattern.compile(
                    "(?!\\.)(?!.*\\.\\.)[A-Za-z0-9_'+\\-.]*[A-Za-z0-9_+\\-]@"
                            + "([A-Za-z0-9][A-Za-z0-9\\-]*\\.)+([A-Za-z]{2,}"
                            + "|[Xx][Nn]--[A-Za-z0-9\\-]*[A-Za-z0-9])");

    private EmailAddress() {}

    /**
     * The address to store: NFKC first, then the domain in its ASCII form, and validated last, so
     * that no look-alike of {@code @} or of a letter turns up after the check. Empty when it is no
     * address.
     */
    public static Optional<String> parse(String given) {
        return toAscii(given)
                .filter(
                        address ->
                                address.length() <= MAX_LENGTH
                                        && address.lastIndexOf('@') <= MAX_LOCAL_PART
                                        && SHAPE.matcher(address).matches());
    }

    /** The form in which addresses are compared, as {@code users.email_key} has it. */
    public static String key(String address) {
        return toAscii(address).orElse(address).toLowerCase(Locale.ROOT);
    }

    private static Optional<String> toAscii(String given) {
        // before any work that grows with it
        if (given.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        String address = Normalizer.normalize(given, Normalizer.Form.NFKC);
        int at = address.lastIndexOf('@');
        return DomainName.toAscii(address.substring(at + 1))
                .map(domain -> address.substring(0, at + 1) + domain);
    }
}
