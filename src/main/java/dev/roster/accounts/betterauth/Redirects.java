package dev.roster.accounts.betterauth;

import dev.roster.platform.http.DomainName;
import dev.roster.platform.http.TrustedOrigins;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.Response;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Sends clients that followed a link on to where the application wants them, which {@link
 * AuthRequest#redirectTarget} has checked.
 */
@ApplicationScoped
public class Redirects {

    private static final Pattern NOT_ASCII = Pattern.compile("[^\\x21-\\x7e]+");

    private final TrustedOrigins origins;

    Redirects(TrustedOrigins origins) {
        this.origins = origins;
    }

    /** 302 to a target as it was given. */
    public static Response to(String target) {
        return Response.status(302).header("Location", ascii(target)).build();
    }

    /** 302 to a target with a parameter in its query, in place of any of that name. */
    public static Response to(String target, String name, String value) {
        return to(with(target, name, value));
    }

    /** A target as a URL of its own: a path is one of this service's origin. */
    public String absolute(String target) {
        return target.startsWith("/") ? origins.own() + target : target;
    }

    /** 302 to the page that tells people of an error. */
    public Response toErrorPage(String error) {
        return to(origins.own() + BetterAuth.PATH + "/error", "error", error);
    }

    private static String with(String target, String name, String value) {
        int hash = target.indexOf('#');
        String fragment = hash < 0 ? "" : target.substring(hash);
        String[] parts = (hash < 0 ? target : target.substring(0, hash)).split("\\?", 2);
        String kept =
                parts.length < 2
                        ? ""
                        : Arrays.stream(parts[1].split("&"))
                                .filter(pair -> !pair.isEmpty() && !names(pair, name))
                                .map(pair -> pair + "&")
                                .collect(Collectors.joining());
        return parts[0]
                + "?"
                + kept
                + name
                + "="
                + URLEncoder.encode(value, StandardCharsets.UTF_8)
                + fragment;
    }

    private static boolean names(String pair, String name) {
        try {
            return URLDecoder.decode(pair.split("=", 2)[0], StandardCharsets.UTF_8).equals(name);
        } catch (IllegalArgumentException e) {
            // not encoded as a browser would encode it: then it is not our name either
            return false;
        }
    }

    private static String ascii(String target) {
        return NOT_ASCII
                .matcher(DomainName.urlToAscii(target))
                .replaceAll(found -> URLEncoder.encode(found.group(), StandardCharsets.UTF_8));
    }
}
