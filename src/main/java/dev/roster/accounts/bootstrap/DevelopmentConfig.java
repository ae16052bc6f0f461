package dev.roster.accounts.bootstrap;

import io.smallrye.config.ConfigMapping;
import java.util.Map;
import java.util.Optional;

/** The sample users of dev mode; set by application-dev.properties, which no package holds. */
@ConfigMapping(prefix = "roster.dev")
public interface DevelopmentConfig {

    /** Names by e-mail address. */
    Map<String, String> users();

    /** The password of every sample user. */
    Optional<String> password();
}
