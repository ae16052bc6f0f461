package dev.roster.testing;

import dev.roster.accounts.password.HashingPool;
import dev.roster.accounts.password.PasswordConfig;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.Mock;
import jakarta.inject.Singleton;
import java.util.function.Supplier;

/** The hashing pool of the service, watched by {@link ConnectionWatch}. */
@Mock
@Singleton
class WatchedHashingPool extends HashingPool {

    WatchedHashingPool(PasswordConfig config, MeterRegistry meters) {
        super(config, meters);
    }

    @Override
    public <T> T run(Supplier<T> work) {
        ConnectionWatch.check("waits for a password hash");
        return super.run(work);
    }
}
