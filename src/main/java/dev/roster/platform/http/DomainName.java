package dev.roster.platform.http;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The ASCII form of domain names with other characters (IDNA 2008, RFC 5891), in which they are
 * stored and compared. Letters are mapped as browsers do (UTS 46, non-transitional). {@link
 * java.net.IDN} implements IDNA 2003, which makes another domain of one with {@code ß}.
 */
public final class DomainName {

    private static final String PREFIX = "xn--";
    private static final int MAX_LABEL_LENGTH = 63;
    private static final Pattern FOREIGN_DOT = Pattern.compile("[\\u3002\\uff0e\\uff61]");
    private static final Pattern DOTS = Pattern.compile("\\.|" + FOREIGN_DOT);
    private static final Pattern ASCII = Pattern.compile("\\p{ASCII}*");

    /** Scheme, host and the rest of a web URL whose host is not ASCII. */
    private static final Pattern FOREIGN_URL =
            Pattern.compile(
                    "(?is)(https?://)(?=[\\p{ASCII}&&[^/?#]]*[^\\p{ASCII}])([^/?#@:\\[\\]]+)((?::\\d*)?(?:[/?#].*)?)");

    /** Also a pattern of trusted origins. */
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._*-]+");

    private DomainName() {}

    /** The name with each label in ASCII; empty where a label is none. An ASCII one stays as is. */
    public static Optional<String> toAscii(String name) {
        String[] labels = DOTS.split(name, -1);
        for (int i = 0; i < labels.length; i++) {
            Optional<String> label = label(labels[i]);
            if (label.isEmpty()) {
                return Optional.empty();
            }
            labels[i] = label.get();
        }
        return Optional.of(String.join(".", labels));
    }

    /**
     * A web URL with its host in ASCII; anything else stays as it is, and so does a host with
     * compatibility characters, such as one that stands for {@code a/c} or a full-width letter.
     */
    public static String urlToAscii(String url) {
        Matcher parts = FOREIGN_URL.matcher(url);
        if (!parts.matches()) {
            return url;
        }
        String host = Normalizer.normalize(parts.group(2), Normalizer.Form.NFC);
        if (FOREIGN_DOT.matcher(host).find()
                || !Normalizer.isNormalized(host, Normalizer.Form.NFKC)) {
            return url;
        }
        return toAscii(host)
                .filter(ascii -> HOST.matcher(ascii).matches())
                .map(ascii -> parts.group(1) + ascii + parts.group(3))
                .orElse(url);
    }

    private static Optional<String> label(String given) {
        if (ASCII.matcher(given).matches()) {
            return Optional.of(given).filter(label -> label.length() <= MAX_LABEL_LENGTH);
        }
        int[] label = lowerCase(given);
        if (!isValid(label)) {
            return Optional.empty();
        }
        return Optional.of(
                        Arrays.stream(label).anyMatch(c -> c > 0x7f) ? encode(label) : text(label))
                .filter(ascii -> ascii.length() <= MAX_LABEL_LENGTH);
    }

    /** By code point, so that neither a locale nor a neighbour (final sigma) counts. */
    private static int[] lowerCase(String label) {
        String lower =
                Normalizer.normalize(label, Normalizer.Form.NFKC)
                        .codePoints()
                        .mapToObj(
                                // a dot above stays with the capital I that has one
                                c ->
                                        c == 0x130
                                                ? "i\u0307"
                                                : Character.toString(Character.toLowerCase(c)))
                        .collect(Collectors.joining());
        return Normalizer.normalize(lower, Normalizer.Form.NFKC).codePoints().toArray();
    }

    private static boolean isValid(int[] label) {
        boolean hyphens = label.length > 3 && label[2] == '-' && label[3] == '-';
        return !hyphens
                && label[0] != '-'
                && label[label.length - 1] != '-'
                && !isMark(label[0])
                && Arrays.stream(label).allMatch(DomainName::isAllowed);
    }

    /** Letters, digits and marks; two middle dots are parts of words in Catalan and Japanese. */
    private static boolean isAllowed(int c) {
        return c <= 0x7f
                ? c == '-' || Character.isLetterOrDigit(c)
                : Character.isLetterOrDigit(c) || isMark(c) || c == 0xb7 || c == 0x30fb;
    }

    private static boolean isMark(int c) {
        int type = Character.getType(c);
        return type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
    }

    private static String text(int[] codePoints) {
        return new String(codePoints, 0, codePoints.length);
    }

    /** Punycode: RFC 3492, section 6.3, with the names that it uses. */
    private static String encode(int[] label) {
        StringBuilder output = new StringBuilder(PREFIX);
        Arrays.stream(label).filter(c -> c < 0x80).forEach(output::appendCodePoint);
        int basic = output.length() - PREFIX.length();
        if (basic > 0) {
            output.append('-');
        }
        int handled = basic;
        int delta = 0;
        int bias = 72;
        int n = 0x80;
        while (handled < label.length) {
            int least = n;
            int next = Arrays.stream(label).filter(c -> c >= least).min().orElseThrow();
            delta += (next - n) * (handled + 1);
            n = next;
            for (int c : label) {
                if (c < n) {
                    delta++;
                } else if (c == n) {
                    append(output, delta, bias);
                    bias = adapt(delta, handled + 1, handled == basic);
                    delta = 0;
                    handled++;
                }
            }
            delta++;
            n++;
        }
        return output.toString();
    }

    private static void append(StringBuilder output, int delta, int bias) {
        int q = delta;
        for (int k = 36; ; k += 36) {
            int t = Math.min(Math.max(k - bias, 1), 26);
            if (q < t) {
                output.append(digit(q));
                return;
            }
            output.append(digit(t + (q - t) % (36 - t)));
            q = (q - t) / (36 - t);
        }
    }

    private static char digit(int value) {
        return (char) (value < 26 ? 'a' + value : '0' + value - 26);
    }

    private static int adapt(int first, int points, boolean isFirst) {
        int delta = isFirst ? first / 700 : first / 2;
        delta += delta / points;
        int k = 0;
        while (delta > 455) {
            delta /= 35;
            k += 36;
        }
        return k + 36 * delta / (delta + 38);
    }
}
