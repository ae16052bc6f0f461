package dev.roster.access;

import dev.roster.platform.paging.Slice;
import io.quarkus.security.PermissionsAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What roles are made of; the code knows these names, and no others. */
@Path("/api/v1/permissions")
@PermissionsAllowed("roles:read")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Roles")
public class PermissionsResource {

    @GET
    @Operation(
            operationId = "listPermissions",
            summary = "List the permissions that there are",
            description = "For roles:read. All of them at once.")
    public Slice<PermissionView> list() {
        return new Slice<>(PermissionView.all(), null);
    }
}
