package dev.roster.mail;

import io.quarkus.qute.Engine;
import io.quarkus.qute.EngineBuilder;
import io.quarkus.qute.HtmlEscaper;
import io.quarkus.qute.Template;
import io.quarkus.qute.TemplateException;
import io.quarkus.qute.Variant;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Mails from Qute templates: {@code layout.txt} and {@code layout.html}, filled with the texts of a
 * language from {@code <language>.properties} (UTF-8). A file of the same name in {@code
 * ROSTER_MAIL_TEMPLATES} takes the place of a layout, and its texts that of single texts; one of a
 * further language adds it.
 */
@Singleton
class Templates {

    private static final String BUILT_IN = "templates/mail/";
    private static final List<String> LANGUAGES = List.of("ar", "de", "en", "es", "fr", "zh");
    private static final List<String> LAYOUTS = List.of("layout.txt", "layout.html");
    private static final String TEXTS = ".properties";

    /** What a name may take up in a mail, in characters. */
    private static final int LONGEST = 64;

    private static final Pattern CONTROL =
            Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\s&&[^\u200c\u200d]]+");
    private static final Pattern LINK = Pattern.compile("(?<=[.:/@])(?=\\S)");
    private static final Set<String> RIGHT_TO_LEFT = Set.of("ar", "fa", "he", "iw", "ur");

    private final Engine engine = engine();
    private final Sender sender;
    private final Path directory;
    private final String usual;
    private final Map<String, String> languages = new TreeMap<>();
    private final Map<String, Map<String, Template>> texts = new ConcurrentHashMap<>();
    private final Map<String, Template> layouts = new ConcurrentHashMap<>();

    @Inject
    Templates(MailConfig config, Sender sender) {
        this(config.mail().templates().orElse(null), config.mail().locale(), sender);
    }

    /**
     * @param directory of an operator's files, or null
     * @param usual BCP 47 tag of the language of whoever has none that there is
     */
    Templates(Path directory, String usual, Sender sender) {
        this.directory = directory;
        this.sender = sender;
        LANGUAGES.forEach(language -> languages.put(language.toLowerCase(Locale.ROOT), language));
        overridden(TEXTS)
                .map(name -> name.substring(0, name.length() - TEXTS.length()))
                .forEach(language -> languages.put(language.toLowerCase(Locale.ROOT), language));
        this.usual =
                lookup(usual)
                        .orElseThrow(
                                () ->
                                        new ConfigurationException(
                                                "ROSTER_MAIL_LOCALE is none of "
                                                        + String.join(", ", languages.values())));
    }

    private static Engine engine() {
        EngineBuilder builder = Engine.builder().addDefaults();
        // values are texts and lists of them: nothing is looked up by reflection
        return builder.strictRendering(true)
                .removeStandaloneLines(true)
                .addResultMapper(new HtmlEscaper(List.of("text/html")))
                .build();
    }

    /**
     * Reads an operator's files, so that a start with bad ones can be refused.
     *
     * @throws IllegalArgumentException when one cannot be used; the message names it
     */
    void check() {
        if (directory == null) {
            return;
        }
        if (!Files.isDirectory(directory)) {
            throw new IllegalArgumentException("is no directory");
        }
        for (String name : (Iterable<String>) overridden("")::iterator) {
            if (!LAYOUTS.contains(name) && !name.endsWith(TEXTS)) {
                throw new IllegalArgumentException(
                        "holds "
                                + name
                                + ", the name of no template: there are layout.txt,"
                                + " layout.html and <language>.properties");
            }
            try {
                if (LAYOUTS.contains(name)) {
                    layout(name);
                } else {
                    language(name.substring(0, name.length() - TEXTS.length()));
                }
            } catch (TemplateException | IllegalArgumentException | UncheckedIOException e) {
                throw new IllegalArgumentException(
                        "holds a " + name + " that cannot be used: " + e.getMessage(), e);
            }
        }
        for (String language : languages.values()) {
            for (MailKind kind : MailKind.values()) {
                try {
                    render(
                            new UUID(0, 0),
                            kind,
                            "somebody@example.com",
                            language,
                            kind.fields().stream()
                                    .collect(Collectors.toMap(field -> field, field -> field)));
                } catch (TemplateException e) {
                    throw new IllegalArgumentException(
                            "holds a layout or "
                                    + language
                                    + TEXTS
                                    + " that cannot be used: "
                                    + e.getMessage(),
                            e);
                }
            }
        }
    }

    /**
     * The mail in the language that suits best (RFC 4647, lookup).
     *
     * @param locale BCP 47 tag, or null
     * @param values of {@link MailKind#fields}
     */
    RenderedMail render(
            UUID id, MailKind kind, String recipient, String locale, Map<String, String> values) {
        String language = lookup(locale).orElse(usual);
        Map<String, Template> text = language(language);
        Map<String, Object> data = new HashMap<>();
        data.put("app", plain(sender.name()));
        values.forEach((name, value) -> data.put(name, isLiteral(name) ? value : plain(value)));
        data.computeIfPresent("role", (name, role) -> role(text, (String) role));
        String prefix = kind.template() + ".";
        Map<String, Object> layout = new HashMap<>(data);
        layout.put("lang", language);
        layout.put("dir", isRightToLeft(language) ? "rtl" : "ltr");
        layout.put("subject", fill(text, prefix + "subject", data));
        layout.put(
                "greeting",
                fill(text, isGiven(data.get("name")) ? "greeting" : "greeting.anyone", data));
        layout.put("text", fill(text, prefix + "text", data));
        layout.put("action", data.containsKey("url") ? fill(text, prefix + "action", data) : "");
        layout.put("link", fill(text, "link", data));
        layout.put("once", fill(text, data.containsKey("url") ? "once.link" : "once.code", data));
        layout.put("ignore", fill(text, prefix + "ignore", data));
        layout.put("footer", fill(text, "footer", data));
        layout.putIfAbsent("url", "");
        layout.putIfAbsent("code", "");
        return new RenderedMail(
                id,
                kind,
                recipient,
                language,
                (String) layout.get("subject"),
                layout("layout.txt").render(layout),
                layout("layout.html").render(layout));
    }

    /** What came from the service itself, or was checked as an address, and stays as it is. */
    private static boolean isLiteral(String name) {
        return Set.of("url", "code", "newEmail").contains(name);
    }

    /**
     * A text that somebody chose, such as a name: on one line, not long, and nothing in it becomes
     * a link. Whoever signs up with another's address must not have us mail them an advertisement.
     */
    static String plain(String text) {
        String line = CONTROL.matcher(text).replaceAll(" ").strip();
        if (line.codePointCount(0, line.length()) > LONGEST) {
            line = line.substring(0, line.offsetByCodePoints(0, LONGEST - 1)) + "…";
        }
        // a word joiner, which is not seen
        return LINK.matcher(line).replaceAll("\u2060");
    }

    /** Roles of our own have a name in each language; those of an operator are their own name. */
    private static String role(Map<String, Template> text, String role) {
        return text.containsKey("role." + role) ? fill(text, "role." + role, Map.of()) : role;
    }

    private static String fill(Map<String, Template> text, String key, Map<String, Object> values) {
        return text.get(key).render(values);
    }

    private static boolean isGiven(Object name) {
        return name != null && !name.equals("");
    }

    private static boolean isRightToLeft(String language) {
        return RIGHT_TO_LEFT.contains(Locale.forLanguageTag(language).getLanguage());
    }

    private Optional<String> lookup(String tag) {
        if (tag == null) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(
                            Locale.lookupTag(Locale.LanguageRange.parse(tag), languages.keySet()))
                    .map(languages::get);
        } catch (IllegalArgumentException e) {
            // what a client said of itself; the usual language is as good an answer as any
            return Optional.empty();
        }
    }

    private Template layout(String name) {
        return layouts.computeIfAbsent(
                name,
                file ->
                        engine.parse(
                                read(file).orElseThrow(() -> missing(file)),
                                Variant.forContentType(
                                        file.endsWith(".html") ? "text/html" : "text/plain"),
                                file));
    }

    /** The texts of a language by their keys, the operator's before the built-in ones. */
    private Map<String, Template> language(String language) {
        return texts.computeIfAbsent(
                language,
                tag -> {
                    Properties all = new Properties();
                    String file = tag + TEXTS;
                    builtIn(file).ifPresent(text -> load(all, text));
                    overriding(file).ifPresent(text -> load(all, text));
                    Set<String> missing = new TreeSet<>(keys());
                    missing.removeAll(all.stringPropertyNames());
                    if (!missing.isEmpty()) {
                        throw new IllegalArgumentException("it lacks " + missing);
                    }
                    Map<String, Template> templates = new HashMap<>();
                    for (String key : all.stringPropertyNames()) {
                        templates.put(
                                key,
                                engine.parse(
                                        all.getProperty(key),
                                        Variant.forContentType("text/plain"),
                                        file + " " + key));
                    }
                    return templates;
                });
    }

    /** Every key that a language must have. */
    static Set<String> keys() {
        Set<String> keys =
                new HashSet<>(
                        Set.of(
                                "greeting",
                                "greeting.anyone",
                                "link",
                                "once.link",
                                "once.code",
                                "footer"));
        for (MailKind kind : MailKind.values()) {
            List<String> parts = new ArrayList<>(List.of("subject", "text", "ignore"));
            if (kind.fields().contains("url")) {
                parts.add("action");
            }
            parts.forEach(part -> keys.add(kind.template() + "." + part));
        }
        return keys;
    }

    private static void load(Properties properties, String text) {
        try {
            properties.load(new StringReader(text));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Optional<String> read(String file) {
        return overriding(file).or(() -> builtIn(file));
    }

    private Optional<String> overriding(String file) {
        if (directory == null || !Files.isRegularFile(directory.resolve(file))) {
            return Optional.empty();
        }
        try {
            return Optional.of(Files.readString(directory.resolve(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<String> builtIn(String file) {
        try (InputStream in =
                Thread.currentThread()
                        .getContextClassLoader()
                        .getResourceAsStream(BUILT_IN + file)) {
            return in == null
                    ? Optional.empty()
                    : Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Names of the operator's files, sorted. */
    private Stream<String> overridden(String ending) {
        if (directory == null || !Files.isDirectory(directory)) {
            return Stream.empty();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files
                    // a mounted ConfigMap has hidden links to its versions beside the files
                    .map(file -> file.getFileName().toString())
                    .filter(name -> !name.startsWith(".") && name.endsWith(ending))
                    .sorted()
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static IllegalStateException missing(String file) {
        return new IllegalStateException("The package lacks " + BUILT_IN + file);
    }
}
