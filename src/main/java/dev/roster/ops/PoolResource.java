package dev.roster.ops;

import io.agroal.api.AgroalDataSource;
import io.agroal.api.AgroalDataSourceMetrics;
import io.quarkus.security.PermissionsAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The pool of connections to the database. */
@Path("/api/v1/ops/pool")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Operation")
public class PoolResource {

    private final AgroalDataSource pool;
    private final PoolMonitor monitor;

    PoolResource(AgroalDataSource pool, PoolMonitor monitor) {
        this.pool = pool;
        this.monitor = monitor;
    }

    @GET
    @PermissionsAllowed("ops:read")
    @Operation(
            operationId = "getPool",
            summary = "See the connection pool",
            description =
                    "Of the replica that answers, since its start. The same is in `/q/metrics`, which"
                            + " needs no connection to answer.")
    @APIResponseSchema(value = PoolView.class, responseDescription = "The pool")
    public PoolView get() {
        AgroalDataSourceMetrics metrics = pool.getMetrics();
        return new PoolView(
                pool.getConfiguration().connectionPoolConfiguration().maxSize(),
                metrics.activeCount() + metrics.availableCount(),
                metrics.activeCount(),
                metrics.availableCount(),
                metrics.awaitingCount(),
                monitor.overflow(),
                metrics.creationCount(),
                metrics.leakDetectionCount(),
                monitor.longestHold().toMillis());
    }
}
