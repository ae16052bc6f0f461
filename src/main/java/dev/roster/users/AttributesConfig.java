package dev.roster.users;

import io.smallrye.config.ConfigMapping;
import java.util.Optional;

/**
 * What custom attributes a user can have: a JSON Schema (2020-12) for each circle, inline or as the
 * path of a file. An attribute that no schema names can neither be written nor seen.
 */
@ConfigMapping(prefix = "roster.attributes")
interface AttributesConfig {

    /** Of {@link AttributeCircle#PUBLIC}. */
    Optional<String> publicSchema();

    /** Of {@link AttributeCircle#SELF}. */
    Optional<String> selfSchema();

    /** Of {@link AttributeCircle#ADMINISTRATORS}. */
    Optional<String> administratorsSchema();
}
