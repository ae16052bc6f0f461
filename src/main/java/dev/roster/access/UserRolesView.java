package dev.roster.access;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The roles that a user was granted. */
@RegisterForReflection
@Schema(name = "UserRoles")
record UserRolesView(
        @Schema(description = "In order of granting; none for who is a plain `user`")
                List<GrantView> roles) {

    /** A role, since when, by whom. */
    @RegisterForReflection
    @Schema(name = "RoleGrant")
    record GrantView(
            @Schema(examples = "support") String name,
            Instant grantedAt,
            @Schema(nullable = true, description = "A user; null for the service itself")
                    UUID grantedBy) {

        static GrantView of(RoleGrant grant) {
            return new GrantView(grant.role.name, grant.grantedAt, grant.grantedBy);
        }
    }

    static UserRolesView of(List<RoleGrant> grants) {
        return new UserRolesView(grants.stream().map(GrantView::of).toList());
    }
}
