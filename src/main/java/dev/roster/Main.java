package dev.roster;

import dev.roster.mail.MailSettings;
import dev.roster.platform.readiness.EnvironmentSettings;
import dev.roster.platform.readiness.StartupFailure;
import dev.roster.platform.readiness.StartupSettings;
import dev.roster.platform.readiness.StartupSettings.Fault;
import io.quarkus.runtime.Application;
import io.quarkus.runtime.ApplicationLifecycleManager;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.util.List;

/** Starts Roster; in production only with settings it can safely run with. */
@QuarkusMain
public class Main {

    private Main() {}

    public static void main(String... args) {
        // Recording a class archive starts the package without settings, and serves nobody.
        if (isDevelopedOrTested() || ApplicationLifecycleManager.isAppCDSGeneration()) {
            Quarkus.run(args);
            return;
        }
        List<Fault> faults =
                StartupSettings.faults(EnvironmentSettings.lookup(), MailSettings.readers());
        if (!faults.isEmpty()) {
            System.err.print(StartupSettings.message(faults));
            System.exit(StartupFailure.CONFIGURATION_ERROR);
        }
        stopEvenWhileStarting();
        Quarkus.run(null, StartupFailure::exit, args);
    }

    /** {@code LaunchMode.current()} still says NORMAL here: Quarkus sets it once it runs. */
    private static boolean isDevelopedOrTested() {
        return Main.class.getClassLoader().getClass().getSimpleName().equals("QuarkusClassLoader");
    }

    /** Otherwise SIGTERM would be deaf for as long as a missing database is waited for. */
    private static void stopEvenWhileStarting() {
        Thread starting = Thread.currentThread();
        Runnable interrupt =
                () -> {
                    Application application = Application.currentApplication();
                    if (application == null || !application.isStarted()) {
                        starting.interrupt();
                    }
                };
        Runtime.getRuntime().addShutdownHook(new Thread(interrupt, "Stop while starting"));
    }
}
