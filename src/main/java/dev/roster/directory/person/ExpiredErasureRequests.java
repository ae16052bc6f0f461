package dev.roster.directory.person;

import dev.roster.platform.jobs.PurgeTask;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;

/** Erasures that nobody has confirmed in time. */
@ApplicationScoped
class ExpiredErasureRequests implements PurgeTask {

    @Override
    public String name() {
        return "expired-erasure-requests";
    }

    @Override
    public int purge(Instant now, int limit) {
        return ErasureRequest.purge(now, limit);
    }
}
