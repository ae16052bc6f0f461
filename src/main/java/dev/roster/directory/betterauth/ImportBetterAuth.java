package dev.roster.directory.betterauth;

import io.quarkus.runtime.QuarkusApplication;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;

/**
 * The command {@code import-better-auth}: progress on standard output. 0 when everything was taken
 * over, 2 when something was refused, 1 when it did not come to its end.
 */
public class ImportBetterAuth implements QuarkusApplication {

    public static final String USAGE = "import-better-auth [--dry-run]";

    private static final String DRY_RUN = "--dry-run";
    private static final int FAILED = 1;
    private static final int REFUSED = 2;
    private static final int USAGE_ERROR = 64;

    private final BetterAuthImport work;

    ImportBetterAuth(BetterAuthImport work) {
        this.work = work;
    }

    @Override
    public int run(String... args) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        boolean dryRun = args.length == 2 && args[1].equals(DRY_RUN);
        if (args.length > 1 && !dryRun) {
            out.println("Unknown: " + args[args.length - 1]);
            out.println(USAGE);
            return USAGE_ERROR;
        }
        try {
            return work.run(out, dryRun) ? 0 : REFUSED;
        } catch (ImportException e) {
            out.println(e.getMessage());
        } catch (IOException e) {
            out.println("The report cannot be written: " + e.getMessage());
        } catch (SQLException e) {
            // what was written stays: the same command goes on from there
            out.println(
                    "The database says: "
                            + e.getMessage()
                            + (dryRun
                                    ? ". Nothing was written."
                                    : ". Run the command again to go on."));
        }
        return FAILED;
    }
}
