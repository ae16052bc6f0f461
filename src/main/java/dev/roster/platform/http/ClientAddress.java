package dev.roster.platform.http;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/**
 * The client's address: the peer's, or, when the peer is a trusted proxy, the rightmost hop that
 * the forwarding header names and that is not one. Hops further left are the client's own words.
 */
@ApplicationScoped
public class ClientAddress {

    private static final Pattern IPV4 =
            Pattern.compile("((25[0-5]|2[0-4]\\d|1?\\d?\\d)(\\.(?!$)|$)){4}");

    /** RFC 7239, section 6: a number, or a name that hides it. */
    private static final String PORT = "(?::(?:\\d{1,5}|_[A-Za-z0-9._-]+))?";

    /** Each with an optional port: an IPv6 address in brackets, an IPv4 address. */
    private static final Pattern WITH_PORT =
            Pattern.compile("\\[([^\\[\\]]*)]" + PORT + "|([\\d.]+)" + PORT);

    /** The interface of a link-local address, in a URL with {@code %25}: only its host knows it. */
    private static final Pattern ZONE = Pattern.compile("%[A-Za-z0-9._~-]+$");

    /** With a colon in it the JDK takes it for an address or throws, but looks nothing up. */
    private static final Pattern IPV6 =
            Pattern.compile("[0-9A-Fa-f:][0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

    private static final Logger LOG = Logger.getLogger(ClientAddress.class);

    private final List<Network> proxies;
    private final Optional<ForwardingHeader> only;

    /** Said once: the header may be anybody's. */
    private final AtomicBoolean warned = new AtomicBoolean();

    ClientAddress(HttpConfig config) {
        proxies = config.trustedProxies().orElse(List.of()).stream().map(Network::parse).toList();
        only = config.forwardingHeader().map(ForwardingHeader::parse);
    }

    /** The address as {@link InetAddress} writes it; empty where there is no peer address. */
    public String of(HttpServerRequest request) {
        SocketAddress peer = request.remoteAddress();
        InetAddress address = peer == null ? null : parse(peer.hostAddress());
        if (address == null) {
            return "";
        }
        List<ForwardingHeader> sent =
                Arrays.stream(ForwardingHeader.values())
                        .filter(header -> only.isEmpty() || only.get() == header)
                        .filter(header -> request.headers().contains(header.headerName()))
                        .toList();
        if (sent.isEmpty()) {
            return address.getHostAddress();
        }
        if (proxies.isEmpty()) {
            warn(
                    "A request came with X-Forwarded-For or Forwarded, which nobody is trusted to"
                            + " send. Behind a proxy set ROSTER_TRUSTED_PROXIES: otherwise all its"
                            + " clients share one rate limit.");
        }
        InetAddress client = client(address, sent.get(0).nodes(request.headers()));
        for (ForwardingHeader other : sent.subList(1, sent.size())) {
            if (isProxy(address)
                    && !client.equals(client(address, other.nodes(request.headers())))) {
                // one is the proxy's, the other may be the client's invention
                warn(
                        "A request came with two headers that name different clients, and counts as"
                                + " the proxy's. Set ROSTER_FORWARDING_HEADER to the one that the"
                                + " proxy writes.");
                return address.getHostAddress();
            }
        }
        return client.getHostAddress();
    }

    private void warn(String message) {
        if (warned.compareAndSet(false, true)) {
            LOG.warn(message);
        }
    }

    /**
     * @param nodes the nearest first; what is no address ends the search at the last believed hop
     */
    private InetAddress client(InetAddress peer, List<String> nodes) {
        InetAddress address = peer;
        for (String node : nodes) {
            if (!isProxy(address)) {
                break;
            }
            InetAddress previous = parse(node);
            if (previous == null) {
                break;
            }
            address = previous;
        }
        return address;
    }

    private boolean isProxy(InetAddress address) {
        return proxies.stream().anyMatch(network -> network.contains(address));
    }

    /**
     * An address, with or without port, brackets and zone. Literals only: a name in a header must
     * not cause a look-up.
     */
    private static InetAddress parse(String node) {
        if (node == null) {
            return null;
        }
        Matcher withPort = WITH_PORT.matcher(node);
        String bare = node;
        if (withPort.matches()) {
            bare = withPort.group(1) == null ? withPort.group(2) : withPort.group(1);
        }
        bare = bare.indexOf(':') < 0 ? bare : ZONE.matcher(bare).replaceFirst("");
        if (!IPV4.matcher(bare).matches() && !IPV6.matcher(bare).matches()) {
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

    /**
     * Cuts an IPv6 address to its /64, which is what one client may vary at will, and any address
     * to the one form in which it is stored; text that is no address stays.
     */
    public static String network(String address) {
        InetAddress parsed = parse(address);
        if (parsed == null) {
            return address;
        }
        if (!(parsed instanceof Inet6Address)) {
            return parsed.getHostAddress();
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
