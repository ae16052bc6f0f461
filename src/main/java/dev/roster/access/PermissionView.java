package dev.roster.access;

import dev.roster.platform.security.Permission;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A permission that roles can be made of. */
@RegisterForReflection
@Schema(name = "Permission")
record PermissionView(
        @Schema(examples = "users:list") String name,
        @Schema(examples = "List and search users") String description) {

    /** All there are, the one for everything first. */
    static List<PermissionView> all() {
        return Stream.concat(
                        Stream.of(
                                new PermissionView(
                                        Permission.ALL,
                                        "Everything there is or will be, but "
                                                + Permission.USERS_IMPERSONATE_ADMINS.key())),
                        Arrays.stream(Permission.values())
                                .map(p -> new PermissionView(p.key(), p.description())))
                .toList();
    }
}
