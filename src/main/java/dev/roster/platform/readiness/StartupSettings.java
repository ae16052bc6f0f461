package dev.roster.platform.readiness;

import dev.roster.platform.persistence.DatabaseUrl;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The settings without which, or with which, Roster must not serve anyone. Looks at values only: no
 * network, no clock, no configuration framework.
 *
 * <p>A fault never repeats a value, because the wrong variable may hold a secret; entries of a list
 * are named by their position.
 */
public final class StartupSettings {

    /** The secret of dev mode and tests. It is public, so a production start with it is refused. */
    public static final String DEVELOPMENT_SECRET =
            "roster-development-secret-never-use-it-in-production";

    static final int SECRET_CHARACTERS = 32;
    static final int ADMIN_PASSWORD_CHARACTERS = 12;
    static final int DEFAULT_POOL_MIN = 5;
    static final int DEFAULT_POOL_MAX = 15;

    private static final Pattern IPV4 =
            Pattern.compile("((25[0-5]|2[0-4]\\d|1?\\d?\\d)(\\.(?!$)|$)){4}");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");
    private static final Pattern LOOPBACK =
            Pattern.compile("(?i)(.*\\.)?localhost|127(\\.\\d{1,3}){3}|\\[::1]");
    private static final Pattern WILDCARD =
            Pattern.compile(
                    "(?i)(https?://)?\\*(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?){2,}(:\\d{1,5})?");
    private static final Pattern APP_SCHEME = Pattern.compile("(?i)([a-z][a-z0-9+.-]*)://");
    private static final Set<String> NOT_APP_SCHEMES =
            Set.of("http", "https", "file", "data", "blob", "javascript");
    private static final String UNDERSCORE = ", and a host name without underscores";
    private static final Pattern KEY_ID = Pattern.compile("[A-Za-z0-9_-]{1,16}");
    private static final Pattern EMAIL = Pattern.compile("[^@\\s]+@[^@\\s]+");

    /** In samples and tutorials, Better Auth's default secret among them; compared without -_ . */
    private static final List<String> SAMPLE_SECRETS =
            List.of(
                    "betterauthsecret",
                    "changeme",
                    "changethis",
                    "examplesecret",
                    "placeholder",
                    "replaceme",
                    "replacethis",
                    "rosterdevelopment",
                    "secretexample",
                    "supersecret",
                    "yoursecret");

    /** What is left of the usual passwords without the digits and signs around them. */
    private static final Set<String> USUAL_PASSWORDS =
            Set.of(
                    "",
                    "abcdefghijkl",
                    "admin",
                    "adminadmin",
                    "administrator",
                    "adminpassword",
                    "changeit",
                    "changeme",
                    "letmein",
                    "passwd",
                    "password",
                    "passwordpassword",
                    "qwerty",
                    "qwertyuiop",
                    "qwertyuiopas",
                    "roster",
                    "rosteradmin",
                    "secret",
                    "supersecret",
                    "welcome");

    private final Function<String, Optional<String>> lookup;
    private final List<Fault> faults = new ArrayList<>();

    private StartupSettings(Function<String, Optional<String>> lookup) {
        this.lookup = lookup;
    }

    /**
     * One variable and what is wrong with it.
     *
     * @param variable the environment variable's name
     * @param problem continues the sentence the name begins, and says what to do
     */
    public record Fault(String variable, String problem) {
        @Override
        public String toString() {
            return variable + " " + problem;
        }
    }

    /**
     * @param lookup value of an environment variable's name; may throw an {@link
     *     IllegalArgumentException} whose message continues that name
     * @param features by the environment variables of features, what reads a value, and throws an
     *     {@link IllegalArgumentException} in the same way when it cannot; of a list each entry
     * @return every fault, empty when the service may start
     */
    public static List<Fault> faults(
            Function<String, Optional<String>> lookup, Map<String, Consumer<String>> features) {
        StartupSettings settings = new StartupSettings(lookup);
        settings.database();
        settings.secrets();
        settings.baseUrl();
        settings.entries("ROSTER_TRUSTED_ORIGINS", StartupSettings::originProblem);
        settings.entries("ROSTER_TRUSTED_PROXIES", StartupSettings::proxyProblem);
        settings.encryptionKeys();
        settings.administrator();
        settings.pool();
        settings.passwordHashing();
        settings.wholeNumber("PORT", 0, 65535);
        settings.entries("ROSTER_DEVICE_AUTHORIZATION_CLIENTS", client -> null);
        features.forEach(settings::readable);
        return List.copyOf(settings.faults);
    }

    /** The faults as one message for an operator. */
    public static String message(List<Fault> faults) {
        return faults.stream()
                .map(fault -> "  " + fault + System.lineSeparator())
                .collect(
                        Collectors.joining(
                                "",
                                "Roster does not start with these settings:"
                                        + System.lineSeparator(),
                                ""));
    }

    private void database() {
        if (value("DATABASE_URL").isEmpty() && value("QUARKUS_DATASOURCE_JDBC_URL").isEmpty()) {
            fault(
                    "DATABASE_URL",
                    "is missing: set it to postgresql://user:password@host:port/database");
        }
        for (String variable :
                List.of("DATABASE_URL", "ROSTER_DATABASE_OWNER_URL", "ROSTER_DATABASE_READ_URL")) {
            readable(variable, DatabaseUrl::parse);
        }
    }

    private void secrets() {
        if (value("ROSTER_SECRET").isEmpty()) {
            fault("ROSTER_SECRET", "is missing: set it to the output of openssl rand -base64 32");
        }
        entries(
                "ROSTER_SECRET",
                secret -> {
                    if (secret.length() < SECRET_CHARACTERS) {
                        return "is shorter than 32 characters: use openssl rand -base64 32";
                    }
                    return isGuessable(secret)
                            ? "is a sample or easily guessed: use openssl rand -base64 32"
                            : null;
                });
    }

    private static boolean isGuessable(String secret) {
        String letters = secret.toLowerCase(Locale.ROOT).replaceAll("[-_ .]", "");
        return isMonotonous(secret) || SAMPLE_SECRETS.stream().anyMatch(letters::contains);
    }

    /** Few different characters, or the same few over and over. */
    private static boolean isMonotonous(String text) {
        if (text.chars().distinct().count() < 6) {
            return true;
        }
        for (int period = 1; period <= text.length() / 2; period++) {
            if (text.regionMatches(period, text, 0, text.length() - period)) {
                return true;
            }
        }
        return false;
    }

    private void baseUrl() {
        // what it is by default follows from PORT, whose fault is told of itself
        String usual = "http://localhost:" + value("PORT").orElse("8080");
        value("ROSTER_BASE_URL")
                .filter(url -> !url.equals(usual))
                .filter(url -> !isOrigin(url) || !(isHttps(url) || isLoopback(url)))
                .ifPresent(
                        url ->
                                fault(
                                        "ROSTER_BASE_URL",
                                        "is no origin: write https://host or https://host:port,"
                                                + " nothing after it (http only for localhost)"
                                                + (url.contains("_") ? UNDERSCORE : "")));
    }

    private static String originProblem(String entry) {
        if (entry.chars().allMatch(c -> c == '*' || c == '/' || c == ':')) {
            return "would trust every site: name the origins";
        }
        Matcher app = APP_SCHEME.matcher(entry);
        boolean wellFormed =
                app.matches()
                        ? !NOT_APP_SCHEMES.contains(app.group(1).toLowerCase(Locale.ROOT))
                        : WILDCARD.matcher(entry).matches() || isOrigin(entry);
        return wellFormed
                ? null
                : "is no origin: write https://host, https://*.example.com, *.example.com or"
                        + " myapp://"
                        + (entry.contains("_") ? UNDERSCORE : "");
    }

    private static boolean isOrigin(String text) {
        try {
            URI uri = new URI(text);
            return ("https".equalsIgnoreCase(uri.getScheme())
                            || "http".equalsIgnoreCase(uri.getScheme()))
                    && uri.getHost() != null
                    && uri.getPort() <= 65535
                    && uri.getUserInfo() == null
                    && "".equals(uri.getRawPath())
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null
                    && !text.endsWith(":");
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static boolean isHttps(String origin) {
        return origin.regionMatches(true, 0, "https:", 0, 6);
    }

    private static boolean isLoopback(String origin) {
        return LOOPBACK.matcher(URI.create(origin).getHost()).matches();
    }

    private static String proxyProblem(String entry) {
        int slash = entry.indexOf('/');
        String address = slash < 0 ? entry : entry.substring(0, slash);
        int bits = addressBits(address);
        String prefix = slash < 0 ? String.valueOf(bits) : entry.substring(slash + 1);
        if (bits == 0 || !prefix.matches("\\d{1,3}") || Integer.parseInt(prefix) > bits) {
            return "is no IP address and no CIDR range such as 10.0.0.0/8";
        }
        return Integer.parseInt(prefix) == 0
                ? "would let anyone choose the address they seem to come from: name the proxies"
                : null;
    }

    /** 32, 128, or 0 for what is no address. Asks no name server. */
    private static int addressBits(String address) {
        if (IPV4.matcher(address).matches()) {
            return 32;
        }
        try {
            boolean ipv6 =
                    IPV6.matcher(address).matches()
                            // An IPv4 address in IPv6 clothes, whose range means something else.
                            && !(InetAddress.getByName(address) instanceof Inet4Address);
            return ipv6 ? 128 : 0;
        } catch (UnknownHostException e) {
            return 0;
        }
    }

    private void encryptionKeys() {
        Set<String> ids = new HashSet<>();
        entries(
                "ROSTER_ENCRYPTION_KEYS",
                entry -> {
                    int colon = entry.indexOf(':');
                    String id = colon < 0 ? "" : entry.substring(0, colon);
                    if (!KEY_ID.matcher(id).matches()) {
                        return "is not id:key with an id of 1 to 16 letters, digits, - or _";
                    }
                    if (!ids.add(id)) {
                        return "has the id of an entry before it: ids are unique";
                    }
                    return isKey(entry.substring(colon + 1))
                            ? null
                            : "has no key of 32 random bytes: use openssl rand -base64 32";
                });
    }

    private static boolean isKey(String base64) {
        try {
            byte[] key = Base64.getDecoder().decode(base64);
            Set<Byte> different = new HashSet<>();
            for (byte b : key) {
                different.add(b);
            }
            // 32 random bytes hold about 30 different ones.
            return key.length == 32 && different.size() > 12;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private void administrator() {
        Optional<String> email = value("ROSTER_ADMIN_EMAIL");
        Optional<String> password = value("ROSTER_ADMIN_PASSWORD");
        if (email.isPresent() != password.isPresent()) {
            fault(
                    email.isPresent() ? "ROSTER_ADMIN_PASSWORD" : "ROSTER_ADMIN_EMAIL",
                    "is missing: set both ROSTER_ADMIN_EMAIL and ROSTER_ADMIN_PASSWORD, or"
                            + " neither");
        }
        if (email.isPresent() && !EMAIL.matcher(email.get()).matches()) {
            fault("ROSTER_ADMIN_EMAIL", "is no e-mail address");
        }
        if (password.isPresent() && password.get().length() < ADMIN_PASSWORD_CHARACTERS) {
            fault("ROSTER_ADMIN_PASSWORD", "is shorter than 12 characters: choose a longer one");
        } else if (password.isPresent() && isUsual(password.get())) {
            fault("ROSTER_ADMIN_PASSWORD", "is easily guessed: choose another");
        }
    }

    private static boolean isUsual(String password) {
        String letters =
                password.toLowerCase(Locale.ROOT)
                        .replaceAll("^[^\\p{L}]+|[^\\p{L}]+$", "")
                        .replace('@', 'a')
                        .replace('0', 'o')
                        .replaceAll("[^\\p{L}]", "");
        return isMonotonous(password) || USUAL_PASSWORDS.contains(letters);
    }

    private void pool() {
        OptionalInt min = wholeNumber("ROSTER_POOL_MIN", 0, 10_000);
        OptionalInt max = wholeNumber("ROSTER_POOL_MAX", 1, 10_000);
        boolean readable =
                min.isPresent() == value("ROSTER_POOL_MIN").isPresent()
                        && max.isPresent() == value("ROSTER_POOL_MAX").isPresent();
        if (readable && min.orElse(DEFAULT_POOL_MIN) > max.orElse(DEFAULT_POOL_MAX)) {
            fault(
                    "ROSTER_POOL_MIN",
                    "(5 unless set) is above ROSTER_POOL_MAX (15 unless set): change either");
        }
    }

    /** OWASP's Password Storage Cheat Sheet: fewer passes take more memory. */
    private void passwordHashing() {
        int before = faults.size();
        int passes = wholeNumber("ROSTER_PASSWORD_ARGON2_ITERATIONS", 1, 10).orElse(2);
        int memory = wholeNumber("ROSTER_PASSWORD_ARGON2_MEMORY_KIB", 7168, 262_144).orElse(19_456);
        int least =
                switch (passes) {
                    case 1 -> 47_104;
                    case 2 -> 19_456;
                    case 3 -> 12_288;
                    case 4 -> 9_216;
                    default -> 7_168;
                };
        if (faults.size() == before && memory < least) {
            fault(
                    "ROSTER_PASSWORD_ARGON2_MEMORY_KIB",
                    "is too little for ROSTER_PASSWORD_ARGON2_ITERATIONS="
                            + passes
                            + ": "
                            + least
                            + " or more, or more iterations");
        }
    }

    private void readable(String variable, Consumer<String> reader) {
        Function<String, String> problem =
                text -> {
                    try {
                        reader.accept(text);
                        return null;
                    } catch (IllegalArgumentException e) {
                        return e.getMessage();
                    }
                };
        if (SettingText.isList(variable)) {
            entries(variable, problem);
        } else {
            value(variable).map(problem).ifPresent(found -> fault(variable, found));
        }
    }

    private OptionalInt wholeNumber(String variable, int least, int most) {
        Optional<String> text = value(variable);
        if (text.isEmpty()) {
            return OptionalInt.empty();
        }
        if (text.get().matches("\\d{1,9}")) {
            int number = Integer.parseInt(text.get());
            if (number >= least && number <= most) {
                return OptionalInt.of(number);
            }
        }
        fault(variable, "is no whole number from " + least + " to " + most);
        return OptionalInt.empty();
    }

    private void entries(String variable, Function<String, String> problem) {
        Optional<String> list = value(variable);
        if (list.isEmpty()) {
            return;
        }
        List<String> entries = SettingText.entries(list.get());
        for (int i = 0; i < entries.size(); i++) {
            String entry = entries.get(i);
            String found = entry.isEmpty() ? "is empty: remove a comma" : problem.apply(entry);
            if (found != null) {
                fault(variable, entries.size() == 1 ? found : "entry " + (i + 1) + " " + found);
            }
        }
    }

    private Optional<String> value(String variable) {
        try {
            return lookup.apply(variable).map(String::strip).filter(text -> !text.isEmpty());
        } catch (IllegalArgumentException e) {
            fault(variable, e.getMessage());
            return Optional.empty();
        }
    }

    private void fault(String variable, String problem) {
        Fault fault = new Fault(variable, problem);
        if (!faults.contains(fault)) {
            faults.add(fault);
        }
    }
}
