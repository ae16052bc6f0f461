package dev.roster.accounts.admin;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How administrators act as other users. */
@ConfigMapping(prefix = "roster.impersonation")
public interface ImpersonationConfig {

    /** From its beginning to its end; it is never put off. */
    @WithDefault("1H")
    Duration expiresIn();

    /**
     * Whether who may impersonate may be another administrator too. Otherwise a role has to allow
     * it by name: {@code users:impersonate-admins}.
     */
    @WithDefault("false")
    boolean administrators();
}
