package dev.roster.directory.person;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Who has to agree before a person vanishes for good. */
@ConfigMapping(prefix = "roster.erasure")
interface ErasureConfig {

    /** Whether a second administrator has to confirm. */
    @WithDefault("false")
    boolean twoAdministrators();
}
