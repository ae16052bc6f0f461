package dev.roster.groups;

import com.fasterxml.jackson.annotation.JsonRawValue;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;

/**
 * A group on the dialect's wire, without its parts.
 *
 * @param metadata a JSON object everywhere; the reference answers some calls with its text
 */
@RegisterForReflection
record OrganizationView(
        String name,
        String slug,
        String logo,
        Instant createdAt,
        @JsonRawValue String metadata,
        String id) {

    static OrganizationView of(Group group) {
        return new OrganizationView(
                group.name,
                group.slug,
                group.logo,
                group.createdAt,
                group.metadata,
                group.publicId());
    }
}
