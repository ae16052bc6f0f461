package dev.roster.platform.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The origins whose pages may call with credentials and be redirected to: the base URL's, and the
 * configured patterns (Better Auth contract, section 6).
 */
@ApplicationScoped
public class TrustedOrigins {

    /**
     * The most characters of a redirect target, percent-encoded where it is not ASCII. It is sent
     * in a header of a response, and proxies take 4 KiB of headers by default.
     */
    public static final int MAX_TARGET = 2048;

    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
    private static final Pattern DIGITS = Pattern.compile("(.*://)?[\\d.*?]+(:[\\d*?]+)?");
    private static final Pattern CONTROL = Pattern.compile("[\\x00-\\x20\\x7f-\\x9f]");
    private static final Pattern ENCODED_SLASH = Pattern.compile("(?i)%2f|%5c");
    private static final Pattern DOT_SEGMENT = Pattern.compile("(?i)/(\\.|%2e){1,2}(/|$)");

    private static final Pattern ORIGIN_AND_REST =
            Pattern.compile("(?s)([^/?#]*://[^/?#]*)((?:[/?#].*)?)");

    /** Also a percent sign that encodes nothing. */
    private static final Pattern NO_URI_CHARACTER =
            Pattern.compile("[^\\w.~:/?#@!$&'()*+,;=%-]|%(?![0-9A-Fa-f]{2})");

    private final URI baseUrl;
    private final List<String> patterns = new ArrayList<>();

    TrustedOrigins(HttpConfig config) {
        baseUrl = config.baseUrl();
        patterns.add(origin(baseUrl));
        config.trustedOrigins()
                .ifPresent(all -> all.stream().map(DomainName::urlToAscii).forEach(patterns::add));
    }

    /** The public origin of this service, without a trailing slash. */
    public String own() {
        return patterns.get(0);
    }

    /** Whether the service is reached by TLS, so that cookies are {@code Secure}. */
    public boolean secure() {
        return "https".equals(baseUrl.getScheme());
    }

    /** Whether a page of this origin ({@code Origin} header, or any URL of it) is trusted. */
    public boolean trusts(String url) {
        if (CONTROL.matcher(url).find() || url.indexOf('\\') >= 0) {
            return false;
        }
        URI parsed;
        try {
            // a bare scheme, which opens an app, is no URI to Java without a path
            parsed = new URI(url.endsWith("://") ? url + "/" : encoded(url));
        } catch (URISyntaxException e) {
            return false;
        }
        if (parsed.getScheme() == null || parsed.getRawUserInfo() != null) {
            return false;
        }
        boolean web = parsed.getScheme().matches("(?i)https?");
        if (web && parsed.getHost() == null) {
            return false;
        }
        return patterns.stream()
                .anyMatch(
                        pattern ->
                                web
                                        ? matchesWeb(pattern, parsed)
                                        : matchesCustomScheme(pattern, parsed));
    }

    /**
     * The same URL as Java parses it. Browsers take {@code |} and the like behind the authority as
     * they are; what is trusted is decided by scheme and authority, in which they are refused.
     */
    private static String encoded(String url) {
        Matcher parts = ORIGIN_AND_REST.matcher(DomainName.urlToAscii(url));
        if (!parts.matches()) {
            return url;
        }
        String rest =
                NO_URI_CHARACTER
                        .matcher(parts.group(2))
                        .replaceAll(found -> URLEncoder.encode(found.group(), UTF_8));
        int fragment = rest.indexOf('#') + 1;
        return parts.group(1)
                + rest.substring(0, fragment)
                + (fragment == 0 ? rest : rest.substring(fragment).replace("#", "%23"));
    }

    /**
     * Whether a client may be sent to this target: a path of our own that no browser reads as
     * another host, or a trusted URL.
     */
    public boolean trustsRedirect(String target) {
        if (!target.startsWith("/")) {
            return trusts(target);
        }
        if (target.startsWith("//")
                || target.indexOf('\\') >= 0
                || CONTROL.matcher(target).find()) {
            return false;
        }
        String path = target.split("[?#]", 2)[0];
        // "/.//evil.example" is a path of ours, but what is left of it without the dots is not
        boolean hiddenHost = path.contains("//") && DOT_SEGMENT.matcher(path).find();
        return !hiddenHost && !ENCODED_SLASH.matcher(path).find();
    }

    /** Whether a redirect target is longer than {@link #MAX_TARGET}. */
    public static boolean isTooLong(String target) {
        int length = 0;
        for (byte each : target.getBytes(UTF_8)) {
            length += each < 0 ? "%00".length() : 1;
        }
        return length > MAX_TARGET;
    }

    private static boolean matchesWeb(String pattern, URI url) {
        if (pattern.indexOf('*') < 0 && pattern.indexOf('?') < 0) {
            if (!pattern.matches("(?i)https?://.*")) {
                return false;
            }
            return origin(URI.create(pattern)).equals(origin(url));
        }
        String host = url.getHost().toLowerCase(Locale.ROOT);
        // 10.* must not match 10.evil.example
        if (DIGITS.matcher(pattern).matches() && !IPV4.matcher(host).matches()) {
            return false;
        }
        if (pattern.contains("://")) {
            return wildcard(pattern.toLowerCase(Locale.ROOT)).matcher(origin(url)).matches();
        }
        return wildcard(pattern.toLowerCase(Locale.ROOT)).matcher(host).matches();
    }

    /** {@code myapp://} trusts the scheme, {@code exp://host/--/app} the authority and path too. */
    private static boolean matchesCustomScheme(String pattern, URI url) {
        if (pattern.indexOf('*') >= 0 || pattern.indexOf('?') >= 0) {
            return pattern.contains("://")
                    && !pattern.startsWith("http")
                    && wildcard(pattern).matcher(url.toString()).matches();
        }
        int colon = pattern.indexOf("://");
        if (colon < 1 || !pattern.substring(0, colon).equalsIgnoreCase(url.getScheme())) {
            return false;
        }
        String rest = pattern.substring(colon + 3);
        if (rest.isEmpty()) {
            return true;
        }
        String given = url.toString().substring(url.getScheme().length() + 1);
        if (DOT_SEGMENT.matcher(given.split("[?#]", 2)[0]).find()) {
            // would leave the path that is trusted
            return false;
        }
        return given.equals("//" + rest)
                || given.startsWith("//" + (rest.endsWith("/") ? rest : rest + "/"))
                || given.startsWith("//" + rest + "?")
                || given.startsWith("//" + rest + "#");
    }

    private static Pattern wildcard(String pattern) {
        StringBuilder regex = new StringBuilder();
        for (char c : pattern.toCharArray()) {
            switch (c) {
                case '*' -> regex.append("[^/]*");
                case '?' -> regex.append("[^/]");
                default -> regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return Pattern.compile(regex.toString());
    }

    private static String origin(URI url) {
        String scheme = url.getScheme().toLowerCase(Locale.ROOT);
        int port = url.getPort();
        boolean usual =
                port == -1
                        || scheme.equals("http") && port == 80
                        || scheme.equals("https") && port == 443;
        return scheme + "://" + url.getHost().toLowerCase(Locale.ROOT) + (usual ? "" : ":" + port);
    }
}
