package dev.roster.accounts.device;

import dev.roster.platform.jobs.PurgeTask;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;

/** Requests of devices that nobody answered, or that were not asked for again. */
@ApplicationScoped
class ExpiredDeviceCodes implements PurgeTask {

    /** For so long a device is told that it came too late, rather than that it never asked. */
    private static final Duration GRACE = Duration.ofHours(1);

    @Override
    public String name() {
        return "expired-device-codes";
    }

    @Override
    public int purge(Instant now, int limit) {
        return DeviceCode.getEntityManager()
                .createNativeQuery(
                        "DELETE FROM device_codes WHERE id IN (SELECT id FROM device_codes WHERE"
                                + " expires_at <= :before ORDER BY expires_at LIMIT :limit FOR"
                                + " UPDATE SKIP LOCKED)")
                .setParameter("before", now.minus(GRACE))
                .setParameter("limit", limit)
                .executeUpdate();
    }
}
