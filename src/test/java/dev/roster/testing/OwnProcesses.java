package dev.roster.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Set;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.ResourceLocksProvider;

/**
 * Tests of the package that need nothing of the shared service: a class of them runs beside those
 * that do, or beside another; the tests of each in turn, as the lock on its name has it.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(providers = OwnProcesses.OfClass.class)
public @interface OwnProcesses {

    /** A lock for each class. */
    class OfClass implements ResourceLocksProvider {

        @Override
        public Set<Lock> provideForClass(Class<?> type) {
            return Set.of(new Lock(type.getName()));
        }
    }
}
