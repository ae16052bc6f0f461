package dev.roster.accounts.bootstrap;

import io.smallrye.config.ConfigMapping;
import java.util.Optional;

/** The first administrator, made at start-up when there is none. */
@ConfigMapping(prefix = "roster.admin")
public interface AdministratorConfig {

    /** The address; without it none is made. */
    Optional<String> email();

    /** The password, to be changed after the first sign-in. */
    Optional<String> password();
}
