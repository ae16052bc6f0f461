package dev.roster.directory.betterauth;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.util.Optional;

/** What {@code import-better-auth} reads from and reports to. */
@ConfigMapping(prefix = "roster.import")
public interface ImportConfig {

    /**
     * The Better Auth database, in the form of {@code DATABASE_URL}. Without one it is the
     * service's own: then {@link #schema} tells where the tables are.
     */
    Optional<String> source();

    /** The schema of the tables there. */
    @WithDefault("public")
    String schema();

    /**
     * The Better Auth server's secret, by which second factors are decrypted; the service's secrets
     * are tried in any case. Where it is not one of them, cookies do not stay valid.
     */
    Optional<String> secret();

    /** The file that tells of each row that was refused, a JSON object a line. */
    @WithDefault("better-auth-refused.ndjson")
    Path report();

    /** Rows that are written in one transaction. */
    @WithDefault("1000")
    int batch();
}
