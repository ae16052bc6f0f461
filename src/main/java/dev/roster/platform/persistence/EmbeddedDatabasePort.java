package dev.roster.platform.persistence;

import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.PropertiesConfigSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * A free port for the embedded PostgreSQL of dev mode and tests. The extension would take one of
 * eleven from 5432 on at random, and use whatever database it finds there: another dev mode's,
 * another test's, or the machine's own.
 */
public class EmbeddedDatabasePort implements ConfigSourceFactory {

    private static final String PORT = "quarkus.embedded.postgresql.port";

    /** Keeps the port for whoever reads the configuration again, by whatever class loader. */
    private static final String FOUND = "dev.roster.embedded-database-port";

    /** Below application.properties (250), which may name a port. */
    private static final int ORDINAL = 200;

    @Override
    public Iterable<ConfigSource> getConfigSources(ConfigSourceContext context) {
        if (context.getProfiles().contains("prod")) {
            return List.of();
        }
        Object port = System.getProperties().computeIfAbsent(FOUND, key -> free());
        return List.of(
                new PropertiesConfigSource(
                        Map.of(PORT, port.toString()), "embedded database port", ORDINAL));
    }

    private static String free() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return Integer.toString(socket.getLocalPort());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
