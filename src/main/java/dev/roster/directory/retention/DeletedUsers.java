package dev.roster.directory.retention;

import dev.roster.platform.jobs.PurgeTask;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Users who were deleted so long ago that nobody will want them back. */
@ApplicationScoped
class DeletedUsers implements PurgeTask {

    static final String DUE =
            """
            u.deleted_at <= :before ORDER BY u.deleted_at
            """;

    private final UserRetentionConfig config;
    private final Purge purge;

    DeletedUsers(UserRetentionConfig config, Purge purge) {
        this.config = config;
        this.purge = purge;
    }

    @Override
    public String name() {
        return "deleted-users";
    }

    @Override
    public int purge(Instant now, int limit) {
        List<UUID> due = purge.due(DUE, now.minus(config.deletedUsersAfter()), limit);
        return due.isEmpty() ? 0 : purge.remove(due, name());
    }
}
