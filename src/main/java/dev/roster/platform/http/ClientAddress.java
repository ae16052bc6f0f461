package dev.roster.platform.http;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/**
 * The client's address: the peer's, or, when the peer is a trusted proxy, the rightmost entry of
 * {@code X-Forwarded-For} that is not one. Entries further left are the client's own words.
 */
@ApplicationScoped
public class ClientAddress {

    private static final Pattern IPV4 =
            Pattern.compile("((25[0-5]|2[0-4]\\d|1?\\d?\\d)(\\.(?!$)|$)){4}");

    /** With a colon in it the JDK takes it for an address or throws, but looks nothing up. */
    private static final Pattern IPV6 =
            Pattern.compile("[0-9A-Fa-f:][0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

    private static final Logger LOG = Logger.getLogger(ClientAddress.class);

    private final List<Network> proxies;

    /** Said once: the header may be anybody's. */
    private final AtomicBoolean warned = new AtomicBoolean();

    ClientAddress(HttpConfig config) {
        proxies = config.trustedProxies().orElse(List.of()).stream().map(Network::parse).toList();
    }

    /** The address as {@link InetAddress} writes it; empty where there is no peer address. */
    public String of(HttpServerRequest request) {
        SocketAddress peer = request.remoteAddress();
        InetAddress address = peer == null ? null : parse(peer.hostAddress());
        if (address == null) {
            return "";
        }
        List<String> forwarded = new ArrayList<>();
        for (String header : request.headers().getAll("X-Forwarded-For")) {
            forwarded.addAll(List.of(header.split(",")));
        }
        if (proxies.isEmpty() && !forwarded.isEmpty() && warned.compareAndSet(false, true)) {
            LOG.warn(
                    "A request came with X-Forwarded-For, which nobody is trusted to send. Behind a"
                            + " proxy set ROSTER_TRUSTED_PROXIES: otherwise all its clients share"
                            + " one rate limit.");
        }
        for (int i = forwarded.size() - 1; i >= 0 && isProxy(address); i--) {
            InetAddress previous = parse(forwarded.get(i).trim());
            if (previous == null) {
                break;
            }
            address = previous;
        }
        return address.getHostAddress();
    }

    private boolean isProxy(InetAddress address) {
        return proxies.stream().anyMatch(network -> network.contains(address));
    }

    /** Literals only: a name in a header must not cause a look-up. */
    private static InetAddress parse(String literal) {
        String bare =
                literal != null && literal.startsWith("[") && literal.endsWith("]")
                        ? literal.substring(1, literal.length() - 1)
                        : literal;
        if (bare == null || !IPV4.matcher(bare).matches() && !IPV6.matcher(bare).matches()) {
            return null;
        }
        try {
            return InetAddress.getByName(bare);
        } catch (UnknownHostException e) {
            return null;
        }
    }

    private record Network(byte[] prefix, int bits) {

        static Network parse(String text) {
            int slash = text.indexOf('/');
            InetAddress base = ClientAddress.parse(slash < 0 ? text : text.substring(0, slash));
            String bits = slash < 0 ? null : text.substring(slash + 1);
            if (base == null || bits != null && !bits.matches("\\d{1,3}")) {
                throw invalid(text);
            }
            byte[] bytes = base.getAddress();
            int longest = bytes.length * 8;
            int prefix = bits == null ? longest : Integer.parseInt(bits);
            if (prefix > longest) {
                throw invalid(text);
            }
            return new Network(bytes, prefix);
        }

        private static IllegalArgumentException invalid(String text) {
            return new IllegalArgumentException(
                    "ROSTER_TRUSTED_PROXIES: " + text + " is neither an address nor a range");
        }

        boolean contains(InetAddress address) {
            byte[] other = address.getAddress();
            if (other.length != prefix.length) {
                return false;
            }
            for (int i = 0; i < bits; i++) {
                int mask = 0x80 >> (i % 8);
                if ((prefix[i / 8] & mask) != (other[i / 8] & mask)) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Cuts an IPv6 address to its /64, which is what one client may vary at will. */
    public static String network(String address) {
        InetAddress parsed = parse(address);
        if (!(parsed instanceof Inet6Address)) {
            return address;
        }
        byte[] bytes = parsed.getAddress();
        Arrays.fill(bytes, 8, 16, (byte) 0);
        try {
            return InetAddress.getByAddress(bytes).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException("16 bytes are an address", e);
        }
    }
}
