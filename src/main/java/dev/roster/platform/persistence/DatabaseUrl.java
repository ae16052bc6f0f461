package dev.roster.platform.persistence;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.postgresql.PGProperty.CONNECT_TIMEOUT;
import static org.postgresql.PGProperty.LOAD_BALANCE_HOSTS;
import static org.postgresql.PGProperty.LOGIN_TIMEOUT;
import static org.postgresql.PGProperty.PASSWORD;
import static org.postgresql.PGProperty.PG_DBNAME;
import static org.postgresql.PGProperty.PG_HOST;
import static org.postgresql.PGProperty.PG_PORT;
import static org.postgresql.PGProperty.PREPARED_STATEMENT_CACHE_QUERIES;
import static org.postgresql.PGProperty.PREPARE_THRESHOLD;
import static org.postgresql.PGProperty.SERVICE;
import static org.postgresql.PGProperty.SOCKET_TIMEOUT;
import static org.postgresql.PGProperty.SSL;
import static org.postgresql.PGProperty.SSL_FACTORY;
import static org.postgresql.PGProperty.SSL_MODE;
import static org.postgresql.PGProperty.TARGET_SERVER_TYPE;
import static org.postgresql.PGProperty.TCP_KEEP_ALIVE;
import static org.postgresql.PGProperty.USER;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.postgresql.PGProperty;

/**
 * A PostgreSQL connection URI ({@code postgresql://user:password@host:port/database?parameters}, as
 * libpq and hosting platforms write it) in the terms of the JDBC driver.
 *
 * <p>Beside libpq's parameters every property of pgjdbc is accepted under its own name, and {@code
 * pgbouncer=true} for a pool in transaction mode. A parameter nobody knows is refused: a mistyped
 * {@code sslmode} must not end in an unencrypted connection.
 *
 * @param jdbcUrl {@code jdbc:postgresql://…}, without user and password
 * @param user empty where the URI names none
 * @param password empty where the URI names none
 * @see <a href="https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS">
 *     libpq, connection URIs</a>
 */
public record DatabaseUrl(String jdbcUrl, Optional<String> user, Optional<String> password) {

    private static final Pattern SCHEME = Pattern.compile("(?i)postgres(ql)?://");
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._-]{1,253}");
    private static final Pattern IPV6 = Pattern.compile("\\[[0-9A-Fa-f:.]{2,45}(%[A-Za-z0-9]+)?]");
    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,39}");
    private static final Pattern WHOLE_NUMBER = Pattern.compile("\\d{1,9}");
    private static final int DEFAULT_PORT = 5432;

    /** libpq's names for what pgjdbc names differently; the values are the same. */
    private static final Map<String, String> RENAMED =
            Map.ofEntries(
                    Map.entry("application_name", "ApplicationName"),
                    Map.entry("channel_binding", "channelBinding"),
                    Map.entry("connect_timeout", "connectTimeout"),
                    Map.entry("gssencmode", "gssEncMode"),
                    Map.entry("krbsrvname", "kerberosServerName"),
                    Map.entry("sslnegotiation", "sslNegotiation"),
                    // Prisma's name, which platforms hand out in their URLs.
                    Map.entry("schema", "currentSchema"));

    private static final Map<String, String> TARGET_SERVER_TYPES =
            Map.of(
                    "any", "any",
                    "read-write", "primary",
                    "primary", "primary",
                    "read-only", "secondary",
                    "standby", "secondary",
                    "prefer-standby", "preferSecondary");

    /** Names that ask for nothing JDBC could do otherwise; leaving them out changes no promise. */
    private static final Set<String> WITHOUT_EFFECT =
            Set.of(
                    "client_encoding",
                    "connection_limit",
                    "fallback_application_name",
                    "keepalives_count",
                    "keepalives_idle",
                    "keepalives_interval",
                    "pool_timeout",
                    "sslcompression",
                    "sslsni",
                    "supa",
                    "tcp_user_timeout",
                    "uselibpqcompat");

    /** Part of the URI proper; as parameters they would contradict it behind the reader's back. */
    private static final Set<PGProperty> NOT_A_PARAMETER =
            Set.of(PG_HOST, PG_PORT, PG_DBNAME, SERVICE);

    private static final Set<PGProperty> NUMBERS =
            Set.of(
                    CONNECT_TIMEOUT,
                    LOGIN_TIMEOUT,
                    PREPARE_THRESHOLD,
                    PREPARED_STATEMENT_CACHE_QUERIES,
                    SOCKET_TIMEOUT);

    /**
     * @throws IllegalArgumentException if the URI cannot be understood; the message continues the
     *     name of the setting ("has no database name …") and repeats nothing that may be a secret
     */
    public static DatabaseUrl parse(String uri) {
        Matcher scheme = SCHEME.matcher(uri.strip());
        require(scheme.lookingAt(), "must start with postgresql:// or postgres://");
        String rest = uri.strip().substring(scheme.end());

        int query = rest.indexOf('?');
        String parameters = query < 0 ? "" : rest.substring(query + 1);
        String beforeQuery = query < 0 ? rest : rest.substring(0, query);
        int slash = beforeQuery.indexOf('/');
        String authority = slash < 0 ? beforeQuery : beforeQuery.substring(0, slash);
        String path = slash < 0 ? "" : beforeQuery.substring(slash + 1);

        // The last @: a password with a bare @ in it is common and unambiguous.
        int at = authority.lastIndexOf('@');
        String userInfo = at < 0 ? "" : authority.substring(0, at);
        int colon = userInfo.indexOf(':');
        String user = decode(colon < 0 ? userInfo : userInfo.substring(0, colon), "user");
        String password = colon < 0 ? "" : decode(userInfo.substring(colon + 1), "password");

        String hosts =
                Arrays.stream(authority.substring(at + 1).split(",", -1))
                        .map(DatabaseUrl::hostAndPort)
                        .collect(Collectors.joining(","));
        require(
                path.indexOf('/') < 0 && path.indexOf('@') < 0,
                "has a / or @ after the host: percent-encode special characters in the password");
        String database = decode(path, "database name");
        require(!database.isEmpty(), "has no database name after the host (…@host:port/database)");

        Map<String, String> translated = translate(decodeParameters(parameters));
        String userParameter = translated.remove(USER.getName());
        String passwordParameter = translated.remove(PASSWORD.getName());
        return new DatabaseUrl(
                "jdbc:postgresql://" + hosts + "/" + encode(database) + queryOf(translated),
                present(userParameter != null ? userParameter : user),
                present(passwordParameter != null ? passwordParameter : password));
    }

    /** Shows where, never as whom nor with what parameters: {@code sslpassword} is one of them. */
    @Override
    public String toString() {
        return "DatabaseUrl[" + jdbcUrl.replaceFirst("\\?.*", "") + "]";
    }

    private static String hostAndPort(String text) {
        int bracket = text.lastIndexOf(']');
        int colon = text.indexOf(':', Math.max(bracket, 0));
        String host = decode(colon < 0 ? text : text.substring(0, colon), "host");
        require(!host.isEmpty(), "has no host between :// (or @) and the database name");
        require(!host.startsWith("/"), "names a Unix socket, which the JDBC driver cannot open");
        require(
                HOST.matcher(host).matches() || IPV6.matcher(host).matches(),
                "has a host that is no host name: percent-encode special characters in the"
                        + " password, put an IPv6 address in brackets");
        String port = colon < 0 ? "" : text.substring(colon + 1);
        return host + ":" + (port.isEmpty() ? DEFAULT_PORT : port(port));
    }

    private static int port(String text) {
        // Not repeated in the message: after an unencoded / or ? it is a piece of the password.
        boolean valid =
                text.matches("\\d{1,5}")
                        && Integer.parseInt(text) >= 1
                        && Integer.parseInt(text) <= 65535;
        require(
                valid,
                "has a port that is no number from 1 to 65535: percent-encode special characters in"
                        + " the password");
        return Integer.parseInt(text);
    }

    private static Map<String, String> decodeParameters(String query) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String pair : query.split("&")) {
            if (pair.isEmpty()) {
                continue;
            }
            int equals = pair.indexOf('=');
            String name = equals < 0 ? "" : decode(pair.substring(0, equals), "parameter name");
            require(NAME.matcher(name).matches(), "has a parameter that is not name=value");
            parameters.put(name, decode(pair.substring(equals + 1), "parameter " + name));
        }
        return parameters;
    }

    private static Map<String, String> translate(Map<String, String> given) {
        Map<String, String> jdbc = new LinkedHashMap<>();
        given.forEach((name, value) -> translate(name, value, jdbc));
        if ("true".equals(given.get("pgbouncer"))) {
            // The next transaction may be on another server connection, which knows none of the
            // statements prepared on this one. Unnamed statements live only as long as they must.
            jdbc.put(PREPARE_THRESHOLD.getName(), "0");
        }
        if ("system".equals(given.get("sslrootcert"))) {
            // libpq's word for the platform's trust store; pgjdbc would look for a file so named.
            // Like libpq nothing weaker: anyone can have a certificate from a public authority.
            jdbc.put(SSL_FACTORY.getName(), "org.postgresql.ssl.DefaultJavaSSLFactory");
            jdbc.putIfAbsent(SSL_MODE.getName(), "verify-full");
            require(
                    jdbc.get(SSL_MODE.getName()).equals("verify-full"),
                    "has sslrootcert=system, which needs sslmode=verify-full");
        }
        return jdbc;
    }

    private static void translate(String name, String value, Map<String, String> jdbc) {
        switch (name) {
            case "pgbouncer" -> oneOf(name, value, List.of("true", "false"));
            case "keepalives" -> {
                oneOf(name, value, List.of("0", "1"));
                jdbc.put(TCP_KEEP_ALIVE.getName(), String.valueOf(value.equals("1")));
            }
            case "target_session_attrs" -> {
                oneOf(name, value, TARGET_SERVER_TYPES.keySet());
                jdbc.put(TARGET_SERVER_TYPE.getName(), TARGET_SERVER_TYPES.get(value));
            }
            case "load_balance_hosts" -> {
                oneOf(name, value, List.of("disable", "random"));
                jdbc.put(LOAD_BALANCE_HOSTS.getName(), String.valueOf(value.equals("random")));
            }
            default -> {
                boolean systemTrust = name.equals("sslrootcert") && value.equals("system");
                if (!systemTrust && !WITHOUT_EFFECT.contains(name)) {
                    PGProperty property = PGProperty.forName(RENAMED.getOrDefault(name, name));
                    require(
                            property != null && !NOT_A_PARAMETER.contains(property),
                            "has the parameter " + name + ", which is not supported");
                    check(name, value, property);
                    jdbc.put(property.getName(), value);
                }
            }
        }
    }

    private static void check(String name, String value, PGProperty property) {
        if (property.getChoices() != null) {
            oneOf(name, value, Arrays.asList(property.getChoices()));
        }
        if (property == SSL) {
            // pgjdbc takes any other word for "false".
            oneOf(name, value, List.of("true", "false"));
        }
        if (NUMBERS.contains(property)) {
            require(
                    WHOLE_NUMBER.matcher(value).matches(),
                    "has a parameter " + name + " that is no whole number");
        }
    }

    private static void oneOf(String name, String value, Iterable<String> allowed) {
        List<String> choices = new ArrayList<>();
        allowed.forEach(choices::add);
        choices.sort(null);
        require(
                choices.contains(value),
                "has a parameter " + name + " that is none of " + String.join(", ", choices));
    }

    private static String decode(String text, String what) {
        // A + is a plus sign in libpq, and a blank only in HTML forms.
        String decoded;
        try {
            decoded = URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
        } catch (IllegalArgumentException e) {
            // Its message repeats the text, so neither it nor the cause goes on.
            throw new IllegalArgumentException(
                    "has a % in the " + what + " that starts no percent-encoded byte (write %25)");
        }
        require(
                decoded.chars().noneMatch(c -> Character.isISOControl(c) || c == '\uFFFD'),
                "has a control character or a byte that is not UTF-8 in the " + what);
        return decoded;
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, UTF_8).replace("+", "%20");
    }

    private static String queryOf(Map<String, String> parameters) {
        return parameters.isEmpty()
                ? ""
                : parameters.entrySet().stream()
                        .map(e -> e.getKey() + "=" + encode(e.getValue()))
                        .collect(Collectors.joining("&", "?", ""));
    }

    private static Optional<String> present(String text) {
        return Optional.of(text).filter(t -> !t.isEmpty());
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
