package dev.roster.groups;

import dev.roster.platform.persistence.ImportableEntity;

/**
 * How a record is looked up by the id that the Better Auth dialect shows: by which attribute of an
 * {@link ImportableEntity}, and by what value.
 */
record PublicId(String attribute, Object value) {

    static PublicId of(String text) {
        return ImportableEntity.ownId(text)
                .map(id -> new PublicId("id", id))
                .orElseGet(() -> new PublicId("externalId", text));
    }
}
