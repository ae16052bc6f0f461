package dev.roster.accounts.apikey;

import dev.roster.accounts.betterauth.Plugin;
import dev.roster.accounts.betterauth.PluginsConfig;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;

/** The header by which a program shows its key. */
@ApplicationScoped
class ApiKeyHeader {

    private static final String NAME = "x-api-key";

    private final boolean enabled;

    ApiKeyHeader(PluginsConfig plugins) {
        enabled = Plugin.API_KEY.isEnabled(plugins);
    }

    /**
     * The key that a request shows, be it good or not; empty where the header is missing. A header
     * that is there twice shows no key that is good.
     */
    Optional<String> key(HttpServerRequest request) {
        List<String> values = enabled ? request.headers().getAll(NAME) : List.of();
        return values.isEmpty()
                ? Optional.empty()
                : Optional.of(values.size() == 1 ? values.get(0).trim() : "");
    }
}
