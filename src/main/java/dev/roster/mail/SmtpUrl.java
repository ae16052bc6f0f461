package dev.roster.mail;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A mail server as {@code ROSTER_SMTP_URL} names it: {@code smtp://user:password@host:port} for
 * STARTTLS (RFC 3207; port 587 unless given), {@code smtps://} for TLS from the start (RFC 8314;
 * port 465). User and password are percent-encoded, as far as they have a {@code / ? : %}.
 *
 * @param tls whether TLS starts with the connection
 * @param starttls what the server has to offer; of no meaning with {@code tls}
 * @param user empty where the server asks for none
 * @param ca PEM file of the authorities that may have signed the server's certificate, in place of
 *     the system's: {@code ?ca=/path}
 */
public record SmtpUrl(
        String host,
        int port,
        boolean tls,
        Starttls starttls,
        Optional<String> user,
        Optional<String> password,
        Optional<String> ca) {

    /**
     * {@code ?starttls=required|optional|disabled}. Without it STARTTLS is required, and optional
     * on a loopback address.
     */
    public enum Starttls {
        REQUIRED,
        OPTIONAL,
        DISABLED
    }

    /** The last @ ends user and password, which may have any character but those that end them. */
    private static final Pattern FORM =
            Pattern.compile(
                    "(?i)(?<scheme>smtps?)://((?<login>[^/?\\p{Cntrl} ]*)@)?"
                            + "(?<host>[a-z0-9._-]{1,253}|\\[[0-9a-f:.]{2,45}])"
                            + "(:(?<port>\\d{1,5}))?/?(\\?(?<query>[^#]*))?");

    private static final String ENCODE = "percent-encode / ? : and blanks of user and password";

    private static final Pattern LOOPBACK =
            Pattern.compile("(?i)localhost|127(\\.\\d{1,3}){3}|\\[::1]");

    /** A password in a message would be a leak. */
    @Override
    public String toString() {
        return (tls ? "smtps://" : "smtp://") + host + ":" + port;
    }

    /**
     * Reads a URL.
     *
     * @throws IllegalArgumentException when it is none; the message continues the setting's name
     *     and repeats nothing of the value
     */
    public static SmtpUrl parse(String text) {
        Matcher url = FORM.matcher(text.strip());
        if (!url.matches()) {
            throw invalid(ENCODE);
        }
        boolean tls = url.group("scheme").equalsIgnoreCase("smtps");
        String host = url.group("host");
        Optional<String> login = Optional.ofNullable(url.group("login"));
        String[] parts = login.map(both -> both.split(":", -1)).orElse(new String[2]);
        if (parts.length != 2 || login.isPresent() && (parts[0].isEmpty() || parts[1].isEmpty())) {
            throw invalid("user and password go together");
        }
        Map<String, String> query = query(url.group("query"));
        return new SmtpUrl(
                host,
                url.group("port") == null ? (tls ? 465 : 587) : port(url.group("port")),
                tls,
                starttls(query.get("starttls"), tls, host),
                Optional.ofNullable(parts[0]).map(SmtpUrl::decode),
                Optional.ofNullable(parts[1]).map(SmtpUrl::decode),
                Optional.ofNullable(query.get("ca")));
    }

    private static int port(String digits) {
        int port = Integer.parseInt(digits);
        if (port < 1 || port > 65535) {
            throw invalid("the port is none");
        }
        return port;
    }

    private static Map<String, String> query(String raw) {
        Map<String, String> query = new HashMap<>();
        for (String pair : raw == null ? new String[0] : raw.split("&")) {
            String name = pair.split("=", 2)[0];
            if (!Set.of("starttls", "ca").contains(name) || pair.length() < name.length() + 2) {
                throw invalid("after the ? there is starttls=… or ca=… alone");
            }
            query.put(name, decode(pair.substring(name.length() + 1)));
        }
        return query;
    }

    private static Starttls starttls(String given, boolean tls, String host) {
        if (given == null) {
            return LOOPBACK.matcher(host).matches() ? Starttls.OPTIONAL : Starttls.REQUIRED;
        }
        if (tls) {
            throw invalid("smtps has TLS from the start: leave starttls away");
        }
        try {
            return Starttls.valueOf(given.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw invalid("starttls is required, optional or disabled");
        }
    }

    private static String decode(String text) {
        try {
            // a plus sign is one here, unlike in a form
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw invalid("a percent sign is written %25");
        }
    }

    private static IllegalArgumentException invalid(String hint) {
        return new IllegalArgumentException(
                "is no mail server: write smtp://user:password@host:port, or smtps:// ("
                        + hint
                        + ")");
    }
}
