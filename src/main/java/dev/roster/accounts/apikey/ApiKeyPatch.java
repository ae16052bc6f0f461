package dev.roster.accounts.apikey;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Optional;

/**
 * What the owner of a key changes of it; null and empty leave a member as it is.
 *
 * @param setsExpiry whether expiresIn counts
 * @param expiresIn from now on; null for ever
 */
record ApiKeyPatch(
        Optional<String> name,
        Optional<Boolean> enabled,
        boolean setsExpiry,
        Duration expiresIn,
        JsonNode metadata) {

    boolean isEmpty() {
        return name.isEmpty() && enabled.isEmpty() && !setsExpiry && metadata == null;
    }
}
