package dev.roster.directory.transfer;

import dev.roster.platform.problem.BodyAllowance;
import jakarta.enterprise.context.ApplicationScoped;

/** An import is as long as it is: it is never held. */
@ApplicationScoped
class ImportBody implements BodyAllowance {

    @Override
    public String path() {
        return ImportResource.PATH;
    }

    @Override
    public long bytes() {
        return Long.MAX_VALUE;
    }
}
