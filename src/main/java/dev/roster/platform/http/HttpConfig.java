package dev.roster.platform.http;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/** Where the service is reached from, and by whom. */
@ConfigMapping(prefix = "roster")
public interface HttpConfig {

    /**
     * The public origin, https or http on a loopback address. Links, cookie security and the first
     * trusted origin follow from it, never from request headers.
     */
    URI baseUrl();

    /**
     * Further origins whose pages may call with credentials: exact, or with wildcards such as
     * {@code https://*.example.com}, or a custom scheme such as {@code myapp://}.
     */
    Optional<List<String>> trustedOrigins();

    /**
     * Addresses or CIDR ranges of the proxies in front. Only they are believed what they say of the
     * client in {@code X-Forwarded-For} or {@code Forwarded}.
     */
    Optional<List<String>> trustedProxies();

    /**
     * The one header in which the proxies name the client. Without it either counts; where both
     * come and name different clients, neither does.
     *
     * @see ForwardingHeader#parse
     */
    Optional<String> forwardingHeader();

    /** The largest accepted body, in bytes: 10 MiB at most. */
    @Max(10_485_760)
    @WithDefault("1048576")
    int maxBody();
}
