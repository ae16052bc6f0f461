package dev.roster.platform.idempotency;

import dev.roster.platform.jobs.PurgeTask;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;

/** Answers that nobody can ask for again. */
@ApplicationScoped
class ExpiredIdempotencyKeys implements PurgeTask {

    @Override
    public String name() {
        return "expired-idempotency-keys";
    }

    @Override
    public int purge(Instant now, int limit) {
        return IdempotencyKey.purge(now, limit);
    }
}
