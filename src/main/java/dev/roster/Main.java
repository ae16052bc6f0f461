package dev.roster;

import dev.roster.directory.betterauth.ImportBetterAuth;
import dev.roster.directory.transfer.ExportUsers;
import dev.roster.directory.transfer.ImportUsers;
import dev.roster.mail.MailSettings;
import dev.roster.platform.http.ForwardingHeader;
import dev.roster.platform.readiness.EnvironmentSettings;
import dev.roster.platform.readiness.StartupFailure;
import dev.roster.platform.readiness.StartupSettings;
import dev.roster.platform.readiness.StartupSettings.Fault;
import dev.roster.ratelimit.RateLimitSettings;
import io.quarkus.runtime.Application;
import io.quarkus.runtime.ApplicationLifecycleManager;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** Starts Roster; in production only with settings it can safely run with. */
@QuarkusMain
public class Main {

    /** EX_USAGE of sysexits.h. */
    private static final int USAGE_ERROR = 64;

    /** What a command is called with, and what runs then. */
    private record Command(String usage, Class<? extends QuarkusApplication> application) {

        boolean takesArguments() {
            return usage.contains(" ");
        }
    }

    private static final Map<String, Command> COMMANDS =
            Map.of(
                    "import", new Command(ImportUsers.USAGE, ImportUsers.class),
                    "export", new Command(ExportUsers.USAGE, ExportUsers.class),
                    "import-better-auth",
                            new Command(ImportBetterAuth.USAGE, ImportBetterAuth.class));

    /** From here on the starting thread waits for the exit itself, and must be left in peace. */
    private static volatile boolean exiting;

    private Main() {}

    public static void main(String... args) {
        // Recording a class archive starts the package without settings, and serves nobody.
        if (isDevelopedOrTested() || ApplicationLifecycleManager.isAppCDSGeneration()) {
            Quarkus.run(args);
            return;
        }
        // The libraries' formats too: no text of ours is in the language of the machine.
        Locale.setDefault(Locale.ROOT);
        Map<String, Consumer<String>> readers = new HashMap<>(MailSettings.readers());
        readers.putAll(RateLimitSettings.readers());
        readers.put("ROSTER_FORWARDING_HEADER", ForwardingHeader::parse);
        List<Fault> faults = StartupSettings.faults(EnvironmentSettings.lookup(), readers);
        if (!faults.isEmpty()) {
            System.err.print(StartupSettings.message(faults));
            System.exit(StartupFailure.CONFIGURATION_ERROR);
        }
        stopEvenWhileStarting();
        if (args.length == 0) {
            Quarkus.run(null, Main::exit, args);
            return;
        }
        Command command = COMMANDS.get(args[0]);
        if (command == null || args.length > 1 && !command.takesArguments()) {
            System.err.println("Roster serves without arguments, and has these commands:");
            COMMANDS.values().forEach(each -> System.err.println("  " + each.usage()));
            System.exit(USAGE_ERROR);
        }
        serveNobody();
        Quarkus.run(command.application(), Main::exit, args);
    }

    /** A command needs the database and the settings, but no port, no jobs and no administrator. */
    private static void serveNobody() {
        System.setProperty("quarkus.http.host-enabled", "false");
        System.setProperty("quarkus.scheduler.enabled", "false");
        System.setProperty("roster.admin.email", "");
        System.setProperty("quarkus.log.console.json.enabled", "false");
        System.setProperty("quarkus.log.level", "WARN");
        // standard output is the export's, which may be a file of users
        System.setProperty("quarkus.log.console.stderr", "true");
        System.setProperty("quarkus.banner.enabled", "false");
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
                    if (!exiting && (application == null || !application.isStarted())) {
                        starting.interrupt();
                    }
                };
        Runtime.getRuntime().addShutdownHook(new Thread(interrupt, "Stop while starting"));
    }

    private static void exit(int code, Throwable cause) {
        exiting = true;
        StartupFailure.exit(code, cause);
    }
}
