package dev.roster.accounts.device;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Signing devices in that have no browser (RFC 8628). */
@ConfigMapping(prefix = "roster.device-authorization")
public interface DeviceAuthorizationConfig {

    /**
     * The page of the application on which users type the code of their device; a path is one of
     * {@code roster.base-url}.
     */
    @WithDefault("/device")
    URI verificationUri();

    /** How long a device may wait to be approved. */
    @WithDefault("30M")
    Duration expiresIn();

    /**
     * How long a device waits between two questions; one that comes sooner is told to slow down.
     */
    @WithDefault("5S")
    Duration interval();

    /** The {@code client_id}s that may ask; absent for any. */
    Optional<List<String>> clients();
}
