package dev.roster.directory.search;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** By what users were found that were searched for by words. */
@RegisterForReflection
enum Match {
    /** The words as they were given. */
    @JsonProperty("exact")
    EXACT,
    /** What they may be a slip of. */
    @JsonProperty("similar")
    SIMILAR
}
