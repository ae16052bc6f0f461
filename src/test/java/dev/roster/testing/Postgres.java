package dev.roster.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.time.Duration;

/** PostgreSQL servers besides the one of the service under test. */
public final class Postgres {

    /** A busy machine needs more than the ten seconds that it would be given. */
    private static final Duration START = Duration.ofMinutes(1);

    private Postgres() {}

    public static EmbeddedPostgres.Builder builder() {
        return EmbeddedPostgres.builder()
                .setPort(PackagedProcess.freePort())
                .setPGStartupWait(START);
    }
}
