package dev.roster.mail;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A mail server as {@code ROSTER_SMTP_URL} names it: {@code smtp://user:password@host:port} for
 * STARTTLS (RFC 3207; port 587 unless given), {@code smtps://} for TLS from the start (RFC 8314;
 * port 465). User and password are percent-encoded.
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
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw invalid("percent-encode what is not a letter or digit of user and password");
        }
        boolean tls = "smtps".equalsIgnoreCase(uri.getScheme());
        boolean valid =
                (tls || "smtp".equalsIgnoreCase(uri.getScheme()))
                        && uri.getHost() != null
                        && (uri.getRawPath().isEmpty() || uri.getRawPath().equals("/"))
                        && uri.getRawFragment() == null;
        if (!valid) {
            throw invalid("percent-encode what is not a letter or digit of user and password");
        }
        int port = uri.getPort() == -1 ? (tls ? 465 : 587) : uri.getPort();
        if (port < 1 || port > 65535) {
            throw invalid("the port is none");
        }
        String[] login =
                uri.getRawUserInfo() == null ? new String[0] : uri.getRawUserInfo().split(":", -1);
        if (login.length != 0 && (login.length != 2 || login[0].isEmpty() || login[1].isEmpty())) {
            throw invalid("user and password go together");
        }
        Map<String, String> query = query(uri.getRawQuery());
        return new SmtpUrl(
                uri.getHost(),
                port,
                tls,
                starttls(query.get("starttls"), tls, uri.getHost()),
                login.length == 0 ? Optional.empty() : Optional.of(decode(login[0])),
                login.length == 0 ? Optional.empty() : Optional.of(decode(login[1])),
                Optional.ofNullable(query.get("ca")));
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
