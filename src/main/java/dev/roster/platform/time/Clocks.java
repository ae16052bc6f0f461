package dev.roster.platform.time;

import io.quarkus.arc.DefaultBean;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import java.time.Clock;
import java.time.ZoneOffset;

/** The one source of the present: everything else has a {@link Clock} injected. */
class Clocks {

    /**
     * Ticks in milliseconds, since that is all the wire carries (Better Auth contract, section 8):
     * a time answered at creation equals the one read back later.
     */
    @Produces
    @DefaultBean
    @ApplicationScoped
    Clock clock() {
        return Clock.tickMillis(ZoneOffset.UTC);
    }
}
