package dev.roster.directory.retention;

import dev.roster.platform.jobs.PurgeTask;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Sign-ups that nobody has confirmed, and whose person has not been there either. */
@ApplicationScoped
class UnverifiedUsers implements PurgeTask {

    static final String DUE =
            """
            NOT u.email_verified AND NOT u.anonymous AND u.deleted_at IS NULL AND u.created_at <= :before AND u.updated_at <= :before
                AND NOT EXISTS (SELECT FROM user_activity a WHERE a.user_id = u.id AND a.last_seen_at > :before)
                AND NOT EXISTS (SELECT FROM api_keys k WHERE k.user_id = u.id AND k.last_request_at > :before)
                AND NOT EXISTS (SELECT FROM role_grants g WHERE g.user_id = u.id)
            ORDER BY u.created_at
            """;

    private final UserRetentionConfig config;
    private final Purge purge;

    UnverifiedUsers(UserRetentionConfig config, Purge purge) {
        this.config = config;
        this.purge = purge;
    }

    @Override
    public String name() {
        return "unverified-users";
    }

    @Override
    public int purge(Instant now, int limit) {
        if (config.unverifiedAfter().isEmpty()) {
            return 0;
        }
        List<UUID> due = purge.due(DUE, now.minus(config.unverifiedAfter().get()), limit);
        return due.isEmpty() ? 0 : purge.remove(due, name());
    }
}
