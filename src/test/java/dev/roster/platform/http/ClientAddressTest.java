package dev.roster.platform.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.lang.reflect.Proxy;
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
                    "10.0.0.1 | 1.2.3.4:80 | 10.0.0.1",
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
        "'', ''",
    })
    @DisplayName("is kept as far as its network says who it is: IPv6 to the /64")
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
        SocketAddress remote = peer == null ? null : SocketAddress.inetSocketAddress(1, peer);
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
