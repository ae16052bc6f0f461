package dev.roster.platform.persistence;

import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * A free port for the embedded PostgreSQL of dev mode and tests. The extension would take one of
 * eleven from 5432 on at random, and use whatever database it finds there: another dev mode's,
 * another test's, or the machine's own.
 */
public class EmbeddedDatabasePort implements ConfigSourceFactory {

    private static final String PORT = "quarkus.embedded.postgresql.port";

    @Override
    public Iterable<ConfigSource> getConfigSources(ConfigSourceContext context) {
        if (!context.getProfiles().contains("prod")) {
            // configuration is read several times, by several class loaders, and must agree
            System.getProperties().computeIfAbsent(PORT, key -> free());
        }
        return List.of();
    }

    private static String free() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return Integer.toString(socket.getLocalPort());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
