package dev.roster.platform.readiness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.roster.platform.readiness.StartupSettings.Fault;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The settings at startup")
class StartupSettingsTest {

    private static final String SECRET = "Vh2r0mXyq8Zk4T1uB7cN9wPe5sLdA6gJ";
    private static final String KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private static final String KEY_ENDING = "BAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private static final Map<String, String> SOUND =
            Map.of("DATABASE_URL", "postgresql://u:p@db/r", "ROSTER_SECRET", SECRET);

    @Test
    @DisplayName("are sound with a database and a secret")
    void sound() {
        assertEquals(List.of(), faults(SOUND));
    }

    @Test
    @DisplayName("name every variable at fault at once")
    void everyFault() {
        List<Fault> faults =
                faults(
                        Map.of(
                                "ROSTER_BASE_URL", "accounts.example.com",
                                "ROSTER_ADMIN_EMAIL", "a@example.com",
                                "PORT", "http",
                                "ROSTER_TRUSTED_PROXIES", "10.0.0.0/8,::/0,proxy"));

        assertEquals(
                List.of(
                        "DATABASE_URL",
                        "ROSTER_SECRET",
                        "ROSTER_BASE_URL",
                        "ROSTER_TRUSTED_PROXIES",
                        "ROSTER_TRUSTED_PROXIES",
                        "ROSTER_ADMIN_PASSWORD",
                        "PORT"),
                faults.stream().map(Fault::variable).toList());
        String message = StartupSettings.message(faults);
        assertEquals(1 + faults.size(), message.lines().count());
        assertTrue(message.contains("ROSTER_TRUSTED_PROXIES entry 3 is no IP address"), message);
    }

    @Test
    @DisplayName("may give the data source's own URL instead of DATABASE_URL")
    void jdbcUrl() {
        assertEquals(
                List.of(),
                faults(
                        Map.of(
                                "QUARKUS_DATASOURCE_JDBC_URL",
                                "jdbc:postgresql://db/r",
                                "ROSTER_SECRET",
                                SECRET)));
    }

    @ParameterizedTest(name = "{0}={1}")
    @DisplayName("may have these values")
    @CsvSource(
            delimiter = '|',
            value = {
                "DATABASE_URL | postgres://u:p@[::1]:6543/r?pgbouncer=true",
                "ROSTER_DATABASE_OWNER_URL | postgresql://owner:p@db/r",
                "ROSTER_SECRET | 6f1d0c2b9a8e7f3546d2c1b0a9f8e7d6",
                "ROSTER_SECRET | " + SECRET + " , Z" + SECRET,
                "ROSTER_BASE_URL | https://accounts.example.com",
                "ROSTER_BASE_URL | https://accounts.example.com:8443",
                "ROSTER_BASE_URL | http://localhost:8080",
                "ROSTER_BASE_URL | http://roster.localhost",
                "ROSTER_BASE_URL | http://127.0.0.1:8080",
                "ROSTER_BASE_URL | http://[::1]:8080",
                "ROSTER_TRUSTED_ORIGINS | https://a.example.com, http://localhost:5173",
                "ROSTER_TRUSTED_ORIGINS | https://*.example.com,*.example.com",
                "ROSTER_TRUSTED_ORIGINS | https://*.example.com:8443,myapp://,exp+a.b://",
                "ROSTER_TRUSTED_PROXIES | 10.0.0.0/8, 192.168.1.1,fd00::/8,::1,2001:db8::1/128",
                "ROSTER_ENCRYPTION_KEYS | 2026-11:" + KEY,
                "ROSTER_ENCRYPTION_KEYS | b:" + KEY + ", a:" + KEY_ENDING,
                "ROSTER_POOL_MIN | 0",
                "ROSTER_POOL_MIN | 15",
                "ROSTER_POOL_MAX | 5",
                "ROSTER_PASSWORD_ARGON2_MEMORY_KIB | 19456",
                "ROSTER_PASSWORD_ARGON2_ITERATIONS | 3",
                "ROSTER_FEATURE | sound",
                "PORT | 0",
                "PORT | 65535",
                "PORT | ''"
            })
    void accepted(String variable, String value) {
        assertEquals(List.of(), faults(with(variable, value)));
    }

    @ParameterizedTest(name = "{0}={1}")
    @DisplayName("are refused with these values, which the message does not repeat")
    @CsvSource(
            delimiter = '|',
            value = {
                "DATABASE_URL | '' | is missing",
                "DATABASE_URL | postgresql://u:hush@db | no database name",
                "ROSTER_DATABASE_OWNER_URL | postgresql://u:hush@db | no database name",
                "ROSTER_SECRET | ' ' | is missing",
                "ROSTER_SECRET | hush | shorter than 32",
                "ROSTER_SECRET | Vh2r0mXyq8Zk4T1uB7cN9wPe5sLdA6g | shorter than 32",
                "ROSTER_SECRET | " + SECRET + ",hush | entry 2 is shorter than 32",
                "ROSTER_SECRET | " + SECRET + ", | entry 2 is empty",
                "ROSTER_SECRET | aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | guessed",
                "ROSTER_SECRET | 01010101001010101110101001010101 | guessed",
                "ROSTER_SECRET | 1234567890123456789012345678901234567890 | guessed",
                "ROSTER_SECRET | better-auth-secret-12345678901234567890 | guessed",
                "ROSTER_SECRET | ChangeMe-ChangeMe-0-ChangeMe-ChangeMe | guessed",
                "ROSTER_SECRET | your_secret_key_of_at_least_32_characters | guessed",
                "ROSTER_SECRET | " + StartupSettings.DEVELOPMENT_SECRET + " | guessed",
                "ROSTER_BASE_URL | accounts.example.com | is no origin",
                "ROSTER_BASE_URL | http://accounts.example.com | is no origin",
                "ROSTER_BASE_URL | http://127.0.0.1.example.com | is no origin",
                "ROSTER_BASE_URL | http://localhost.example.com | is no origin",
                "ROSTER_BASE_URL | https://accounts.example.com/ | is no origin",
                "ROSTER_BASE_URL | https://accounts.example.com/auth | is no origin",
                "ROSTER_BASE_URL | https://accounts.example.com?a=b | is no origin",
                "ROSTER_BASE_URL | https://accounts.example.com#a | is no origin",
                "ROSTER_BASE_URL | https://u:hush@accounts.example.com | is no origin",
                "ROSTER_BASE_URL | https://accounts.example.com:99999 | is no origin",
                "ROSTER_BASE_URL | https://accounts.example.com: | is no origin",
                "ROSTER_BASE_URL | ftp://accounts.example.com | is no origin",
                "ROSTER_BASE_URL | https:// | is no origin",
                "ROSTER_BASE_URL | https://exa mple.com | is no origin",
                "ROSTER_TRUSTED_ORIGINS | * | every site",
                "ROSTER_TRUSTED_ORIGINS | https://a.example.com,*://* | entry 2 would trust every",
                "ROSTER_TRUSTED_ORIGINS | https://* | is no origin",
                "ROSTER_TRUSTED_ORIGINS | https://*.com | is no origin",
                "ROSTER_TRUSTED_ORIGINS | *.com | is no origin",
                "ROSTER_TRUSTED_ORIGINS | https://a*.example.com | is no origin",
                "ROSTER_TRUSTED_ORIGINS | https://*.*.com | is no origin",
                "ROSTER_TRUSTED_ORIGINS | https://a.example.com/path | is no origin",
                "ROSTER_TRUSTED_ORIGINS | a.example.com | is no origin",
                "ROSTER_TRUSTED_ORIGINS | https:// | is no origin",
                "ROSTER_TRUSTED_ORIGINS | javascript:// | is no origin",
                "ROSTER_TRUSTED_ORIGINS | null | is no origin",
                "ROSTER_TRUSTED_PROXIES | 0.0.0.0/0 | let anyone choose",
                "ROSTER_TRUSTED_PROXIES | ::/0 | let anyone choose",
                "ROSTER_TRUSTED_PROXIES | 10.0.0.0/33 | is no IP address",
                "ROSTER_TRUSTED_PROXIES | 10.0.0.0/ | is no IP address",
                "ROSTER_TRUSTED_PROXIES | 10.0.0 | is no IP address",
                "ROSTER_TRUSTED_PROXIES | 10.0.0.256 | is no IP address",
                "ROSTER_TRUSTED_PROXIES | fd00::/129 | is no IP address",
                "ROSTER_TRUSTED_PROXIES | fd00:::1 | is no IP address",
                "ROSTER_TRUSTED_PROXIES | ::ffff:10.0.0.1 | is no IP address",
                "ROSTER_TRUSTED_PROXIES | localhost | is no IP address",
                "ROSTER_ENCRYPTION_KEYS | " + KEY + " | is not id:key",
                "ROSTER_ENCRYPTION_KEYS | seventeen-letters:" + KEY + " | is not id:key",
                "ROSTER_ENCRYPTION_KEYS | a.b:" + KEY + " | is not id:key",
                "ROSTER_ENCRYPTION_KEYS | a:" + KEY + ",a:" + KEY_ENDING + " | entry 2 has the id",
                "ROSTER_ENCRYPTION_KEYS | a:hush | no key of 32",
                "ROSTER_ENCRYPTION_KEYS | a:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg== | no key",
                "ROSTER_ENCRYPTION_KEYS | a:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= | no key",
                "ROSTER_ADMIN_EMAIL | a@example.com | is missing",
                "ROSTER_ADMIN_PASSWORD | Correct Horse Battery | is missing",
                "ROSTER_POOL_MIN | -1 | is no whole number from 0",
                "ROSTER_POOL_MIN | 1.5 | is no whole number",
                "ROSTER_POOL_MIN | 16 | is above ROSTER_POOL_MAX",
                "ROSTER_POOL_MAX | 0 | is no whole number from 1",
                "ROSTER_POOL_MAX | many | is no whole number",
                "ROSTER_POOL_MAX | 4 | is above ROSTER_POOL_MAX",
                "ROSTER_PASSWORD_ARGON2_MEMORY_KIB | 19455 | is too little for",
                "ROSTER_PASSWORD_ARGON2_MEMORY_KIB | 100 | is no whole number from 7168",
                "ROSTER_PASSWORD_ARGON2_ITERATIONS | 1 | ITERATIONS=1: 47104 or more",
                "ROSTER_PASSWORD_ARGON2_ITERATIONS | 0 | is no whole number from 1",
                "ROSTER_FEATURE | other | is not sound",
                "PORT | 65536 | is no whole number from 0 to 65535",
                "PORT | -1 | is no whole number",
                "PORT | 80a | is no whole number",
                "PORT | 99999999999 | is no whole number"
            })
    void refused(String variable, String value, String problem) {
        List<Fault> faults = faults(with(variable, value));

        assertEquals(1, faults.size(), faults::toString);
        assertTrue(faults.get(0).toString().contains(problem), faults::toString);
        assertFalse(faults.get(0).toString().contains("hush"), faults::toString);
    }

    @ParameterizedTest(name = "{0} with {1}: {2}")
    @DisplayName("take the first administrator only with an address and a good password")
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "a@example.com | Correct Horse Battery | -",
                "a@example.com | password of hens | -",
                "nobody | Correct Horse Battery | ROSTER_ADMIN_EMAIL is no e-mail",
                "a@example.com | Short one 1 | ROSTER_ADMIN_PASSWORD is shorter than 12",
                "a@example.com | P@ssw0rd1234 | ROSTER_ADMIN_PASSWORD is easily guessed",
                "a@example.com | changeme-2026 | ROSTER_ADMIN_PASSWORD is easily guessed",
                "a@example.com | 123456789012 | ROSTER_ADMIN_PASSWORD is easily guessed",
                "a@example.com | rosterroster | ROSTER_ADMIN_PASSWORD is easily guessed",
                "a@example.com | AdminAdmin!1 | ROSTER_ADMIN_PASSWORD is easily guessed"
            })
    void administrator(String email, String password, String problem) {
        Map<String, String> settings = new HashMap<>(SOUND);
        settings.put("ROSTER_ADMIN_EMAIL", email);
        settings.put("ROSTER_ADMIN_PASSWORD", password);

        List<Fault> faults = faults(settings);

        assertEquals(problem == null ? 0 : 1, faults.size(), faults::toString);
        if (problem != null) {
            assertTrue(faults.get(0).toString().contains(problem), faults::toString);
        }
    }

    @Test
    @DisplayName("that cannot be read are at fault too")
    void unreadable() {
        List<Fault> faults =
                StartupSettings.faults(
                        name -> {
                            if (name.equals("ROSTER_SECRET")) {
                                throw new IllegalArgumentException("refers to nothing");
                            }
                            return Optional.ofNullable(SOUND.get(name));
                        },
                        Map.of());

        assertTrue(faults.contains(new Fault("ROSTER_SECRET", "refers to nothing")));
    }

    private static List<Fault> faults(Map<String, String> settings) {
        return StartupSettings.faults(
                name -> Optional.ofNullable(settings.get(name)),
                Map.of("ROSTER_FEATURE", StartupSettingsTest::read));
    }

    /** A feature's own reader. */
    private static void read(String value) {
        if (!value.equals("sound")) {
            throw new IllegalArgumentException("is not sound");
        }
    }

    private static Map<String, String> with(String variable, String value) {
        Map<String, String> settings = new HashMap<>(SOUND);
        settings.put(variable, value);
        return settings;
    }
}
