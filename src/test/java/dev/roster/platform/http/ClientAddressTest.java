package dev.roster.platform.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The client's address")
class ClientAddressTest {

    private static final String PEER = "203.0.113.7";

    @Nested
    @DisplayName("without trusted proxies")
    class Direct {

        @ParameterizedTest(name = "X-Forwarded-For: {0}")
        @ValueSource(strings = {"198.51.100.1", "127.0.0.1", "198.51.100.1, 10.0.0.1", ""})
        @DisplayName("is the peer's, whatever the headers say")
        void peer(String forwarded) {
            assertEquals(PEER, of(direct(), PEER, forwarded));
        }

        @Test
        @DisplayName("is empty where there is no peer address")
        void none() {
            assertEquals("", of(direct(), null, "198.51.100.1"));
        }

        private ClientAddress direct() {
            return address();
        }
    }

    @Nested
    @DisplayName("behind trusted proxies")
    class Proxied {

        private final ClientAddress address = address("10.0.0.0/8", "192.0.2.1", "2001:db8::/33");

        @ParameterizedTest(name = "{0}, X-Forwarded-For: {1}")
        @CsvSource(
                delimiter = '|',
                value = {
                    // one proxy, two, and a client that puts words in front
                    "10.0.0.1 | 198.51.100.1 | 198.51.100.1",
                    "10.0.0.1 | 198.51.100.1, 10.9.9.9 | 198.51.100.1",
                    "10.0.0.1 | 6.6.6.6, 198.51.100.1 | 198.51.100.1",
                    "10.0.0.1 | 10.6.6.6, 198.51.100.1, 192.0.2.1 | 198.51.100.1",
                    "10.0.0.1 | 127.0.0.1, 198.51.100.1 | 198.51.100.1",
                    "10.0.0.1 |  198.51.100.1  ,10.9.9.9 | 198.51.100.1",
                    // all of them ours
                    "10.0.0.1 | 10.1.1.1, 10.2.2.2 | 10.1.1.1",
                    // not from a proxy
                    "11.0.0.1 | 198.51.100.1 | 11.0.0.1",
                    "192.0.2.2 | 198.51.100.1 | 192.0.2.2",
                    // what is no address ends the search at the last that is believed
                    "10.0.0.1 | garbage | 10.0.0.1",
                    "10.0.0.1 | 198.51.100.1, garbage | 10.0.0.1",
                    "10.0.0.1 | garbage, 198.51.100.1 | 198.51.100.1",
                    "10.0.0.1 | 198.51.100.1, unknown, 10.9.9.9 | 10.9.9.9",
                    "10.0.0.1 | localhost | 10.0.0.1",
                    "10.0.0.1 | 1.2.3 | 10.0.0.1",
                    "10.0.0.1 | 1.2.3.4.5 | 10.0.0.1",
                    "10.0.0.1 | 1.2.3.999 | 10.0.0.1",
                    "10.0.0.1 | 1.2.3.4. | 10.0.0.1",
                    "10.0.0.1 | .:1 | 10.0.0.1",
                    "10.0.0.1 | :: : | 10.0.0.1",
                    "10.0.0.1 | [] | 10.0.0.1",
                    "10.0.0.1 | , | 10.0.0.1",
                    // IPv6, in brackets too; a mapped address is the IPv4 one
                    "10.0.0.1 | 2a00:1::2 | 2a00:1:0:0:0:0:0:2",
                    "10.0.0.1 | [2a00:1::2] | 2a00:1:0:0:0:0:0:2",
                    "2001:db8:7fff::1 | 2a00:1::2 | 2a00:1:0:0:0:0:0:2",
                    "2001:db8:8000::1 | 2a00:1::2 | 2001:db8:8000:0:0:0:0:1",
                    "10.0.0.1 | ::ffff:198.51.100.1 | 198.51.100.1",
                    "::ffff:10.0.0.1 | 198.51.100.1 | 198.51.100.1",
                    "10.0.0.1 | [::ffff:198.51.100.1]:443 | 198.51.100.1",
                    // with a port, in quotes, with a zone, in capitals
                    "10.0.0.1 | 198.51.100.1:80 | 198.51.100.1",
                    "10.0.0.1 | 6.6.6.6:1, 198.51.100.1:65535, 10.9.9.9:1 | 198.51.100.1",
                    "10.0.0.1 | [2a00:1::2]:8080 | 2a00:1:0:0:0:0:0:2",
                    "10.0.0.1 | \"198.51.100.1:80\" | 198.51.100.1",
                    "10.0.0.1 | \"[2A00:1::2]:8080\" | 2a00:1:0:0:0:0:0:2",
                    "10.0.0.1 | fe80::7%eth0 | fe80:0:0:0:0:0:0:7",
                    "10.0.0.1 | [fe80::7%25en1]:80 | fe80:0:0:0:0:0:0:7",
                    "fe80::1%1 | 198.51.100.1 | fe80:0:0:0:0:0:0:1",
                    // empty hops are none
                    "10.0.0.1 | 198.51.100.1, , 10.9.9.9,, | 198.51.100.1",
                    // a quote that the client leaves open swallows nothing
                    "10.0.0.1 | \"6.6.6.6, 198.51.100.1 | 198.51.100.1",
                    // no ports
                    "10.0.0.1 | 198.51.100.1:999999 | 10.0.0.1",
                    "10.0.0.1 | 198.51.100.1: | 10.0.0.1",
                    "10.0.0.1 | 2a00:1::2]:80 | 10.0.0.1",
                    "10.0.0.1 | [198.51.100.1]x | 10.0.0.1",
                    "10.0.0.1 | 198.51.100.1%eth0 | 10.0.0.1",
                    "10.0.0.1 | _hidden | 10.0.0.1",
                })
        @DisplayName("is the rightmost one that is no proxy's")
        void rightmost(String peer, String forwarded, String expected) {
            assertEquals(expected, of(address, peer, forwarded));
        }

        @Test
        @DisplayName("reads several headers as one list")
        void several() {
            assertEquals(
                    "198.51.100.1", of(address, "10.0.0.1", "6.6.6.6, 198.51.100.1", "10.9.9.9"));
        }

        @ParameterizedTest(name = "Forwarded: {0}")
        @CsvSource(
                delimiter = '|',
                value = {
                    "for=198.51.100.1 | 198.51.100.1",
                    "For=198.51.100.1;Proto=https;By=10.0.0.1 | 198.51.100.1",
                    "proto=https; FOR=\"198.51.100.1:4711\" ;host=a.example | 198.51.100.1",
                    "for=\"[2001:DB8:cafe::17]:4711\" | 2001:db8:cafe:0:0:0:0:17",
                    "for=\"[2a00:1::2]\" | 2a00:1:0:0:0:0:0:2",
                    "for=\"[fe80::7%25en1]:_port\" | fe80:0:0:0:0:0:0:7",
                    "for=\"[::ffff:198.51.100.1]\" | 198.51.100.1",
                    "for=\"198.51.100.\\1\" | 198.51.100.1",
                    // what stands left of the client is its own invention
                    "for=6.6.6.6, for=198.51.100.1, for=10.9.9.9 | 198.51.100.1",
                    "for=6.6.6.6, for=198.51.100.1;host=\"a, for=7.7.7.7\" | 198.51.100.1",
                    "for=\"6.6.6.6, for=198.51.100.1 | 198.51.100.1",
                    "for=\"6.6.6.6\\\", for=\"[2a00:1::2]:80\" | 2a00:1:0:0:0:0:0:2",
                    ", for=198.51.100.1, ,for=10.9.9.9, | 198.51.100.1",
                    // what names nobody ends the search at the last that is believed
                    "for=198.51.100.1, for=unknown | 10.0.0.1",
                    "for=198.51.100.1, for=_hidden, for=10.9.9.9 | 10.9.9.9",
                    "for=198.51.100.1, proto=https | 10.0.0.1",
                    "for=198.51.100.1;for=6.6.6.6 | 10.0.0.1",
                    "for= | 10.0.0.1",
                    "198.51.100.1 | 10.0.0.1",
                    "; | 10.0.0.1",
                })
        @DisplayName("is the rightmost one of Forwarded that is no proxy's")
        void forwarded(String forwarded, String expected) {
            MultiMap headers =
                    MultiMap.caseInsensitiveMultiMap().add("Forwarded", forwarded.strip());
            assertEquals(expected, of(address, "10.0.0.1", headers));
            assertEquals("11.0.0.1", of(address, "11.0.0.1", headers), "not from a proxy");
        }

        @Test
        @DisplayName(
                "reads several Forwarded headers as one list, an open quote in one of them too")
        void severalForwarded() {
            MultiMap headers =
                    MultiMap.caseInsensitiveMultiMap()
                            .add("Forwarded", "for=6.6.6.6, for=\"7.7.7.7")
                            .add("Forwarded", "for=198.51.100.1")
                            .add("Forwarded", "for=10.9.9.9");
            assertEquals("198.51.100.1", of(address, "10.0.0.1", headers));
        }

        @ParameterizedTest(name = "X-Forwarded-For: {0}, Forwarded: {1}")
        @CsvSource({
            "198.51.100.1, for=198.51.100.1, 198.51.100.1",
            "'6.6.6.6, 198.51.100.1', 'for=7.7.7.7, for=\"198.51.100.1:80\"', 198.51.100.1",
            "198.51.100.1, for=6.6.6.6, 10.0.0.1",
            "6.6.6.6, for=198.51.100.1, 10.0.0.1",
            "198.51.100.1, for=unknown, 10.0.0.1",
        })
        @DisplayName("is the proxy's where both headers come and contradict one another")
        void both(String xForwardedFor, String forwarded, String expected) {
            assertEquals(expected, of(address, "10.0.0.1", both(xForwardedFor, forwarded)));
            assertEquals("11.0.0.1", of(address, "11.0.0.1", both(xForwardedFor, forwarded)));
        }

        @Test
        @DisplayName("is that of the header which the settings name, whatever the other one says")
        void named() {
            MultiMap headers = both("198.51.100.1", "for=198.51.100.2");
            for (String header : List.of("X-Forwarded-For", "x-forwarded-for", "Forwarded")) {
                ClientAddress one =
                        new ClientAddress(
                                new TrustedOriginsTest.Settings(
                                        URI.create("https://accounts.example"),
                                        Optional.empty(),
                                        Optional.of(List.of("10.0.0.1")),
                                        Optional.of(header)));
                assertEquals(
                        header.equals("Forwarded") ? "198.51.100.2" : "198.51.100.1",
                        of(one, "10.0.0.1", headers));
            }
        }

        @Test
        @DisplayName("is not looked for in another header than the two")
        void unknownHeader() {
            IllegalArgumentException refusal =
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> ForwardingHeader.parse("X-Real-IP"));
            assertEquals("is neither X-Forwarded-For nor Forwarded", refusal.getMessage());
        }

        private static MultiMap both(String xForwardedFor, String forwarded) {
            return MultiMap.caseInsensitiveMultiMap()
                    .add("X-Forwarded-For", xForwardedFor)
                    .add("Forwarded", forwarded);
        }

        @Test
        @DisplayName("is the proxy's where it names nobody")
        void silent() {
            assertEquals("10.0.0.1", of(address, "10.0.0.1"));
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "proxy.example",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/",
                "10.0.0.0/8/8",
                "10.0.0.0/a",
                "::/129",
                "1.2.3.999",
                ""
            })
    @DisplayName("cannot be told with a proxy that is no address or range: refuses to start")
    void invalidProxy(String proxy) {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> address(proxy));
        assertTrue(e.getMessage().startsWith("ROSTER_TRUSTED_PROXIES: " + proxy), e.getMessage());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "198.51.100.1, 198.51.100.1",
        "2a00:1:2:3:4:5:6:7, 2a00:1:2:3:0:0:0:0",
        "::1, 0:0:0:0:0:0:0:0",
        "198.51.100.1:80, 198.51.100.1",
        "[2a00:1:2:3:4:5:6:7]:80, 2a00:1:2:3:0:0:0:0",
        "::ffff:198.51.100.1, 198.51.100.1",
        "unknown, unknown",
        "'', ''",
    })
    @DisplayName("is kept as far as its network says who it is, in one form: IPv6 to the /64")
    void network(String address, String expected) {
        assertEquals(expected, ClientAddress.network(address));
    }

    private static ClientAddress address(String... proxies) {
        return new ClientAddress(
                new TrustedOriginsTest.Settings(
                        URI.create("https://accounts.example"),
                        Optional.empty(),
                        proxies.length == 0 ? Optional.empty() : Optional.of(List.of(proxies))));
    }

    private static String of(ClientAddress address, String peer, String... forwarded) {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        for (String header : forwarded) {
            headers.add("X-Forwarded-For", header);
        }
        return of(address, peer, headers);
    }

    private static String of(ClientAddress address, String peer, MultiMap headers) {
        SocketAddress remote =
                peer == null
                        ? null
                        : SocketAddress.inetSocketAddress(new InetSocketAddress(peer, 1));
        // of a request only these two are asked for; anything else would be a new source of trust
        HttpServerRequest request =
                (HttpServerRequest)
                        Proxy.newProxyInstance(
                                ClientAddressTest.class.getClassLoader(),
                                new Class<?>[] {HttpServerRequest.class},
                                (proxy, method, arguments) ->
                                        switch (method.getName()) {
                                            case "remoteAddress" -> remote;
                                            case "headers" -> headers;
                                            default ->
                                                    throw new UnsupportedOperationException(
                                                            method.getName());
                                        });
        return address.of(request);
    }
}
