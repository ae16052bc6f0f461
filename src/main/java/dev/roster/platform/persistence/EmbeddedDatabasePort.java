package dev.roster.platform.persistence;

import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.PropertiesConfigSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
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

    private static final int FIRST = 10_000;
    private static final int PORTS = 5_000;

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

    /**
     * Below the ports that systems choose for connections: one of those may be taken by the time
     * that the database starts.
     */
    private static String free() {
        int place = (int) (ProcessHandle.current().pid() * 101 % PORTS);
        return IntStream.range(0, PORTS)
                .map(i -> FIRST + (place + i) % PORTS)
                .filter(EmbeddedDatabasePort::isFree)
                .mapToObj(Integer::toString)
                .findFirst()
                .orElseThrow();
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
