package dev.roster.directory.retention;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;
import org.hibernate.validator.constraints.time.DurationMin;

/**
 * How long users are kept who are no longer wanted, or no longer come. Nobody who was granted a
 * role is ever removed for having been away.
 */
@ConfigMapping(prefix = "roster.retention")
interface UserRetentionConfig {

    /** Time between a user's deletion, which can be undone, and its end. */
    @WithDefault("30D")
    @DurationMin
    Duration deletedUsersAfter();

    /**
     * Time after which an account goes whose address is not verified, which nobody has changed, and
     * whose person has not been there either. Empty: never.
     */
    Optional<@DurationMin(days = 1) Duration> unverifiedAfter();

    /**
     * Time after which a user is deleted (it can be restored for {@link #deletedUsersAfter}) who
     * has neither had a session nor used an API key, and whom nobody has changed, imported or
     * restored. Empty: never.
     */
    Optional<@DurationMin(days = 1) Duration> inactiveAfter();

    /** Time after which a guest goes who has not been there. */
    @WithDefault("30D")
    @DurationMin(days = 1)
    Duration guestsAfter();
}
