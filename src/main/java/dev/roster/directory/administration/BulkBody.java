package dev.roster.directory.administration;

import dev.roster.platform.problem.BodyAllowance;
import jakarta.enterprise.context.ApplicationScoped;

/** Ten thousand accounts with all there may be to tell of them. */
@ApplicationScoped
class BulkBody implements BodyAllowance {

    private static final long BYTES = 32L * 1024 * 1024;

    @Override
    public String path() {
        return "/api/v1/users/bulk";
    }

    @Override
    public long bytes() {
        return BYTES;
    }
}
