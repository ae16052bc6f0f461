package dev.roster.mail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("Mails")
class TemplatesTest {

    private static final List<String> LANGUAGES = List.of("en", "de", "fr", "es", "ar", "zh");
    private static final Sender SENDER = new Sender("Acme", "mail@acme.example");

    /** Distinct, and none of them a word of a template. */
    private static final Map<String, String> VALUES =
            Map.of(
                    "name", "Nomen",
                    "url", "https://acme.example/x?token=T0ken&callbackURL=%2F",
                    "newEmail", "new.one@b.example",
                    "code", "918273",
                    "organization", "Orga",
                    "inviter", "Invitor",
                    "role", "curator");

    @TempDir Path directory;

    static Stream<Arguments> all() {
        return LANGUAGES.stream()
                .flatMap(
                        language ->
                                Arrays.stream(MailKind.values())
                                        .map(kind -> Arguments.of(kind, language)));
    }

    @ParameterizedTest(name = "{0} in {1}")
    @MethodSource("all")
    @DisplayName("say everything they are filled with, in every language")
    void complete(MailKind kind, String language) {
        RenderedMail mail = render(builtIn(), kind, language);

        assertEquals(language, mail.locale());
        for (String field : kind.fields()) {
            String value = VALUES.get(field);
            assertTrue(mail.text().contains(value), field + " in " + mail.text());
            assertTrue(
                    mail.html().contains(value.replace("&", "&amp;")),
                    field + " in " + mail.html());
        }
        for (String part : List.of(mail.subject(), mail.text(), mail.html())) {
            assertFalse(part.matches("(?s).*[{}].*"), part);
            assertFalse(part.contains("NOT_FOUND") || part.contains("null"), part);
        }
        assertFalse(mail.subject().isBlank() || mail.subject().contains("\n"));
        assertTrue(mail.html().contains("lang=\"" + language + "\""));
        assertEquals(language.equals("ar"), mail.html().contains("dir=\"rtl\""));
        assertFalse(
                mail.html().replace(VALUES.get("url").replace("&", "&amp;"), "").contains("://"),
                "nothing is loaded from elsewhere");
        assertTrue(mail.text().contains("Acme"));
    }

    @ParameterizedTest
    @MethodSource("all")
    @DisplayName("are translated")
    void translated(MailKind kind, String language) {
        if (!language.equals("en")) {
            RenderedMail english = render(builtIn(), kind, "en");
            RenderedMail mail = render(builtIn(), kind, language);
            assertNotEquals(english.subject(), mail.subject());
            List<String> shared =
                    mail.text()
                            .lines()
                            .filter(line -> line.contains(" ") && !line.contains("918273"))
                            .filter(line -> english.text().lines().anyMatch(line::equals))
                            .filter(line -> !line.equals("-- "))
                            .toList();
            assertEquals(List.of(), shared);
        }
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "de-AT, de",
        "de-at, de",
        "zh-Hant-TW, zh",
        "ar-EG, ar",
        "EN, en",
        "it, en",
        "*, en",
        "'', en",
        "not_a tag, en",
        "'<script>', en",
    })
    @DisplayName("are in the language that suits best, else the usual one")
    void lookup(String tag, String language) {
        assertEquals(language, render(builtIn(), MailKind.MAGIC_LINK, tag).locale());
        assertEquals("en", render(builtIn(), MailKind.MAGIC_LINK, null).locale());
        assertEquals(
                "fr",
                render(new Templates(null, "fr-CH", SENDER), MailKind.MAGIC_LINK, null).locale());
    }

    @Test
    @DisplayName("name the roles there are in their own language")
    void roles() {
        Map<String, String> values = new HashMap<>(VALUES);
        values.put("role", "admin");
        RenderedMail mail =
                new Templates(null, "en", SENDER)
                        .render(new UUID(0, 1), MailKind.INVITATION, "a@b.example", "fr", values);
        assertTrue(mail.text().contains("administrateur"), mail.text());
    }

    @Test
    @DisplayName("greet nobody by an empty name")
    void noName() {
        RenderedMail mail = rename("");
        assertTrue(mail.text().startsWith("Hello,\n"), mail.text());
    }

    @Nested
    @DisplayName("to somebody with a hostile name")
    class Hostile {

        @Test
        @DisplayName("show it as text")
        void markup() {
            RenderedMail mail = rename("<img src=x onerror=alert(1)>\"'&amp;{url}");
            assertFalse(mail.html().contains("<img"), mail.html());
            assertTrue(
                    mail.html().contains("&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;amp;"),
                    mail.html());
            assertTrue(mail.text().contains("{url}"), "a value is no template");
        }

        @Test
        @DisplayName("make no link of it")
        void link() {
            RenderedMail mail = rename("Win now: https://evil.example/x www.evil.example");
            assertFalse(mail.text().contains("://evil"), mail.text());
            assertFalse(mail.text().contains("evil.example"), mail.text());
            assertFalse(mail.html().contains("evil.example"), mail.html());
        }

        @Test
        @DisplayName("keep it short and on its line")
        void longName() {
            RenderedMail mail = rename("a\r\nBcc: x\u2028y\u202ez " + "b".repeat(500));
            String greeting = mail.text().lines().findFirst().orElseThrow();
            assertTrue(greeting.startsWith("Hello a Bcc:"), greeting);
            assertTrue(greeting.length() < 80, greeting);
            assertFalse(greeting.contains("\u202e"), greeting);
        }

        @Test
        @DisplayName("have a subject of one line")
        void subject() {
            Map<String, String> values = new HashMap<>(VALUES);
            values.put("organization", "Orga\r\nBcc: victim@b.example");
            String subject =
                    builtIn()
                            .render(
                                    new UUID(0, 1),
                                    MailKind.INVITATION,
                                    "a@b.example",
                                    "en",
                                    values)
                            .subject();
            assertFalse(subject.matches("(?s).*[\r\n].*"), subject);
        }
    }

    @Nested
    @DisplayName("of an operator")
    class Overridden {

        @Test
        @DisplayName("have single texts, layouts and further languages of their own")
        void overridden() throws IOException {
            write("de.properties", "magic-link.subject = Hereinspaziert bei {app}");
            write("layout.txt", "{greeting} {text} {url}{code} Impressum");
            String english =
                    Files.readString(Path.of("src/main/resources/templates/mail/en.properties"));
            write("it.properties", english.replace("Hello,", "Ciao,"));
            Templates templates = new Templates(directory, "en", SENDER);
            templates.check();

            RenderedMail german = render(templates, MailKind.MAGIC_LINK, "de");
            assertEquals("Hereinspaziert bei Acme", german.subject());
            assertTrue(german.text().endsWith(VALUES.get("url") + " Impressum"), german.text());
            assertTrue(german.html().contains("Anmelden"), "the built-in rest");
            assertTrue(render(templates, MailKind.MAGIC_LINK, "it-CH").text().startsWith("Ciao,"));
        }

        @ParameterizedTest(name = "{0}: {1}")
        @CsvSource({
            "layout.html, {#if url}<a>",
            "layout.html, {surprise}",
            "layout.txt, {subject.getClass}",
            "de.properties, greeting = Hallo {#if name}",
            "de.properties, greeting = Hallo {surname}",
            "it.properties, greeting = Ciao",
            "magic-link.html, anything",
            "layout.htm, anything",
        })
        @DisplayName("are refused at the start when they cannot be used, by file name")
        void refused(String file, String text) throws IOException {
            write(file, text);
            String refusal =
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> new Templates(directory, "en", SENDER).check())
                            .getMessage();
            assertTrue(refusal.contains(file), refusal);
        }

        @Test
        @DisplayName("are refused when there is no such directory")
        void noDirectory() {
            Templates templates = new Templates(directory.resolve("none"), "en", SENDER);
            assertEquals(
                    "is no directory",
                    assertThrows(IllegalArgumentException.class, templates::check).getMessage());
        }

        private void write(String file, String text) throws IOException {
            Files.writeString(directory.resolve(file), text);
        }
    }

    private static Templates builtIn() {
        return new Templates(null, "en", SENDER);
    }

    private static RenderedMail rename(String name) {
        Map<String, String> values = new HashMap<>(VALUES);
        values.put("name", name);
        return builtIn().render(new UUID(0, 1), MailKind.VERIFY_EMAIL, "a@b.example", "en", values);
    }

    private static RenderedMail render(Templates templates, MailKind kind, String language) {
        Map<String, String> values = new HashMap<>(VALUES);
        values.keySet().retainAll(kind.fields());
        return templates.render(new UUID(0, 1), kind, "a@b.example", language, values);
    }
}
