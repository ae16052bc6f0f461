package dev.roster.access;

import dev.roster.platform.security.Permission;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What a user may do, and why. */
@RegisterForReflection
@Schema(name = "UserPermissions")
record UserPermissionsView(
        @Schema(description = "Whether a ban keeps the user from using any of them now")
                boolean banned,
        @Schema(description = "By name") List<EffectiveView> permissions) {

    /** A permission that a user has. */
    @RegisterForReflection
    @Schema(name = "EffectivePermission")
    record EffectiveView(
            @Schema(examples = "users:list") String name,
            @Schema(description = "The granted roles that each give it alone")
                    List<SourceView> sources) {}

    /** A granted role that gives a permission. */
    @RegisterForReflection
    @Schema(name = "PermissionSource")
    record SourceView(
            @Schema(examples = "support") String role,
            @Schema(
                            description = "What the role lists: the permission, or `*` for all",
                            examples = "users:list")
                    String as,
            Instant grantedAt,
            @Schema(nullable = true, description = "A user; null for the service itself")
                    UUID grantedBy) {

        static SourceView of(RoleGrant grant, String permission) {
            String as = grant.role.permissions.contains(permission) ? permission : Permission.ALL;
            return new SourceView(grant.role.name, as, grant.grantedAt, grant.grantedBy);
        }
    }

    static UserPermissionsView of(boolean banned, List<RoleGrant> grants) {
        Stream<String> known = Arrays.stream(Permission.values()).map(Permission::key);
        // those too that an application has given a meaning of its own
        Stream<String> listed = grants.stream().flatMap(grant -> grant.role.permissions.stream());
        return new UserPermissionsView(
                banned,
                Stream.concat(known, listed)
                        .distinct()
                        .filter(name -> !name.equals(Permission.ALL))
                        .sorted()
                        .map(name -> new EffectiveView(name, sources(name, grants)))
                        .filter(effective -> !effective.sources().isEmpty())
                        .toList());
    }

    private static List<SourceView> sources(String permission, List<RoleGrant> grants) {
        return grants.stream()
                .filter(grant -> grant.role.gives(permission))
                .map(grant -> SourceView.of(grant, permission))
                .toList();
    }
}
