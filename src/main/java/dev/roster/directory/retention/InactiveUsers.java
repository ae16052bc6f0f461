package dev.roster.directory.retention;

import dev.roster.platform.jobs.PurgeTask;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Users who have not been there for long; they can be restored for a while. */
@ApplicationScoped
class InactiveUsers implements PurgeTask {

    static final String DUE =
            """
            u.id IN (SELECT a.user_id FROM user_activity a WHERE a.last_seen_at <= :before)
                AND u.deleted_at IS NULL AND u.created_at <= :before AND u.updated_at <= :before AND NOT u.anonymous
                AND NOT EXISTS (SELECT FROM api_keys k WHERE k.user_id = u.id AND k.last_request_at > :before)
                AND NOT EXISTS (SELECT FROM role_grants g WHERE g.user_id = u.id)
            """;

    private final UserRetentionConfig config;
    private final Purge purge;

    InactiveUsers(UserRetentionConfig config, Purge purge) {
        this.config = config;
        this.purge = purge;
    }

    @Override
    public String name() {
        return "inactive-users";
    }

    @Override
    public int purge(Instant now, int limit) {
        if (config.inactiveAfter().isEmpty()) {
            return 0;
        }
        List<UUID> due = purge.due(DUE, now.minus(config.inactiveAfter().get()), limit);
        return due.isEmpty() ? 0 : purge.delete(due, name());
    }
}
