package dev.roster.accounts.apikey;

import com.fasterxml.jackson.databind.JsonNode;
import dev.roster.platform.json.JsonSize;
import java.time.Duration;

/**
 * What the maker of a key says of it.
 *
 * @param name null for none
 * @param prefix null for the usual one
 * @param expiresIn null for the usual life
 * @param metadata null for none; a JSON object otherwise
 */
record NewApiKey(
        String name,
        String prefix,
        Duration expiresIn,
        @JsonSize(max = JsonSize.METADATA) JsonNode metadata) {}
