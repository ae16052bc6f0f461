package dev.roster.directory.betterauth;

import io.quarkus.runtime.QuarkusApplication;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;

/**
 * The command {@code import-better-auth}: progress on standard output, 0 when it came to its end.
 */
public class ImportBetterAuth implements QuarkusApplication {

    private static final int FAILED = 1;

    private final BetterAuthImport work;

    ImportBetterAuth(BetterAuthImport work) {
        this.work = work;
    }

    @Override
    public int run(String... args) throws IOException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try {
            work.run(out);
            return 0;
        } catch (ImportException e) {
            out.println(e.getMessage());
        } catch (SQLException e) {
            // what was written stays: the same command goes on from there
            out.println(
                    "The database says: " + e.getMessage() + ". Run the command again to go on.");
        }
        return FAILED;
    }
}
