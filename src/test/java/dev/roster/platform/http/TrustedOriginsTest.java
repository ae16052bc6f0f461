package dev.roster.platform.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedOriginsTest {

    private final TrustedOrigins origins =
            origins(
                    "https://accounts.example",
                    "http://trusted.example:3000",
                    "https://*.wild.example",
                    "https://bücher.example",
                    "myapp://",
                    "exp://dev.example/--/app");

    @Nested
    @DisplayName("Redirects to")
    class Redirects {

        @ParameterizedTest(name = "{0}")
        @ValueSource(
                strings = {
                    "/",
                    "/dash",
                    "/dash?next=/x&y=%2F#//top",
                    "/a//b",
                    "/a/../b",
                    "/@trusted",
                    "/größe",
                    "https://accounts.example",
                    "https://accounts.example/",
                    "https://accounts.example:443/x",
                    "HTTPS://ACCOUNTS.example/x?y=//evil.example",
                    "http://trusted.example:3000/welcome#x",
                    "https://a.wild.example/x",
                    "https://a.b.wild.example",
                    "myapp://",
                    "myapp://open/this?x=y",
                    "MYAPP://open",
                    "exp://dev.example/--/app",
                    "exp://dev.example/--/app/page",
                    "exp://dev.example/--/app?x=y",
                    "/a|b?x={y}&z=^#a#b",
                    "https://accounts.example/a|b?x={y}&z=^#a#b",
                    "https://accounts.example?tags=[a]&q=\"x\"<y>`%zz",
                    "http://trusted.example:3000/größe?x=|",
                    "https://a.wild.example/{id}",
                    "myapp://open/{id}?x=a|b",
                    "https://bücher.example/x",
                    "https://BÜCHER.example",
                    "https://xn--bcher-kva.example/x",
                })
        @DisplayName("our own paths and trusted origins are let through")
        void trusted(String target) {
            assertEquals(true, origins.trustsRedirect(target));
        }

        @ParameterizedTest(name = "{0}")
        @ValueSource(
                strings = {
                    "",
                    " ",
                    "dash",
                    "./dash",
                    "?next=/",
                    // read as a host by browsers
                    "//evil.example",
                    "///evil.example",
                    "/\\evil.example",
                    "\\\\evil.example",
                    "/\t/evil.example",
                    "\t//evil.example",
                    "/\n/evil.example",
                    "/x\r\nSet-Cookie: a=b",
                    "/x\u0000",
                    "/x y",
                    "/x\u007f",
                    // as the reference: C1 controls, some of which end a line
                    "/x\u0080",
                    "/x\u0085",
                    "/x\u009f",
                    "https://accounts.example/\u0085",
                    "/%2fevil.example",
                    "/%2Fevil.example",
                    "/%5Cevil.example",
                    "/x/%5c%5cevil.example",
                    // a host, once the dots are taken out
                    "/.//evil.example",
                    "/x/..//evil.example",
                    "/%2e//evil.example",
                    "/x/%2E%2e//evil.example",
                    // another host than it seems
                    "https://evil.example",
                    "https://accounts.example@evil.example",
                    "https://accounts.example:443@evil.example",
                    "https://user@accounts.example",
                    "https://evil.example#@accounts.example",
                    "https://evil.example?https://accounts.example",
                    "https://evil.example/accounts.example",
                    "https://evil.example\\@accounts.example",
                    "https://accounts.example.evil.example",
                    "https://accounts.exampleevil.example",
                    "https://evilaccounts.example",
                    "https://accounts.example%2eevil.example",
                    "https://accounts.example%00.evil.example",
                    "https://accounts。example",
                    "https://accounts.example|.evil.example",
                    "https://{accounts.example}",
                    "https://evil.example^accounts.example",
                    "https://evil.example/|@accounts.example",
                    "https://evil.example|/accounts.example",
                    "https://evil.ex℀.bücher.example",
                    "https://evil@bücher.example",
                    "https://аccounts.example",
                    "https://accounts．example",
                    "https://accounts.example.",
                    "https://[::1]",
                    // another port or scheme
                    "https://accounts.example:8443",
                    "http://accounts.example",
                    "https://trusted.example:3000",
                    "http://trusted.example",
                    "http://trusted.example:30000",
                    "ws://accounts.example",
                    "ftp://trusted.example:3000",
                    // no host at all
                    "https:evil.example",
                    "https:/evil.example",
                    "https:///evil.example",
                    "https://",
                    "https:",
                    "javascript:alert(1)",
                    "JAVASCRIPT://accounts.example/%0aalert(1)",
                    "java\nscript:alert(1)",
                    "data:text/html,x",
                    "vbscript:x",
                    "file:///etc/passwd",
                    "blob:https://accounts.example/x",
                    // wildcards stand for a part of the host
                    "https://wild.example",
                    "https://evil-wild.example",
                    "https://evil.example/.wild.example",
                    "https://evil.example#.wild.example",
                    "https://evil.example?.wild.example",
                    "https://a.wild.example:8443",
                    "https://a.wild.example@evil.example",
                    "http://a.wild.example",
                    // another application, or another page of a trusted one
                    "myapp2://open",
                    "exp://",
                    "exp://evil.example/--/app",
                    "exp://dev.example",
                    "exp://dev.example/--/application",
                    "exp://dev.example/--/app/../x",
                    "exp://dev.example/--/app/%2e%2e/x",
                    "exp://dev.example@evil.example/--/app",
                })
        @DisplayName("anywhere else are refused, however it is written")
        void untrusted(String target) {
            assertEquals(false, origins.trustsRedirect(target));
        }
    }

    @Nested
    @DisplayName("The origin of a page")
    class Origins {

        @ParameterizedTest(name = "{0}")
        @ValueSource(
                strings = {
                    "https://accounts.example",
                    "http://trusted.example:3000",
                    "https://a.wild.example",
                    // a Referer
                    "http://trusted.example:3000/page?x=y",
                })
        @DisplayName("is trusted when it is listed")
        void trusted(String origin) {
            assertEquals(true, origins.trusts(origin));
        }

        @ParameterizedTest(name = "{0}")
        @ValueSource(
                strings = {
                    "null",
                    "",
                    "*",
                    "/",
                    "accounts.example",
                    "//accounts.example",
                    "https://accounts.example, https://evil.example",
                    "https://accounts.example https://evil.example",
                    "https://evil.example",
                    "http://accounts.example",
                })
        @DisplayName("is not trusted otherwise")
        void untrusted(String origin) {
            assertEquals(false, origins.trusts(origin));
        }

        @Test
        @DisplayName("of this service is the base URL's, without its path")
        void own() {
            assertEquals("https://accounts.example", origins.own());
            assertEquals("http://localhost:8080", origins("http://LOCALHOST:8080/sub/path").own());
        }
    }

    @Nested
    @DisplayName("A wildcard")
    class Wildcards {

        @Test
        @DisplayName("without a scheme is compared with the host")
        void host() {
            TrustedOrigins hosts = origins("https://accounts.example", "*.wild.example");
            assertEquals(true, hosts.trusts("https://a.wild.example"));
            assertEquals(true, hosts.trusts("http://a.wild.example:8080"));
            assertEquals(false, hosts.trusts("https://wild.example"));
            assertEquals(false, hosts.trusts("https://wild.example.evil.example"));
            assertEquals(false, hosts.trusts("myapp://a.wild.example"));
        }

        @Test
        @DisplayName("? stands for exactly one character")
        void one() {
            TrustedOrigins hosts = origins("https://accounts.example", "https://pr?.example");
            assertEquals(true, hosts.trusts("https://pr1.example"));
            assertEquals(false, hosts.trusts("https://pr.example"));
            assertEquals(false, hosts.trusts("https://pr12.example"));
        }

        @Test
        @DisplayName("of digits matches IPv4 addresses alone")
        void digits() {
            for (String pattern : List.of("10.*", "http://10.*")) {
                TrustedOrigins hosts = origins("https://accounts.example", pattern);
                assertEquals(true, hosts.trusts("http://10.1.2.3"), pattern);
                assertEquals(false, hosts.trusts("http://10.evil.example"), pattern);
                assertEquals(false, hosts.trusts("http://10.1.2.3.evil.example"), pattern);
                assertEquals(false, hosts.trusts("http://110.1.2.3"), pattern);
            }
        }

        @Test
        @DisplayName("has no other meaning than its own: dots are dots")
        void literal() {
            TrustedOrigins hosts = origins("https://accounts.example", "https://*.wild.example");
            assertEquals(false, hosts.trusts("https://a.wildxexample"));
            assertEquals(false, hosts.trusts("https://a-wild.example"));
        }
    }

    private static TrustedOrigins origins(String baseUrl, String... trusted) {
        return new TrustedOrigins(
                new Settings(
                        URI.create(baseUrl),
                        trusted.length == 0 ? Optional.empty() : Optional.of(List.of(trusted)),
                        Optional.empty()));
    }

    /** The settings as they would come from the environment. */
    record Settings(
            URI baseUrl,
            Optional<List<String>> trustedOrigins,
            Optional<List<String>> trustedProxies,
            Optional<String> forwardingHeader)
            implements HttpConfig {

        Settings(
                URI baseUrl,
                Optional<List<String>> trustedOrigins,
                Optional<List<String>> trustedProxies) {
            this(baseUrl, trustedOrigins, trustedProxies, Optional.empty());
        }

        @Override
        public int maxBody() {
            return 1;
        }
    }
}
